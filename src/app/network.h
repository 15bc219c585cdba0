// app/network.h: from the files that a command is given to an engine with every figure as of an
// instant. What analyze, explain, queue and expiring begin with. One call at a time per object.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "app/exit_status.h"
#include "app/inputs.h"
#include "app/progress.h"
#include "base/clock.h"
#include "base/time.h"
#include "engine/engine.h"
#include "ingest/attributes.h"
#include "ingest/load.h"
#include "ingest/rejects.h"

namespace pursuit::app {

/// A network of leads as of an instant, and the account of how it came in.
struct Network {
  std::unique_ptr<engine::Engine> engine;
  std::string policy_hash;
  ingest::Attributes attributes;          // none unless NetworkOptions asks for them
  std::vector<ingest::LoadedFile> files;  // by Reject::file
  ingest::Rejects rejects;
  std::vector<std::string> warnings;
  std::vector<std::pair<std::string, double>> seconds;  // by phase, in order

  [[nodiscard]] std::uint64_t rows_read() const;
  [[nodiscard]] std::uint64_t rows_rejected() const;
};

struct NetworkOptions {
  Inputs inputs;
  base::Millis as_of_ms = 0;
  unsigned threads = 0;          // 0: as many as there are cores
  bool keep_attributes = false;  // what the figures do not need: names, values, own columns
};

/// Measures phases for the account of a command.
class PhaseTimer {
 public:
  PhaseTimer(const base::Clock& clock, std::vector<std::pair<std::string, double>>& seconds)
      : clock_(clock), seconds_(seconds), began_ns_(clock.monotonic_ns()) {}
  /// Ends the phase that began at construction or at the last call.
  void end(std::string name) {
    const std::int64_t now_ns = clock_.monotonic_ns();
    seconds_.emplace_back(std::move(name), static_cast<double>(now_ns - began_ns_) * 1e-9);
    began_ns_ = now_ns;
  }

 private:
  const base::Clock& clock_;
  std::vector<std::pair<std::string, double>>& seconds_;
  std::int64_t began_ns_;
};

/// The number of threads that an option means: 0 stands for all cores.
[[nodiscard]] unsigned threads_or_all(unsigned threads);

/// Reads policy, mapping and files, and refreshes an engine. Fails with kInput.
[[nodiscard]] Outcome<Network> load_network(const NetworkOptions& options, const base::Clock& clock,
                                            Progress& progress);

}  // namespace pursuit::app
