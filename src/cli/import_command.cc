#include <memory>
#include <string>

#include "cli/command.h"
#include "cli/words.h"
#include <fmt/format.h>

#include "api/import_json.h"
#include "app/import.h"

namespace pursuit::cli {
namespace {

struct Arguments {
  app::ImportOptions options{.db = "pursuit.db", .inputs = {}, .source = {}, .rejects = {}};
  bool dry_run = false;
  bool list = false;
  std::int64_t undo = 0;
  bool quiet = false;
  bool json = false;
};

std::string counts_text(const imports::FileCounts& counts) {
  return fmt::format("{} read, {} taken in, {} were there, {} rejected, {} ignored",
                     count_words(counts.read, "row"), counts.applied, counts.repeated,
                     counts.rejected, counts.ignored);
}

app::ExitStatus run_list(CommandLine& line, const Arguments& arguments) {
  const auto views = app::list_imports(arguments.options.db, line.clock);
  if (!views) return line.console.fail(views.error());
  if (arguments.json) {
    line.console.print(report::json_text(api::imports_json(*views)));
    return app::ExitStatus::kOk;
  }
  for (const imports::ImportView& view : *views) {
    line.console.print(fmt::format("{:>6}  {:<9}  {}  {}\n", view.job.id,
                                   imports::name_of(view.job.state),
                                   base::format_instant(view.job.created_ms), view.job.name));
  }
  return app::ExitStatus::kOk;
}

/// The leads that stay are the result; how many changes went is a summary.
void tell_undone(Console& console, const imports::ImportView& view, bool quiet) {
  const imports::Detail& detail = view.detail;
  if (!quiet)
    console.print(fmt::format("import {}: {} taken back\n", view.job.id,
                              count_words(detail.undone, "change")));
  if (!quiet && detail.kept_total > 0)
    console.print(fmt::format("{} stay, because others have built on them:\n",
                              count_words(detail.kept_total, "lead")));
  for (const std::string& lead : detail.kept) console.print((quiet ? "" : "  ") + lead + "\n");
  if (detail.kept_total > detail.kept.size())
    console.complain("and " + count_words(detail.kept_total - detail.kept.size(), "lead") +
                     " more stay");
}

app::ExitStatus run_undo(CommandLine& line, const Arguments& arguments) {
  const auto progress = make_progress(line, arguments.quiet);
  const auto view = app::undo_import(arguments.options.db, arguments.undo, line.clock, *progress);
  if (!view) return line.console.fail(view.error());
  if (arguments.json)
    line.console.print(report::json_text(api::import_json(*view)));
  else
    tell_undone(line.console, *view, arguments.quiet);
  return app::ExitStatus::kOk;
}

void tell_dry_run(Console& console, const imports::DryRun& run) {
  console.print(
      fmt::format("{} ({}): {}\n", run.name, ingest::name_of(run.kind), counts_text(run.counts)));
  for (const std::string& warning : run.warnings) {
    console.print(fmt::format("  column '{}' is ignored\n", warning));
  }
  for (const auto& sample : run.rejects) {
    console.print(fmt::format("  line {}: {}{}{}\n", sample.line, sample.field,
                              sample.field.empty() ? "" : ": ", sample.reason));
  }
}

app::ExitStatus run_dry(CommandLine& line, const Arguments& arguments) {
  const auto progress = make_progress(line, arguments.quiet);
  const auto runs = app::try_import(arguments.options, line.clock, *progress);
  if (!runs) return line.console.fail(runs.error());
  if (arguments.json) line.console.print(report::json_text(api::dry_run_json(*runs)));
  bool rejected = false;
  for (const imports::DryRun& run : *runs) {
    if (!arguments.json) tell_dry_run(line.console, run);
    rejected |= run.counts.rejected > 0;
  }
  return rejected ? app::ExitStatus::kRowsRejected : app::ExitStatus::kOk;
}

app::ExitStatus run_import(CommandLine& line, const Arguments& arguments) {
  if (arguments.list) return run_list(line, arguments);
  if (arguments.undo > 0) return run_undo(line, arguments);
  if (arguments.dry_run) return run_dry(line, arguments);
  const auto progress = make_progress(line, arguments.quiet);
  const auto view = app::import_files(arguments.options, line.clock, *progress);
  if (!view) return line.console.fail(view.error());
  const imports::FileCounts counts = imports::sum_of(view->detail);
  if (arguments.json) {
    line.console.print(report::json_text(api::import_json(*view)));
  } else if (!arguments.quiet) {
    line.console.print(fmt::format("import {}: {}\n", view->job.id, counts_text(counts)));
    for (const imports::ImportFile& file : view->detail.files) {
      line.console.print(fmt::format("  {} ({}): {}\n", file.name, ingest::name_of(file.kind),
                                     counts_text(file.counts)));
    }
  }
  return counts.rejected > 0 ? app::ExitStatus::kRowsRejected : app::ExitStatus::kOk;
}

}  // namespace

void add_import(CommandLine& line) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* command = line.app.add_subcommand(
      "import", "Take files into a store; broken off, the same command goes on");
  add_db(*command, arguments->options.db);
  static constexpr std::array<std::pair<const char*, ingest::FileKind>, 5> kFiles = {{
      {"-l,--leads", ingest::FileKind::kLeads},
      {"-e,--events", ingest::FileKind::kEvents},
      {"--outcomes", ingest::FileKind::kOutcomes},
      {"--signals", ingest::FileKind::kSignals},
      {"--costs", ingest::FileKind::kCosts},
  }};
  for (const auto& [name, kind] : kFiles) {
    command
        ->add_option(name, arguments->options.inputs.files.patterns[ingest::index_of(kind)],
                     fmt::format("Files of {}", ingest::name_of(kind)))
        ->type_name("FILE")
        ->group("Input");
  }
  command
      ->add_option("-m,--mapping", arguments->options.inputs.mapping,
                   "How columns and stages of a source become ours (mapping.toml)")
      ->type_name("FILE")
      ->group("Input");
  command
      ->add_option("-p,--policy", arguments->options.inputs.policy,
                   "Policy whose stages are meant; without, the store's")
      ->type_name("FILE")
      ->group("Input");
  command->add_option("--source", arguments->options.source,
                      "Source of rows that have a source_key of their own");
  command->add_option("--rejects", arguments->options.rejects,
                      "Where rows go that cannot be taken in (CSV)");
  command->add_flag("--dry-run", arguments->dry_run, "Read and tell, keep nothing");
  const auto of_files = command->get_options([](const CLI::Option* option) {
    return option->get_name() != "--db" && option->get_name() != "--help";
  });
  CLI::Option* list =
      command->add_flag("--list", arguments->list, "The imports of the store, newest first");
  CLI::Option* undo =
      command->add_option("--undo", arguments->undo, "Take back what an import brought")
          ->check(CLI::PositiveNumber)
          ->type_name("ID");
  list->excludes(undo);
  for (CLI::Option* option : of_files) {
    list->excludes(option);
    undo->excludes(option);
  }
  add_quiet(*command, arguments->quiet);
  add_json(*command, arguments->json);
  command->footer(
      "Taking back an import leaves what others have built on: those leads are listed, with -q\n"
      "nothing else. Rows that were rejected: exit status 1.\n\n"
      "Examples:\n"
      "  pursuit import --db network.db --leads leads.csv --events 'events-*.csv.gz' --dry-run\n"
      "  pursuit import --db network.db --leads leads.csv --rejects rejects.csv\n"
      "  pursuit import --db network.db --list --json | jq -r '.items[0].id'\n"
      "  pursuit import --db network.db --undo 3 -q\n");
  command->callback([&line, arguments] {
    line.chosen = [&line, arguments] { return run_import(line, *arguments); };
  });
}

}  // namespace pursuit::cli
