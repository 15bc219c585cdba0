#include <memory>
#include <string>

#include "cli/command.h"
#include <fmt/format.h>

#include "model/policy_toml.h"
#include "report/policy_report.h"

namespace pursuit::cli {
namespace {

struct Arguments {
  std::string path;
  bool json = false;
};

app::ExitStatus run_check(CommandLine& line, const Arguments& arguments) {
  const auto policy = model::read_policy_file(arguments.path);
  if (!policy) {
    if (arguments.json) line.console.print(report::policy_error_json(policy.error()));
    return line.console.fail({app::ExitStatus::kInput, policy.error()});
  }
  line.console.print(arguments.json ? report::policy_json(*policy)
                                    : fmt::format("# hash: {}\n{}", model::policy_hash(*policy),
                                                  model::resolved_toml(*policy)));
  return app::ExitStatus::kOk;
}

app::ExitStatus run_default(CommandLine& line) {
  line.console.print(model::resolved_toml(model::Policy{}));
  return app::ExitStatus::kOk;
}

}  // namespace

void add_policy(CommandLine& line) {
  CLI::App* command =
      line.app.add_subcommand("policy", "Check a policy, or print the one with every default");
  command->require_subcommand(1);
  command->footer("Examples:\n  pursuit policy check policy.toml\n  pursuit policy default\n");
  const auto arguments = std::make_shared<Arguments>();

  CLI::App* check = command->add_subcommand(
      "check", "Validate FILE and print it with every default, and its hash");
  check->add_option("file", arguments->path, "The policy")->type_name("FILE")->required();
  check->add_flag("--json", arguments->json, "As JSON: valid, hash, policy or error");
  check->footer(
      "An unknown key or a value out of range is an error that names file, line and key (exit\n"
      "status 3). What is printed is a policy again, with the same hash.\n\n"
      "Example:\n"
      "  pursuit policy check policy.toml\n");
  check->callback([&line, arguments] {
    line.chosen = [&line, arguments] { return run_check(line, *arguments); };
  });

  CLI::App* defaults = command->add_subcommand("default", "Print the policy used without a file");
  defaults->footer("Example:\n  pursuit policy default > policy.toml\n");
  defaults->callback([&line] { line.chosen = [&line] { return run_default(line); }; });
}

}  // namespace pursuit::cli
