// bench/ingest_bench.cc: how fast files become leads and events. Prints one JSON object a run:
//   ingest_bench --leads leads.csv --events events.csv [--threads 2] [--runs 5]
#include <chrono>
#include <cstdio>
#include <string>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "base/parallel.h"
#include "ingest/load.h"

namespace {

using pursuit::ingest::FileKind;

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// One load; false if it failed.
bool run(const pursuit::ingest::Sources& sources, unsigned threads) {
  const auto mapping = pursuit::ingest::identity_mapping({});
  double leads_read = 0;
  double events_begin = 0;
  std::uint64_t bytes[2] = {0, 0};
  const double begin = seconds_now();
  const auto loaded = pursuit::ingest::load_network(
      sources, mapping,
      {.threads = threads, .progress = [&](const pursuit::ingest::LoadProgress& progress) {
         const bool leads = progress.kind == FileKind::kLeads;
         bytes[leads ? 0 : 1] = progress.bytes_total;
         if (leads) leads_read = seconds_now();
         if (!leads && events_begin == 0) events_begin = seconds_now();
       }});
  const double end = seconds_now();
  if (!loaded) {
    std::fprintf(stderr, "%s\n", loaded.error().text().c_str());
    return false;
  }
  const auto total_bytes = static_cast<double>(bytes[0] + bytes[1]);
  nlohmann::ordered_json out = {
      {"leads", loaded->leads.size()},
      {"events", loaded->events.event_count()},
      {"rejects", loaded->rejects.total()},
      {"threads", threads},
      {"seconds", end - begin},
      {"seconds_reading_leads", leads_read - begin},
      {"seconds_numbering_leads", events_begin - leads_read},
      {"seconds_reading_events", end - events_begin},
      {"bytes_a_second", total_bytes / (end - begin)},
      {"table_bytes_a_lead",
       static_cast<double>(loaded->leads.memory_bytes()) / loaded->leads.size()}};
  std::printf("%s\n", out.dump().c_str());
  std::fflush(stdout);
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"How fast files become leads and events"};
  pursuit::ingest::Sources sources;
  unsigned threads = pursuit::base::hardware_threads();
  int runs = 5;
  app.add_option("--leads", sources.patterns[0], "Files of leads")->required();
  app.add_option("--events", sources.patterns[1], "Files of events")->required();
  app.add_option("--threads", threads, "Threads to use");
  app.add_option("--runs", runs, "Times to load");
  CLI11_PARSE(app, argc, argv);
  for (int i = 0; i < runs; ++i) {
    if (!run(sources, threads)) return 1;
  }
  return 0;
}
