// service/engine_loader.h: what the store holds, on its way into a new engine. One scan per loader;
// a thread for each part of it.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
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
  /// `progress` may be empty; its calls come one after the other. `threads` (0: all cores) take
  /// part. The policy must outlive the loader.
  EngineLoader(const model::Policy& policy, LoadProgress progress, unsigned threads);

  [[nodiscard]] unsigned parts() const override { return static_cast<unsigned>(parts_.size()); }
  base::Result<void> begin(const store::StoreCounts& counts,
                           std::span<const std::string_view> stages) override;
  base::Result<void> leads(unsigned part, std::span<const store::ScannedLead> rows) override;
  base::Result<void> events(unsigned part, std::span<const store::ScannedEvent> rows) override;
  base::Result<void> outcomes(std::span<const store::ScannedOutcome> rows) override;
  base::Result<void> signals(std::span<const store::ScannedSignal> rows) override;
  base::Result<void> notes(std::span<const store::ScannedNote> rows) override;
  base::Result<void> snoozes(std::span<const store::ScannedSnooze> rows) override;

  /// An engine with everything that was scanned; it wants a refresh before it is read.
  [[nodiscard]] std::unique_ptr<engine::Engine> finish(engine::EngineOptions options);

  /// Events of stages that the policy does not name: they count as activity.
  [[nodiscard]] std::uint64_t events_of_unknown_stages() const { return unknown_stages_; }

 private:
  /// The leads of a part as columns, until they are settled.
  struct Part {
    std::uint32_t first_lead = 1;  // the store's number of its first
    std::vector<char> id_chars;
    std::vector<std::uint16_t> id_length;
    std::vector<std::uint32_t> profile;
    std::vector<std::uint32_t> owner;
    std::vector<base::Millis> created_ms;
  };

  [[nodiscard]] base::LeadId lead_of(std::uint32_t number) const { return lead_of_[number - 1]; }
  void add_event(std::uint32_t lead_number, base::Millis at_ms, model::StageCode code);
  /// Makes the table of the leads; called before the first row that refers to one.
  void settle_leads();
  void join_parts();
  void count(unsigned part, std::size_t rows);

  const model::Policy& policy_;
  LoadProgress progress_;
  std::uint64_t total_ = 0;
  std::atomic<std::uint64_t> done_ = 0;
  std::atomic<std::uint64_t> unknown_stages_ = 0;
  std::vector<model::StageCode> code_of_stage_;  // by the scan's number of the stage

  std::vector<Part> parts_;
  std::vector<model::LeadNames> names_;  // by part
  std::once_flag settled_;
  std::vector<base::LeadId> lead_of_;  // by the store's number, from 1
  model::LeadTable leads_;
  std::optional<model::EventScatter> scatter_;
  model::SignalLog signals_;
};

}  // namespace pursuit::service
