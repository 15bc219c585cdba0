#include <memory>
#include <string>

#include "cli/command.h"
#include "cli/words.h"
#include <fmt/format.h>

#include "app/maintain.h"
#include "report/json_values.h"

namespace pursuit::cli {
namespace {

struct Arguments {
  std::string db = "pursuit.db";
  std::string file;
  bool quiet = false;
  bool json = false;
};

CLI::App* add(CommandLine& line, const std::string& name, const std::string& help,
              Arguments& arguments) {
  CLI::App* command = line.app.add_subcommand(name, help);
  add_db(*command, arguments.db);
  return command;
}

app::ExitStatus status_of(CommandLine& line, const app::Outcome<void>& done) {
  return done ? app::ExitStatus::kOk : line.console.fail(done.error());
}

report::Json health_json(const app::StoreHealth& health) {
  const store::StoreCounts& c = health.counts;
  return {{"sound", health.problems.empty()},
          {"counts",
           {{"leads", c.leads - health.taken_back},
            {"leads_taken_back", health.taken_back},
            {"events", c.events},
            {"outcomes", c.outcomes},
            {"signals", c.signals},
            {"notes", c.notes},
            {"costs", c.costs},
            {"changes", c.last_seq}}},
          {"problems", health.problems},
          {"notes", health.notes}};
}

std::string health_words(const app::StoreHealth& health) {
  const auto words = [](std::int64_t n, std::string_view what) {
    return count_words(static_cast<std::uint64_t>(n), what);
  };
  const store::StoreCounts& c = health.counts;
  std::string text = words(c.leads - health.taken_back, "lead");
  if (health.taken_back > 0)
    text += fmt::format(" (and {} taken back)", words(health.taken_back, "lead"));
  return text + fmt::format(", {}, {}, {}, {}, {}; {} changes\n", words(c.events, "event"),
                            words(c.outcomes, "outcome"), words(c.signals, "signal"),
                            words(c.notes, "note"), words(c.costs, "cost"), c.last_seq);
}

app::ExitStatus run_check(CommandLine& line, const Arguments& arguments) {
  const auto progress = make_progress(line, arguments.quiet);
  const auto health = app::check(arguments.db, line.clock, *progress);
  progress->end();
  if (!health) return line.console.fail(health.error());
  line.console.print(arguments.json ? report::json_text(health_json(*health))
                                    : health_words(*health));
  for (const std::string& note : health->notes) line.console.complain(note);
  for (const std::string& problem : health->problems) line.console.complain(problem);
  if (!health->problems.empty()) return app::ExitStatus::kInput;
  if (!arguments.json) line.console.print("sound\n");
  return app::ExitStatus::kOk;
}

}  // namespace

void add_store_commands(CommandLine& line) {
  const auto backup_args = std::make_shared<Arguments>();
  CLI::App* backup = add(
      line, "backup", "Copy a store into a new SQLite file, also while it is in use", *backup_args);
  backup->add_option("FILE", backup_args->file, "The backup; must not exist")->required();
  backup->callback([&line, backup_args] {
    line.chosen = [&line, backup_args] {
      return status_of(line, app::backup(backup_args->db, backup_args->file, line.clock));
    };
  });

  const auto restore_args = std::make_shared<Arguments>();
  CLI::App* restore =
      add(line, "restore", "Fill an empty store from a backup; of either database", *restore_args);
  restore->add_option("FILE", restore_args->file, "The backup")->required();
  restore->callback([&line, restore_args] {
    line.chosen = [&line, restore_args] {
      return status_of(line, app::restore(restore_args->file, restore_args->db, line.clock));
    };
  });

  const auto check_args = std::make_shared<Arguments>();
  CLI::App* check =
      add(line, "check", "Read a whole store and tell what is wrong with it", *check_args);
  add_quiet(*check, check_args->quiet);
  check->add_flag("--json", check_args->json,
                  "As one JSON document: sound, counts, problems, notes");
  check->footer(
      "Leads that went with an import that was taken back are counted apart: only their numbers\n"
      "are left. A store that is not sound: exit status 3.\n\n"
      "Examples:\n"
      "  pursuit check --db network.db\n"
      "  pursuit check --db network.db -q --json | jq -e .sound\n");
  check->callback([&line, check_args] {
    line.chosen = [&line, check_args] { return run_check(line, *check_args); };
  });
}

}  // namespace pursuit::cli
