// model/entry.h: one row from outside as it is kept for good: what the store writes, and what is
// acknowledged once it is written. Owns its texts; plain data.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/time.h"

namespace pursuit::model {

/// A new lead, or new values of a known one: an absent field is left as it is (empty for a new
/// lead), an empty text empties it.
struct LeadRow {
  std::string lead_id;
  std::optional<base::Millis> created_at_ms;  // must be there for a new lead
  std::optional<std::string> channel, campaign, region, dealer_group, dealer, product, nameplate,
      owner, name, phone, email, consent;
  std::optional<double> value;  // money, in the currency of the lead's market
  /// Fields of the source's own, each with its text.
  std::vector<std::pair<std::string, std::string>> attributes;

  friend bool operator==(const LeadRow&, const LeadRow&) = default;
};

struct EventRow {
  std::string lead_id;
  std::string stage;  // as the policy names it
  base::Millis at_ms = 0;
  std::string actor;

  friend bool operator==(const EventRow&, const EventRow&) = default;
};

struct OutcomeRow {
  std::string lead_id;
  bool won = false;
  base::Millis at_ms = 0;
  std::string reason;
  std::optional<double> revenue;
  std::string transaction_id;

  friend bool operator==(const OutcomeRow&, const OutcomeRow&) = default;
};

struct SignalRow {
  std::string lead_id;
  std::string kind;  // engagement, assessment, propensity set a component; any other is activity
  base::Millis at_ms = 0;
  std::optional<double> value;
  std::string text;

  friend bool operator==(const SignalRow&, const SignalRow&) = default;
};

struct CostRow {
  std::string channel;
  std::string campaign;
  std::int32_t from_day = 0;  // days since 1970, both ends inclusive
  std::int32_t to_day = 0;
  double amount = 0;
  std::string currency;

  friend bool operator==(const CostRow&, const CostRow&) = default;
};

struct NoteRow {
  std::string lead_id;
  std::string kind;  // note, call, email, visit
  base::Millis at_ms = 0;
  std::string text;
  std::string actor;

  friend bool operator==(const NoteRow&, const NoteRow&) = default;
};

/// What a person does to a lead from within.
enum class ActionKind : std::uint8_t { kAssign, kNote, kCall, kEmail, kSnooze, kLost, kReopen };
inline constexpr std::array<std::string_view, 7> kActionNames = {"assign", "note", "call",  "email",
                                                                 "snooze", "lost", "reopen"};

/// An action, and by it what the action does to the lead: assign gives it an owner; note, call and
/// email are activity; snooze keeps it out of the queue for a while; lost closes it; reopen puts it
/// back into an open stage. The instant is not part of what it is: the same key sent again later is
/// the same action.
struct ActionRow {
  std::string lead_id;
  ActionKind kind = ActionKind::kNote;
  base::Millis at_ms = 0;
  std::string author;
  std::string text;
  std::string value;                     // the owner, the reason, or the stage; else empty
  std::optional<base::Millis> until_ms;  // of a snooze

  friend bool operator==(const ActionRow&, const ActionRow&) = default;
};

/// Takes an action back.
struct UndoRow {
  std::string lead_id;
  std::int64_t action = 0;  // its number in the order of changes
  base::Millis at_ms = 0;
  std::string author;

  friend bool operator==(const UndoRow&, const UndoRow&) = default;
};

using Row =
    std::variant<LeadRow, EventRow, OutcomeRow, SignalRow, CostRow, NoteRow, ActionRow, UndoRow>;

/// Source and key name a row for good: the same pair again is the same row and changes nothing.
struct Entry {
  std::string source;
  std::string source_key;
  Row row;

  friend bool operator==(const Entry&, const Entry&) = default;
};

}  // namespace pursuit::model
