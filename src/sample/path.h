// sample/path.h: what happens to a lead of the sample: its stage events and its signals, as they
// arrive. Read-only after construction, any thread.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sample/network.h"
#include "sample/random.h"

namespace pursuit::sample {

/// One row of the events or outcomes file. `arrival_s`: when the source heard of it, which decides
/// its place in the file.
struct EventDraft {
  std::uint32_t arrival_s;
  std::uint32_t lead;
  std::uint32_t at_s;
  std::uint8_t code;    // position in kStages
  std::uint8_t number;  // of the event among the lead's, for a total order
};
static_assert(sizeof(EventDraft) == 16);

struct SignalDraft {
  std::uint32_t lead;
  std::uint32_t at_s;
  std::uint8_t kind;       // position in kSignalKinds
  std::uint8_t hundredth;  // value × 100, of the kinds that have one
};

class PathMaker {
 public:
  PathMaker(const Network& network, const GenerateOptions& options);

  /// Appends the stage events of a lead, by instant; exact duplicates included.
  void append_events(const LeadDraft& lead, std::vector<EventDraft>& out) const;
  /// Appends the signals of the lead of that number; most have none.
  void append_signals(std::uint32_t lead, std::vector<SignalDraft>& out) const;

 private:
  struct Walk;
  void step(Walk& walk) const;
  [[nodiscard]] double duration_s(Walk& walk, double factor) const;
  void emit(Walk& walk, std::uint8_t code) const;

  const Network& network_;
  std::uint32_t as_of_s_;
  std::array<LogNormal, kOpenStages> durations_;
};

}  // namespace pursuit::sample
