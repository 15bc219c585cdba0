#include "service/change_feed.h"

#include <utility>

#include "service/change_of.h"

namespace pursuit::service {
namespace {

model::Change activity(std::string_view lead_id, base::Millis at_ms) {
  return {.kind = model::ChangeKind::kActivity, .lead_id = lead_id, .at_ms = at_ms};
}

}  // namespace

ChangeFeed::ChangeFeed(const model::Policy& policy, base::Millis as_of_ms, LoadProgress progress)
    : policy_(policy), as_of_ms_(as_of_ms), progress_(std::move(progress)) {}

base::Result<void> ChangeFeed::begin(const store::StoreCounts& counts,
                                     std::span<const std::string_view> stages) {
  total_ = static_cast<std::uint64_t>(counts.leads + counts.events + counts.outcomes +
                                      counts.signals + counts.notes);
  stages_.assign(stages.begin(), stages.end());
  // As a service begins with an empty store.
  engine_ = EngineLoader(policy_, {}, 1).finish({});
  return engine_->refresh(as_of_ms_);
}

template <class Row, class ChangeOf>
base::Result<void> ChangeFeed::feed(std::span<const Row> rows, ChangeOf&& change_of) {
  std::vector<model::Change> changes;
  changes.reserve(rows.size());
  for (const Row& row : rows) changes.push_back(change_of(row));
  const engine::ApplyReport report = engine_->apply(changes);
  if (!report.unknown_lead.empty()) {
    return base::fail(base::ErrorCode::kStorage,
                      std::to_string(report.unknown_lead.size()) +
                          " rows are of leads that the engine does not know");
  }
  done_ += rows.size();
  if (progress_) progress_(done_, total_);
  return {};
}

base::Result<void> ChangeFeed::leads(unsigned /*part*/, std::span<const store::ScannedLead> rows) {
  std::vector<store::ScannedLead> there;
  for (const store::ScannedLead& row : rows) {
    ids_.emplace_back(row.lead_id);
    if (row.created_at_ms != base::kNoInstant) there.push_back(row);  // else it was taken back
  }
  return feed(std::span<const store::ScannedLead>(there), [](const store::ScannedLead& row) {
    return model::Change{.kind = model::ChangeKind::kLead,
                         .lead_id = row.lead_id,
                         .at_ms = row.created_at_ms,
                         .dimensions = row.dimensions};
  });
}

base::Result<void> ChangeFeed::events(unsigned /*part*/,
                                      std::span<const store::ScannedEvent> rows) {
  return feed(rows, [&](const store::ScannedEvent& row) {
    const auto code = policy_.funnel.code_of(stages_[row.stage]);
    if (!code) return activity(id_of(row.lead), row.at_ms);
    return model::Change{.code = *code, .lead_id = id_of(row.lead), .at_ms = row.at_ms};
  });
}

base::Result<void> ChangeFeed::outcomes(std::span<const store::ScannedOutcome> rows) {
  return feed(rows, [&](const store::ScannedOutcome& row) {
    return model::Change{.code = row.won ? policy_.funnel.won_code() : policy_.funnel.lost_code(),
                         .lead_id = id_of(row.lead),
                         .at_ms = row.at_ms};
  });
}

base::Result<void> ChangeFeed::signals(std::span<const store::ScannedSignal> rows) {
  return feed(rows, [&](const store::ScannedSignal& row) {
    const auto component = component_of(row.kind);
    if (!component || !row.value) return activity(id_of(row.lead), row.at_ms);
    return model::Change{.kind = model::ChangeKind::kSignal,
                         .component = *component,
                         .lead_id = id_of(row.lead),
                         .at_ms = row.at_ms,
                         .value = *row.value};
  });
}

base::Result<void> ChangeFeed::notes(std::span<const store::ScannedNote> rows) {
  return feed(rows,
              [&](const store::ScannedNote& row) { return activity(id_of(row.lead), row.at_ms); });
}

base::Result<void> ChangeFeed::snoozes(std::span<const store::ScannedSnooze> rows) {
  return feed(rows, [&](const store::ScannedSnooze& row) {
    return model::Change{.kind = model::ChangeKind::kSnooze,
                         .lead_id = id_of(row.lead),
                         .at_ms = row.at_ms,
                         .until_ms = row.until_ms};
  });
}

base::Result<std::unique_ptr<engine::Engine>> ChangeFeed::finish() {
  if (auto refreshed = engine_->refresh(as_of_ms_); !refreshed)
    return std::unexpected(refreshed.error());
  return std::move(engine_);
}

}  // namespace pursuit::service
