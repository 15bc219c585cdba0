#include "app/network.h"

#include <numeric>
#include <utility>

#include "base/parallel.h"
#include "model/policy_toml.h"

namespace pursuit::app {
namespace {

base::Result<model::Policy> read_policy(const std::string& path) {
  if (path.empty()) return model::Policy{};
  return model::read_policy_file(path);
}

base::Result<ingest::Mapping> read_mapping(const std::string& path,
                                           const model::FunnelPolicy& funnel) {
  if (path.empty()) return ingest::identity_mapping(funnel);
  return ingest::read_mapping_file(path, funnel);
}

ingest::LoadOptions load_options(const NetworkOptions& options, Progress& progress) {
  ingest::LoadOptions load;
  load.threads = threads_or_all(options.threads);
  load.keep_attributes = options.keep_attributes;
  load.progress = [&progress](const ingest::LoadProgress& p) {
    progress.update(ingest::name_of(p.kind), p.bytes_done, p.bytes_total, ProgressUnit::kBytes);
  };
  return load;
}

}  // namespace

std::uint64_t Network::rows_read() const {
  return std::transform_reduce(files.begin(), files.end(), std::uint64_t{0}, std::plus<>(),
                               [](const ingest::LoadedFile& file) { return file.rows_read; });
}

std::uint64_t Network::rows_rejected() const {
  return std::transform_reduce(files.begin(), files.end(), std::uint64_t{0}, std::plus<>(),
                               [](const ingest::LoadedFile& file) { return file.rows_rejected; });
}

unsigned threads_or_all(unsigned threads) {
  return threads == 0 ? base::hardware_threads() : threads;
}

Outcome<Network> load_network(const NetworkOptions& options, const base::Clock& clock,
                              Progress& progress) {
  const auto policy = read_policy(options.inputs.policy);
  if (!policy) return fail(ExitStatus::kInput, policy.error());
  const auto mapping = read_mapping(options.inputs.mapping, policy->funnel);
  if (!mapping) return fail(ExitStatus::kInput, mapping.error());

  Network network;
  network.policy_hash = model::policy_hash(*policy);
  PhaseTimer timer(clock, network.seconds);
  progress.begin("reading");
  auto loaded =
      ingest::load_network(options.inputs.files, *mapping, load_options(options, progress));
  if (!loaded) return fail(ExitStatus::kInput, loaded.error());
  timer.end("read");

  progress.begin("computing");
  network.engine =
      std::make_unique<engine::Engine>(*policy, engine::EngineOptions{.threads = options.threads});
  network.engine->load(std::move(loaded->leads), std::move(loaded->events),
                       std::move(loaded->signals));
  network.attributes = std::move(loaded->attributes);
  network.files = std::move(loaded->files);
  network.rejects = std::move(loaded->rejects);
  network.warnings = std::move(loaded->warnings);
  timer.end("load");
  if (auto refreshed = network.engine->refresh(options.as_of_ms); !refreshed)
    return fail(ExitStatus::kInput, refreshed.error());
  timer.end("refresh");
  return network;
}

}  // namespace pursuit::app
