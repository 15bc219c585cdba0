#include "store/append_plan.h"

#include <type_traits>

#include "base/limits.h"
#include "store/digest.h"
#include "store/tables.h"
#include "store/validate.h"
#include "store/words.h"

namespace pursuit::store {

namespace {

/// The lead that a row is of, or adds; empty for a cost.
std::string_view lead_id_of(const model::Row& row) {
  return std::visit(
      [](const auto& fields) -> std::string_view {
        if constexpr (std::is_same_v<std::decay_t<decltype(fields)>, model::CostRow>) {
          return {};
        } else {
          return fields.lead_id;
        }
      },
      row);
}

/// Whether the lead as it is must be known.
bool wants_record(const model::Row& row) {
  if (const auto* action = std::get_if<model::ActionRow>(&row)) {
    return action->kind == model::ActionKind::kAssign;
  }
  return std::holds_alternative<model::LeadRow>(row) || std::holds_alternative<model::UndoRow>(row);
}

}  // namespace

std::size_t AppendPlan::EventHash::operator()(const EventKey& key) const {
  std::uint64_t h = key.lead;
  h = (h ^ static_cast<std::uint64_t>(key.at_ms)) * 0x9E37'79B9'7F4A'7C15u;
  h = (h ^ (h >> 29) ^ static_cast<std::uint64_t>(key.stage)) * 0xBF58'476D'1CE4'E5B9u;
  return h ^ (h >> 32);
}

AppendPlan::AppendPlan(std::span<const model::Entry* const> entries, base::Millis received_at_ms)
    : entries_(entries),
      received_at_ms_(received_at_ms),
      results_(entries.size()),
      digests_(entries.size()),
      valid_(entries.size()),
      new_events_(tables::kEventColumns.size()),
      new_outcomes_(tables::kOutcomeColumns.size()),
      new_signals_(tables::kSignalColumns.size()),
      new_costs_(tables::kCostColumns.size()),
      new_notes_(tables::kNoteColumns.size()),
      changes_(tables::kChangeColumns.size()),
      new_actions_(tables::kActionColumns.size()),
      undone_actions_(tables::kActionColumns.size()),
      new_edits_(tables::kEditColumns.size()),
      gone_events_(3),
      gone_outcomes_(2),
      gone_notes_(2),
      gone_edits_(2) {
  leads_.reserve(entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const model::Entry& entry = *entries[i];
    if (std::string reason = why_invalid(entry); !reason.empty()) {
      refuse(i, AppendStatus::kInvalid, std::move(reason));
      continue;
    }
    valid_[i] = true;
    digests_[i] = digest_of(entry.row);
    sources_.ids.try_emplace(entry.source);
    if (const auto* event = std::get_if<model::EventRow>(&entry.row)) {
      stages_.ids.try_emplace(event->stage);
    } else if (const auto* action = std::get_if<model::ActionRow>(&entry.row);
               action != nullptr && action->kind == model::ActionKind::kReopen) {
      stages_.ids.try_emplace(action->value);
    }
    if (const std::string_view id = lead_id_of(entry.row); !id.empty()) leads_.try_emplace(id);
  }
}

void AppendPlan::number(Connection& connection, const Table& table, const Names& known,
                        bool sources, Numbering& out) {
  const auto& numbers = sources ? known.sources : known.stages;
  Cells unknown(1);
  std::vector<std::string_view> names;
  for (auto& [name, id] : out.ids) {
    if (const auto at = numbers.find(std::string(name)); at != numbers.end()) {
      id = at->second;
    } else {
      unknown.add({name});
      names.push_back(name);
    }
  }
  if (names.empty()) return;
  const Lookup by_name{.columns = "t.id",
                       .from = sources ? "source t" : "stage t",
                       .where = "t.name = {0}",
                       .keys = tables::kTextKey,
                       .results = tables::kIntKey};
  connection.bulk().find(by_name, unknown, [&](std::size_t key, std::span<const Cell> row) {
    out.ids[names[key]] = int_of(row[0]);
  });
  std::int64_t last = 0;
  connection.sql() << "SELECT coalesce(max(id), 0) FROM " + std::string(table.name),
      soci::into(last);
  for (const std::string_view name : names) {
    if (std::int64_t& id = out.ids[name]; id == 0) {
      id = ++last;
      out.added.push_back(name);
    }
  }
}

std::map<std::int64_t, std::string> AppendPlan::last_keys(Connection& connection) {
  constexpr std::size_t kMany = 100;
  std::map<std::int64_t, std::size_t> rows;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (valid_[i]) ++rows[sources_.ids[entries_[i]->source]];
  }
  std::map<std::int64_t, std::string> last;
  for (const auto& [source, count] : rows) {
    if (count < kMany) continue;
    soci::indicator is = soci::i_null;
    std::string key;
    connection.sql() << "SELECT max(source_key) FROM change_log WHERE source = " +
                            std::to_string(source),
        soci::into(key, is);
    last[source] = is == soci::i_ok ? key : std::string();
  }
  return last;
}

