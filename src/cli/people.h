// cli/people.h: the options that commands about people share. For the sources of this room. One
// thread.
#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "model/access.h"

namespace pursuit::cli {

struct PeopleArguments {
  std::string db = "pursuit.db";
  bool json = false;
  std::string role;
  model::Scope scope;

  /// The role that was named, checked by the option already.
  [[nodiscard]] model::Role role_or(model::Role otherwise) const {
    return model::role_of(role).value_or(otherwise);
  }
};

/// Adds --role, --everything, --market, --dealer-group, --dealer, --owner.
void add_role_and_scope(CLI::App& command, PeopleArguments& arguments);
/// "everything", "market UAE, dealer Marina; own leads of sara", "nothing".
[[nodiscard]] std::string scope_words(const model::Scope& scope);

}  // namespace pursuit::cli
