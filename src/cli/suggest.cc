#include "cli/suggest.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "model/toml_section.h"

namespace pursuit::cli {
namespace {

/// The innermost subcommand that was named.
const CLI::App& innermost(const CLI::App& app) {
  const CLI::App* inner = &app;
  while (!inner->get_subcommands().empty()) inner = inner->get_subcommands().front();
  return *inner;
}

std::string path_of(const CLI::App& app) {
  const CLI::App* parent = app.get_parent();
  return parent == nullptr ? app.get_name() : path_of(*parent) + " " + app.get_name();
}

std::string near_option(const CLI::App& app, std::string_view argument) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  const std::vector<std::string_view> views(names.begin(), names.end());
  const std::string wanted(argument.substr(0, argument.find('=')));
  return std::string(model::nearest_name(wanted, views));
}

std::string near_command(const CLI::App& app, std::string_view argument) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands(nullptr)) names.push_back(command->get_name());
  const std::vector<std::string_view> views(names.begin(), names.end());
  return std::string(model::nearest_name(argument, views));
}

std::string unknown(const CLI::App& app, const std::string& argument) {
  const bool is_option = argument.size() > 1 && argument.front() == '-';
  const bool wants_command = !is_option && !app.get_subcommands(nullptr).empty();
  std::string text = is_option       ? "no option '" + argument + "'"
                     : wants_command ? "no command '" + argument + "'"
                                     : "'" + argument + "' was not expected";
  const std::string near = is_option       ? near_option(app, argument)
                           : wants_command ? near_command(app, argument)
                                           : "";
  if (!near.empty()) text += " (did you mean '" + near + "'?)";
  return text;
}

}  // namespace

std::string complaint_of(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App& command = innermost(app);
  std::string text;
  // A misspelt option says more than the one that is missing for it.
  std::vector<std::string> extras = app.remaining(true);
  const auto option = std::find_if(extras.begin(), extras.end(), [](const std::string& extra) {
    return extra.size() > 1 && extra.front() == '-';
  });
  if (option != extras.end()) {
    text = unknown(command, *option);
  } else if (!extras.empty()) {
    text = unknown(command, extras.front());
  } else {
    text = error.what();
  }
  return text + "; see " + path_of(command) + " --help";
}

}  // namespace pursuit::cli
