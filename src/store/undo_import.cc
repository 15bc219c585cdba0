// Undoing an import, a stretch of changes at a time, from the newest back: what each row brought
// goes, as if it had never come; what others brought since stays.
#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <ranges>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "store/failure.h"
#include "store/lead_row.h"
#include "store/store_impl.h"
#include "store/tables.h"
#include "store/words.h"

namespace pursuit::store {

namespace {

using Row = std::span<const Cell>;

constexpr std::int64_t kRowsPerStep = 20'000;
constexpr std::string_view kWithdrawn = "pursuit:withdrawn";
constexpr std::array kTwoInts = {Type::kInt, Type::kInt};

/// Gives a field its value of before, as named_fields() wrote it.
void set_field(LeadRecord& lead, const std::string& name, const nlohmann::json& before) {
  model::LeadRow row;
  const auto text = [&] { return before.get<std::string>(); };
  using Text = std::optional<std::string> model::LeadRow::*;
  static constexpr std::array<std::pair<std::string_view, Text>, 12> kTexts = {{
      {"channel", &model::LeadRow::channel},
      {"campaign", &model::LeadRow::campaign},
      {"region", &model::LeadRow::region},
      {"dealer_group", &model::LeadRow::dealer_group},
      {"dealer", &model::LeadRow::dealer},
      {"product", &model::LeadRow::product},
      {"nameplate", &model::LeadRow::nameplate},
      {"owner", &model::LeadRow::owner},
      {"name", &model::LeadRow::name},
      {"phone", &model::LeadRow::phone},
      {"email", &model::LeadRow::email},
      {"consent", &model::LeadRow::consent},
  }};
  constexpr std::string_view kAttribute = "attributes.";
  if (name == "created_at") {
    row.created_at_ms = before.get<std::int64_t>();
  } else if (name == "value") {
    lead.value.reset();
    if (!before.is_null()) row.value = before.get<double>();
  } else if (name.starts_with(kAttribute)) {
    row.attributes.emplace_back(name.substr(kAttribute.size()), text());
  } else {
    const auto found = std::ranges::find(kTexts, name, [](const auto& t) { return t.first; });
    if (found != kTexts.end()) row.*(found->second) = text();
  }
  apply_row(row, lead);
}

class UndoImport {
 public:
  UndoImport(Connection& connection, std::int64_t import)
      : connection_(connection), bulk_(connection.bulk()), import_(import) {}

  UndoStep run(base::Millis received_at_ms) {
    UndoStep step;
    if (!choose()) return step;
    counts_ = read_counts(connection_);
    read_changes();
    undo_rows();
    undo_edits();
    undo_leads(step.kept);
    write_changes(step.rows, received_at_ms);
    shorten_range();
    write_counts(connection_, counts_);
    step.more = true;
    return step;
  }

 private:
  struct Change {
    std::int64_t seq, source, kind, lead, digest, received;
    std::string key;
    bool has_lead = false;
    bool kept = false;
  };

  /// The last stretch of the import's last range; false when there is none.
  bool choose() {
    bulk_.stream(fmt::format("SELECT first_seq, last_seq FROM import_range WHERE import = {}"
                             " ORDER BY first_seq DESC LIMIT 1",
                             import_),
                 kTwoInts, [&](const Cells& rows) {
                   range_first_ = int_of(rows.row(0)[0]);
                   last_ = int_of(rows.row(0)[1]);
                 });
    if (last_ == 0) return false;
    first_ = std::max(range_first_, last_ - kRowsPerStep + 1);
    return true;
  }

