// engine_bench: measures the engine on files that `pursuit generate` made and prints one JSON
// object: seconds of refreshes, nanoseconds of changes and queues, bytes of memory, and the sums
// that peers are held against.
//   engine_bench --data DIR --policy P --as-of T [--threads N] [--repeat N] [--changes N]
//   [--no-sums]
#include <algorithm>
#include <cstdint>
#include <ctime>
#include <iostream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <sys/resource.h>

#include "app/inputs.h"
#include "app/network.h"
#include "app/progress.h"
#include "app/system_clock.h"
#include "engine/engine.h"
#include "sums.h"

namespace {

using namespace pursuit;

struct Options {
  std::string data;
  std::string policy;
  std::string as_of;
  unsigned threads = 2;
  int repeat = 5;
  std::size_t changes = 1'000'000;
  bool no_sums = false;
};

/// splitmix64: numbers that are the same in every run.
class Random {
 public:
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  std::uint64_t below(std::uint64_t bound) { return next() % bound; }

 private:
  std::uint64_t state_ = 20260601;
};

nlohmann::json quantiles(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto at = [&](double p) {
    return values[static_cast<std::size_t>(p * static_cast<double>(values.size() - 1))];
  };
  return {{"p50", at(0.5)}, {"p99", at(0.99)}, {"max", values.back()}};
}

/// Processor time of this process: what a machine that others use leaves of a measure.
std::int64_t cpu_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

class Bench {
 public:
  Bench(engine::Engine& engine, const base::Clock& clock) : engine_(engine), clock_(clock) {
    for (std::uint32_t i = 0; i < engine.leads().size(); ++i) {
      if (engine.figures({i}).state == engine::LeadState::kOpen) open_.push_back({i});
    }
  }

  /// Events of the last hour for random leads of those that are open: what a live network sends.
  /// Their texts stand one after the other in `texts`, as in a message.
  std::vector<model::Change> make_changes(std::size_t count, std::string& texts) {
    const auto stages = engine_.policy().funnel.open_stages();
    std::vector<model::Change> changes(count);
    std::vector<std::size_t> ends;
    for (std::size_t i = 0; i < count; ++i) {
      texts += engine_.leads().id(open_[random_.below(open_.size())]);
      ends.push_back(texts.size());
    }
    std::size_t begin = 0;
    for (std::size_t i = 0; i < count; ++i) {
      model::Change& c = changes[i];
      c.kind = model::ChangeKind::kEvent;
      c.lead_id = std::string_view(texts).substr(begin, ends[i] - begin);
      begin = ends[i];
      c.at_ms = engine_.as_of_ms() - static_cast<base::Millis>(random_.below(3'600'000));
      c.code = static_cast<model::StageCode>(random_.below(stages));
    }
    return changes;
  }

  nlohmann::json apply_batched(std::size_t count) {
    std::string texts;
    const auto changes = make_changes(count, texts);
    const std::int64_t begun = clock_.monotonic_ns();
    const std::int64_t cpu_begun = cpu_ns();
    constexpr std::size_t kBatch = 1'000;
    for (std::size_t i = 0; i < changes.size(); i += kBatch) {
      engine_.apply(std::span(changes).subspan(i, std::min(kBatch, changes.size() - i)));
    }
    const auto each = [&](std::int64_t ns) {
      return static_cast<double>(ns) / static_cast<double>(count);
    };
    return {{"wall", each(clock_.monotonic_ns() - begun)}, {"cpu", each(cpu_ns() - cpu_begun)}};
  }

  nlohmann::json apply_singly(std::size_t count) {
    std::string texts;
    const auto changes = make_changes(count, texts);
    std::vector<double> took;
    for (const model::Change& c : changes) {
      const std::int64_t begun = clock_.monotonic_ns();
      engine_.apply({&c, 1});
      took.push_back(static_cast<double>(clock_.monotonic_ns() - begun));
    }
    return quantiles(std::move(took));
  }

