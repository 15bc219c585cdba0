// Fills an empty store with a sample network, through the store's own way in: what the measurements
// of the live service start from.
//   fill_store URL --leads N [--seed N]
// Leads come in order and each with its events, so that trees are filled from left to right.

#include <algorithm>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "model/entry.h"
#include "sample/network.h"
#include "sample/path.h"
#include "sample/rows.h"
#include "store/store.h"

namespace pursuit::bench {
namespace {

constexpr std::uint32_t kLeadsPerStep = 20'000;
constexpr std::size_t kRowsPerCommit = 100'000;

base::Millis instant(std::uint32_t at_s) { return std::int64_t{at_s} * base::kMillisPerSecond; }

model::Entry lead_entry(const sample::Network& network, const sample::LeadDraft& lead) {
  const sample::Dealer& dealer = network.dealer(lead.dealer);
  sample::Contact contact = sample::draw_contact(network, lead.number);
  model::LeadRow row;
  row.lead_id = sample::lead_id(lead.number).view();
  row.created_at_ms = instant(lead.created_s);
  row.channel = sample::kChannels[lead.channel].name;
  if (lead.campaign < sample::kCampaigns.size()) row.campaign = sample::kCampaigns[lead.campaign];
  row.region = sample::kMarkets[dealer.market].code;
  row.dealer_group = dealer.group;
  row.dealer = dealer.name;
  row.product = sample::kNameplates[lead.nameplate].product;
  row.nameplate = sample::kNameplates[lead.nameplate].name;
  row.owner = network.owner(lead.owner);
  row.name = std::move(contact.name);
  row.phone = std::move(contact.phone);
  row.email = std::move(contact.email);
  row.consent = contact.consent;
  row.value = lead.value;
  return {.source = "sample", .source_key = row.lead_id, .row = std::move(row)};
}

model::Entry event_entry(const sample::Network& network, const sample::EventDraft& event) {
  const sample::ShortText key("E", (std::uint64_t{event.lead} << 8) | event.number, 12);
  return {.source = "sample",
          .source_key = std::string(key.view()),
          .row = model::EventRow{
              .lead_id = std::string(sample::lead_id(event.lead).view()),
              .stage = std::string(sample::kStages[event.code]),
              .at_ms = instant(event.at_s),
              .actor = network.owner(network.draw(event.lead).owner),
          }};
}

base::Result<store::StoreCounts> fill(const std::string& url,
                                      const sample::GenerateOptions& options) {
  auto opened = store::Store::open({.url = url});
  if (!opened) return std::unexpected(opened.error());
  store::Store& store = **opened;
  const sample::Network network(options);
  const sample::PathMaker paths(network, options);
  std::vector<model::Entry> entries;
  std::vector<sample::EventDraft> events;
  for (std::uint32_t from = 0; from < options.leads; from += kLeadsPerStep) {
    entries.clear();
    for (std::uint32_t i = from; i < std::min(from + kLeadsPerStep, options.leads); ++i) {
      const sample::LeadDraft lead = network.draw(i);
      entries.push_back(lead_entry(network, lead));
      events.clear();
      paths.append_events(lead, events);
      for (const sample::EventDraft& event : events) entries.push_back(event_entry(network, event));
    }
    const auto done = store.append_bulk(entries, options.as_of_ms, kRowsPerCommit);
    if (!done) return std::unexpected(done.error());
  }
  return store.counts();
}

}  // namespace
}  // namespace pursuit::bench

int main(int argc, char** argv) {
  CLI::App app("Fills a store with a sample network");
  std::string url;
  pursuit::sample::GenerateOptions options;
  app.add_option("url", url, "a SQLite file or a PostgreSQL URL")->required();
  app.add_option("--leads", options.leads)->check(CLI::Range(1u, pursuit::sample::kMaxSampleLeads));
  app.add_option("--seed", options.seed);
  CLI11_PARSE(app, argc, argv);
  const auto counts = pursuit::bench::fill(url, options);
  if (!counts) {
    fmt::print(stderr, "{}\n", counts.error().text());
    return 1;
  }
  fmt::print("{{\"leads\": {}, \"events\": {}}}\n", counts->leads, counts->events);
  return 0;
}
