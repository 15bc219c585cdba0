#include "cli/people.h"

#include <vector>

namespace pursuit::cli {

void add_role_and_scope(CLI::App& command, PeopleArguments& arguments) {
  std::vector<std::string> names(model::kRoleNames.begin(), model::kRoleNames.end());
  command.add_option("--role", arguments.role, "What they may do")
      ->type_name("ROLE")
      ->check(CLI::IsMember(names));
  command.add_flag("--everything", arguments.scope.everything, "Sees the whole network");
  const auto list = [&](const char* option, std::vector<std::string>& names_of, const char* help) {
    command.add_option(option, names_of, help)
        ->type_name("NAME")
        ->expected(1)
        ->take_all()
        ->allow_extra_args(false);
  };
  list("--market", arguments.scope.markets, "Sees the leads of this market; may be repeated");
  list("--dealer-group", arguments.scope.dealer_groups, "The same of a dealer group");
  list("--dealer", arguments.scope.dealers, "The same of a dealer");
  command
      .add_option("--owner", arguments.scope.owner, "Of these, sees the leads of this owner alone")
      ->type_name("NAME");
}

std::string scope_words(const model::Scope& scope) {
  std::string words = scope.everything ? "everything" : "";
  const auto add = [&](const char* what, const std::vector<std::string>& names) {
    for (const std::string& name : names)
      words += (words.empty() ? "" : ", ") + std::string(what) + " " + name;
  };
  if (!scope.everything) {
    add("market", scope.markets);
    add("dealer group", scope.dealer_groups);
    add("dealer", scope.dealers);
  }
  if (!scope.owner.empty()) words += (words.empty() ? "" : "; ") + ("leads of " + scope.owner);
  return words.empty() ? "nothing" : words;
}

}  // namespace pursuit::cli
