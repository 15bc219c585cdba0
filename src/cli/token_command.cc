#include <memory>
#include <string>

#include "cli/command.h"
#include "cli/people.h"
#include "cli/text_table.h"
#include <fmt/format.h>

#include "api/account_json.h"
#include "app/people.h"
#include "report/json_values.h"

namespace pursuit::cli {
namespace {

constexpr base::Millis kDayMs = 24ll * 3'600'000;

struct Arguments : PeopleArguments {
  std::string user;
  std::string name = "command line";
  std::int64_t days = 90;
  std::int64_t id = 0;
};

app::ExitStatus add(CommandLine& line, const Arguments& arguments) {
  const auto people = app::open_people(arguments.db, line.clock);
  if (!people) return line.console.fail(people.error());
  const auto user = people->access->user_named(arguments.user);
  if (!user) return line.console.fail({app::ExitStatus::kInput, user.error()});
  const bool scoped = arguments.scope != model::Scope{};
  const access::NewToken wish{.name = arguments.name,
                              .role = arguments.role_or(user->role),
                              .scope = scoped ? arguments.scope : user->scope,
                              .expires_at_ms = line.clock.now_ms() + arguments.days * kDayMs};
  const auto made = people->access->add_token(user->id, wish, app::command_line_actor());
  if (!made) return line.console.fail({app::ExitStatus::kInput, made.error()});
  line.console.print(arguments.json ? report::json_text(api::made_token_json(*made))
                                    : made->secret + "\n");
  return app::ExitStatus::kOk;
}

app::ExitStatus list(CommandLine& line, const Arguments& arguments) {
  const auto people = app::open_people(arguments.db, line.clock);
  if (!people) return line.console.fail(people.error());
  const auto tokens = people->access->tokens(std::nullopt);
  if (!tokens) return line.console.fail({app::ExitStatus::kInput, tokens.error()});
  if (arguments.json) {
    line.console.print(report::json_text(api::tokens_json(*tokens)));
    return app::ExitStatus::kOk;
  }
  TextTable table({{.title = "id", .right = true},
                   {.title = "user"},
                   {.title = "name"},
                   {.title = "role"},
                   {.title = "expires"},
                   {.title = "state"},
                   {.title = "sees", .stretches = true}});
  for (const store::TokenRow& token : *tokens) {
    const auto user = people->access->user(token.user_id);
    const std::string_view state = token.revoked_at_ms != 0                     ? "revoked"
                                   : token.expires_at_ms <= line.clock.now_ms() ? "expired"
                                                                                : "good";
    table.add({{std::to_string(token.id)},
               {user ? user->name : "?"},
               {token.name},
               {std::string(model::role_name(token.role))},
               {base::format_instant(token.expires_at_ms)},
               {std::string(state)},
               {scope_words(token.scope)}});
  }
  line.console.print(table.text(line.console.out(), 0));
  return app::ExitStatus::kOk;
}

app::ExitStatus revoke(CommandLine& line, const Arguments& arguments) {
  const auto people = app::open_people(arguments.db, line.clock);
  if (!people) return line.console.fail(people.error());
  const auto done =
      people->access->revoke_token(arguments.id, std::nullopt, app::command_line_actor());
  if (!done) return line.console.fail({app::ExitStatus::kInput, done.error()});
  return app::ExitStatus::kOk;
}

}  // namespace

void add_token(CommandLine& line) {
  CLI::App* command = line.app.add_subcommand("token", "Tokens, with which programs sign in");
  command->require_subcommand(1);
  command->footer(
      "A token is of a user and never more than the user is. It is printed once and stored as a\n"
      "digest. It goes into a header: Authorization: Bearer TOKEN.\n\n"
      "Examples:\n"
      "  pursuit token add huda --name nightly-report --role analyst --days 365\n"
      "  pursuit token list --json | jq '.items[] | select(.revoked_at == null)'\n"
      "  pursuit token revoke 3\n");
  const auto arguments = std::make_shared<Arguments>();
  const auto verb = [&](const char* name, const char* help, std::function<app::ExitStatus()> run) {
    CLI::App* one = command->add_subcommand(name, help);
    add_db(*one, arguments->db);
    one->callback([&line, run = std::move(run)] { line.chosen = run; });
    return one;
  };
  CLI::App* adds = verb("add", "Make a token of a user and print it",
                        [&line, arguments] { return add(line, *arguments); });
  add_json(*adds, arguments->json);
  adds->add_option("user", arguments->user, "Whose it is")->type_name("USER")->required();
  adds->add_option("--name", arguments->name, "What it is for")->capture_default_str();
  constexpr std::int64_t kMostDays = 366;
  adds->add_option("--days", arguments->days, "How long it is good")
      ->check(CLI::Range(std::int64_t{1}, kMostDays))
      ->capture_default_str();
  add_role_and_scope(*adds, *arguments);
  add_json(*verb("list", "All tokens", [&line, arguments] { return list(line, *arguments); }),
           arguments->json);
  verb("revoke", "End a token", [&line, arguments] { return revoke(line, *arguments); })
      ->add_option("id", arguments->id, "Its id in the list")
      ->type_name("ID")
      ->required();
}

}  // namespace pursuit::cli
