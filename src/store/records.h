// store/records.h: what the store gives back: results of an append, leads, timelines, versions of
// the policy, runs. Plain data that owns its texts.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"
#include "model/dimension.h"
#include "model/entry.h"

namespace pursuit::store {

enum class RowKind : std::uint8_t {
  kLead,
  kEvent,
  kOutcome,
  kSignal,
  kCost,
  kNote,
  kAction,
  kUndo,
};
inline constexpr std::size_t kRowKinds = 8;

enum class AppendStatus : std::uint8_t {
  kApplied,   // written now; it has a sequence number of its own
  kRepeated,  // there already: same source and key with the same content, or an equal stage event
  kConflict,  // same source and key with other content: nothing was changed
  kUnknownLead,  // of a lead that is neither stored nor added earlier in the same append
  kInvalid,      // cannot be kept; `reason` tells why
  kRefused,      // an undo of what cannot be taken back any more; `reason` tells why
};

/// A lead's own instant and its present dimensions, by model::Dimension; empty when not known.
struct LeadState {
  base::Millis created_at_ms = 0;
  std::array<std::string, model::kDimensions> dimensions;

  friend bool operator==(const LeadState&, const LeadState&) = default;
};

struct AppendResult {
  AppendStatus status = AppendStatus::kInvalid;
  /// Place of the change in the order of commits, from 1 without gaps. Of a repeat: that of the
  /// row that is there, or 0 where that is not known by its key. 0 when nothing is there.
  std::int64_t seq = 0;
  /// The store's number of the lead (from 1, without gaps, in order of arrival); 0: none.
  std::uint32_t lead = 0;
  std::string reason;  // why not, for every status but kApplied and kRepeated
  /// After a lead row or an assignment that was applied: the lead as it is now.
  std::optional<LeadState> state;
};

/// Everything the store keeps of one lead but its timeline.
struct LeadRecord {
  std::uint32_t number = 0;
  std::string lead_id;
  LeadState state;
  std::string campaign, name, phone, email, consent;
  std::optional<double> value;
  std::vector<std::pair<std::string, std::string>> attributes;  // in order of name

  friend bool operator==(const LeadRecord&, const LeadRecord&) = default;
};

/// What a list shows of a lead beside its figures.
struct LeadContact {
  std::string lead_id, name, phone, email, consent;
};

/// One thing that happened to a lead.
struct TimelineItem {
  base::Millis at_ms = 0;
  RowKind kind = RowKind::kEvent;  // kEvent, kOutcome, kSignal, kNote, or kAction
  std::int64_t seq = 0;
  std::string what;                      // stage, "won" or "lost", kind of signal, note or action
  std::string text;                      // reason of an outcome, text of a signal, note or action
  std::string actor;                     // of an event or note, or who acted
  std::optional<double> value;           // revenue of an outcome, value of a signal
  std::string transaction_id;            // of an outcome
  bool by_action = false;                // `seq` is the number of an action
  std::string owner;                     // of an assignment
  std::optional<base::Millis> until_ms;  // of a snooze
};

/// What a person did to a lead.
struct ActionRecord {
  std::int64_t id = 0;  // the number of its change
  model::ActionRow row;
  std::int64_t undone = 0;  // the number of the change that took it back; 0: it holds
  base::Millis undone_at_ms = 0;
  std::string undone_by;
};

/// One line of the change log. `lead_id` is empty for a cost.
struct ChangeRecord {
  std::int64_t seq = 0;
  RowKind kind = RowKind::kLead;
  std::string lead_id;
  std::string source, source_key;
  base::Millis received_at_ms = 0;
};

/// The revenue of an outcome that won a lead.
struct Sale {
  std::string lead_id;
  base::Millis at_ms = 0;
  double revenue = 0;
};

struct PolicyVersion {
  std::int64_t version = 0;  // from 1; 0 when it is not stored yet
  std::string text, hash, author, note;
  base::Millis at_ms = 0;
};

enum class RunStatus : std::uint8_t { kRunning, kDone, kFailed, kInterrupted };

/// A refresh, digest, sync or other piece of work that is worth remembering.
struct Run {
  std::int64_t id = 0;
  std::string kind;
  base::Millis as_of_ms = 0;
  base::Millis started_ms = 0;
  std::optional<base::Millis> ended_ms;
  RunStatus status = RunStatus::kRunning;
  std::string message;
  std::vector<std::pair<std::string, std::int64_t>> counts;  // in order of name
};

/// Rows of each kind that the store holds; `leads` is also the highest number of a lead.
struct StoreCounts {
  std::int64_t last_seq = 0;
  std::int64_t leads = 0, events = 0, outcomes = 0, signals = 0, costs = 0, notes = 0;

  friend bool operator==(const StoreCounts&, const StoreCounts&) = default;
};

}  // namespace pursuit::store
