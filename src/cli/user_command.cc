#include <memory>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/people.h"
#include "cli/text_table.h"
#include <fmt/format.h>

#include "api/account_json.h"
#include "app/people.h"
#include "report/json_values.h"

namespace pursuit::cli {
namespace {

struct Arguments : PeopleArguments {
  std::string name, display_name, language, subject;
  std::string url = "http://127.0.0.1:8080";
};

/// Makes a link and prints it; as JSON with the secret alone too, which the API answers, and what
/// else there is to tell.
app::ExitStatus print_link(CommandLine& line, const Arguments& arguments, const app::People& people,
                           std::int64_t id, report::Json json = report::Json::object()) {
  const auto link = people.access->make_link(id, app::command_line_actor());
  if (!link) return line.console.fail({app::ExitStatus::kInput, link.error()});
  const std::string url = app::link_url(arguments.url, *link);
  json["link"] = *link;
  json["url"] = url;
  line.console.print(arguments.json ? report::json_text(json) : url + "\n");
  return app::ExitStatus::kOk;
}

app::ExitStatus add(CommandLine& line, const Arguments& arguments) {
  const auto people = app::open_people(arguments.db, line.clock);
  if (!people) return line.console.fail(people.error());
  access::UserWish wish;
  wish.role = arguments.role_or(model::Role::kReadOnly);
  wish.scope = arguments.scope;
  if (!arguments.display_name.empty()) wish.display_name = arguments.display_name;
  if (!arguments.language.empty()) wish.language = arguments.language;
  const auto user = people->access->add_user(arguments.name, wish, app::command_line_actor());
  if (!user) return line.console.fail({app::ExitStatus::kInput, user.error()});
  return print_link(line, arguments, *people, user->id, {{"user", api::user_json(*user)}});
}

app::ExitStatus list(CommandLine& line, const Arguments& arguments) {
  const auto people = app::open_people(arguments.db, line.clock);
  if (!people) return line.console.fail(people.error());
  const auto users = people->access->users();
  if (!users) return line.console.fail({app::ExitStatus::kInput, users.error()});
  if (arguments.json) {
    line.console.print(report::json_text(api::users_json(*users)));
    return app::ExitStatus::kOk;
  }
  TextTable table({{.title = "id", .right = true},
                   {.title = "name"},
                   {.title = "role"},
                   {.title = "state"},
                   {.title = "second factor"},
                   {.title = "sees", .stretches = true}});
  for (const store::UserRow& user : *users) {
    const std::string_view state = !user.active            ? "disabled"
                                   : user.password.empty() ? "no password"
                                                           : "active";
    table.add({{std::to_string(user.id)},
               {user.name},
               {std::string(model::role_name(user.role))},
               {std::string(state)},
               {user.totp.empty() ? "no" : "yes"},
               {scope_words(user.scope)}});
  }
  line.console.print(table.text(line.console.out(), 0));
  return app::ExitStatus::kOk;
}

app::ExitStatus reset_link(CommandLine& line, const Arguments& arguments) {
  const auto people = app::open_people(arguments.db, line.clock);
  if (!people) return line.console.fail(people.error());
  const auto user = people->access->user_named(arguments.name);
  if (!user) return line.console.fail({app::ExitStatus::kInput, user.error()});
  return print_link(line, arguments, *people, user->id);
}

app::ExitStatus change(CommandLine& line, const Arguments& arguments,
                       const access::UserWish& wish) {
  const auto people = app::open_people(arguments.db, line.clock);
  if (!people) return line.console.fail(people.error());
  const auto user = people->access->user_named(arguments.name);
  if (!user) return line.console.fail({app::ExitStatus::kInput, user.error()});
  const auto changed = people->access->change_user(user->id, wish, app::command_line_actor());
  if (!changed) return line.console.fail({app::ExitStatus::kInput, changed.error()});
  if (arguments.json) line.console.print(report::json_text(api::user_json(*changed)));
  return app::ExitStatus::kOk;
}

access::UserWish wish_for(bool active) {
  access::UserWish wish;
  wish.active = active;
  return wish;
}

access::UserWish wish_of_subject(const std::string& subject) {
  access::UserWish wish;
  wish.subject = subject;
  return wish;
}

access::UserWish wish_without_totp() {
  access::UserWish wish;
  wish.remove_totp = true;
  return wish;
}

}  // namespace

void add_user(CommandLine& line) {
  CLI::App* command = line.app.add_subcommand("user", "Users: who may sign in, and what they see");
  command->require_subcommand(1);
  command->footer(
      "A user chooses a password with the link that `add` and `reset-link` print; it is good "
      "once,\n"
      "for a day. A service that runs meanwhile knows of every change within a second.\n\n"
      "Examples:\n"
      "  pursuit user add huda --role admin --everything\n"
      "  pursuit user add sara --role sales --owner sara --dealer Marina\n"
      "  pursuit user reset-link sara --url https://pursuit.example.com\n"
      "  pursuit user list --json | jq -r '.items[] | select(.active) | .name'\n");
  const auto arguments = std::make_shared<Arguments>();
  using Run = std::function<app::ExitStatus()>;
  const auto verb = [&](const char* name, const char* help, bool named, Run run) {
    CLI::App* one = command->add_subcommand(name, help);
    add_db(*one, arguments->db);
    add_json(*one, arguments->json);
    if (named)
      one->add_option("name", arguments->name, "The user's name")->type_name("NAME")->required();
    one->callback([&line, run = std::move(run)] { line.chosen = run; });
    return one;
  };
  const auto add_url = [&](CLI::App* one) {
    one->add_option("--url", arguments->url, "Where the service is reached, for the link")
        ->type_name("URL")
        ->capture_default_str();
  };
  CLI::App* adds = verb("add", "Add a user and print the link of their first sign-in", true,
                        [&line, arguments] { return add(line, *arguments); });
  add_role_and_scope(*adds, *arguments);
  adds->add_option("--display-name", arguments->display_name, "As people read it");
  adds->add_option("--language", arguments->language, "en or ar");
  add_url(adds);
  verb("list", "All users", false, [&line, arguments] { return list(line, *arguments); });
  add_url(verb("reset-link", "Print a link that signs in once and sets a password", true,
               [&line, arguments] { return reset_link(line, *arguments); }));
  verb("disable", "End a user's sessions and let them in no more", true,
       [&line, arguments] { return change(line, *arguments, wish_for(false)); });
  verb("enable", "Let a disabled user in again", true,
       [&line, arguments] { return change(line, *arguments, wish_for(true)); });
  verb("remove-totp", "Take away a second factor that was lost", true,
       [&line, arguments] { return change(line, *arguments, wish_without_totp()); });
  CLI::App* identity =
      verb("identity", "Say who a user is to the identity provider", true,
           [=, &line] { return change(line, *arguments, wish_of_subject(arguments->subject)); });
  identity
      ->add_option("subject", arguments->subject,
                   "Its issuer, a blank, and the `sub` of its tokens; \"\": nobody")
      ->type_name("SUBJECT")
      ->required();
}

}  // namespace pursuit::cli