void AppendPlan::find_priors(Connection& connection) {
  const std::map<std::int64_t, std::string> last = last_keys(connection);
  Cells keys(2);
  std::vector<std::size_t> at;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (!valid_[i]) continue;
    const std::int64_t source = sources_.ids[entries_[i]->source];
    const std::string_view key = entries_[i]->source_key;
    if (!priors_[source].try_emplace(key).second) continue;
    // Keys that go up, as those of a file do, need not be looked for behind the last one.
    if (const auto known = last.find(source); known != last.end() && key > known->second) continue;
    keys.add({source, key});
    at.push_back(i);
  }
  connection.bulk().find(tables::kChangeByKey, keys,
                         [&](std::size_t key, std::span<const Cell> row) {
                           const std::span<const Cell> asked = keys.row(key);
                           priors_[int_of(asked[0])][text_of(asked[1])] = {
                               .seq = int_of(row[0]),
                               .digest = int_of(row[1]),
                               .lead = static_cast<std::uint32_t>(int_of(row[2]))};
                         });
}

void AppendPlan::find_leads(Connection& connection) {
  Cells ids(1);
  std::vector<LeadSlot*> slots;
  for (auto& [id, slot] : leads_) {
    ids.add({id});
    slots.push_back(&slot);
  }
  connection.bulk().find(tables::kLeadNumber, ids, [&](std::size_t key, std::span<const Cell> row) {
    const auto number = static_cast<std::uint32_t>(int_of(row[0]));
    (int_of(row[1]) == base::kNoInstant ? slots[key]->former : slots[key]->number) = number;
  });

  Cells numbers(1);
  std::vector<LeadWork*> known;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (!valid_[i] || !wants_record(entries_[i]->row)) continue;
    LeadSlot& slot = leads_[lead_id_of(entries_[i]->row)];
    if (slot.work != nullptr) continue;
    slot.work = std::make_unique<LeadWork>();
    works_.push_back(slot.work.get());
    if (slot.number == 0) continue;
    numbers.add({std::int64_t{slot.number}});
    known.push_back(slot.work.get());
  }
  connection.bulk().find(tables::kLeadByNumber, numbers,
                         [&](std::size_t key, std::span<const Cell> row) {
                           known[key]->record = lead_of(row);
                           known[key]->words_before = words_of(known[key]->record);
                         });
}

void AppendPlan::find_events(Connection& connection) {
  Cells keys(3);
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (!valid_[i]) continue;
    if (const auto* row = std::get_if<model::EventRow>(&entries_[i]->row)) {
      const std::uint32_t lead = leads_[row->lead_id].number;
      if (lead != 0) keys.add({std::int64_t{lead}, row->at_ms, stages_.ids[row->stage]});
    } else if (const auto* action = std::get_if<model::ActionRow>(&entries_[i]->row);
               action != nullptr && action->kind == model::ActionKind::kReopen) {
      const std::uint32_t lead = leads_[action->lead_id].number;
      if (lead != 0) keys.add({std::int64_t{lead}, action->at_ms, stages_.ids[action->value]});
    }
  }
  events_.reserve(keys.rows());
  connection.bulk().find(tables::kEventSeq, keys, [&](std::size_t key, std::span<const Cell> row) {
    const std::span<const Cell> asked = keys.row(key);
    events_[{.lead = static_cast<std::uint32_t>(int_of(asked[0])),
             .stage = int_of(asked[2]),
             .at_ms = int_of(asked[1])}] = int_of(row[0]);
  });
}

void AppendPlan::look_up(Connection& connection, const Names& names) {
  counts_ = read_counts(connection);
  number(connection, tables::kSource, names, true, sources_);
  number(connection, tables::kStage, names, false, stages_);
  find_priors(connection);
  find_leads(connection);
  find_erased(connection);
  find_events(connection);
  find_stories(connection);
}

void AppendPlan::decide() {
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (valid_[i]) decide_one(i);
  }
}

void AppendPlan::refuse(std::size_t i, AppendStatus status, std::string reason) {
  results_[i].status = status;
  results_[i].reason = std::move(reason);
}

bool AppendPlan::repeats(std::size_t i) {
  const Prior& prior = priors_[sources_.ids[entries_[i]->source]][entries_[i]->source_key];
  if (prior.seq == 0) return false;
  results_[i].seq = prior.seq;
  results_[i].lead = prior.lead;
  if (prior.digest == digests_[i]) {
    results_[i].status = AppendStatus::kRepeated;
  } else {
    refuse(i, AppendStatus::kConflict, "its source and key stand for other content");
  }
  return true;
}

void AppendPlan::decide_one(std::size_t i) {
  if (repeats(i)) return;
  std::visit([&](const auto& row) { take(i, row); }, entries_[i]->row);
}

