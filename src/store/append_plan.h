// store/append_plan.h: what one append will do: what is known before, one decision per entry, and
// the rows that follow. One thread; lives for one append.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "model/entry.h"
#include "store/append.h"
#include "store/cells.h"
#include "store/connection.h"
#include "store/lead_row.h"
#include "store/records.h"

namespace pursuit::store {

class AppendPlan {
 public:
  AppendPlan(std::span<const model::Entry* const> entries, base::Millis received_at_ms);
  /// Looks up keys, leads, stages and equal events. Within the transaction.
  void look_up(Connection& connection, const Names& names);
  /// One decision per entry, in order.
  void decide();
  void write(Connection& connection);
  /// Once it is committed.
  void remember(Names& names) const;
  [[nodiscard]] const std::vector<AppendResult>& results() const { return results_; }
  [[nodiscard]] std::vector<AppendResult> take_results() { return std::move(results_); }

 private:
  struct LeadWork {
    LeadRecord record;
    std::vector<std::string> words_before;
    bool is_new = false;
    Touched touched;
  };
  /// What an undo looks at: all that has been done to a lead.
  struct Story {
    std::vector<ActionRecord> actions;
    std::map<std::int64_t, std::string> edits;   // by seq: the fields named, before
    std::map<std::int64_t, std::int64_t> turns;  // stage events by seq, with their stage, and
                                                 // outcomes, with 0
  };
  struct LeadSlot {
    std::uint32_t number = 0;        // 0: not known (yet)
    std::uint32_t former = 0;        // of a lead that was taken back; it may come again
    bool is_erased = false;          // its person was: what comes is kept without them
    std::unique_ptr<LeadWork> work;  // of leads with a lead row, an assignment or an undo
    std::unique_ptr<Story> story;    // of leads with an undo
  };
  /// The change that a source and key stand for, or will.
  struct Prior {
    std::int64_t seq = 0;  // 0: none
    std::int64_t digest = 0;
    std::uint32_t lead = 0;
  };
  struct Numbering {
    std::unordered_map<std::string_view, std::int64_t> ids;
    std::vector<std::string_view> added;
  };
  struct EventKey {
    std::uint32_t lead;
    std::int64_t stage;
    base::Millis at_ms;
    friend bool operator==(const EventKey&, const EventKey&) = default;
  };
  struct EventHash {
    std::size_t operator()(const EventKey& key) const;
  };

  void number(Connection& connection, const Table& table, const Names& known, bool sources,
              Numbering& out);
  /// The last key of each source that many entries are of; empty: it has none.
  std::map<std::int64_t, std::string> last_keys(Connection& connection);
  void find_priors(Connection& connection);
  void find_leads(Connection& connection);
  void find_events(Connection& connection);
  void find_erased(Connection& connection);
  /// A text as it is kept: of a lead whose person was erased, empty.
  std::string_view kept_text(std::string_view lead_id, std::string_view text);
  void find_stories(Connection& connection);
  void decide_one(std::size_t i);
  /// Whether the entry is settled by what its key stood for before.
  bool repeats(std::size_t i);
  void keep(std::size_t i, std::uint32_t lead);
  void take(std::size_t i, const model::LeadRow& row);
  void take(std::size_t i, const model::EventRow& row);
  void take(std::size_t i, const model::OutcomeRow& row);
  void take(std::size_t i, const model::SignalRow& row);
  void take(std::size_t i, const model::CostRow& row);
  void take(std::size_t i, const model::NoteRow& row);
  void take(std::size_t i, const model::ActionRow& row);
  void take(std::size_t i, const model::UndoRow& row);
  /// Why an action cannot be taken back any more; empty if it can.
  [[nodiscard]] std::string why_not(const Story& story, const ActionRecord& action) const;
  void take_back(LeadSlot& slot, const ActionRecord& action);
  void note_edit(LeadSlot& slot, std::int64_t seq, std::string before);
  void note_turn(std::string_view lead_id, std::int64_t seq, std::int64_t stage);
  /// The lead's number; 0 after saying that it is not known.
  std::uint32_t known_lead(std::size_t i, std::string_view lead_id);
  void refuse(std::size_t i, AppendStatus status, std::string reason);
  void write_leads(Connection& connection);

  std::span<const model::Entry* const> entries_;
  base::Millis received_at_ms_;
  std::vector<AppendResult> results_;
  std::vector<std::int64_t> digests_;
  std::vector<bool> valid_;
  StoreCounts counts_;
  Numbering sources_, stages_;
  // By source number and key; the keys are views of the entries.
  std::unordered_map<std::int64_t, std::unordered_map<std::string_view, Prior>> priors_;
  std::unordered_map<std::string_view, LeadSlot> leads_;
  std::vector<LeadWork*> works_;                                  // in the order they came
  std::unordered_map<EventKey, std::int64_t, EventHash> events_;  // to the seq that brought it
  Cells new_events_, new_outcomes_, new_signals_, new_costs_, new_notes_, changes_;
  Cells new_actions_, undone_actions_, new_edits_;
  Cells gone_events_, gone_outcomes_, gone_notes_, gone_edits_;
  std::deque<std::string> texts_;  // what cells point at that is not in an entry
};

}  // namespace pursuit::store
