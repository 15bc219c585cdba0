// store/scrub.h: the pages of a database without what was erased from its rows. Any thread; beside
// a service that uses the database.
#pragma once

#include <string>

#include "base/error.h"

namespace pursuit::store {

/// Erased rows are gone from the tables, and SQLite overwrites what it frees; but a row that was
/// moved between pages may have left a copy in the slack of the page where it was. This rewrites
/// the pages: of SQLite all of them, which takes about as long and as much space as a backup, and
/// writers wait meanwhile; PostgreSQL vacuums the tables that hold contact and texts. `url` as of
/// StoreOptions. kBusy, kStorage: not done.
[[nodiscard]] base::Result<void> scrub(const std::string& url);

}  // namespace pursuit::store
