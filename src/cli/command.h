// cli/command.h: what the subcommands share: where they hang, what they print to, and the options
// that name input files. For the sources of this room. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "cli/console.h"
#include "cli/progress_line.h"
#include <CLI/CLI.hpp>

#include "app/exit_status.h"
#include "app/network.h"
#include "base/clock.h"

namespace pursuit::cli {

/// The command line as it is being put together, and what was chosen on it.
struct CommandLine {
  CLI::App& app;
  Console& console;
  const base::Clock& clock;
  std::function<app::ExitStatus()> chosen;  // set by parsing
};

/// The options of commands that look at a network.
struct NetworkArguments {
  app::NetworkOptions network;
  std::string as_of = "now";
  bool quiet = false;
};

/// Adds --leads, --events, … --as-of, --threads. `takes_lists`: several files may follow one
/// option, which no command with a positional argument can allow.
void add_network_options(CLI::App& command, NetworkArguments& arguments, bool takes_lists);

/// Adds --db.
void add_db(CLI::App& command, std::string& db);

/// Adds --json.
void add_json(CLI::App& command, bool& json);

/// Adds -q, --quiet.
void add_quiet(CLI::App& command, bool& quiet);

/// Checks that there is something to read beside leads and turns --as-of into an instant; kUsage.
[[nodiscard]] app::Outcome<void> settle(const base::Clock& clock, NetworkArguments& arguments);

/// Progress on stderr, or none when quiet.
[[nodiscard]] std::unique_ptr<app::Progress> make_progress(const CommandLine& line, bool quiet);

/// Settles the arguments, loads, and tells about warnings and rejected rows.
[[nodiscard]] app::Outcome<app::Network> load(CommandLine& line, NetworkArguments& arguments);

/// Warnings and rejected rows, on stderr.
void tell_warnings(Console& console, const app::Network& network, bool quiet);

[[nodiscard]] app::ExitStatus status_of(const app::Network& network);

void add_analyze(CommandLine& line);
void add_explain(CommandLine& line);
void add_queue(CommandLine& line);
void add_expiring(CommandLine& line);
void add_generate(CommandLine& line);
void add_import(CommandLine& line);
void add_policy(CommandLine& line);
void add_serve(CommandLine& line);
void add_store_commands(CommandLine& line);
void add_user(CommandLine& line);
void add_token(CommandLine& line);
void add_person(CommandLine& line);
void add_audit(CommandLine& line);

}  // namespace pursuit::cli
