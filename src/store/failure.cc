#include "store/failure.h"

#include <string_view>

#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

namespace pursuit::store {

Fault fault_of_sqlite(int code) {
  switch (code & 0xff) {  // the low byte is the kind, the rest detail
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Fault::kBusy;
    case SQLITE_FULL:
      return Fault::kDiskFull;
    default:
      return Fault::kOther;
  }
}

Fault fault_of_sqlstate(const std::string& state) {
  const std::string_view kind = std::string_view(state).substr(0, 2);
  if (kind == "08" || state == "57P01" || state == "57P02" || state == "57P03") {
    return Fault::kBroken;
  }
  if (state == "53100") return Fault::kDiskFull;
  if (kind == "40" || state == "55P03" || state == "57014" || state == "53300") {
    return Fault::kBusy;
  }
  return Fault::kOther;
}

namespace {

base::ErrorCode code_of(Fault fault) {
  return fault == Fault::kBusy || fault == Fault::kBroken ? base::ErrorCode::kBusy
                                                          : base::ErrorCode::kStorage;
}

Failure failure_of(Fault fault, std::string message) {
  if (fault == Fault::kDiskFull) message += " (no space left)";
  return {.error = {.code = code_of(fault), .message = std::move(message), .where = {}},
          .fault = fault};
}

}  // namespace

Failure current_failure() {
  try {
    throw;
  } catch (const Refusal& refusal) {
    return {.error = refusal.error(), .fault = Fault::kNone};
  } catch (const DatabaseError& error) {
    return failure_of(error.fault(), error.what());
  } catch (const soci::sqlite3_soci_error& error) {
    return failure_of(fault_of_sqlite(error.result()), error.get_error_message());
  } catch (const soci::postgresql_soci_error& error) {
    Fault fault = fault_of_sqlstate(error.sqlstate());
    if (error.get_error_category() == soci::soci_error::connection_error) fault = Fault::kBroken;
    return failure_of(fault, error.get_error_message());
  } catch (const soci::soci_error& error) {
    const bool broken = error.get_error_category() == soci::soci_error::connection_error;
    return failure_of(broken ? Fault::kBroken : Fault::kOther, error.get_error_message());
  } catch (const std::exception& error) {
    return failure_of(Fault::kOther, error.what());
  }
}

}  // namespace pursuit::store
