#include "cli/command.h"

#include <array>
#include <string_view>

#include "cli/render.h"

#include "ingest/mapping.h"

namespace pursuit::cli {
namespace {

struct FileOption {
  ingest::FileKind kind;
  std::string_view name;
  std::string_view help;
  bool required;
};

constexpr std::array<FileOption, 5> kFileOptions = {{
    {ingest::FileKind::kLeads, "-l,--leads", "Leads: lead_id, created_at and dimensions", true},
    {ingest::FileKind::kEvents, "-e,--events", "Stage events: lead_id, stage, at", false},
    {ingest::FileKind::kOutcomes, "--outcomes", "Outcomes: lead_id, outcome, at", false},
    {ingest::FileKind::kSignals, "--signals", "Signals and touches: lead_id, kind, at", false},
    {ingest::FileKind::kCosts, "--costs", "Costs: channel, from, to, amount", false},
}};

}  // namespace

void add_network_options(CLI::App& command, NetworkArguments& arguments, bool takes_lists) {
  for (const FileOption& file : kFileOptions) {
    auto* option =
        command.add_option(std::string(file.name),
                           arguments.network.inputs.files.patterns[ingest::index_of(file.kind)],
                           std::string(file.help));
    option->type_name("FILE")->group("Input")->allow_extra_args(takes_lists);
    if (file.required) option->required();
  }
  command.add_option("-p,--policy", arguments.network.inputs.policy, "Policy (policy.toml)")
      ->type_name("FILE")
      ->group("Input");
  command
      .add_option("-m,--mapping", arguments.network.inputs.mapping,
                  "How columns and stages of a source become ours (mapping.toml)")
      ->type_name("FILE")
      ->group("Input");
  command
      .add_option("--as-of", arguments.as_of,
                  "Instant of the figures: RFC 3339, a date (its 00:00 UTC), or now;\n"
                  "nothing later is seen, so an earlier one replays the past")
      ->type_name("INSTANT")
      ->capture_default_str();
  constexpr unsigned kMostThreads = 1024;
  command.add_option("--threads", arguments.network.threads, "Threads to use; 0: all cores")
      ->type_name("N")
      ->check(CLI::Range(0u, kMostThreads));
  add_quiet(command, arguments.quiet);
}

void add_db(CLI::App& command, std::string& db) {
  command.add_option("--db", db, "The store: a file (SQLite), or postgresql://…")
      ->type_name("DB")
      ->envname("PURSUIT_DB")
      ->capture_default_str();
}

void add_json(CLI::App& command, bool& json) {
  command.add_flag("--json", json, "As one JSON document, as the API answers it");
}

void add_quiet(CLI::App& command, bool& quiet) {
  command.add_flag("-q,--quiet", quiet, "No progress, no summary: results and errors only");
}

app::Outcome<void> settle(const base::Clock& clock, NetworkArguments& arguments) {
  const ingest::Sources& files = arguments.network.inputs.files;
  if (files.of(ingest::FileKind::kEvents).empty() && files.of(ingest::FileKind::kOutcomes).empty())
    return app::fail(app::ExitStatus::kUsage,
                     {base::ErrorCode::kUsage, "give --events, --outcomes or both", ""});
  const auto as_of_ms = app::parse_as_of(arguments.as_of, clock.now_ms());
  if (!as_of_ms) return app::fail(app::ExitStatus::kUsage, as_of_ms.error());
  arguments.network.as_of_ms = *as_of_ms;
  return {};
}

std::unique_ptr<app::Progress> make_progress(const CommandLine& line, bool quiet) {
  if (quiet || !line.console.err().is_terminal) return std::make_unique<app::NoProgress>();
  return std::make_unique<ProgressLine>(line.console.err(), line.clock);
}

app::Outcome<app::Network> load(CommandLine& line, NetworkArguments& arguments) {
  if (auto settled = settle(line.clock, arguments); !settled)
    return std::unexpected(settled.error());
  const auto progress = make_progress(line, arguments.quiet);
  auto network = app::load_network(arguments.network, line.clock, *progress);
  progress->end();
  if (network) tell_warnings(line.console, *network, arguments.quiet);
  return network;
}

void tell_warnings(Console& console, const app::Network& network, bool quiet) {
  if (quiet) return;
  for (const std::string& warning : network.warnings) console.complain("warning: " + warning);
  for (const std::string& text : render_rejects(network)) console.complain(text);
}

app::ExitStatus status_of(const app::Network& network) {
  return network.rows_rejected() == 0 ? app::ExitStatus::kOk : app::ExitStatus::kRowsRejected;
}

}  // namespace pursuit::cli
