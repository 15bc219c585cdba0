// ingest/entry_sink.h: takes the records of any kind of file as rows to be kept, each with its
// place. One per reader thread, one part at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"
#include "ingest/instant_column.h"
#include "ingest/mapping.h"
#include "ingest/record.h"
#include "model/entry.h"
#include "model/policy.h"

namespace pursuit::ingest {

/// A record that can be kept.
struct EntryRow {
  std::uint64_t line_in_part = 0;
  model::Row row;
  std::string source_key;  // where the file gives one
  std::string text;        // the record as it stands in the file, at most kMaxRejectTextBytes of it
};

class EntrySink final : public RecordSink {
 public:
  /// An empty value of a lead leaves what is known of it; a stage that the mapping does not know is
  /// rejected, ignored, or kept as a signal of that name, as the mapping says. Mapping and funnel
  /// must outlive the sink.
  EntrySink(const FileMapping& mapping, InstantColumn instants, const model::FunnelPolicy& funnel)
      : mapping_(mapping), instants_(std::move(instants)), funnel_(funnel) {}

  void take(const RecordBatch& batch, PartRejects& rejects) override;

  /// What was taken since the last call.
  [[nodiscard]] std::vector<EntryRow> take_rows() { return std::exchange(rows_, {}); }
  /// Rows whose stage the mapping ignores.
  [[nodiscard]] std::uint64_t ignored() const { return ignored_; }

 private:
  struct At;  // a record of a batch
  void take_lead(const At& at);
  void take_event(const At& at);
  void take_outcome(const At& at);
  void take_signal(const At& at);
  void take_cost(const At& at);
  void keep(const At& at, model::Row row);

  const FileMapping& mapping_;
  InstantColumn instants_;
  const model::FunnelPolicy& funnel_;
  std::vector<EntryRow> rows_;
  std::uint64_t ignored_ = 0;
  std::array<std::size_t, kFields> slots_{};  // by Field, of the layout that was seen last
  const FileLayout* layout_ = nullptr;
  std::array<base::Millis, RecordBatch::kRows> at_ms_{};
};

}  // namespace pursuit::ingest
