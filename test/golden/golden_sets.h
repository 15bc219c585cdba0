// test/golden/golden_sets.h: the golden sets beside the repository (../shared/golden): what goes in
// and what is expected out. Plain data, any thread.
#pragma once

#include <map>
#include <ostream>
#include <string>
#include <vector>

#include "base/error.h"

namespace pursuit::golden {

struct GoldenSet {
  std::string name;
  std::string as_of;
  std::string policy;   // paths; not there where the sets are absent
  std::string mapping;  // empty: the columns carry our own names
  std::string leads;
  std::string events;
  std::string expected;  // folder
  // What the mapping says, for readers that do not read mappings.
  std::map<std::string, std::string> column;     // ours → the source's, where they differ
  std::map<std::string, std::string> constants;  // ours → value
  std::map<std::string, std::string> stages;     // the source's → ours; others are ignored
};

/// How GoogleTest names a set.
inline void PrintTo(const GoldenSet& set, std::ostream* out) { *out << set.name; }

/// All sets, below the folder `shared`.
[[nodiscard]] std::vector<GoldenSet> golden_sets(const std::string& shared);

/// Whether everything the set names is there.
[[nodiscard]] bool is_present(const GoldenSet& set);

}  // namespace pursuit::golden
