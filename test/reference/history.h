// test/reference/history.h: what happened to each lead up to T, and where each stood at any
// instant. Pure functions, any thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "reference/reference_model.h"

namespace pursuit::reference {

enum class Kind { kAdvance, kRegress, kLost, kOpen };

/// One visit; `left_ms` is T while it is open.
struct Visit {
  std::size_t stage;
  Kind kind;
  Millis entered_ms;
  Millis left_ms;
};

/// A lead of which at least one stage event is visible at T.
struct History {
  const InputLead* lead;
  std::vector<Visit> visits;
  Millis first_event_ms;
  Millis last_activity_ms;
  Millis closed_total_ms = 0;  // time spent closed, up to T
  bool ever_won = false;
  std::optional<model::StageCode> terminal;  // of a lead that is closed at T
  Millis closing_ms = 0;                     // of a closed lead: entry into its terminal stage

  [[nodiscard]] bool is_open() const { return !terminal; }
  [[nodiscard]] const std::string& dim(model::Dimension d) const {
    return lead->dims[model::index_of(d)];
  }
};

using Pair = std::pair<std::string, std::string>;  // dealer, nameplate

[[nodiscard]] inline Pair pair_of(const History& h) {
  return {h.dim(model::Dimension::kDealer), h.dim(model::Dimension::kNameplate)};
}

/// Histories by lead id (semantics.md, "Funnel"); leads with nothing visible at T are left out.
[[nodiscard]] std::map<std::string, History> read_histories(const Input& input);

/// Open leads of a dealer × nameplate at an instant (semantics.md, "Load and relaxation").
struct PairLoad {
  std::uint64_t open = 0;
  std::uint64_t in_load_stages = 0;
};

/// Load at any instant up to T; remembers what it has counted.
class LoadHistory {
 public:
  LoadHistory(const Input& input, const std::map<std::string, History>& histories);

  [[nodiscard]] PairLoad at(const Pair& pair, Millis at_ms);
  [[nodiscard]] double relaxation(const Pair& pair, Millis at_ms);
  [[nodiscard]] const std::map<Pair, std::vector<const History*>>& pairs() const {
    return by_pair_;
  }

 private:
  const Input* input_;
  std::map<Pair, std::vector<const History*>> by_pair_;
  std::map<std::pair<Pair, Millis>, PairLoad> known_;
};

/// R(L) of a count of leads, 0 below `min_open`.
[[nodiscard]] double relaxation_of(const model::LoadPolicy& policy, const PairLoad& load);

/// 00:00 UTC of the day of an instant.
[[nodiscard]] inline Millis day_start(Millis at_ms) {
  return base::day_of(at_ms) * base::kMillisPerDay;
}

}  // namespace pursuit::reference
