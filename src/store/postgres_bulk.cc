#include "store/bulk.h"
#include "store/failure.h"

namespace pursuit::store {

std::unique_ptr<Bulk> make_postgres_bulk(pg_conn* /*connection*/) {
  throw DatabaseError(Fault::kOther, "no PostgreSQL yet");
}

}  // namespace pursuit::store
