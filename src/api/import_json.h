// api/import_json.h: imports as JSON. Pure functions, any thread.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "imports/imports.h"
#include "report/json_values.h"

namespace pursuit::api {

[[nodiscard]] report::Json import_json(const imports::ImportView& view);

/// `{"items": […]}`.
[[nodiscard]] report::Json imports_json(std::span<const imports::ImportView> views);

/// What each file's columns are taken for, and the mapping that this makes.
[[nodiscard]] report::Json guess_json(const imports::ImportView& view,
                                      const std::vector<imports::Guess>& guesses,
                                      const std::string& mapping);

[[nodiscard]] report::Json dry_run_json(const std::vector<imports::DryRun>& runs);

}  // namespace pursuit::api
