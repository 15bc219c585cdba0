// app/person.h: one customer of a store, told or erased, with or without a service that uses the
// store meanwhile. One call at a time.
#pragma once

#include <string>
#include <vector>

#include "access/person.h"
#include "app/exit_status.h"
#include "base/clock.h"
#include "imports/person_files.h"

namespace pursuit::app {

struct PersonOptions {
  std::string db;
  std::string imports;  // folder of files that were sent; empty: the one beside the database
  access::PersonQuery query;
  bool scrub = false;  // also rewrite the pages of the database
};

/// All that is kept of the person, as JSON text.
[[nodiscard]] Outcome<std::string> export_person(const PersonOptions& options,
                                                 const base::Clock& clock);

struct ErasedPerson {
  std::vector<access::ErasedLead> leads;
  imports::ErasedFiles files;
};

/// Erases the person from the store and from what imports keep.
[[nodiscard]] Outcome<ErasedPerson> erase_person(const PersonOptions& options,
                                                 const base::Clock& clock);

}  // namespace pursuit::app
