#include <algorithm>
#include <array>
#include <unordered_map>

#include <fmt/format.h>

#include "store/action_row.h"
#include "store/failure.h"
#include "store/lead_row.h"
#include "store/store_impl.h"
#include "store/tables.h"

namespace pursuit::store {

namespace {

using enum Type;

std::optional<double> real_at(const Cell& cell) {
  const auto* value = std::get_if<double>(&cell);
  return value == nullptr ? std::nullopt : std::optional(*value);
}

LeadRecord find_lead(Connection& connection, std::string_view lead_id) {
  Cells key(1);
  key.add({lead_id});
  std::optional<LeadRecord> lead;
  connection.bulk().find(tables::kLeadById, key,
                         [&](std::size_t, std::span<const Cell> row) { lead = lead_of(row); });
  if (!lead || lead->state.created_at_ms == base::kNoInstant) {
    throw Refusal({.code = base::ErrorCode::kNotFound,
                   .message = "no lead " + std::string(lead_id),
                   .where = {}});
  }
  return std::move(*lead);
}

// at, seq, what, text, actor, value, transaction_id of each kind of row on a timeline
constexpr std::array kItemTypes = {kInt, kInt, kText, kText, kText, kReal, kText};
struct ItemLookup {
  RowKind kind;
  Lookup lookup;
};
constexpr std::array kItems = {
    ItemLookup{RowKind::kEvent,
               {"e.at, e.seq, s.name, '', e.actor, CAST(NULL AS double precision), ''",
                "stage_event e JOIN stage s ON s.id = e.stage", "e.lead = {0}", tables::kIntKey,
                kItemTypes}},
    ItemLookup{RowKind::kOutcome,
               {"o.at, o.seq, CASE o.won WHEN 0 THEN 'lost' ELSE 'won' END, o.reason, '', "
                "o.revenue, o.transaction_id",
                "outcome o", "o.lead = {0}", tables::kIntKey, kItemTypes}},
    ItemLookup{RowKind::kSignal,
               {"g.at, g.seq, g.kind, g.text, '', g.value, ''", "signal g", "g.lead = {0}",
                tables::kIntKey, kItemTypes}},
    ItemLookup{RowKind::kNote,
               {"n.at, n.seq, n.kind, n.text, n.actor, CAST(NULL AS double precision), ''",
                "note n", "n.lead = {0}", tables::kIntKey, kItemTypes}}};

TimelineItem item_of(RowKind kind, std::span<const Cell> row) {
  return {.at_ms = int_of(row[0]),
          .kind = kind,
          .seq = int_of(row[1]),
          .what = std::string(text_of(row[2])),
          .text = std::string(text_of(row[3])),
          .actor = std::string(text_of(row[4])),
          .value = real_at(row[5]),
          .transaction_id = std::string(text_of(row[6])),
          .by_action = false,
          .owner = {},
          .until_ms = {}};
}

std::vector<ActionRecord> find_actions(Connection& connection, std::uint32_t lead) {
  Cells key(1);
  key.add({std::int64_t{lead}});
  std::vector<ActionRecord> actions;
  connection.bulk().find(tables::kActionsOfLead, key, [&](std::size_t, std::span<const Cell> row) {
    actions.push_back(store::action_of(row));
  });
  std::ranges::sort(actions, {}, &ActionRecord::id);
  return actions;
}

/// Marks what actions did, and adds those that left nothing else on the timeline.
void add_actions(const std::vector<ActionRecord>& actions, std::vector<TimelineItem>& items) {
  const std::size_t rows = items.size();
  for (const ActionRecord& action : actions) {
    if (action.undone != 0) continue;
    bool found = false;
    for (std::size_t i = 0; i < rows; ++i) {
      if (items[i].seq != action.id) continue;
      items[i].by_action = true;
      items[i].actor = action.row.author;
      found = true;
    }
    if (found) continue;
    TimelineItem item{
        .at_ms = action.row.at_ms,
        .kind = RowKind::kAction,
        .seq = action.id,
        .what = std::string(model::kActionNames[static_cast<std::size_t>(action.row.kind)]),
        .text = action.row.text,
        .actor = action.row.author,
        .value = {},
        .transaction_id = {},
        .by_action = true,
        .owner = {},
        .until_ms = action.row.until_ms};
    if (action.row.kind == model::ActionKind::kAssign) item.owner = action.row.value;
    items.push_back(std::move(item));
  }
}

constexpr std::array kChangeTypes = {kInt, kInt, kText, kText, kText, kInt};
constexpr std::array kTwoInts = {kInt, kInt};
// Sequence numbers have no gaps, so a range of them is a limit.
constexpr Lookup kChanges{"c.seq, c.kind, l.lead_id, s.name, c.source_key, c.received_at",
                          "change_log c JOIN source s ON s.id = c.source"
                          " LEFT JOIN lead l ON l.id = c.lead",
                          "c.seq > {0} AND c.seq <= {1}", kTwoInts, kChangeTypes};

}  // namespace

base::Result<LeadRecord> Store::lead(std::string_view lead_id) const {
  return impl_->readers.read(
      [&](Connection& connection) { return find_lead(connection, lead_id); });
}

base::Result<std::vector<TimelineItem>> Store::timeline(std::string_view lead_id,
                                                        std::size_t limit) const {
  return impl_->readers.read([&](Connection& connection) {
    const std::uint32_t number = find_lead(connection, lead_id).number;
    Cells key(1);
    key.add({std::int64_t{number}});
    std::vector<TimelineItem> items;
    for (const ItemLookup& source : kItems) {
      connection.bulk().find(source.lookup, key, [&](std::size_t, std::span<const Cell> row) {
        items.push_back(item_of(source.kind, row));
      });
    }
    add_actions(find_actions(connection, number), items);
    std::ranges::sort(items, {}, [](const TimelineItem& i) { return std::pair(i.at_ms, i.seq); });
    if (items.size() > limit) {
      items.erase(items.begin(), items.end() - static_cast<std::ptrdiff_t>(limit));
    }
    return items;
  });
}

base::Result<std::vector<ActionRecord>> Store::actions(std::string_view lead_id) const {
  return impl_->readers.read([&](Connection& connection) {
    return find_actions(connection, find_lead(connection, lead_id).number);
  });
}

base::Result<ActionRecord> Store::action(std::int64_t id) const {
  return impl_->readers.read([&](Connection& connection) {
    static constexpr Lookup kById{tables::kActionRead,
                                  "change_log c JOIN action a ON a.lead = c.lead AND a.seq = c.seq"
                                  " JOIN lead l ON l.id = a.lead",
                                  "c.seq = {0}", tables::kIntKey, tables::kActionTypes};
    Cells key(1);
    key.add({id});
    std::optional<ActionRecord> found;
    connection.bulk().find(
        kById, key, [&](std::size_t, std::span<const Cell> row) { found = store::action_of(row); });
    if (!found) {
      throw Refusal({.code = base::ErrorCode::kNotFound,
                     .message = fmt::format("no action {}", id),
                     .where = {}});
    }
    return std::move(*found);
  });
}

base::Result<std::optional<ActionRecord>> Store::action_of(std::string_view source,
                                                           std::string_view source_key) const {
  return impl_->readers.read([&](Connection& connection) {
    static constexpr std::array kTwoTexts = {kText, kText};
    static constexpr Lookup kByKey{
        tables::kActionRead,
        "source s JOIN change_log c ON c.source = s.id"
        " JOIN action a ON a.lead = c.lead AND a.seq = c.seq JOIN lead l ON l.id = a.lead",
        "s.name = {0} AND c.source_key = {1}", kTwoTexts, tables::kActionTypes};
    Cells key(2);
    key.add({source, source_key});
    std::optional<ActionRecord> found;
    connection.bulk().find(kByKey, key, [&](std::size_t, std::span<const Cell> row) {
      found = store::action_of(row);
    });
    return found;
  });
}

base::Result<std::vector<LeadContact>> Store::contacts(
    std::span<const std::string> lead_ids) const {
  return impl_->readers.read([&](Connection& connection) {
    std::vector<LeadContact> contacts(lead_ids.size());
    Cells keys(1);
    for (std::size_t i = 0; i < lead_ids.size(); ++i) {
      contacts[i].lead_id = lead_ids[i];
      keys.add({std::string_view(lead_ids[i])});
    }
    static constexpr std::array kTexts = {kText, kText, kText, kText};
    static constexpr Lookup kContacts{"c.name, c.phone, c.email, c.consent",
                                      "lead l JOIN contact c ON c.lead = l.id", "l.lead_id = {0}",
                                      tables::kTextKey, kTexts};
    connection.bulk().find(kContacts, keys, [&](std::size_t i, std::span<const Cell> row) {
      contacts[i].name = text_of(row[0]);
      contacts[i].phone = text_of(row[1]);
      contacts[i].email = text_of(row[2]);
      contacts[i].consent = text_of(row[3]);
    });
    return contacts;
  });
}

base::Result<std::vector<ChangeRecord>> Store::changes_since(std::int64_t seq,
                                                             std::size_t limit) const {
  return impl_->readers.read([&](Connection& connection) {
    const std::int64_t from = std::max<std::int64_t>(seq, 0);
    const auto most = static_cast<std::int64_t>(std::min<std::size_t>(limit, 1'000'000));
    Cells range(2);
    range.add({from, from > INT64_MAX - most ? INT64_MAX : from + most});
    std::vector<ChangeRecord> changes;
    connection.bulk().find(kChanges, range, [&](std::size_t, std::span<const Cell> row) {
      changes.push_back({.seq = int_of(row[0]),
                         .kind = static_cast<RowKind>(int_of(row[1])),
                         .lead_id = std::string(text_of(row[2])),
                         .source = std::string(text_of(row[3])),
                         .source_key = std::string(text_of(row[4])),
                         .received_at_ms = int_of(row[5])});
    });
    std::ranges::sort(changes, {}, &ChangeRecord::seq);
    return changes;
  });
}

base::Result<std::vector<model::CostRow>> Store::costs() const {
  return impl_->readers.read([](Connection& connection) {
    constexpr std::array kTypes = {kText, kText, kInt, kInt, kReal, kText};
    std::vector<model::CostRow> costs;
    connection.bulk().stream(
        "SELECT channel, campaign, from_day, to_day, amount, currency FROM cost ORDER BY seq",
        kTypes, [&](const Cells& rows) {
          for (std::size_t i = 0; i < rows.rows(); ++i) {
            const std::span<const Cell> row = rows.row(i);
            costs.push_back({.channel = std::string(text_of(row[0])),
                             .campaign = std::string(text_of(row[1])),
                             .from_day = static_cast<std::int32_t>(int_of(row[2])),
                             .to_day = static_cast<std::int32_t>(int_of(row[3])),
                             .amount = real_at(row[4]).value_or(0),
                             .currency = std::string(text_of(row[5]))});
          }
        });
    return costs;
  });
}

base::Result<std::vector<Sale>> Store::sales(base::Millis from_ms, base::Millis to_ms) const {
  return impl_->readers.read([&](Connection& connection) {
    constexpr std::array kTypes = {kText, kInt, kReal};
    std::vector<Sale> sales;
    connection.bulk().stream(
        fmt::format("SELECT l.lead_id, o.at, o.revenue FROM outcome o JOIN lead l ON l.id = o.lead"
                    " WHERE o.won <> 0 AND o.revenue IS NOT NULL AND o.at > {} AND o.at <= {}"
                    " ORDER BY o.lead, o.at, o.seq",
                    from_ms, to_ms),
        kTypes, [&](const Cells& rows) {
          for (std::size_t i = 0; i < rows.rows(); ++i) {
            const std::span<const Cell> row = rows.row(i);
            sales.push_back({.lead_id = std::string(text_of(row[0])),
                             .at_ms = int_of(row[1]),
                             .revenue = real_at(row[2]).value_or(0)});
          }
        });
    return sales;
  });
}

}  // namespace pursuit::store
