// store/import_records.h: what the store keeps of imports: jobs, how far each is, and saved
// mappings. Plain data that owns its texts.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"

namespace pursuit::store {

enum class ImportState : std::uint8_t {
  kReady,    // files are there, nothing is taken in
  kRunning,  // also after a crash: it goes on where it was
  kDone,
  kFailed,     // what was taken in before stays
  kCancelled,  // likewise
  kUndoing,    // also after a crash
  kUndone,
};

/// One import. What is in `detail` is the affair of the imports room: JSON.
struct ImportJob {
  std::int64_t id = 0;
  ImportState state = ImportState::kReady;
  std::string name, author, detail;
  base::Millis created_ms = 0;
  base::Millis updated_ms = 0;
};

/// What one step of undoing an import did.
struct UndoStep {
  std::int64_t rows = 0;  // changes taken back
  /// Leads that the import brought and that stay, because somebody has built on them since.
  std::vector<std::string> kept;
  bool more = false;
};

struct SavedMapping {
  std::string name, text, author;
  base::Millis at_ms = 0;
};

}  // namespace pursuit::store
