// imports/guess.h: what the columns of a file probably are, by their names (English and Arabic) and
// by what stands in them. Pure but for reading the file; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "imports/read_limits.h"
#include "ingest/mapping.h"
#include "model/policy.h"

namespace pursuit::imports {

/// A column as it was seen.
struct SeenColumn {
  std::string name;
  std::vector<std::string> samples;  // of the first rows, empty ones left out
  std::optional<ingest::Field> field;
  bool by_name = false;  // told by its name; else by what stands in it
};

struct Guess {
  ingest::FileKind kind = ingest::FileKind::kLeads;
  std::vector<SeenColumn> columns;          // in the order of the file
  std::vector<ingest::Field> missing;       // indispensable ones for which no column was found
  std::vector<std::string> unknown_stages;  // seen values that are no stages of the policy
};

/// The names and first rows of a file's columns. Errors as of reading it.
[[nodiscard]] base::Result<std::vector<SeenColumn>> look_at(const std::string& path,
                                                            const ReadLimits& limits,
                                                            std::size_t rows = 200);

/// What kind of file has such columns, and what each is; `file_name` is a hint, `wanted` settles
/// the kind.
[[nodiscard]] Guess guess(std::vector<SeenColumn> columns, const std::string& file_name,
                          const model::FunnelPolicy& funnel,
                          std::optional<ingest::FileKind> wanted = {});

/// The mapping that the guesses of several files make, as mapping.toml.
[[nodiscard]] std::string mapping_text(const std::vector<Guess>& guesses,
                                       const model::FunnelPolicy& funnel);

}  // namespace pursuit::imports
