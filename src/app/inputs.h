// app/inputs.h: what a command is given to read, as it stands on the command line. Pure functions,
// any thread.
#pragma once

#include <string>

#include "base/error.h"
#include "base/time.h"
#include "ingest/load.h"

namespace pursuit::app {

struct Inputs {
  ingest::Sources files;
  std::string policy;   // path; empty: the defaults
  std::string mapping;  // path; empty: our own names
};

/// The instant that an `--as-of` means: RFC 3339, a date (its 00:00 UTC), or `now`; UTC where the
/// text names no zone. Fails with kUsage.
[[nodiscard]] base::Result<base::Millis> parse_as_of(const std::string& text, base::Millis now_ms);

}  // namespace pursuit::app