  void read_changes() {
    constexpr std::array kTypes = {Type::kInt, Type::kInt, Type::kText, Type::kInt,
                                   Type::kInt, Type::kInt, Type::kInt};
    bulk_.stream(fmt::format("SELECT seq, source, source_key, kind, lead, digest, received_at"
                             " FROM change_log WHERE seq BETWEEN {} AND {} ORDER BY seq",
                             first_, last_),
                 kTypes, [&](const Cells& rows) {
                   for (std::size_t i = 0; i < rows.rows(); ++i) {
                     const Row row = rows.row(i);
                     Change change{.seq = int_of(row[0]),
                                   .source = int_of(row[1]),
                                   .kind = int_of(row[3]),
                                   .lead = int_of(row[4]),
                                   .digest = int_of(row[5]),
                                   .received = int_of(row[6]),
                                   .key = std::string(text_of(row[2]))};
                     change.has_lead = !std::holds_alternative<std::monostate>(row[4]);
                     changes_.push_back(std::move(change));
                   }
                 });
  }

  [[nodiscard]] Cells keys_of(RowKind kind) const {
    Cells keys(2);
    for (const Change& change : changes_) {
      if (change.kind == static_cast<std::int64_t>(kind)) keys.add({change.lead, change.seq});
    }
    return keys;
  }

  /// Events, outcomes, signals, notes and costs: nothing depends on them.
  void undo_rows() {
    static constexpr std::array kThree = {Type::kInt, Type::kInt, Type::kInt};
    static constexpr Lookup kEvents{"e.lead, e.at, e.stage", "stage_event e",
                                    "e.lead = {0} AND e.seq = {1}", kTwoInts, kThree};
    Cells events(3);
    bulk_.find(kEvents, keys_of(RowKind::kEvent),
               [&](std::size_t, Row row) { events.add({row[0], row[1], row[2]}); });
    bulk_.erase(tables::kEvent, events);
    counts_.events -= static_cast<std::int64_t>(events.rows());
    const auto erase = [&](RowKind kind, const Table& table, std::int64_t& count) {
      const Cells keys = keys_of(kind);
      bulk_.erase(table, keys);
      count -= static_cast<std::int64_t>(keys.rows());
    };
    erase(RowKind::kOutcome, tables::kOutcome, counts_.outcomes);
    erase(RowKind::kSignal, tables::kSignal, counts_.signals);
    erase(RowKind::kNote, tables::kNote, counts_.notes);
    Cells costs(1);
    for (const Change& change : changes_) {
      if (change.kind == static_cast<std::int64_t>(RowKind::kCost)) costs.add({change.seq});
    }
    bulk_.erase(tables::kCost, costs);
    counts_.costs -= static_cast<std::int64_t>(costs.rows());
  }

  /// Lead rows that changed a lead that was there: each field that no later row names gets its
  /// value of before; where one does, that one's "before" is what it was before ours.
  void undo_edits() {
    static constexpr std::array kIntText = {Type::kInt, Type::kText};
    static constexpr Lookup kEdits{"e.seq, e.fields", "lead_edit e", "e.lead = {0}",
                                   tables::kIntKey, kIntText};
    Cells leads(1);
    std::vector<std::int64_t> numbers;
    for (const Change& change : changes_) {
      if (change.kind != static_cast<std::int64_t>(RowKind::kLead)) continue;
      if (edits_.try_emplace(change.lead).second) {
        leads.add({change.lead});
        numbers.push_back(change.lead);
      }
    }
    bulk_.find(kEdits, leads, [&](std::size_t key, Row row) {
      edits_[numbers[key]].emplace(int_of(row[0]), nlohmann::json::parse(text_of(row[1])));
    });
    bulk_.find(tables::kLeadByNumber, leads,
               [&](std::size_t key, Row row) { records_.emplace(numbers[key], lead_of(row)); });
    Cells gone(2);
    std::map<std::pair<std::int64_t, std::int64_t>, const nlohmann::json*> rewritten;
    std::map<std::int64_t, std::vector<std::string>> words_before;
    for (const Change& change : std::views::reverse(changes_)) {
      if (change.kind != static_cast<std::int64_t>(RowKind::kLead)) continue;
      auto& edits = edits_[change.lead];
      const auto own = edits.find(change.seq);
      if (own == edits.end()) continue;
      LeadRecord& record = records_.at(change.lead);
      words_before.try_emplace(change.lead, words_of(record));
      for (const auto& [name, before] : own->second.items()) {
        const auto later = std::find_if(std::next(own), edits.end(), [&](const auto& edit) {
          return edit.second.contains(name);
        });
        if (later == edits.end()) {
          set_field(record, name, before);
        } else {
          later->second[name] = before;
          rewritten[{change.lead, later->first}] = &later->second;
        }
      }
      rewritten.erase({change.lead, change.seq});
      edited_.insert(change.seq);
      gone.add({change.lead, change.seq});
      edits.erase(own);
    }
    bulk_.erase(tables::kEdit, gone);
    write_edits(rewritten);
    for (const auto& [lead, words] : words_before) write_lead(records_.at(lead), words);
  }

