// ingest/rejects.h: the rows that could not be taken in, with their place and the reason. A
// PartRejects belongs to one thread; Rejects gathers them and is safe from any thread until
// finish().
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "ingest/mapping.h"

namespace pursuit::ingest {

/// Why a row was not taken in.
enum class RejectReason : std::uint8_t {
  kMissingColumns,
  kExtraColumns,
  kOpenQuote,
  kTextAfterQuote,
  kTooLong,
  kNul,
  kNotUtf8,
  kBadJson,
  kEmptyId,
  kIdTooLong,
  kFieldTooLong,
  kBadInstant,
  kUnknownStage,
  kUnknownOutcome,
  kUnknownLead,
  kDuplicateLead,
  kBadNumber,
  kBadDate,
  kEmptyField,
  kNestedValue,
};
inline constexpr std::size_t kRejectReasons = 20;
/// As they stand in rejects.csv, by RejectReason.
inline constexpr std::array<std::string_view, kRejectReasons> kRejectReasonTexts = {
    "fewer columns than the header",
    "more columns than the header",
    "a quote that is opened is not closed",
    "text after a closing quote",
    "record too long",
    "NUL byte",
    "not valid UTF-8",
    "not a JSON object",
    "empty lead_id",
    "lead_id too long",
    "value too long",
    "not an instant between 1900 and 2300",
    "unknown stage",
    "unknown outcome",
    "unknown lead_id",
    "duplicate lead_id with different values",
    "not a number in range",
    "not a date",
    "empty value",
    "an object or a list where a plain value is wanted",
};
[[nodiscard]] constexpr std::string_view text_of(RejectReason r) {
  return kRejectReasonTexts[static_cast<std::size_t>(r)];
}

/// The field that a reject is about, or kWholeRecord.
inline constexpr Field kWholeRecord{0xFF};

/// At most this much of a record's text is kept; what is longer ends in "…".
inline constexpr std::size_t kMaxRejectTextBytes = 4'096;

struct Reject {
  std::uint32_t file = 0;  // position in the load's list of files
  std::uint64_t line = 0;  // of the record's first line, from 1; the row of a file without lines
  Field field = kWholeRecord;
  RejectReason reason = RejectReason::kBadJson;
  std::string text;  // the record as it stands in the file

  /// Our own name of the field; empty for the whole record.
  [[nodiscard]] std::string_view field_name() const {
    return field == kWholeRecord ? std::string_view{} : name_of(field);
  }
};

using RejectCounts = std::array<std::uint64_t, kRejectReasons>;  // by RejectReason

/// The rejects of one part of a file; lines count from 0 at the part's first line.
class PartRejects {
 public:
  void add(std::uint64_t line_in_part, Field field, RejectReason reason, std::string_view text);
  [[nodiscard]] const RejectCounts& counts() const { return counts_; }
  [[nodiscard]] std::uint64_t total() const;

 private:
  friend class Rejects;
  RejectCounts counts_{};
  std::vector<Reject> kept_;
};

/// All rejects of a load. The first base::kMaxRejectsKept in the order of files and lines are kept,
/// however the parts were shared out; the rest is only counted.
class Rejects {
 public:
  explicit Rejects(std::size_t limit = base::kMaxRejectsKept) : limit_(limit) {}
  Rejects(const Rejects&) = delete;
  Rejects& operator=(const Rejects&) = delete;
  Rejects(Rejects&& other) noexcept;
  Rejects& operator=(Rejects&& other) noexcept;
  ~Rejects() = default;

  /// Takes over the rejects of a part. `part` numbers the parts of a file in its own order.
  void take(std::uint32_t file, std::size_t part, PartRejects&& rejects);
  /// Adds a reject whose line is final.
  void add(Reject reject);
  /// Turns lines within a part into lines of the file and sorts what is kept.
  /// `first_lines[file][part]` is the number of the part's first line.
  void finish(const std::vector<std::vector<std::uint64_t>>& first_lines);

  [[nodiscard]] const std::vector<Reject>& kept() const { return kept_; }
  [[nodiscard]] const RejectCounts& counts() const { return counts_; }
  [[nodiscard]] std::uint64_t total() const;

 private:
  struct Part {
    std::uint32_t file;
    std::size_t part;
    std::vector<Reject> rejects;
  };

  void drop_surplus();

  std::size_t limit_;
  std::mutex mutex_;
  std::vector<Part> parts_;
  std::size_t in_parts_ = 0;
  std::vector<Reject> kept_;
  RejectCounts counts_{};
};

}  // namespace pursuit::ingest
