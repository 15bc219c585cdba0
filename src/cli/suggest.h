// cli/suggest.h: what an argument that no command knows was probably meant to be. Pure functions,
// any thread.
#pragma once

#include <string>

#include <CLI/CLI.hpp>

namespace pursuit::cli {

/// What is wrong with a command line that CLI11 refused, in one or two sentences.
[[nodiscard]] std::string complaint_of(const CLI::App& app, const CLI::ParseError& error);

}  // namespace pursuit::cli