  void write_edits(
      const std::map<std::pair<std::int64_t, std::int64_t>, const nlohmann::json*>& rewritten) {
    Cells rows(3);
    std::deque<std::string> texts;
    for (const auto& [key, fields] : rewritten) {
      rows.add({key.first, key.second, std::string_view(texts.emplace_back(fields->dump()))});
    }
    bulk_.upsert(tables::kEdit, rows);
  }

  void write_lead(const LeadRecord& lead, const std::vector<std::string>& words_before) {
    Cells rows(tables::kLeadColumns.size());
    rows.push(std::int64_t{lead.number});
    rows.push(std::string_view(lead.lead_id));
    rows.push(lead.state.created_at_ms);
    for (const std::string& value : lead.state.dimensions) rows.push(std::string_view(value));
    rows.push(std::string_view(lead.campaign));
    rows.push(lead.value ? Cell{*lead.value} : Cell{});
    bulk_.upsert(tables::kLead, rows);
    const std::string attributes = attributes_text(lead);
    Cells contact(tables::kContactColumns.size());
    contact.add({std::int64_t{lead.number}, std::string_view(lead.name),
                 std::string_view(lead.phone), std::string_view(lead.email),
                 std::string_view(lead.consent), std::string_view(attributes)});
    bulk_.upsert(tables::kContact, contact);
    const std::vector<std::string> words = words_of(lead);
    erase_words(lead.number, words_before);
    Cells come(2);
    for (const std::string& word : words) {
      come.add({std::string_view(word), std::int64_t{lead.number}});
    }
    bulk_.insert(tables::kWord, come);
  }

  void erase_words(std::int64_t lead, const std::vector<std::string>& words) {
    Cells gone(2);
    for (const std::string& word : words) gone.add({std::string_view(word), lead});
    bulk_.erase(tables::kWord, gone);
  }

  /// Leads that the import brought go unless something of them is left, which others brought.
  void undo_leads(std::vector<std::string>& kept) {
    Cells leads(1);
    std::vector<Change*> made;
    for (Change& change : changes_) {
      if (change.kind != static_cast<std::int64_t>(RowKind::kLead)) continue;
      if (edited_.contains(change.seq)) continue;
      leads.add({change.lead});
      made.push_back(&change);
    }
    // A look-up for each kind of thing: PostgreSQL answers one EXISTS by a join, several joined by
    // OR by as many searches for every lead.
    static constexpr auto kLeft = std::to_array<std::string_view>({
        "l.id = {0} AND EXISTS (SELECT 1 FROM stage_event x WHERE x.lead = l.id)",
        "l.id = {0} AND EXISTS (SELECT 1 FROM outcome x WHERE x.lead = l.id)",
        "l.id = {0} AND EXISTS (SELECT 1 FROM signal x WHERE x.lead = l.id)",
        "l.id = {0} AND EXISTS (SELECT 1 FROM note x WHERE x.lead = l.id)",
        "l.id = {0} AND EXISTS (SELECT 1 FROM lead_edit x WHERE x.lead = l.id)",
        "l.id = {0} AND EXISTS (SELECT 1 FROM action x WHERE x.lead = l.id AND x.undone = 0)",
    });
    for (const std::string_view left : kLeft) {
      bulk_.find({"1", "lead l", left, tables::kIntKey, tables::kIntKey}, leads,
                 [&](std::size_t key, Row) { made[key]->kept = true; });
    }
    Cells rows(tables::kLeadColumns.size());
    Cells contacts(1);
    Cells words(2);
    std::deque<std::string> ids;  // and words: what cells point at
    for (const Change* change : made) {
      LeadRecord& record = records_.at(change->lead);
      if (change->kept) {
        kept.push_back(record.lead_id);
        continue;
      }
      for (std::string& word : words_of(record)) {
        words.add({std::string_view(ids.emplace_back(std::move(word))), change->lead});
      }
      contacts.add({change->lead});
      const std::string& id = ids.emplace_back(record.lead_id);
      // Its number stays taken: numbers have no gaps.
      rows.push(change->lead);
      rows.push(std::string_view(id));
      rows.push(base::kNoInstant);
      for (std::size_t i = 3; i < tables::kLeadColumns.size() - 1; ++i)
        rows.push(std::string_view());
      rows.push(Cell{});
    }
    bulk_.erase(tables::kWord, words);
    bulk_.erase(tables::kContact, contacts);
    bulk_.upsert(tables::kLead, rows);
  }

