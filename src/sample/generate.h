// sample/generate.h: a synthetic dealer network of any size, as files that `pursuit analyze` reads.
// Start here. The same options give the same bytes on any machine and with any number of threads.
// One call at a time per output folder.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace pursuit::sample {

enum class FileFormat : std::uint8_t { kCsv, kParquet };

struct GenerateOptions {
  std::uint32_t leads = 100'000;  // 1 … kMaxSampleLeads
  std::uint64_t seed = 1;
  base::Millis as_of_ms = 1'780'272'000'000;  // 2026-06-01T00:00:00Z; whole seconds, 1990 … 2100
  int years = 2;                              // of history before as_of_ms, 1 … 15
  FileFormat format = FileFormat::kCsv;
  bool sorted = false;    // events by lead, then instant; else about in the order of their arrival
  bool outcomes = false;  // won and lost go to their own file instead of being stage events
  bool signals = true;    // also write the signals of some leads
  bool details = false;   // name, phone, email, consent of leads; actor, source_key of events
  unsigned threads = 1;
};

inline constexpr std::uint32_t kMaxSampleLeads = 200'000'000;

/// What was written; paths in the order leads, events, outcomes, signals, policy.
struct GenerateSummary {
  std::uint64_t leads = 0;
  std::uint64_t events = 0;
  std::uint64_t outcomes = 0;
  std::uint64_t signals = 0;
  std::uint64_t bytes = 0;
  std::vector<std::string> paths;
};

/// Writes leads, events, outcomes and signals (`.csv` or `.parquet`) and a policy.toml that fits
/// them into `directory`, which is made if need be; files of these names are replaced. Needs about
/// 130 bytes of memory a lead. Fails on options out of range and on what the file system refuses.
[[nodiscard]] base::Result<GenerateSummary> generate_network(const GenerateOptions& options,
                                                             const std::string& directory);

}  // namespace pursuit::sample
