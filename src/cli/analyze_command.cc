#include <memory>

#include "cli/command.h"
#include "cli/render.h"

#include "app/analyze.h"
#include "app/interrupt.h"
#include "report/answers.h"

namespace pursuit::cli {
namespace {

struct Arguments {
  NetworkArguments common;
  std::string out_dir;
  std::string format = "csv";
  bool json = false;
};

app::ExitStatus run_analyze(CommandLine& line, Arguments& arguments) {
  if (auto settled = settle(line.clock, arguments.common); !settled)
    return line.console.fail(settled.error());
  const app::AnalyzeOptions options = {.network = arguments.common.network,
                                       .out_dir = arguments.out_dir,
                                       .format = arguments.format == "parquet"
                                                     ? exporting::FileFormat::kParquet
                                                     : exporting::FileFormat::kCsv};
  const app::RemoveOnInterrupt cleanup(app::unfinished_files(options));
  const auto progress = make_progress(line, arguments.common.quiet);
  const auto report = app::analyze(options, line.clock, *progress);
  progress->end();
  if (!report) return line.console.fail(report.error());
  tell_warnings(line.console, report->network, arguments.common.quiet);
  if (arguments.json) {
    line.console.print(exporting::summary_json(report->summary));
  } else if (!arguments.common.quiet) {
    const engine::Engine& engine = *report->network.engine;
    line.console.print(render_answers(engine, report::answer(engine), line.console.out()));
    line.console.print(render_account(*report, options.out_dir, line.console.out()));
  }
  return status_of(report->network);
}

}  // namespace

void add_analyze(CommandLine& line) {
  CLI::App* command = line.app.add_subcommand(
      "analyze", "Files in, every figure out: who to work, where it is stuck, what has expired");
  const auto arguments = std::make_shared<Arguments>();
  add_network_options(*command, arguments->common, true);
  command->add_option("-o,--out", arguments->out_dir, "Folder of the result files")
      ->type_name("DIR")
      ->required()
      ->group("Output");
  command->add_option("-f,--format", arguments->format, "csv or parquet")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"csv", "parquet"}))
      ->capture_default_str()
      ->group("Output");
  command->add_flag("--json", arguments->json, "Print summary.json instead of the answers")
      ->group("Output");
  command->footer(
      "A FILE is CSV, CSV in gzip (.gz), JSON lines (.jsonl, .ndjson) or Parquet; it may be a "
      "glob,\n"
      "several may follow one option, and an option may be given again.\n\n"
      "Rows that cannot be taken in go to DIR/rejects.csv with file, line, field, reason and "
      "text;\n"
      "the exit status is then 1. summary.json is written last: where it is, the set is whole.\n\n"
      "Examples:\n"
      "  pursuit analyze --leads leads.csv --events events.csv --out results\n"
      "  pursuit analyze -l 'data/leads-*.csv.gz' -e 'data/events-*.parquet' -p policy.toml \\\n"
      "      -m mapping.toml --as-of 2026-06-01 --format parquet -o results\n"
      "  pursuit analyze -l leads.csv -e events.csv -o results --json | jq .counts\n");
  command->callback([&line, arguments] {
    line.chosen = [&line, arguments] { return run_analyze(line, *arguments); };
  });
}

}  // namespace pursuit::cli
