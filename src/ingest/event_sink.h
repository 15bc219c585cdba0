// ingest/event_sink.h: takes the records of events, outcomes and signals files, whose leads are
// known already. One per reader thread.
#pragma once

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "ingest/instant_column.h"
#include "ingest/record.h"
#include "model/dictionary.h"
#include "model/event.h"
#include "model/event_scatter.h"
#include "model/lead_table.h"

namespace pursuit::ingest {

/// Codes of stage names (or outcomes) as they stand in the source.
class StageLookup {
 public:
  explicit StageLookup(const CodeByText& codes) {
    for (const auto& [text, code] : codes) {
      names_.intern(text);
      codes_.push_back(code);
    }
  }
  /// kCreatedCode, which no name has, where there is none.
  [[nodiscard]] model::StageCode find(std::string_view text) const {
    const auto place = names_.find(text);
    return place ? codes_[*place] : model::kCreatedCode;
  }

 private:
  model::Dictionary names_;
  std::vector<model::StageCode> codes_;
};

/// Events, and outcomes, which are events of the won or lost stage.
class EventSink final : public RecordSink {
 public:
  /// `ignored` counts the rows whose stage the mapping says to ignore.
  EventSink(const FileMapping& mapping, InstantColumn instants, const model::LeadTable& leads,
            model::EventScatter::Writer& writer, std::uint64_t& ignored)
      : mapping_(mapping),
        instants_(std::move(instants)),
        leads_(leads),
        writer_(writer),
        ignored_(ignored),
        lookup_(mapping.codes) {}

  void take(const RecordBatch& batch, PartRejects& rejects) override;

 private:
  const FileMapping& mapping_;
  InstantColumn instants_;
  const model::LeadTable& leads_;
  model::EventScatter::Writer& writer_;
  std::uint64_t& ignored_;
  StageLookup lookup_;
  std::array<base::Millis, RecordBatch::kRows> at_ms_{};
  std::array<base::LeadId, RecordBatch::kRows> lead_{};
};

/// A value of an optional component of the score.
struct SignalValue {
  base::LeadId lead;
  std::uint8_t component;
  base::Millis at_ms;
  double value;
};

/// Signals: activity, and a value where the kind is a component of the score.
class SignalSink final : public RecordSink {
 public:
  SignalSink(InstantColumn instants, const model::LeadTable& leads,
             model::EventScatter::Writer& writer)
      : instants_(std::move(instants)), leads_(leads), writer_(writer) {}

  void take(const RecordBatch& batch, PartRejects& rejects) override;
  [[nodiscard]] const std::vector<SignalValue>& values() const { return values_; }

 private:
  InstantColumn instants_;
  const model::LeadTable& leads_;
  model::EventScatter::Writer& writer_;
  std::vector<SignalValue> values_;
  std::array<base::Millis, RecordBatch::kRows> at_ms_{};
  std::array<base::LeadId, RecordBatch::kRows> lead_{};
};

}  // namespace pursuit::ingest
