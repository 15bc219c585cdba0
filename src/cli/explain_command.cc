#include <memory>

#include "cli/command.h"
#include "cli/render.h"

#include "report/explain.h"

namespace pursuit::cli {
namespace {

struct Arguments {
  NetworkArguments common;
  std::string lead;
  bool json = false;
};

app::Failure not_visible(const Arguments& arguments, const engine::Engine& engine) {
  const bool known = engine.leads().find(arguments.lead) != base::kNoLead;
  std::string message =
      known ? "nothing is known of the lead at the as-of instant yet" : "no such lead";
  if (!known) {
    std::string similar;
    for (const std::string& id : report::similar_ids(engine, arguments.lead))
      similar += (similar.empty() ? "" : ", ") + id;
    if (!similar.empty()) message += " (did you mean " + similar + "?)";
  }
  return {app::ExitStatus::kInput, {base::ErrorCode::kNotFound, message, arguments.lead}};
}

app::ExitStatus run_explain(CommandLine& line, Arguments& arguments) {
  arguments.common.network.keep_attributes = true;
  const auto network = load(line, arguments.common);
  if (!network) return line.console.fail(network.error());
  const engine::Engine& engine = *network->engine;
  const base::LeadId lead = engine.leads().find(arguments.lead);
  if (lead == base::kNoLead || engine.glance(lead).state == engine::LeadState::kUnseen)
    return line.console.fail(not_visible(arguments, engine));
  const report::Explanation explanation = report::explain(engine, lead, network->attributes);
  line.console.print(arguments.json ? report::explanation_json(engine, explanation)
                                    : render_explanation(engine, explanation, line.console.out()));
  return status_of(*network);
}

}  // namespace

void add_explain(CommandLine& line) {
  CLI::App* command = line.app.add_subcommand(
      "explain", "One lead: its visits, its score in parts, its status, what would make it Hot");
  const auto arguments = std::make_shared<Arguments>();
  command->add_option("lead", arguments->lead, "The lead's id")->type_name("LEAD")->required();
  add_network_options(*command, arguments->common, false);
  command->add_flag("--json", arguments->json, "As JSON");
  command->footer(
      "Examples:\n"
      "  pursuit explain L000042 --leads leads.csv --events events.csv\n"
      "  pursuit explain L000042 -l leads.csv -e events.csv --as-of 2026-05-01   # as it was "
      "then\n");
  command->callback([&line, arguments] {
    line.chosen = [&line, arguments] { return run_explain(line, *arguments); };
  });
}

}  // namespace pursuit::cli