void AppendPlan::keep(std::size_t i, std::uint32_t lead) {
  const model::Entry& entry = *entries_[i];
  const std::int64_t seq = ++counts_.last_seq;
  results_[i].status = AppendStatus::kApplied;
  results_[i].seq = seq;
  results_[i].lead = lead;
  const std::int64_t source = sources_.ids[entry.source];
  priors_[source][entry.source_key] = {.seq = seq, .digest = digests_[i], .lead = lead};
  changes_.add({seq, source, std::string_view(entry.source_key),
                static_cast<std::int64_t>(entry.row.index()),
                lead == 0 ? Cell{} : Cell{std::int64_t{lead}}, digests_[i], received_at_ms_});
}

std::uint32_t AppendPlan::known_lead(std::size_t i, std::string_view lead_id) {
  const std::uint32_t number = leads_[lead_id].number;
  if (number == 0) {
    refuse(i, AppendStatus::kUnknownLead, "no lead " + std::string(lead_id));
  }
  return number;
}

void AppendPlan::take(std::size_t i, const model::LeadRow& row) {
  LeadSlot& slot = leads_[row.lead_id];
  LeadWork& work = *slot.work;
  const bool was_there = slot.number != 0;
  if (!was_there) {
    if (!row.created_at_ms) {
      return refuse(i, AppendStatus::kInvalid, "a new lead without created_at");
    }
    if (slot.former == 0 && counts_.leads >= std::int64_t{base::kMaxLeads}) {
      return refuse(i, AppendStatus::kInvalid, "the store is full of leads");
    }
    work.is_new = slot.former == 0;
    // One that was taken back is written anew in its old place.
    work.touched = {.lead = !work.is_new, .contact = !work.is_new};
    slot.number = work.is_new ? static_cast<std::uint32_t>(++counts_.leads) : slot.former;
    work.record.number = slot.number;
    work.record.lead_id = row.lead_id;
  }
  const model::LeadRow stripped = slot.is_erased ? without_person(row) : model::LeadRow();
  const model::LeadRow& kept = slot.is_erased ? stripped : row;
  std::string before = was_there ? named_fields(kept, work.record) : std::string();
  const Touched touched = apply_row(kept, work.record);
  work.touched.lead |= touched.lead;
  work.touched.contact |= touched.contact;
  keep(i, slot.number);
  if (was_there) note_edit(slot, results_[i].seq, std::move(before));
  results_[i].state = work.record.state;
}

void AppendPlan::take(std::size_t i, const model::EventRow& row) {
  const std::uint32_t lead = known_lead(i, row.lead_id);
  if (lead == 0) return;
  const std::int64_t stage = stages_.ids[row.stage];
  const auto [at, fresh] =
      events_.try_emplace(EventKey{.lead = lead, .stage = stage, .at_ms = row.at_ms});
  if (!fresh) {
    results_[i].status = AppendStatus::kRepeated;
    results_[i].seq = at->second;
    results_[i].lead = lead;
    return;
  }
  keep(i, lead);
  at->second = results_[i].seq;
  note_turn(row.lead_id, results_[i].seq, stage);
  ++counts_.events;
  new_events_.add(
      {std::int64_t{lead}, row.at_ms, stage, results_[i].seq, std::string_view(row.actor)});
}

namespace {
Cell real(const std::optional<double>& value) { return value ? Cell{*value} : Cell{}; }
}  // namespace

void AppendPlan::take(std::size_t i, const model::OutcomeRow& row) {
  const std::uint32_t lead = known_lead(i, row.lead_id);
  if (lead == 0) return;
  keep(i, lead);
  note_turn(row.lead_id, results_[i].seq, 0);
  ++counts_.outcomes;
  new_outcomes_.add({std::int64_t{lead}, results_[i].seq, row.at_ms, std::int64_t{row.won},
                     std::string_view(row.reason), real(row.revenue),
                     std::string_view(row.transaction_id)});
}

void AppendPlan::take(std::size_t i, const model::SignalRow& row) {
  const std::uint32_t lead = known_lead(i, row.lead_id);
  if (lead == 0) return;
  keep(i, lead);
  ++counts_.signals;
  new_signals_.add({std::int64_t{lead}, results_[i].seq, row.at_ms, std::string_view(row.kind),
                    real(row.value), kept_text(row.lead_id, row.text)});
}

void AppendPlan::take(std::size_t i, const model::CostRow& row) {
  keep(i, 0);
  ++counts_.costs;
  new_costs_.add({results_[i].seq, std::string_view(row.channel), std::string_view(row.campaign),
                  std::int64_t{row.from_day}, std::int64_t{row.to_day}, row.amount,
                  std::string_view(row.currency)});
}

void AppendPlan::take(std::size_t i, const model::NoteRow& row) {
  const std::uint32_t lead = known_lead(i, row.lead_id);
  if (lead == 0) return;
  keep(i, lead);
  ++counts_.notes;
  new_notes_.add({std::int64_t{lead}, results_[i].seq, row.at_ms, std::string_view(row.kind),
                  kept_text(row.lead_id, row.text), std::string_view(row.actor)});
}

}  // namespace pursuit::store
