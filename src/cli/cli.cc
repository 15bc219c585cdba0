#include "cli/cli.h"

#include <sstream>
#include <string>

#include "cli/command.h"
#include "cli/suggest.h"

#include "app/system_clock.h"
#include "app/version.h"

namespace pursuit::cli {
namespace {

constexpr const char* kFooter =
    "Exit status: 0 done; 1 done, but some rows were rejected (see rejects.csv); 2 the command "
    "line\n"
    "does not make sense; 3 an input, policy or mapping cannot be read; 4 a result cannot be\n"
    "written; 130 interrupted.\n\n"
    "Try it:\n"
    "  pursuit generate --leads 20000 --seed 7 --out network\n"
    "  pursuit analyze --leads network/leads.csv --events network/events.csv \\\n"
    "      --policy network/policy.toml --as-of 2026-06-01 --out results\n";

void set_up(CommandLine& line) {
  CLI::App& app = line.app;
  app.set_version_flag("-V,--version", "pursuit " + std::string(app::kVersion));
  app.set_help_all_flag("--help-all", "Help of every command");
  app.require_subcommand(1);
  app.footer(kFooter);
  add_analyze(line);
  add_explain(line);
  add_queue(line);
  add_expiring(line);
  add_generate(line);
  add_policy(line);
  add_serve(line);
  add_import(line);
  add_user(line);
  add_token(line);
  add_person(line);
  add_audit(line);
  add_store_commands(line);
}

app::ExitStatus parse_and_run(CommandLine& line, int argc, const char* const* argv) {
  try {
    set_up(line);
    line.app.parse(argc, argv);
  } catch (const CLI::Success& wanted) {  // --help, --version
    std::ostringstream text;
    line.app.exit(wanted, text, text);
    line.console.print(text.str());
    return app::ExitStatus::kOk;
  } catch (const CLI::ParseError& error) {
    line.console.complain(complaint_of(line.app, error));
    return app::ExitStatus::kUsage;
  }
  return line.chosen();
}

}  // namespace

int run(int argc, const char* const* argv) {
  const app::SystemClock clock;
  Console console;
  CLI::App app(
      "Which leads to work today, where the funnel is stuck, when a lead is no longer worth\n"
      "pursuing, and which hot ones are about to slip.",
      "pursuit");
  CommandLine line{.app = app, .console = console, .clock = clock, .chosen = {}};
  return app::code_of(console.finish(parse_and_run(line, argc, argv)));
}

}  // namespace pursuit::cli
