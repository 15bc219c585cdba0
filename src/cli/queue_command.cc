// The commands that list leads: queue and expiring.
#include <memory>
#include <string>

#include "cli/command.h"
#include "cli/render.h"
#include "cli/text_table.h"
#include "cli/words.h"

#include "model/dimension.h"
#include "report/lead_lists.h"

namespace pursuit::cli {
namespace {

struct Arguments {
  NetworkArguments common;
  report::QueueScope scope;
  std::size_t limit = 20;
  std::string within = "24h";
  bool json = false;
};

void add_scope(CLI::App& command, Arguments& arguments) {
  const auto add = [&](const char* name, std::vector<std::string>& value, const char* help) {
    command.add_option(name, value, help)
        ->type_name("NAME")
        ->expected(1)
        ->take_last()
        ->group("Scope");
  };
  add("--region", arguments.scope.region, "Only this market");
  add("--dealer-group,--dealer_group", arguments.scope.dealer_group, "Only this dealer group");
  add("--dealer", arguments.scope.dealer, "Only this dealer");
  command.add_option("-n,--limit", arguments.limit, "At most so many leads")
      ->type_name("N")
      ->capture_default_str()
      ->group("Scope");
  command.add_flag("--json", arguments.json, "As JSON");
}

app::ExitStatus run_queue(CommandLine& line, Arguments& arguments) {
  const auto network = load(line, arguments.common);
  if (!network) return line.console.fail(network.error());
  const engine::Engine& engine = *network->engine;
  const auto query = report::query_of(engine, arguments.scope, arguments.limit);
  if (!query) return line.console.fail({app::ExitStatus::kInput, query.error()});
  const std::vector<base::LeadId> leads = engine.queue(*query);
  if (arguments.json) {
    line.console.print(report::queue_json(engine, leads));
  } else {
    line.console.print(leads.empty() ? "no open lead\n"
                                     : render_queue(engine, leads, line.console.out(), 0));
  }
  return status_of(*network);
}

std::string render_expiring(const engine::Engine& engine,
                            const std::vector<engine::Expiring>& leads, const Terminal& terminal) {
  TextTable table({{"at"},
                   {"turns"},
                   {"lead"},
                   {"tier"},
                   {"score", true, 1},
                   {"stage", false, 2},
                   {"dealer", false, 3, true},
                   {"owner", false, 4, true}});
  const model::LeadTable& names = engine.leads();
  for (const engine::Expiring& next : leads) {
    const engine::Glance glance = engine.glance(next.lead);
    table.add({{instant_words(next.at_ms)},
               {next.dormant ? "dormant" : "expired"},
               {std::string(names.id(next.lead))},
               {std::string(tier_words(glance.tier)), tier_paint(glance.tier)},
               {score_words(glance.score)},
               {engine.policy().funnel.name_of(glance.stage)},
               {named(names.text(next.lead, model::Dimension::kDealer))},
               {named(names.text(next.lead, model::Dimension::kOwner))}});
  }
  return table.text(terminal, 0);
}

app::ExitStatus run_expiring(CommandLine& line, Arguments& arguments) {
  const auto within_ms = report::parse_duration(arguments.within);
  if (!within_ms) return line.console.fail({app::ExitStatus::kUsage, within_ms.error()});
  const auto network = load(line, arguments.common);
  if (!network) return line.console.fail(network.error());
  const engine::Engine& engine = *network->engine;
  const auto query = report::query_of(engine, arguments.scope, arguments.limit);
  if (!query) return line.console.fail({app::ExitStatus::kInput, query.error()});
  std::vector<engine::Expiring> leads = engine.expiring(*within_ms, query->filter);
  const std::size_t all = leads.size();
  if (leads.size() > arguments.limit) leads.resize(arguments.limit);
  if (arguments.json) {
    line.console.print(report::expiring_json(engine, leads));
  } else if (leads.empty()) {
    line.console.print("nothing changes status within " + arguments.within + "\n");
  } else {
    line.console.print(render_expiring(engine, leads, line.console.out()));
    if (all > leads.size())
      line.console.print("… and " + count_words(all - leads.size()) + " more (--limit)\n");
  }
  return status_of(*network);
}

}  // namespace

void add_queue(CommandLine& line) {
  CLI::App* command = line.app.add_subcommand(
      "queue", "The leads to work first, of a dealer, group, market or all");
  const auto arguments = std::make_shared<Arguments>();
  add_network_options(*command, arguments->common, true);
  add_scope(*command, *arguments);
  command->footer(
      "Examples:\n"
      "  pursuit queue -l leads.csv -e events.csv --dealer 'Al Noor Motors' --limit 10\n"
      "  pursuit queue -l leads.csv -e events.csv --region UAE --as-of 2026-05-01 --json\n");
  command->callback([&line, arguments] {
    line.chosen = [&line, arguments] { return run_queue(line, *arguments); };
  });
}

void add_expiring(CommandLine& line) {
  CLI::App* command =
      line.app.add_subcommand("expiring", "The leads that expire or go dormant next");
  const auto arguments = std::make_shared<Arguments>();
  add_network_options(*command, arguments->common, true);
  add_scope(*command, *arguments);
  command->add_option("--within", arguments->within, "How far ahead: 90m, 24h, 7d, 2w")
      ->type_name("TIME")
      ->capture_default_str();
  command->footer(
      "Example:\n"
      "  pursuit expiring -l leads.csv -e events.csv --within 24h --region KSA\n");
  command->callback([&line, arguments] {
    line.chosen = [&line, arguments] { return run_expiring(line, *arguments); };
  });
}

}  // namespace pursuit::cli
