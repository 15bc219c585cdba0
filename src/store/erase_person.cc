// What is known of a person is taken out of a lead, and stays out; what figures are made of stays.
#include <algorithm>
#include <array>
#include <deque>
#include <iterator>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "store/accounts.h"
#include "store/append_plan.h"
#include "store/connection.h"
#include "store/lead_row.h"
#include "store/tables.h"
#include "store/words.h"

namespace pursuit::store {

namespace {

using Row = std::span<const Cell>;
using nlohmann::json;

constexpr std::array kIntText = {Type::kInt, Type::kText};
constexpr Lookup kEdits{"e.seq, e.fields", "lead_edit e", "e.lead = {0}", tables::kIntKey,
                        kIntText};

Cells key_of(std::uint32_t lead) {
  Cells key(1);
  key.add({std::int64_t{lead}});
  return key;
}

std::optional<LeadRecord> record_of(Connection& connection, std::string_view lead_id) {
  Cells key(1);
  key.add({lead_id});
  std::optional<LeadRecord> found;
  connection.bulk().find(tables::kLeadById, key,
                         [&](std::size_t, Row row) { found = lead_of(row); });
  if (found && found->state.created_at_ms == base::kNoInstant) found.reset();  // taken back
  return found;
}

/// By seq.
std::vector<std::pair<std::int64_t, std::string>> edits_of(Connection& connection,
                                                           std::uint32_t lead) {
  std::vector<std::pair<std::int64_t, std::string>> edits;
  connection.bulk().find(kEdits, key_of(lead), [&](std::size_t, Row row) {
    edits.emplace_back(int_of(row[0]), text_of(row[1]));
  });
  std::ranges::sort(edits);
  return edits;
}

std::optional<base::Millis> erased_at_of(Connection& connection, std::uint32_t lead) {
  std::optional<base::Millis> at_ms;
  connection.bulk().find(tables::kErasedAt, key_of(lead),
                         [&](std::size_t, Row row) { at_ms = int_of(row[0]); });
  return at_ms;
}

/// Empties a column of a lead's rows where it is not empty; returns of how many.
std::int64_t empty_texts(Connection& connection, std::string_view table, std::uint32_t lead) {
  const std::string where = fmt::format("FROM {} WHERE lead = {} AND text <> ''", table, lead);
  long long rows = 0;
  connection.sql() << "SELECT count(*) " + where, soci::into(rows);
  if (rows > 0) {
    connection.script(
        fmt::format("UPDATE {} SET text = '' WHERE lead = {} AND text <> ''", table, lead));
  }
  return rows;
}

/// Takes the contact out of what fields were before; returns of how many edits.
std::int64_t empty_edits(Connection& connection, std::uint32_t lead) {
  Cells rows(tables::kEditColumns.size());
  std::deque<std::string> texts;
  for (const auto& [seq, text] : edits_of(connection, lead)) {
    json kept = json::object();
    const json fields = json::parse(text);
    for (const auto& [name, value] : fields.items()) {
      const bool of_person =
          name == "name" || name == "phone" || name == "email" || name.starts_with("attributes.");
      if (!of_person) kept[name] = value;
    }
    if (kept.size() == fields.size()) continue;
    rows.add({std::int64_t{lead}, seq, std::string_view(texts.emplace_back(kept.dump()))});
  }
  connection.bulk().upsert(tables::kEdit, rows);
  return static_cast<std::int64_t>(rows.rows());
}

/// Empties the contact and what the lead is found by; false: there was nothing.
bool empty_contact(Connection& connection, LeadRecord lead) {
  if (lead.name.empty() && lead.phone.empty() && lead.email.empty() && lead.attributes.empty())
    return false;
  const std::vector<std::string> before = words_of(lead);
  lead.name.clear();
  lead.phone.clear();
  lead.email.clear();
  lead.attributes.clear();
  std::vector<std::string> gone;
  std::ranges::set_difference(before, words_of(lead), std::back_inserter(gone));
  const std::int64_t number = lead.number;
  Cells words(2);
  for (const std::string& word : gone) words.add({std::string_view(word), number});
  connection.bulk().erase(tables::kWord, words);
  const std::string_view nothing;
  Cells contact(tables::kContactColumns.size());
  contact.add({number, nothing, nothing, nothing, std::string_view(lead.consent), nothing});
  connection.bulk().upsert(tables::kContact, contact);
  return true;
}

}  // namespace

std::optional<base::Millis> AccountRows::erased_at(std::uint32_t lead) {
  return erased_at_of(connection_, lead);
}

std::vector<std::string> AccountRows::former_fields(std::uint32_t lead) {
  std::vector<std::string> fields;
  for (auto& [seq, text] : edits_of(connection_, lead)) fields.push_back(std::move(text));
  return fields;
}

std::optional<ErasedPerson> AccountRows::erase_person(std::string_view lead_id,
                                                      base::Millis now_ms) {
  const std::optional<LeadRecord> lead = record_of(connection_, lead_id);
  if (!lead) return std::nullopt;
  // What SQLite frees is overwritten from here on, whatever it was built with.
  if (!connection_.postgres()) connection_.script("PRAGMA secure_delete = ON");
  ErasedPerson erased;
  if (const auto before = erased_at_of(connection_, lead->number)) {
    erased.erased_at_ms = *before;
  } else {
    erased.erased_at_ms = now_ms;
    Cells mark(tables::kErasedColumns.size());
    mark.add({std::int64_t{lead->number}, now_ms});
    connection_.bulk().insert(tables::kErased, mark);
  }
  erased.contact = empty_contact(connection_, *lead);
  erased.notes = empty_texts(connection_, "note", lead->number);
  erased.signals = empty_texts(connection_, "signal", lead->number);
  erased.actions = empty_texts(connection_, "action", lead->number);
  erased.edits = empty_edits(connection_, lead->number);
  return erased;
}

// ── what comes later ────────────────────────────────────────────────────────────────────────

void AppendPlan::find_erased(Connection& connection) {
  // Mostly there is nobody, and then nothing more is asked.
  long long any = 0;
  connection.sql() << "SELECT count(*) FROM (SELECT 1 FROM erased_person LIMIT 1) AS t",
      soci::into(any);
  if (any == 0) return;
  Cells numbers(1);
  std::vector<LeadSlot*> slots;
  for (auto& [id, slot] : leads_) {
    const std::uint32_t number = slot.number != 0 ? slot.number : slot.former;
    if (number == 0) continue;
    numbers.add({std::int64_t{number}});
    slots.push_back(&slot);
  }
  connection.bulk().find(tables::kErasedAt, numbers,
                         [&](std::size_t key, Row) { slots[key]->is_erased = true; });
}

std::string_view AppendPlan::kept_text(std::string_view lead_id, std::string_view text) {
  return leads_[lead_id].is_erased ? std::string_view() : text;
}

}  // namespace pursuit::store
