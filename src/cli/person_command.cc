#include <memory>
#include <string>

#include "cli/command.h"
#include "cli/words.h"
#include <fmt/format.h>

#include "api/lead_json.h"
#include "app/person.h"
#include "report/json_values.h"

namespace pursuit::cli {
namespace {

app::ExitStatus tell(CommandLine& line, const app::PersonOptions& options) {
  const auto text = app::export_person(options, line.clock);
  if (!text) return line.console.fail(text.error());
  line.console.print(*text);
  return app::ExitStatus::kOk;
}

std::string numbers(const std::vector<std::int64_t>& ids) {
  std::string text;
  for (const std::int64_t id : ids) text += (text.empty() ? "" : ", ") + std::to_string(id);
  return text;
}

app::ExitStatus erase(CommandLine& line, const app::PersonOptions& options, bool json) {
  const auto done = app::erase_person(options, line.clock);
  if (!done) return line.console.fail(done.error());
  if (json) {
    line.console.print(report::json_text(api::erased_json(done->leads, done->files)));
    return app::ExitStatus::kOk;
  }
  if (done->leads.empty()) line.console.print("no lead has it\n");
  for (const access::ErasedLead& lead : done->leads) {
    const store::ErasedPerson& erased = lead.erased;
    const auto texts = static_cast<std::uint64_t>(erased.notes + erased.signals + erased.actions);
    line.console.print(fmt::format(
        "{}: {}, {}, {}\n", lead.lead_id, erased.contact ? "contact erased" : "no contact left",
        count_words(texts, "text"),
        count_words(static_cast<std::uint64_t>(erased.edits), "earlier value")));
  }
  const imports::ErasedFiles& files = done->files;
  if (files.rejects > 0)
    line.console.print(fmt::format("{} blanked\n", count_words(files.rejects, "rejected row")));
  if (!files.failed.empty())
    line.console.print("files of imports deleted, send them again without: import " +
                       numbers(files.failed) + "\n");
  if (!files.running.empty())
    line.console.print("running, so erase again when they have ended: import " +
                       numbers(files.running) + "\n");
  return app::ExitStatus::kOk;
}

}  // namespace

void add_person(CommandLine& line) {
  CLI::App* command =
      line.app.add_subcommand("person", "What is known of one customer: told, or erased");
  command->require_subcommand(1);
  command->footer(
      "Name the person by a lead, a phone number or an address of e-mail; by the last two, all of\n"
      "their leads are meant. Erasing empties name, phone, e-mail, attributes and texts for good;\n"
      "stages, outcomes and values stay, and so do all figures. Backups are not touched.\n\n"
      "Examples:\n"
      "  pursuit person export --email noura@example.com > noura.json\n"
      "  pursuit person erase --lead L-1001\n");
  const auto options = std::make_shared<app::PersonOptions>(
      app::PersonOptions{.db = "pursuit.db", .imports = {}, .query = {}, .scrub = false});
  const auto json = std::make_shared<bool>(false);
  const auto verb = [&](const char* name, const char* help, std::function<app::ExitStatus()> run) {
    CLI::App* one = command->add_subcommand(name, help);
    add_db(*one, options->db);
    CLI::Option_group* who = one->add_option_group("who", "Who is meant");
    who->add_option("--lead", options->query.lead_id, "A lead of theirs")->type_name("ID");
    who->add_option("--phone", options->query.phone, "Their phone number, in any spelling");
    who->add_option("--email", options->query.email, "Their address of e-mail");
    who->require_option(1);
    one->callback([&line, run = std::move(run)] { line.chosen = run; });
    return one;
  };
  verb("export", "Print all that is kept of a person, as JSON",
       [&line, options] { return tell(line, *options); });
  CLI::App* erases = verb("erase", "Erase a person; all figures stay",
                          [&line, options, json] { return erase(line, *options, *json); });
  add_json(*erases, *json);
  erases->add_flag("--scrub", options->scrub,
                   "Also rewrite the database's pages, which may hold traces in their slack; takes "
                   "as long as a backup");
  erases
      ->add_option("--imports", options->imports,
                   "Folder of files that were sent to be imported; without, the one beside the "
                   "database")
      ->type_name("DIR")
      ->envname("PURSUIT_IMPORTS");
}

}  // namespace pursuit::cli
