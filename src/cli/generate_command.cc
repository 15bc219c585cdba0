#include <algorithm>
#include <memory>
#include <string>

#include "cli/command.h"
#include "cli/words.h"
#include <fmt/format.h>

#include "app/inputs.h"
#include "app/network.h"
#include "sample/generate.h"

namespace pursuit::cli {
namespace {

struct Arguments {
  sample::GenerateOptions options;
  std::string as_of = "2026-06-01T00:00:00Z";
  std::string out_dir;
  std::string format = "csv";
  bool no_signals = false;
  bool quiet = false;
};

std::string describe(const sample::GenerateSummary& made, const Arguments& arguments) {
  std::string text =
      fmt::format("{}, {}", count_words(made.leads, "lead"), count_words(made.events, "event"));
  if (made.outcomes > 0) text += ", " + count_words(made.outcomes, "outcome");
  if (made.signals > 0) text += ", " + count_words(made.signals, "signal");
  text += fmt::format(" ({}, seed {}):\n", bytes_words(static_cast<double>(made.bytes)),
                      arguments.options.seed);
  for (const std::string& path : made.paths) text += "  " + printable(path) + "\n";
  return text;
}

/// A refusal of the options is about the command line, anything else about the files.
app::ExitStatus status_of_error(const base::Error& error) {
  return error.code == base::ErrorCode::kUsage ? app::ExitStatus::kUsage : app::ExitStatus::kOutput;
}

app::ExitStatus run_generate(CommandLine& line, Arguments& arguments) {
  const auto as_of_ms = app::parse_as_of(arguments.as_of, line.clock.now_ms());
  if (!as_of_ms) return line.console.fail({app::ExitStatus::kUsage, as_of_ms.error()});
  arguments.options.as_of_ms = *as_of_ms - *as_of_ms % base::kMillisPerSecond;
  arguments.options.signals = !arguments.no_signals;
  arguments.options.format =
      arguments.format == "parquet" ? sample::FileFormat::kParquet : sample::FileFormat::kCsv;
  arguments.options.threads = app::threads_or_all(arguments.options.threads);
  const auto made = sample::generate_network(arguments.options, arguments.out_dir);
  if (!made) return line.console.fail({status_of_error(made.error()), made.error()});
  if (!arguments.quiet) line.console.print(describe(*made, arguments));
  return app::ExitStatus::kOk;
}

void add_options(CLI::App& command, Arguments& arguments) {
  sample::GenerateOptions& options = arguments.options;
  command.add_option("-n,--leads", options.leads, "How many leads")
      ->type_name("N")
      ->capture_default_str();
  command.add_option("--seed", options.seed, "The same seed gives the same files")
      ->type_name("S")
      ->capture_default_str();
  command.add_option("-o,--out", arguments.out_dir, "Folder of the files")
      ->type_name("DIR")
      ->required();
  command.add_option("-f,--format", arguments.format, "csv or parquet")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"csv", "parquet"}))
      ->capture_default_str();
  command.add_option("--as-of", arguments.as_of, "Instant at which the history ends")
      ->type_name("INSTANT")
      ->capture_default_str();
  command.add_option("--years", options.years, "Years of history before it")
      ->type_name("N")
      ->capture_default_str();
  command.add_flag("--sorted", options.sorted,
                   "Events by lead, then instant; else about in the order of their arrival");
  command.add_flag("--outcomes", options.outcomes, "Won and lost in a file of their own");
  command.add_flag("--no-signals", arguments.no_signals, "No file of signals");
  command.add_flag("--details", options.details,
                   "Names, contact data and consent of leads; actors and keys of events");
  command.add_option("--threads", options.threads, "Threads to use; 0: all cores")
      ->type_name("N")
      ->check(CLI::Range(0u, 1024u));
  add_quiet(command, arguments.quiet);
}

}  // namespace

void add_generate(CommandLine& line) {
  CLI::App* command = line.app.add_subcommand(
      "generate", "A synthetic dealer network of any size, as files that analyze reads");
  const auto arguments = std::make_shared<Arguments>();
  arguments->options.threads = 0;
  add_options(*command, *arguments);
  command->footer(
      "Writes leads, events, signals and a policy.toml that fits them. The same options give the\n"
      "same bytes on any machine.\n\n"
      "Examples:\n"
      "  pursuit generate --leads 20000 --seed 7 --out network\n"
      "  pursuit generate --leads 5000000 --format parquet --out network\n");
  command->callback([&line, arguments] {
    line.chosen = [&line, arguments] { return run_generate(line, *arguments); };
  });
}

}  // namespace pursuit::cli
