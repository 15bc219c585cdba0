// store/migrate.h: brings a database's schema up to this program's version. The writer's thread;
// throws.
#pragma once

#include <span>

#include "base/time.h"
#include "store/connection.h"
#include "store/schema.h"

namespace pursuit::store {

/// Applies what is missing of `steps`, in one transaction. Refusal (kConflict): the database has
/// steps that this program does not know, or knows with another text.
void migrate(Connection& connection, std::span<const Migration> steps, base::Millis now_ms);

}  // namespace pursuit::store
