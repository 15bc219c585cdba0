// service/engine_loader.h: what the store holds, on its way into a new engine. One scan per loader,
// one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "engine/engine.h"
#include "model/event_scatter.h"
#include "model/lead_names.h"
#include "model/lead_table.h"
#include "model/policy.h"
#include "model/signal_log.h"
#include "store/scan.h"

namespace pursuit::service {

/// How far a scan is: rows of all kinds.
using LoadProgress = std::function<void(std::uint64_t done, std::uint64_t total)>;

class EngineLoader final : public store::ScanSink {
 public:
  /// `progress` may be empty. The policy must outlive the loader.
  EngineLoader(const model::Policy& policy, LoadProgress progress);

  base::Result<void> begin(const store::StoreCounts& counts,
                           std::span<const std::string_view> stages) override;
  base::Result<void> leads(std::span<const store::ScannedLead> rows) override;
  base::Result<void> events(std::span<const store::ScannedEvent> rows) override;
  base::Result<void> outcomes(std::span<const store::ScannedOutcome> rows) override;
  base::Result<void> signals(std::span<const store::ScannedSignal> rows) override;
  base::Result<void> notes(std::span<const store::ScannedNote> rows) override;

  /// An engine with everything that was scanned; it wants a refresh before it is read.
  [[nodiscard]] std::unique_ptr<engine::Engine> finish(engine::EngineOptions options);

  /// Events of stages that the policy does not name: they count as activity.
  [[nodiscard]] std::uint64_t events_of_unknown_stages() const { return unknown_stages_; }

 private:
  [[nodiscard]] base::LeadId lead_of(std::uint32_t number) const { return lead_of_[0][number - 1]; }
  void add_event(std::uint32_t lead_number, base::Millis at_ms, model::StageCode code);
  /// Makes the table of what came so far; called before the first row that refers to a lead.
  void settle_leads();
  void count(std::size_t rows);

  const model::Policy& policy_;
  LoadProgress progress_;
  std::uint64_t total_ = 0;
  std::uint64_t done_ = 0;
  std::uint64_t unknown_stages_ = 0;
  std::vector<model::StageCode> code_of_stage_;  // by the scan's number of the stage

  // The leads as columns, until they are settled.
  model::LeadNames names_;
  std::vector<char> id_chars_;
  std::vector<std::uint16_t> id_length_;
  std::vector<std::uint32_t> profile_;
  std::vector<std::uint32_t> owner_;
  std::vector<base::Millis> created_ms_;

  std::vector<std::vector<base::LeadId>> lead_of_;  // [0][number - 1]
  model::LeadTable leads_;
  std::optional<model::EventScatter> scatter_;
  model::SignalLog signals_;
};

}  // namespace pursuit::service
