// service/change_feed.h: an engine made of a store the other way: change by change, as a running
// service takes them in. What is then the same as an engine that was loaded is right in both. One
// scan per feed, one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/engine.h"
#include "model/change.h"
#include "model/policy.h"
#include "service/engine_loader.h"
#include "store/scan.h"

namespace pursuit::service {

class ChangeFeed final : public store::ScanSink {
 public:
  /// Applies everything as of `as_of_ms`. `progress` may be empty. The policy must outlive this.
  ChangeFeed(const model::Policy& policy, base::Millis as_of_ms, LoadProgress progress);

  base::Result<void> begin(const store::StoreCounts& counts,
                           std::span<const std::string_view> stages) override;
  base::Result<void> leads(unsigned part, std::span<const store::ScannedLead> rows) override;
  base::Result<void> events(unsigned part, std::span<const store::ScannedEvent> rows) override;
  base::Result<void> outcomes(std::span<const store::ScannedOutcome> rows) override;
  base::Result<void> signals(std::span<const store::ScannedSignal> rows) override;
  base::Result<void> notes(std::span<const store::ScannedNote> rows) override;
  base::Result<void> snoozes(std::span<const store::ScannedSnooze> rows) override;

  /// The engine, refreshed.
  [[nodiscard]] base::Result<std::unique_ptr<engine::Engine>> finish();

 private:
  /// Hands on a change of each row.
  template <class Row, class ChangeOf>
  base::Result<void> feed(std::span<const Row> rows, ChangeOf&& change_of);
  [[nodiscard]] std::string_view id_of(std::uint32_t lead) const { return ids_[lead - 1]; }

  const model::Policy& policy_;
  const base::Millis as_of_ms_;
  LoadProgress progress_;
  std::uint64_t total_ = 0;
  std::uint64_t done_ = 0;
  std::unique_ptr<engine::Engine> engine_;
  std::vector<std::string> stages_;
  std::vector<std::string> ids_;  // by number - 1
};

}  // namespace pursuit::service
