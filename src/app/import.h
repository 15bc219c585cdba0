// app/import.h: files into a store without a server: what `pursuit import` does. One call at a
// time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/exit_status.h"
#include "app/inputs.h"
#include "app/progress.h"
#include "base/clock.h"
#include "imports/imports.h"
#include "model/policy.h"
#include "store/store.h"

namespace pursuit::app {

struct ImportOptions {
  std::string db;
  Inputs inputs;
  std::string source;   // of rows that have a source_key
  std::string rejects;  // file of rows that were not taken in; empty: they are only counted
};

/// The policy that a store has in force; the default one where it has none.
[[nodiscard]] base::Result<model::Policy> policy_in_force(const store::Store& store);

/// Takes the files in. The same files with the same mapping, where an import of them was broken
/// off, go on where it was.
[[nodiscard]] Outcome<imports::ImportView> import_files(const ImportOptions& options,
                                                        const base::Clock& clock,
                                                        Progress& progress);

/// Reads the files and keeps nothing.
[[nodiscard]] Outcome<std::vector<imports::DryRun>> try_import(const ImportOptions& options,
                                                               const base::Clock& clock,
                                                               Progress& progress);

/// Newest first.
[[nodiscard]] Outcome<std::vector<imports::ImportView>> list_imports(const std::string& db,
                                                                     const base::Clock& clock);

/// Takes back what an import brought; what others brought since stays.
[[nodiscard]] Outcome<imports::ImportView> undo_import(const std::string& db, std::int64_t id,
                                                       const base::Clock& clock,
                                                       Progress& progress);

}  // namespace pursuit::app
