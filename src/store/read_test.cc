#include <array>
#include <thread>

#include <gtest/gtest.h>

#include "store/test_database.h"

namespace pursuit::store {
namespace {

using model::Entry;

class Read : public OnDatabase {};
INSTANTIATE_TEST_SUITE_P(On, Read, both_databases(), kind_name);

model::LeadRow person(std::string id, std::string name, std::string phone, std::string email) {
  model::LeadRow row = lead_row(std::move(id));
  row.name = std::move(name);
  row.phone = std::move(phone);
  row.email = std::move(email);
  return row;
}

std::vector<std::string> found(const Store& store, std::string_view text, std::size_t limit = 20) {
  const auto leads = store.search({.text = text, .limit = limit});
  if (!leads) throw std::runtime_error(leads.error().text());
  std::vector<std::string> ids;
  for (const LeadRecord& lead : *leads) ids.push_back(lead.lead_id);
  return ids;
}

using Ids = std::vector<std::string>;

TEST_P(Read, ALeadComesBackWhole) {
  const auto store = open();
  model::LeadRow row = person("A \"'; --", "Huda", "+971 50 1", "h@x.ae");
  row.channel = "Web";
  row.campaign = "Ramadan";
  row.consent = "mail";
  row.value = 0.1;
  row.attributes = {{"z", "1"}, {"a", "\xD8\xA7\t\"\\"}};
  append(*store, {entry("1", lead_row("other")), entry("2", row)});
  const auto lead = store->lead("A \"'; --");
  ASSERT_TRUE(lead.has_value()) << lead.error().text();
  EXPECT_EQ(lead->number, 2u);
  EXPECT_EQ(lead->name, "Huda");
  EXPECT_EQ(lead->phone, "+971 50 1");
  EXPECT_EQ(lead->email, "h@x.ae");
  EXPECT_EQ(lead->consent, "mail");
  EXPECT_EQ(lead->campaign, "Ramadan");
  EXPECT_EQ(lead->value, 0.1);
  const std::vector<std::pair<std::string, std::string>> attributes = {{"a", "\xD8\xA7\t\"\\"},
                                                                       {"z", "1"}};
  EXPECT_EQ(lead->attributes, attributes);

  model::LeadRow change;
  change.lead_id = row.lead_id;
  change.attributes = {{"a", ""}, {"b", "2"}};
  append(*store, {entry("3", change)});
  const std::vector<std::pair<std::string, std::string>> changed = {{"b", "2"}, {"z", "1"}};
  EXPECT_EQ(store->lead(row.lead_id)->attributes, changed);
  EXPECT_EQ(store->lead(row.lead_id)->name, "Huda");
  EXPECT_EQ(store->lead("nobody").error().code, base::ErrorCode::kNotFound);
}

TEST_P(Read, ATimelineIsInOrderOfInstant) {
  const auto store = open();
  model::OutcomeRow won = outcome_row("A", true, 40);
  won.revenue = 120'000.5;
  won.reason = "price";
  won.transaction_id = "T1";
  model::SignalRow call = signal_row("A", "call", 20);
  call.value = 0.25;
  model::NoteRow note = note_row("A", "email", 30);
  note.text = "sent";
  note.actor = "Omar";
  model::EventRow event = event_row("A", "Contacted", 10);
  event.actor = "Huda";
  append(*store,
         {entry("1", lead_row("A")), entry("2", lead_row("B")), entry("3", won), entry("4", note),
          entry("5", call), entry("6", event), entry("7", event_row("B", "Contacted", 5))});
  const auto items = store->timeline("A");
  ASSERT_TRUE(items.has_value()) << items.error().text();
  ASSERT_EQ(items->size(), 4u);
  EXPECT_EQ((*items)[0].what, "Contacted");
  EXPECT_EQ((*items)[0].actor, "Huda");
  EXPECT_EQ((*items)[0].seq, 6);
  EXPECT_EQ((*items)[1].kind, RowKind::kSignal);
  EXPECT_EQ((*items)[1].value, 0.25);
  EXPECT_EQ((*items)[2].text, "sent");
  EXPECT_EQ((*items)[2].actor, "Omar");
  EXPECT_EQ((*items)[3].what, "won");
  EXPECT_EQ((*items)[3].value, 120'000.5);
  EXPECT_EQ((*items)[3].transaction_id, "T1");
  EXPECT_EQ(store->timeline("A", 1)->front().what, "won");
  EXPECT_EQ(store->timeline("C").error().code, base::ErrorCode::kNotFound);
}

TEST_P(Read, ChangesCanBeFollowedFromAnyPoint) {
  const auto store = open();
  append(*store, {entry("1", lead_row("A")), entry("2", event_row("A", "Contacted", 5), "crm"),
                  entry("3", cost_row("Web", 10))});
  const auto changes = store->changes_since(1);
  ASSERT_TRUE(changes.has_value()) << changes.error().text();
  ASSERT_EQ(changes->size(), 2u);
  EXPECT_EQ((*changes)[0].seq, 2);
  EXPECT_EQ((*changes)[0].kind, RowKind::kEvent);
  EXPECT_EQ((*changes)[0].lead_id, "A");
  EXPECT_EQ((*changes)[0].source, "crm");
  EXPECT_EQ((*changes)[0].received_at_ms, kReceived);
  EXPECT_EQ((*changes)[1].kind, RowKind::kCost);
  EXPECT_EQ((*changes)[1].lead_id, "");
  EXPECT_EQ(store->changes_since(0, 1)->size(), 1u);
  EXPECT_TRUE(store->changes_since(3)->empty());
  EXPECT_TRUE(store->changes_since(INT64_MAX)->empty());
}

TEST_P(Read, LeadsAreFoundByAnyWordOfTheirs) {
  const auto store = open();
  append(*store,
         {entry("1", person("UAE-001", "Huda Al-Mansoori", "+971 50 123 4567", "huda@x.ae")),
          entry("2", person("KSA-002", "José ÖZIL", "00966 55 765 4321", "Jose.O@y.com")),
          entry("3", person("00123", "\xD8\xA3\xD8\xAD\xD9\x85\xD8\xAF", "0501234599", ""))});
  EXPECT_EQ(found(*store, "HUDA"), Ids{"UAE-001"});
  EXPECT_EQ(found(*store, "manso hu"), Ids{"UAE-001"});
  EXPECT_EQ(found(*store, "manso jose"), Ids{});
  EXPECT_EQ(found(*store, "jose ozil"), Ids{"KSA-002"});
  EXPECT_EQ(found(*store, "y.com"), Ids{"KSA-002"});
  EXPECT_EQ(found(*store, "ksa-0"), Ids{"KSA-002"});
  EXPECT_EQ(found(*store, "00123"), Ids{"00123"});
  EXPECT_EQ(found(*store, "+971501234567"), Ids{"UAE-001"});
  EXPECT_EQ(found(*store, "050 123 45"), (Ids{"UAE-001", "00123"}));
  EXPECT_EQ(found(*store, "050 123 45", 1), Ids{"UAE-001"});
  EXPECT_EQ(found(*store, "966 55"), Ids{"KSA-002"});
  // Ahmed without the hamza, and stretched.
  EXPECT_EQ(found(*store, "\xD8\xA7\xD8\xAD\xD9\x85"), Ids{"00123"});
  EXPECT_EQ(found(*store, "\xD8\xA7\xD8\xAD\xD9\x80\xD9\x85\xD8\xAF"), Ids{"00123"});
  // Arabic-Indic digits: 050123
  EXPECT_EQ(found(*store, "\xD9\xA0\xD9\xA5\xD9\xA0\xD9\xA1\xD9\xA2\xD9\xA3"),
            (Ids{"UAE-001", "00123"}));
  EXPECT_EQ(found(*store, "  %_ "), Ids{});
  EXPECT_EQ(found(*store, "uda"), Ids{});
}

TEST_P(Read, SearchFollowsChangesAndAsksWhoMayBeSeen) {
  const auto store = open();
  append(*store,
         {entry("1", person("A", "Huda", "", "")), entry("2", person("B", "Huda", "", ""))});
  model::LeadRow renamed;
  renamed.lead_id = "A";
  renamed.name = "Layla";
  append(*store, {entry("3", renamed)});
  EXPECT_EQ(found(*store, "huda"), Ids{"B"});
  EXPECT_EQ(found(*store, "layla"), Ids{"A"});
  const auto none = store->search({.text = "huda", .limit = 20, .accept = [](const LeadRecord& l) {
                                     return l.lead_id != "B";
                                   }});
  EXPECT_TRUE(none->empty());
}

TEST_P(Read, ContactsComeInTheOrderAsked) {
  const auto store = open();
  append(*store, {entry("1", person("A", "Huda", "1", "a@x")), entry("2", lead_row("B"))});
  const std::vector<std::string> ids = {"B", "nobody", "A"};
  const auto contacts = store->contacts(ids);
  ASSERT_TRUE(contacts.has_value()) << contacts.error().text();
  ASSERT_EQ(contacts->size(), 3u);
  EXPECT_EQ((*contacts)[1].lead_id, "nobody");
  EXPECT_EQ((*contacts)[0].name, "");
  EXPECT_EQ((*contacts)[2].name, "Huda");
  EXPECT_EQ((*contacts)[2].email, "a@x");
}

TEST_P(Read, CostsComeBack) {
  const auto store = open();
  model::CostRow cost = cost_row("Web", 99.5);
  cost.campaign = "R";
  cost.currency = "AED";
  append(*store, {entry("1", cost)});
  const auto costs = store->costs();
  ASSERT_TRUE(costs.has_value()) << costs.error().text();
  ASSERT_EQ(costs->size(), 1u);
  EXPECT_EQ(costs->front(), cost);
}

class SinkThatRefuses final : public ScanSink {
 public:
  using Leads = std::span<const ScannedLead>;
  base::Result<void> begin(const StoreCounts&, std::span<const std::string_view>) override {
    return {};
  }
  [[nodiscard]] unsigned parts() const override { return 2; }
  base::Result<void> leads(unsigned, Leads) override {
    return base::fail(base::ErrorCode::kLimit, "enough");
  }
  base::Result<void> events(unsigned, std::span<const ScannedEvent>) override { return {}; }
  base::Result<void> outcomes(std::span<const ScannedOutcome>) override { return {}; }
  base::Result<void> signals(std::span<const ScannedSignal>) override { return {}; }
  base::Result<void> notes(std::span<const ScannedNote>) override { return {}; }
  base::Result<void> snoozes(std::span<const ScannedSnooze>) override { return {}; }
};

TEST_P(Read, ASinkThatRefusesEndsTheScanAndNothingElse) {
  const auto store = open();
  std::vector<Entry> entries;
  for (int i = 0; i < 20'000; ++i) {
    entries.push_back(entry(std::to_string(i), lead_row(std::to_string(i))));
  }
  append(*store, entries);
  for (int i = 0; i < 3; ++i) {
    SinkThatRefuses sink;
    const auto scan = store->scan(sink);
    ASSERT_FALSE(scan.has_value());
    EXPECT_EQ(scan.error().message, "enough");
    EXPECT_EQ(store->counts()->leads, 20'000);
    append(*store, {entry("more" + std::to_string(i), event_row("1", "X", i))});
    EXPECT_EQ(store->counts()->events, i + 1);
  }
}

TEST_P(Read, AScanInPartsIsTheSameScan) {
  const auto store = open();
  EXPECT_EQ(scanned(*store, 4), scanned(*store));
  for (const int leads : {1, 2, 3, 50}) {
    for (int i = 0; i < leads; ++i) {
      const std::string id = std::to_string(leads) + "-" + std::to_string(i);
      append(*store, {entry("l" + id, lead_row(id, i)), entry("e" + id, event_row(id, "X", i + 1)),
                      entry("n" + id, note_row(id, "call", i + 2))});
    }
    for (const unsigned parts : {2u, 3u, 7u}) EXPECT_EQ(scanned(*store, parts), scanned(*store));
  }
  // Enough that the events lie on many pages, and some not in the order of their leads.
  std::vector<Entry> entries;
  for (int i = 0; i < 3'000; ++i)
    entries.push_back(entry("m" + std::to_string(i), lead_row(std::to_string(i))));
  for (int i = 0; i < 6'000; ++i) {
    const std::string id = std::to_string(i * 7 % 3'000);
    entries.push_back(entry("n" + std::to_string(i), event_row(id, "X", i)));
  }
  append(*store, entries);
  for (const unsigned parts : {2u, 3u, 7u}) EXPECT_EQ(scanned(*store, parts), scanned(*store));
}

TEST_P(Read, ReadersSeeWholeBatchesWhileOthersAreWritten) {
  const auto store = open();
  constexpr int kBatches = 40;
  std::jthread writer([&] {
    for (int i = 0; i < kBatches; ++i) {
      const std::string id = std::to_string(i);
      append(*store, {entry("l" + id, lead_row(id)), entry("e" + id, event_row(id, "X", 1)),
                      entry("s" + id, signal_row(id, "call", 2))});
    }
  });
  for (std::int64_t seen = 0; seen < 3 * kBatches;) {
    const std::vector<std::string> lines = scanned(*store, 3);
    const auto counts = store->counts();
    ASSERT_TRUE(counts.has_value()) << counts.error().text();
    ASSERT_EQ(counts->last_seq % 3, 0);
    ASSERT_EQ(lines.size() % 3, 1u);
    seen = static_cast<std::int64_t>(lines.size()) - 1;
  }
}

}  // namespace
}  // namespace pursuit::store
