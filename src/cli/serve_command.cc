#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "cli/command.h"
#include <fmt/format.h>

#include "app/people.h"
#include "app/serve.h"
#include "app/server_config.h"
#include "report/json_values.h"

namespace pursuit::cli {
namespace {

struct Arguments {
  std::string file;
  std::map<std::string, std::string, std::less<>> options;  // by Setting::name
  bool quiet = false;
  bool json = false;
};

std::optional<std::string> environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe): before threads
  if (value == nullptr) return std::nullopt;
  return value;
}

void add_settings(CLI::App& command, Arguments& arguments) {
  command.add_option("-c,--config", arguments.file, "Settings as a TOML file")->type_name("FILE");
  for (const app::Setting& setting : app::settings()) {
    const std::string name(setting.name);
    command
        .add_option_function<std::string>(
            setting.option_name(),
            [&arguments, name](const std::string& value) { arguments.options[name] = value; },
            std::string(setting.help))
        ->type_name(setting.text != nullptr ? "TEXT" : "N")
        ->default_str(app::shown_value({}, setting));
  }
}

app::ExitStatus run_serve(CommandLine& line, const Arguments& arguments) {
  const auto report = app::read_config(arguments.file, environment, arguments.options);
  if (!report) return line.console.fail({app::ExitStatus::kUsage, report.error()});
  const auto progress = make_progress(line, arguments.quiet);
  const auto served =
      app::serve(report->config, line.clock, *progress, [&](const app::Ready& ready) {
        if (!arguments.quiet) line.console.print(fmt::format("Serving {}\n", ready.url));
        // The only way in: printed even when quiet.
        if (!ready.first_link.empty())
          line.console.print(fmt::format("First admin, once, within a day: {}\n",
                                         app::link_url(ready.url, ready.first_link)));
        line.console.flush();
      });
  if (!served) return line.console.fail(served.error());
  return app::ExitStatus::kOk;
}

report::Json config_json(const app::ConfigReport& report) {
  report::Json settings = report::Json::object();
  for (const app::Setting& setting : app::settings()) {
    settings[std::string(setting.name)] = {
        {"value", setting.number != nullptr ? report::Json(report.config.*setting.number)
                                            : report::Json(shown_value(report.config, setting))},
        {"origin", report.origins.find(setting.name)->second}};
  }
  return {{"settings", std::move(settings)}};
}

app::ExitStatus run_config(CommandLine& line, const Arguments& arguments) {
  const auto report = app::read_config(arguments.file, environment, arguments.options);
  if (!report) return line.console.fail({app::ExitStatus::kUsage, report.error()});
  if (arguments.json) {
    line.console.print(report::json_text(config_json(*report)));
    return app::ExitStatus::kOk;
  }
  for (const app::Setting& setting : app::settings()) {
    const std::string value = app::shown_value(report->config, setting);
    line.console.print(fmt::format("{} = {}  # {}\n", setting.name,
                                   setting.text != nullptr ? fmt::format("{:?}", value) : value,
                                   report->origins.find(setting.name)->second));
  }
  return app::ExitStatus::kOk;
}

}  // namespace

void add_serve(CommandLine& line) {
  CLI::App* serve = line.app.add_subcommand(
      "serve", "Keep everything in a database and answer over HTTP, as it changes");
  const auto arguments = std::make_shared<Arguments>();
  add_settings(*serve, *arguments);
  add_quiet(*serve, arguments->quiet);
  serve->footer(
      "A setting is taken from the command line, else the environment (PURSUIT_DB, …), else the\n"
      "file of --config, else its default; `pursuit config` shows the result. SIGTERM or Ctrl-C\n"
      "ends it once running requests are answered.\n\n"
      "Examples:\n"
      "  pursuit serve --db network.db\n"
      "  pursuit serve --db postgresql://pursuit@localhost/pursuit --listen 127.0.0.1:9000\n"
      "  curl -s localhost:8080/api/v1/queue?limit=5\n");
  serve->callback([&line, arguments] {
    line.chosen = [&line, arguments] { return run_serve(line, *arguments); };
  });

  CLI::App* config =
      line.app.add_subcommand("config", "The settings of serve, and where each comes from");
  const auto shown = std::make_shared<Arguments>();
  add_settings(*config, *shown);
  config->add_flag("--json", shown->json, "As one JSON document: value and origin by setting");
  config->footer(
      "Secrets are shown as ***.\n\n"
      "Examples:\n"
      "  pursuit config --config pursuit.toml\n"
      "  pursuit config --json | jq -r .settings.listen.value\n");
  config->callback(
      [&line, shown] { line.chosen = [&line, shown] { return run_config(line, *shown); }; });
}

}  // namespace pursuit::cli
