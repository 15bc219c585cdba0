// ingest/record.h: what every reader of files (CSV, JSON lines, Parquet) delivers, and to whom.
// A file is read in parts, several at once; each part goes, in batches of records, to a sink that
// one thread uses at a time, so nothing here locks.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/limits.h"
#include "base/time.h"
#include "ingest/mapping.h"
#include "ingest/rejects.h"

namespace pursuit::ingest {

/// What a reader knows of its file once it is open. The values of a record stand in slots: first
/// the wanted fields in the order asked for, then the columns nobody asked for.
struct FileLayout {
  std::uint32_t file = 0;  // position in the load's list of files
  std::string path;
  FileKind kind = FileKind::kLeads;
  std::uint64_t first_line = 1;          // number of the first record's first line
  std::vector<Field> fields;             // by slot
  std::vector<bool> present;             // by slot of a field: a column or a constant gives it
  std::vector<std::string> extra_names;  // slot fields.size() + i
  std::vector<std::string> unknown;      // columns that are neither: to warn of

  [[nodiscard]] std::size_t slots() const { return fields.size() + extra_names.size(); }
  /// Slot of a field that was asked for; slots() if it was not.
  [[nodiscard]] std::size_t slot_of(Field field) const {
    for (std::size_t slot = 0; slot < fields.size(); ++slot) {
      if (fields[slot] == field) return slot;
    }
    return slots();
  }
};

/// Records by column, as views into memory of the reader that is good until the sink returns.
class RecordBatch {
 public:
  static constexpr std::size_t kRows = 512;

  explicit RecordBatch(const FileLayout& layout)
      : layout_(&layout), texts_(layout.slots()), instants_(layout.slots()) {}

  // ── for sinks ──────────────────────────────────────────────────────────────────────────────────
  [[nodiscard]] const FileLayout& layout() const { return *layout_; }
  [[nodiscard]] std::size_t rows() const { return rows_; }
  /// The values of a slot, one a row; all empty where the file has no such column. Absent and empty
  /// are the same.
  [[nodiscard]] std::span<const std::string_view> texts(std::size_t slot) const {
    return {texts_[slot].data(), rows_};
  }
  /// UTC instants of a slot that the file stores as such (Parquet timestamps); then texts() of it
  /// mean nothing, and base::kNoInstant stands for an absent one. Empty: the slot is text.
  [[nodiscard]] std::span<const base::Millis> instants(std::size_t slot) const {
    return instants_[slot] ? std::span<const base::Millis>{instants_[slot]->data(), rows_}
                           : std::span<const base::Millis>{};
  }
  /// Line of a record's first line, counted from 0 at the part's first line.
  [[nodiscard]] std::uint64_t line_in_part(std::size_t row) const { return lines_[row]; }
  /// The record as it stands in the file; where a file has no text, its values joined by commas.
  [[nodiscard]] std::string raw(std::size_t row) const;

  // ── for readers ────────────────────────────────────────────────────────────────────────────────
  /// Fill rows 0 … rows-1 of every present slot, lines and raws, then set_rows(); slots that the
  /// file does not have are empty views from the start.
  std::array<std::string_view, kRows>& texts_to_fill(std::size_t slot) { return texts_[slot]; }
  /// Makes a slot one of instants.
  std::array<base::Millis, kRows>& instants_to_fill(std::size_t slot) {
    if (!instants_[slot]) instants_[slot] = std::make_unique<std::array<base::Millis, kRows>>();
    return *instants_[slot];
  }
  std::array<std::uint64_t, kRows>& lines_to_fill() { return lines_; }
  /// Leave empty where a record has no text of its own.
  std::array<std::string_view, kRows>& raws_to_fill() { return raws_; }
  void set_rows(std::size_t rows) { rows_ = rows; }

 private:
  const FileLayout* layout_;
  std::size_t rows_ = 0;
  std::vector<std::array<std::string_view, kRows>> texts_;
  std::vector<std::unique_ptr<std::array<base::Millis, kRows>>> instants_;
  std::array<std::uint64_t, kRows> lines_{};
  std::array<std::string_view, kRows> raws_{};
};

/// Takes the records of one part at a time, in the order in which they stand in the file.
class RecordSink {
 public:
  RecordSink() = default;
  RecordSink(const RecordSink&) = delete;
  RecordSink& operator=(const RecordSink&) = delete;
  virtual ~RecordSink() = default;

  /// `rejects` collects what is wrong with a record beyond its form.
  virtual void take(const RecordBatch& batch, PartRejects& rejects) = 0;
};

/// What was found in a part.
struct PartEnd {
  std::uint64_t lines = 0;    // physical lines; rows of a file without lines
  std::uint64_t records = 0;  // delivered or rejected
};

/// How a reader is opened.
struct ReadOptions {
  std::uint32_t file = 0;            // becomes FileLayout::file
  std::span<const Field> wanted;     // becomes FileLayout::fields
  bool want_extras = false;          // deliver the columns nobody asked for too
  bool exact_parts = false;          // see Reader::parts_agree()
  std::size_t part_bytes = 8 << 20;  // a hint
  /// Of a file that is packed; over it, and over what no honest file packs so well, kLimit.
  std::uint64_t max_unpacked_bytes = base::kMaxInflatedBytes;
  /// Of one part of such a file (a row group of Parquet is always in one).
  std::uint64_t max_part_bytes = base::kMaxInflatedBytes;
};

/// An open file. Different parts may be read at once by different threads, each with its own sink.
class Reader {
 public:
  Reader() = default;
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  virtual ~Reader() = default;

  [[nodiscard]] const FileLayout& layout() const { return layout_; }
  /// Size of the input, for progress.
  [[nodiscard]] virtual std::uint64_t bytes() const = 0;
  [[nodiscard]] virtual std::size_t parts() const = 0;
  /// Delivers the records of one part; those that cannot be read go to `rejects`. An error is one
  /// of the whole file (the disk, a damaged archive).
  [[nodiscard]] virtual base::Result<PartEnd> read_part(std::size_t part, RecordSink& sink,
                                                        PartRejects& rejects) = 0;
  /// After all parts have been read: whether they join without gap or overlap. If not, what was
  /// delivered must be thrown away and the file read again with ReadOptions::exact_parts.
  [[nodiscard]] virtual bool parts_agree() const { return true; }

 protected:
  FileLayout layout_;
};

}  // namespace pursuit::ingest