  /// The lines of what is gone keep their numbers and free their keys: the rows may come again.
  void write_changes(std::int64_t& done, base::Millis received_at_ms) {
    const std::int64_t withdrawn = source_number();
    Cells rows(tables::kChangeColumns.size());
    std::deque<std::string> keys;
    for (const Change& change : changes_) {
      if (change.kept) continue;
      ++done;
      rows.add({change.seq, withdrawn,
                std::string_view(keys.emplace_back(std::to_string(change.seq))), change.kind,
                change.has_lead ? Cell{change.lead} : Cell{}, change.digest, change.received});
    }
    bulk_.upsert(tables::kChange, rows);
    // Taking back is a change too: whoever knows the last number knows what there is.
    Cells own(tables::kChangeColumns.size());
    const std::string key = fmt::format("import {}: {} to {}", import_, first_, last_);
    own.add({++counts_.last_seq, withdrawn, std::string_view(key),
             static_cast<std::int64_t>(RowKind::kUndo), Cell{}, std::int64_t{0}, received_at_ms});
    bulk_.insert(tables::kChange, own);
  }

  std::int64_t source_number() {
    long long id = 0;
    connection_.sql() << fmt::format("SELECT coalesce(max(id), 0) FROM source WHERE name = '{}'",
                                     kWithdrawn),
        soci::into(id);
    if (id != 0) return id;
    connection_.sql() << "SELECT coalesce(max(id), 0) FROM source", soci::into(id);
    Cells row(2);
    row.add({std::int64_t{id + 1}, kWithdrawn});
    bulk_.insert(tables::kSource, row);
    return id + 1;
  }

  void shorten_range() {
    Cells key(2);
    key.add({import_, range_first_});
    bulk_.erase(tables::kRange, key);
    if (first_ == range_first_) return;
    Cells row(3);
    row.add({import_, range_first_, first_ - 1});
    bulk_.insert(tables::kRange, row);
  }

  Connection& connection_;
  Bulk& bulk_;
  std::int64_t import_;
  std::int64_t range_first_ = 0;
  std::int64_t first_ = 0;
  std::int64_t last_ = 0;
  StoreCounts counts_;
  std::vector<Change> changes_;
  std::map<std::int64_t, std::map<std::int64_t, nlohmann::json>> edits_;  // by lead and seq
  std::map<std::int64_t, LeadRecord> records_;
  std::set<std::int64_t> edited_;  // seqs of lead rows that changed a lead
};

}  // namespace

base::Result<UndoStep> Store::undo_import(std::int64_t import, base::Millis received_at_ms,
                                          const JobAfterUndo& after) {
  return impl_->write([&](Connection& connection) {
    Transaction transaction(connection, Use::kWrite);
    UndoStep step = UndoImport(connection, import).run(received_at_ms);
    if (after) write_job(connection, after(step));
    transaction.commit();
    // Names of sources may have been added.
    impl_->names = {};
    return step;
  });
}

}  // namespace pursuit::store
