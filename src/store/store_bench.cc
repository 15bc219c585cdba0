// Measures the store: durable appends in batches, an import, a scan, a start. Not a test.
//   store_bench [URL…]   default: a SQLite file here in the temporary folder, and a PostgreSQL
//   server of its own with fsync as in service.

#include <chrono>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "store/store.h"
#include "support/postgres.h"

namespace pursuit::store {
namespace {

constexpr std::size_t kBatch = 1'000;
constexpr int kEventsOfALead = 5;

/// `leads` leads with five events each, a signal now and then, as they come over a day: mixed.
std::vector<model::Entry> make_entries(int first, int leads) {
  std::mt19937_64 random(static_cast<std::uint64_t>(first));
  std::vector<model::Entry> entries;
  const std::vector<std::string> stages = {"Created", "Contacted", "Experiencing", "Deciding",
                                           "Converted"};
  for (int i = first; i < first + leads; ++i) {
    model::LeadRow lead;
    lead.lead_id = fmt::format("L{:08}", i);
    lead.created_at_ms = 1'700'000'000'000 + i;
    lead.region = "KSA";
    lead.dealer_group = fmt::format("group {}", i % 20);
    lead.dealer = fmt::format("dealer {}", i % 400);
    lead.channel = "Web";
    lead.product = "Retail";
    lead.nameplate = fmt::format("model {}", i % 12);
    lead.owner = fmt::format("seller {}", i % 2'000);
    lead.name = fmt::format("Given{} Family{}", i % 5'000, i % 77'777);
    lead.phone = fmt::format("+97150{:07}", i);
    lead.email = fmt::format("person{}@example.com", i);
    entries.push_back({"crm", fmt::format("lead:{:016x}", random()), lead});
    for (int e = 0; e < kEventsOfALead; ++e) {
      model::EventRow event{.lead_id = lead.lead_id,
                            .stage = stages[static_cast<std::size_t>(e)],
                            .at_ms = *lead.created_at_ms + e * 86'400'000,
                            .actor = *lead.owner};
      entries.push_back({"crm", fmt::format("event:{:016x}", random()), std::move(event)});
    }
  }
  return entries;
}

class CountingSink final : public ScanSink {
 public:
  base::Result<void> begin(const StoreCounts&, std::span<const std::string_view>) override {
    return {};
  }
  base::Result<void> leads(unsigned, std::span<const ScannedLead> r) override {
    return add(r.size());
  }
  base::Result<void> events(unsigned, std::span<const ScannedEvent> r) override {
    return add(r.size());
  }
  base::Result<void> outcomes(std::span<const ScannedOutcome> r) override { return add(r.size()); }
  base::Result<void> signals(std::span<const ScannedSignal> r) override { return add(r.size()); }
  base::Result<void> notes(std::span<const ScannedNote> r) override { return add(r.size()); }
  base::Result<void> snoozes(std::span<const ScannedSnooze> r) override { return add(r.size()); }
  std::size_t rows = 0;

 private:
  base::Result<void> add(std::size_t count) {
    rows += count;
    return {};
  }
};

double seconds_since(std::chrono::steady_clock::time_point from) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - from).count();
}

void tell(std::string_view what, std::size_t rows, double seconds) {
  fmt::print("  {:<34} {:>9} rows {:>7.2f} s {:>10.0f} rows/s\n", what, rows, seconds,
             static_cast<double>(rows) / seconds);
}

int measure(const std::string& url, int leads) {
  auto opened = Store::open({.url = url});
  if (!opened) {
    fmt::print("{}\n", opened.error().text());
    return 1;
  }
  Store& store = **opened;
  fmt::print("{}\n", store.is_postgres() ? "PostgreSQL" : "SQLite");
  const std::vector<model::Entry> entries = make_entries(0, leads);
  auto from = std::chrono::steady_clock::now();
  for (std::size_t at = 0; at < entries.size(); at += kBatch) {
    const auto part = std::span(entries).subspan(at, std::min(kBatch, entries.size() - at));
    if (const auto done = store.append(part, 0); !done) {
      fmt::print("{}\n", done.error().text());
      return 1;
    }
  }
  tell("append, batches of 1000", entries.size(), seconds_since(from));

  const std::vector<model::Entry> more = make_entries(leads, leads);
  from = std::chrono::steady_clock::now();
  if (const auto done = store.append_bulk(more, 0); !done) return 1;
  tell("append_bulk", more.size(), seconds_since(from));

  from = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < 200; ++i) {
    if (!store.append(std::span(more).subspan(i, 1), 0)) return 1;
  }
  tell("append, one at a time (repeats)", 200, seconds_since(from));

  for (int round = 0; round < 2; ++round) {
    CountingSink sink;
    from = std::chrono::steady_clock::now();
    if (!store.scan(sink)) return 1;
    tell("scan", sink.rows, seconds_since(from));
  }
  return 0;
}

}  // namespace
}  // namespace pursuit::store

int main(int argc, char** argv) {
  constexpr int kLeads = 100'000;
  if (argc > 1) {
    int worst = 0;
    for (int i = 1; i < argc; ++i) worst |= pursuit::store::measure(argv[i], kLeads);
    return worst;
  }
  const auto folder = std::filesystem::temp_directory_path() / "pursuit-store-bench";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  int worst = pursuit::store::measure(folder / "store.db", kLeads);
  std::filesystem::remove_all(folder);
  pursuit::test::PostgresServer server({.durable = true});
  worst |= pursuit::store::measure(server.new_database(), kLeads);
  return worst;
}