  nlohmann::json queues_of_dealers(std::size_t count) {
    const auto dealers = engine_.leads().dictionary(model::Dimension::kDealer).size();
    std::vector<double> took;
    for (std::size_t i = 0; i < count; ++i) {
      engine::QueueQuery query;
      query.filter.only(model::Dimension::kDealer,
                        static_cast<std::uint32_t>(random_.below(dealers)));
      const std::int64_t begun = clock_.monotonic_ns();
      const auto leads = engine_.queue(query);
      took.push_back(static_cast<double>(clock_.monotonic_ns() - begun));
    }
    return quantiles(std::move(took));
  }

 private:
  engine::Engine& engine_;
  const base::Clock& clock_;
  std::vector<base::LeadId> open_;
  Random random_;
};

std::string one_of(const std::string& folder, const std::string& name) {
  return folder + "/" + name;
}

base::Result<app::Network> open_network(const Options& options, const base::Clock& clock) {
  const auto as_of = app::parse_as_of(options.as_of, clock.now_ms());
  if (!as_of) return std::unexpected(as_of.error());
  app::NetworkOptions wanted;
  wanted.inputs.files.patterns[ingest::index_of(ingest::FileKind::kLeads)] = {
      one_of(options.data, "leads.csv")};
  wanted.inputs.files.patterns[ingest::index_of(ingest::FileKind::kEvents)] = {
      one_of(options.data, "events.csv")};
  wanted.inputs.policy = options.policy;
  wanted.as_of_ms = *as_of;
  wanted.threads = options.threads;
  app::NoProgress progress;
  auto network = app::load_network(wanted, clock, progress);
  if (!network) return std::unexpected(network.error().error);
  return std::move(*network);
}

int run(const Options& options) {
  const app::SystemClock clock;
  auto network = open_network(options, clock);
  if (!network) {
    std::cerr << "engine_bench: " << network.error().text() << '\n';
    return 1;
  }
  engine::Engine& engine = *network->engine;
  nlohmann::json out;
  out["leads"] = engine.leads().size();
  out["events"] = engine.event_count() - engine.leads().size();  // created_at apart
  for (const auto& [phase, seconds] : network->seconds) out["load_seconds"][phase] = seconds;

  std::vector<double> refreshes;
  std::vector<double> cpu;
  for (int i = 0; i < options.repeat; ++i) {
    const std::int64_t begun = clock.monotonic_ns();
    const std::int64_t cpu_begun = cpu_ns();
    if (!engine.refresh(engine.as_of_ms())) return 1;
    refreshes.push_back(static_cast<double>(clock.monotonic_ns() - begun) * 1e-9);
    cpu.push_back(static_cast<double>(cpu_ns() - cpu_begun) * 1e-9);
  }
  out["refresh_seconds"] = refreshes;
  out["refresh_best_seconds"] = *std::min_element(refreshes.begin(), refreshes.end());
  out["refresh_best_cpu_seconds"] = *std::min_element(cpu.begin(), cpu.end());
  out["memory_bytes"] = engine.memory_bytes();
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  out["peak_rss_bytes"] = usage.ru_maxrss * 1024;
  if (!options.no_sums) {
    for (const auto& [name, sum] : bench::result_sums(engine)) out["sums"][name] = sum;
  }
  if (options.changes > 0) {
    Bench bench(engine, clock);
    out["queue_of_dealer_ns"] = bench.queues_of_dealers(20'000);
    out["apply_batched_ns"] = bench.apply_batched(options.changes);
    out["apply_singly_ns"] = bench.apply_singly(std::min<std::size_t>(options.changes, 200'000));
    out["queue_of_dealer_after_ns"] = bench.queues_of_dealers(20'000);
  }
  std::cout << out.dump() << '\n';
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Measures the engine on generated files; prints one JSON object."};
  Options options;
  app.add_option("--data", options.data, "folder with leads.csv and events.csv")->required();
  app.add_option("--policy", options.policy, "policy.toml");
  app.add_option("--as-of", options.as_of, "instant of the figures")->required();
  app.add_option("--threads", options.threads, "worker threads");
  app.add_option("--repeat", options.repeat, "refreshes");
  app.add_option("--changes", options.changes, "changes to apply; 0: none");
  app.add_flag("--no-sums", options.no_sums, "leave the sums out");
  CLI11_PARSE(app, argc, argv);
  return run(options);
}
