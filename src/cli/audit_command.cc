#include <charconv>
#include <memory>
#include <string>

#include "cli/command.h"
#include "cli/text_table.h"
#include <fmt/format.h>

#include "api/account_json.h"
#include "app/people.h"
#include "report/json_values.h"

namespace pursuit::cli {
namespace {

struct Arguments {
  std::string db = "pursuit.db";
  std::string expect;
  std::size_t limit = 50;
  std::int64_t before = 0;
  bool json = false;
};

/// `SEQ:HASH`; nothing when it is not of that form.
std::optional<access::AuditHead> head_of(const std::string& text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos) return std::nullopt;
  access::AuditHead head{.seq = 0, .hash = text.substr(colon + 1)};
  const auto [stop, error] = std::from_chars(text.data(), text.data() + colon, head.seq);
  if (error != std::errc{} || stop != text.data() + colon || head.seq < 1) return std::nullopt;
  return head;
}

app::ExitStatus verify(CommandLine& line, const Arguments& arguments) {
  std::optional<access::AuditHead> expected;
  if (!arguments.expect.empty()) {
    expected = head_of(arguments.expect);
    if (!expected)
      return line.console.fail(
          {app::ExitStatus::kUsage, {base::ErrorCode::kUsage, "not SEQ:HASH", "--expect"}});
  }
  const auto people = app::open_people(arguments.db, line.clock);
  if (!people) return line.console.fail(people.error());
  const auto verdict = access::verify_audit(people->access->accounts(), expected);
  if (!verdict) return line.console.fail({app::ExitStatus::kInput, verdict.error()});
  if (arguments.json) line.console.print(report::json_text(api::verdict_json(*verdict)));
  if (verdict->broken) {
    line.console.complain(*verdict->broken);
    return app::ExitStatus::kInput;
  }
  if (!arguments.json)
    line.console.print(fmt::format("whole: {}:{}\n", verdict->head.seq, verdict->head.hash));
  return app::ExitStatus::kOk;
}

app::ExitStatus list(CommandLine& line, const Arguments& arguments) {
  const auto people = app::open_people(arguments.db, line.clock);
  if (!people) return line.console.fail(people.error());
  std::vector<store::AuditRow> rows;
  const auto read = people->access->accounts().read([&](store::AccountRows& all) {
    rows = all.audit(arguments.before, arguments.limit);
    return base::Result<void>{};
  });
  if (!read) return line.console.fail({app::ExitStatus::kInput, read.error()});
  if (arguments.json) {
    line.console.print(report::json_text(api::audit_json(rows, arguments.limit)));
    return app::ExitStatus::kOk;
  }
  TextTable table({{.title = "seq", .right = true},
                   {.title = "at"},
                   {.title = "who"},
                   {.title = "what"},
                   {.title = "of"},
                   {.title = "from"},
                   {.title = "detail", .stretches = true}});
  for (const store::AuditRow& row : rows) {
    table.add({{std::to_string(row.seq)},
               {base::format_instant(row.at_ms)},
               {row.who},
               {row.what},
               {row.subject},
               {row.address},
               {row.detail}});
  }
  line.console.print(table.text(line.console.out(), 0));
  return app::ExitStatus::kOk;
}

}  // namespace

void add_audit(CommandLine& line) {
  CLI::App* command = line.app.add_subcommand("audit", "The log of who did what");
  command->require_subcommand(1);
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* verifies =
      command->add_subcommand("verify", "Check that no line was changed, added or taken out");
  add_db(*verifies, arguments->db);
  verifies
      ->add_option("--expect", arguments->expect,
                   "An end of the log as it was printed before: it must still be in it")
      ->type_name("SEQ:HASH");
  add_json(*verifies, arguments->json);
  verifies->footer(
      "Prints the end of the log as SEQ:HASH. Kept elsewhere and given to --expect later, it also\n"
      "shows whether lines at the end were cut off. A log that is not whole: exit status 3.\n\n"
      "Example:\n"
      "  pursuit audit verify --db network.db\n");
  verifies->callback([&line, arguments] {
    line.chosen = [&line, arguments] { return verify(line, *arguments); };
  });
  CLI::App* lists = command->add_subcommand("list", "The newest lines");
  add_db(*lists, arguments->db);
  lists->add_option("--limit", arguments->limit, "How many")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}))
      ->capture_default_str();
  lists->add_option("--before", arguments->before, "Only lines below this one; 0: from the newest")
      ->check(CLI::NonNegativeNumber)
      ->type_name("SEQ");
  add_json(*lists, arguments->json);
  lists->footer(
      "Examples:\n"
      "  pursuit audit list --limit 20\n"
      "  pursuit audit list --json | jq '.items[] | select(.what == \"sign_in.failed\")'\n");
  lists->callback(
      [&line, arguments] { line.chosen = [&line, arguments] { return list(line, *arguments); }; });
}

}  // namespace pursuit::cli
