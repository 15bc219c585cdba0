// store/scan.h: how the store hands over everything at the start of an engine: in blocks of rows,
// within one snapshot. The views are good until the call returns; a thread for each part.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/error.h"
#include "base/time.h"
#include "model/dimension.h"
#include "store/records.h"

namespace pursuit::store {

/// What figures are made of: no campaign, value or contact.
/// Numbers of leads go from 1 to StoreCounts::leads without gaps. Those of a part are neighbours
/// and come in order; a part of a higher number has higher ones.
struct ScannedLead {
  std::uint32_t lead = 0;
  base::Millis created_at_ms = 0;  // base::kNoInstant: it was taken back, nothing is left of it
  std::string_view lead_id;
  std::array<std::string_view, model::kDimensions> dimensions;  // by model::Dimension
};

/// In no promised order.
struct ScannedEvent {
  std::uint32_t lead = 0;
  std::uint32_t stage = 0;  // place in the stage names that `begin` was given
  base::Millis at_ms = 0;
};

struct ScannedOutcome {
  std::uint32_t lead = 0;
  bool won = false;
  base::Millis at_ms = 0;
  std::optional<double> revenue;
};

struct ScannedSignal {
  std::uint32_t lead = 0;
  base::Millis at_ms = 0;
  std::string_view kind;
  std::optional<double> value;
};

struct ScannedNote {
  std::uint32_t lead = 0;
  base::Millis at_ms = 0;
  std::string_view kind;
};

struct ScannedSnooze {
  std::uint32_t lead = 0;
  base::Millis at_ms = 0;
  base::Millis until_ms = 0;
};

/// Receives a scan. An error that a call returns ends the scan and is what the scan returns.
class ScanSink {
 public:
  ScanSink() = default;
  ScanSink(const ScanSink&) = delete;
  ScanSink& operator=(const ScanSink&) = delete;
  virtual ~ScanSink() = default;

  /// In how many parts, at most, it takes leads and events at once, each from a thread of its own.
  [[nodiscard]] virtual unsigned parts() const { return 1; }
  /// First: how many rows will come, up to which change, and the names of all stages.
  virtual base::Result<void> begin(const StoreCounts& counts,
                                   std::span<const std::string_view> stages) = 0;
  /// Then all leads, before anything that refers to one; then the other kinds in this order. `part`
  /// is below parts(); calls with different ones may come at once.
  virtual base::Result<void> leads(unsigned part, std::span<const ScannedLead> rows) = 0;
  virtual base::Result<void> events(unsigned part, std::span<const ScannedEvent> rows) = 0;
  /// One after the other.
  virtual base::Result<void> outcomes(std::span<const ScannedOutcome> rows) = 0;
  virtual base::Result<void> signals(std::span<const ScannedSignal> rows) = 0;
  virtual base::Result<void> notes(std::span<const ScannedNote> rows) = 0;
  virtual base::Result<void> snoozes(std::span<const ScannedSnooze> rows) = 0;
};

}  // namespace pursuit::store
