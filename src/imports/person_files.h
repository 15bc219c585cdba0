// imports/person_files.h: what imports keep beside the store: files that were sent, and rows that
// were rejected; and how a person is taken out of them. The caller sees to it that no import
// changes its state meanwhile.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "imports/read_limits.h"
#include "model/policy.h"
#include "store/import_records.h"
#include "store/records.h"
#include "store/store.h"

namespace pursuit::imports {

/// Whether an import needs its files no more: all of them are in, or out again.
[[nodiscard]] bool has_ended(store::ImportState state);

/// Deletes the files that were sent for an import, all in its folder but the rejects.
void forget_files(const std::string& folder_of_import);

struct KeptFiles {
  store::Store& store;
  std::string folder;  // of all imports
  model::FunnelPolicy funnel;
  ReadLimits limits;
  base::Millis now_ms = 0;
};

struct ErasedFiles {
  std::size_t rejects = 0;            // rejected rows whose text was blanked
  std::vector<std::int64_t> failed;   // imports that still needed a file in which the person was
  std::vector<std::int64_t> running;  // imports that run: look again when they have ended
};

/// Takes the person of these leads out of what imports keep. Files of imports that have ended go.
/// Of the others, those with the person (the lead as a row, or their e-mail, phone or whole name in
/// the text) go too, and their import has failed: send the file again without them. Rejected rows
/// with the person keep file, line and reason, and lose their text. Again, it does the same.
[[nodiscard]] base::Result<ErasedFiles> erase_from_files(const KeptFiles& kept,
                                                         std::span<const store::LeadRecord> person);

}  // namespace pursuit::imports
