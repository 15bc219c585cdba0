#include "store/test_database.h"

#include <algorithm>
#include <cstdlib>
#include <mutex>

#include <fmt/format.h>

#include "support/postgres.h"

namespace pursuit::store {

TestFolder::TestFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "pursuit-store-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  path_ = name;
}

TestFolder::~TestFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string OnDatabase::new_url() {
  if (GetParam() == Kind::kPostgres) return test::shared_postgres().new_database();
  return folder_.file(fmt::format("store {}.db", ++made_));  // a blank, as people have them
}

std::unique_ptr<Store> OnDatabase::open(const std::string& url) {
  auto store = Store::open({.url = url, .opened_at_ms = kReceived});
  if (!store) throw std::runtime_error(store.error().text());
  return std::move(*store);
}

model::Entry entry(std::string key, model::Row row, std::string source) {
  return {.source = std::move(source), .source_key = std::move(key), .row = std::move(row)};
}

model::LeadRow lead_row(std::string id, base::Millis created_at_ms) {
  model::LeadRow row;
  row.lead_id = std::move(id);
  row.created_at_ms = created_at_ms;
  return row;
}

model::EventRow event_row(std::string id, std::string stage, base::Millis at_ms) {
  return {.lead_id = std::move(id), .stage = std::move(stage), .at_ms = at_ms, .actor = {}};
}

model::OutcomeRow outcome_row(std::string id, bool won, base::Millis at_ms) {
  return {.lead_id = std::move(id),
          .won = won,
          .at_ms = at_ms,
          .reason = {},
          .revenue = {},
          .transaction_id = {}};
}

model::SignalRow signal_row(std::string id, std::string kind, base::Millis at_ms) {
  return {
      .lead_id = std::move(id), .kind = std::move(kind), .at_ms = at_ms, .value = {}, .text = {}};
}

model::NoteRow note_row(std::string id, std::string kind, base::Millis at_ms) {
  return {
      .lead_id = std::move(id), .kind = std::move(kind), .at_ms = at_ms, .text = {}, .actor = {}};
}

model::CostRow cost_row(std::string channel, double amount) {
  return {.channel = std::move(channel),
          .campaign = {},
          .from_day = 0,
          .to_day = 30,
          .amount = amount,
          .currency = {}};
}

std::vector<AppendResult> append(Store& store, const std::vector<model::Entry>& entries) {
  auto results = store.append(entries, kReceived);
  if (!results) throw std::runtime_error(results.error().text());
  return std::move(*results);
}

namespace {

class TextSink final : public ScanSink {
 public:
  explicit TextSink(unsigned parts) : last_lead_(parts) {}
  [[nodiscard]] unsigned parts() const override { return static_cast<unsigned>(last_lead_.size()); }
  base::Result<void> begin(const StoreCounts& counts,
                           std::span<const std::string_view> stages) override {
    lines.push_back(fmt::format("counts {} {} {} {} {} {} {}", counts.last_seq, counts.leads,
                                counts.events, counts.outcomes, counts.signals, counts.costs,
                                counts.notes));
    stages_.assign(stages.begin(), stages.end());
    return {};
  }
  base::Result<void> leads(unsigned part, std::span<const ScannedLead> rows) override {
    const std::lock_guard lock(mutex_);
    for (const ScannedLead& row : rows) {
      if (last_lead_[part] == 0) last_lead_[part] = row.lead - 1;
      EXPECT_EQ(row.lead, ++last_lead_[part]);
      lines.push_back(fmt::format("lead {} {} {} {}", row.lead, row.lead_id, row.created_at_ms,
                                  fmt::join(row.dimensions, "|")));
    }
    return {};
  }
  base::Result<void> events(unsigned, std::span<const ScannedEvent> rows) override {
    const std::lock_guard lock(mutex_);
    for (const ScannedEvent& row : rows) {
      lines.push_back(fmt::format("event {} {} {}", row.lead, stages_[row.stage], row.at_ms));
    }
    return {};
  }
  base::Result<void> outcomes(std::span<const ScannedOutcome> rows) override {
    for (const ScannedOutcome& row : rows) {
      lines.push_back(fmt::format("outcome {} {} {} {}", row.lead, row.won, row.at_ms,
                                  row.revenue.value_or(-1)));
    }
    return {};
  }
  base::Result<void> signals(std::span<const ScannedSignal> rows) override {
    for (const ScannedSignal& row : rows) {
      lines.push_back(
          fmt::format("signal {} {} {} {}", row.lead, row.kind, row.at_ms, row.value.value_or(-1)));
    }
    return {};
  }
  base::Result<void> notes(std::span<const ScannedNote> rows) override {
    for (const ScannedNote& row : rows) {
      lines.push_back(fmt::format("note {} {} {}", row.lead, row.kind, row.at_ms));
    }
    return {};
  }
  base::Result<void> snoozes(std::span<const ScannedSnooze> rows) override {
    for (const ScannedSnooze& row : rows) {
      lines.push_back(fmt::format("snooze {} {} {}", row.lead, row.at_ms, row.until_ms));
    }
    return {};
  }
  std::vector<std::string> lines;

 private:
  std::vector<std::string> stages_;
  std::mutex mutex_;
  std::vector<std::uint32_t> last_lead_;  // by part; 0: none yet
};

}  // namespace

std::vector<std::string> scanned(const Store& store, unsigned parts) {
  TextSink sink(parts);
  const auto counts = store.scan(sink);
  if (!counts) throw std::runtime_error(counts.error().text());
  const std::int64_t rows =
      counts->leads + counts->events + counts->outcomes + counts->signals + counts->notes;
  // Snoozes are not counted: each is part of an action.
  const auto snoozes = std::ranges::count_if(
      sink.lines, [](const std::string& line) { return line.starts_with("snooze"); });
  EXPECT_EQ(static_cast<std::int64_t>(sink.lines.size()), rows + snoozes + 1);
  std::ranges::sort(sink.lines);
  return sink.lines;
}

}  // namespace pursuit::store
