#include "store/append.h"

#include <algorithm>
#include <iterator>
#include <numeric>

#include "store/append_plan.h"
#include "store/tables.h"
#include "store/words.h"

namespace pursuit::store {

namespace {

Cells numbered(const std::vector<std::string_view>& names,
               const std::unordered_map<std::string_view, std::int64_t>& ids) {
  Cells rows(2);
  for (const std::string_view name : names) rows.add({ids.at(name), name});
  return rows;
}

Cells lead_cells(const LeadRecord& lead) {
  Cells row(tables::kLeadColumns.size());
  row.push(std::int64_t{lead.number});
  row.push(std::string_view(lead.lead_id));
  row.push(lead.state.created_at_ms);
  for (const std::string& value : lead.state.dimensions) row.push(std::string_view(value));
  row.push(std::string_view(lead.campaign));
  row.push(lead.value ? Cell{*lead.value} : Cell{});
  return row;
}

/// The same rows by their first columns: neighbours in a tree are written one after the other,
/// which is what makes large appends quick.
Cells in_key_order(const Cells& rows, std::size_t key_columns) {
  std::vector<std::uint32_t> order(rows.rows());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::sort(order, [&](std::uint32_t a, std::uint32_t b) {
    return std::ranges::lexicographical_compare(rows.row(a).first(key_columns),
                                                rows.row(b).first(key_columns));
  });
  Cells sorted(rows.columns());
  for (const std::uint32_t i : order) {
    for (const Cell& cell : rows.row(i)) sorted.push(cell);
  }
  return sorted;
}

void append_row(Cells& rows, const Cells& row) {
  for (const Cell& cell : row.row(0)) rows.push(cell);
}

}  // namespace

StoreCounts read_counts(Connection& connection) {
  long long last_seq = 0, leads = 0, events = 0, outcomes = 0, signals = 0, costs = 0, notes = 0;
  connection.sql() << "SELECT last_seq, leads, events, outcomes, signals, costs, notes"
                      " FROM store_state WHERE id = 1",
      soci::into(last_seq), soci::into(leads), soci::into(events), soci::into(outcomes),
      soci::into(signals), soci::into(costs), soci::into(notes);
  return {.last_seq = last_seq,
          .leads = leads,
          .events = events,
          .outcomes = outcomes,
          .signals = signals,
          .costs = costs,
          .notes = notes};
}

void AppendPlan::write_leads(Connection& connection) {
  Cells added(tables::kLeadColumns.size());
  Cells changed(tables::kLeadColumns.size());
  Cells contacts(tables::kContactColumns.size());
  Cells words(2);
  Cells words_gone(2);
  std::deque<std::string> texts;  // what the cells point at
  for (const LeadWork* work : works_) {
    const LeadRecord& lead = work->record;
    if (lead.number == 0) continue;  // its row was refused
    const std::int64_t number = lead.number;
    if (work->is_new || work->touched.lead) {
      append_row(work->is_new ? added : changed, lead_cells(lead));
    }
    if (work->touched.contact) {
      contacts.add({number, std::string_view(lead.name), std::string_view(lead.phone),
                    std::string_view(lead.email), std::string_view(lead.consent),
                    std::string_view(texts.emplace_back(attributes_text(lead)))});
    }
    if (!work->is_new && !work->touched.contact) continue;
    std::vector<std::string> now = words_of(lead);
    std::vector<std::string> gone;
    std::vector<std::string> come;
    std::ranges::set_difference(work->words_before, now, std::back_inserter(gone));
    std::ranges::set_difference(now, work->words_before, std::back_inserter(come));
    for (std::string& word : gone) words_gone.add({texts.emplace_back(std::move(word)), number});
    for (std::string& word : come) words.add({texts.emplace_back(std::move(word)), number});
  }
  Bulk& bulk = connection.bulk();
  bulk.insert(tables::kLead, added);
  bulk.upsert(tables::kLead, changed);
  bulk.upsert(tables::kContact, contacts);
  bulk.erase(tables::kWord, words_gone);
  bulk.insert(tables::kWord, in_key_order(words, 2));
}

void write_counts(Connection& connection, const StoreCounts& counts) {
  Cells state(tables::kStateColumns.size());
  state.add({std::int64_t{1}, counts.last_seq, counts.leads, counts.events, counts.outcomes,
             counts.signals, counts.costs, counts.notes});
  connection.bulk().upsert(tables::kState, state);
}

void AppendPlan::write(Connection& connection) {
  if (changes_.empty()) return;
  Bulk& bulk = connection.bulk();
  bulk.insert(tables::kSource, numbered(sources_.added, sources_.ids));
  bulk.insert(tables::kStage, numbered(stages_.added, stages_.ids));
  write_leads(connection);
  // First what goes: the same may come again in the same append.
  bulk.erase(tables::kEvent, gone_events_);
  bulk.erase(tables::kOutcome, gone_outcomes_);
  bulk.erase(tables::kNote, gone_notes_);
  bulk.erase(tables::kEdit, gone_edits_);
  bulk.upsert(tables::kAction, undone_actions_);
  bulk.insert(tables::kEvent, in_key_order(new_events_, 3));
  bulk.insert(tables::kOutcome, new_outcomes_);
  bulk.insert(tables::kSignal, new_signals_);
  bulk.insert(tables::kCost, new_costs_);
  bulk.insert(tables::kNote, new_notes_);
  bulk.insert(tables::kAction, new_actions_);
  bulk.insert(tables::kEdit, new_edits_);
  bulk.insert(tables::kChange, changes_);
  write_counts(connection, counts_);
}

void AppendPlan::remember(Names& names) const {
  // When nothing was applied, new names were not written either.
  if (changes_.empty()) return;
  for (const auto& [name, id] : sources_.ids) names.sources.emplace(name, id);
  for (const auto& [name, id] : stages_.ids) names.stages.emplace(name, id);
}

std::vector<AppendResult> append_entries(Connection& connection, Names& names,
                                         std::span<const model::Entry* const> entries,
                                         base::Millis received_at_ms, const WriteMore& more) {
  AppendPlan plan(entries, received_at_ms);
  Transaction transaction(connection, Use::kWrite);
  plan.look_up(connection, names);
  plan.decide();
  plan.write(connection);
  if (more) more(connection, plan.results());
  transaction.commit();
  plan.remember(names);
  return plan.take_results();
}

}  // namespace pursuit::store
