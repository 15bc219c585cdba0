// app/maintain.h: looking after a store: backup, restore, check. One thread.
#pragma once

#include <string>
#include <vector>

#include "app/exit_status.h"
#include "app/progress.h"
#include "base/clock.h"
#include "store/records.h"

namespace pursuit::app {

/// Copies the store at `db` into a new SQLite file; a service may be using it meanwhile.
[[nodiscard]] Outcome<void> backup(const std::string& db, const std::string& path,
                                   const base::Clock& clock);

/// Fills the empty store at `db` from a backup.
[[nodiscard]] Outcome<void> restore(const std::string& path, const std::string& db,
                                    const base::Clock& clock);

struct StoreHealth {
  store::StoreCounts counts;
  std::int64_t taken_back = 0;        // CheckReport::taken_back
  std::vector<std::string> problems;  // none: sound
  std::vector<std::string> notes;     // what could not be looked at
};

/// Reads everything: the database's own check, references, sequence and keys; and makes an engine
/// twice, all at once and change by change: every figure of both must be the same, bit for bit.
[[nodiscard]] Outcome<StoreHealth> check(const std::string& db, const base::Clock& clock,
                                         Progress& progress);

}  // namespace pursuit::app
