// The main job, whatever the files look like: the same network gives the same figures.
#include <algorithm>
#include <sstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/duckdb.h"
#include "e2e/program.h"

namespace pursuit::e2e {
namespace {

const char* const kNetwork =
    "generate --leads 3000 --seed 11 --out net -q && \"$PURSUIT\" analyze -l net/leads.csv "
    "-e net/events.csv --signals net/signals.csv -p net/policy.toml --as-of 2026-06-01 -o plain -q";

/// A sandbox with a network in net/ and its figures in plain/.
class AnalyzeE2e : public testing::Test {
 protected:
  void SetUp() override {
    const Ran ran = box_.pursuit(kNetwork);
    ASSERT_EQ(ran.status, 0) << ran.err;
  }
  /// Analyzes what `files` names into `out`; the files in which that differs from plain/.
  std::string differences(const std::string& files, const std::string& out) {
    const Ran ran = box_.pursuit("analyze " + files + " -p net/policy.toml --as-of 2026-06-01 -o " +
                                 out + " -q");
    EXPECT_EQ(ran.status, 0) << ran.err;
    EXPECT_EQ(ran.out, "");
    return differing_csv(box_, "plain", out);
  }
  /// Lines of a file without the first.
  std::vector<std::string> body(const std::string& name) {
    std::istringstream text(box_.read(name));
    std::vector<std::string> lines;
    for (std::string line; std::getline(text, line);) lines.push_back(line);
    lines.erase(lines.begin());
    return lines;
  }
  /// The same rows as JSON lines.
  void write_json_lines(const std::string& csv, const std::string& name) {
    std::string text;
    for (const Row& row : csv_rows(box_, csv)) text += nlohmann::json(row).dump() + "\n";
    box_.write(name, text);
  }

  Sandbox box_;
};

TEST_F(AnalyzeE2e, GzipGivesTheSameFigures) {
  ASSERT_EQ(box_.shell("gzip -k net/*.csv").status, 0);
  EXPECT_EQ(
      differences("-l net/leads.csv.gz -e net/events.csv.gz --signals net/signals.csv.gz", "gz"),
      "");
}

TEST_F(AnalyzeE2e, JsonLinesGiveTheSameFigures) {
  write_json_lines("net/leads.csv", "leads.jsonl");
  write_json_lines("net/events.csv", "events.jsonl");
  write_json_lines("net/signals.csv", "signals.jsonl");
  EXPECT_EQ(differences("-l leads.jsonl -e events.jsonl --signals signals.jsonl", "json"), "");
}

TEST_F(AnalyzeE2e, ParquetGivesTheSameFigures) {
  const Ran made =
      box_.pursuit("generate --leads 3000 --seed 11 --format parquet --out parquet -q");
  ASSERT_EQ(made.status, 0) << made.err;
  EXPECT_EQ(differences("-l parquet/leads.parquet -e parquet/events.parquet "
                        "--signals parquet/signals.parquet",
                        "from_parquet"),
            "");
}

TEST_F(AnalyzeE2e, TheOrderOfRowsAndFilesAndTheNumberOfThreadsMeanNothing) {
  // Rows back to front, in three files, found by a glob; one of them named once more.
  std::vector<std::string> lines = body("net/events.csv");
  const std::string header = box_.read("net/events.csv").substr(0, 17);
  ASSERT_EQ(header, "lead_id,stage,at\n");
  std::reverse(lines.begin(), lines.end());
  for (std::size_t part = 0; part < 3; ++part) {
    std::string text = header;
    for (std::size_t i = part; i < lines.size(); i += 3) text += lines[i] + "\n";
    box_.write("events-" + std::to_string(part) + ".csv", text);
  }
  std::vector<std::string> leads = body("net/leads.csv");
  std::reverse(leads.begin(), leads.end());
  std::string text = box_.read("net/leads.csv");
  text.resize(text.find('\n') + 1);
  for (const std::string& line : leads) text += line + "\n";
  box_.write("leads.csv", text);
  for (const char* threads : {"1", "2", "5"}) {
    EXPECT_EQ(differences("-l leads.csv -e 'events-*.csv' -e events-1.csv --signals "
                          "net/signals.csv --threads " +
                              std::string(threads),
                          "threads" + std::string(threads)),
              "");
  }
}

TEST_F(AnalyzeE2e, OutcomesInAFileOfTheirOwnGiveTheSameFigures) {
  const Ran made = box_.pursuit("generate --leads 3000 --seed 11 --outcomes --out split -q");
  ASSERT_EQ(made.status, 0) << made.err;
  EXPECT_EQ(differences("-l split/leads.csv -e split/events.csv --outcomes split/outcomes.csv "
                        "--signals split/signals.csv",
                        "outcomes"),
            "");
}

TEST_F(AnalyzeE2e, ParquetOutHoldsTheSameFigures) {
  const Ran ran = box_.pursuit(
      "analyze -l net/leads.csv -e net/events.csv --signals net/signals.csv -p net/policy.toml "
      "--as-of 2026-06-01 -o parquet --format parquet -q");
  ASSERT_EQ(ran.status, 0) << ran.err;
  std::vector<std::string> paths;
  for (const std::string_view file : kFigureFiles) {
    paths.push_back(box_.path("parquet/" + std::string(file) + ".parquet"));
    paths.push_back(box_.path("plain/" + std::string(file) + ".csv"));
  }
  const auto database = base::DuckDatabase::open({.paths = paths});
  ASSERT_TRUE(database) << database.error().text();
  auto connection = database->connect();
  ASSERT_TRUE(connection) << connection.error().text();
  for (std::size_t i = 0; i < paths.size(); i += 2) {
    // The CSV in the types of the Parquet file; then rows that only one of the two has.
    const std::string parquet = base::quote_literal(paths[i]);
    const std::string csv = base::quote_literal(paths[i + 1]);
    const std::string rows = "SELECT nullif(CAST(COLUMNS(*) AS VARCHAR), '') FROM ";
    const std::string only = "((" + rows + "p EXCEPT ALL " + rows + "c) UNION ALL (" + rows +
                             "c EXCEPT ALL " + rows + "p))";
    for (const std::string& sql :
         {"CREATE OR REPLACE TABLE p AS FROM read_parquet(" + parquet + ")",
          std::string("CREATE OR REPLACE TABLE c AS FROM p LIMIT 0"),
          "COPY c FROM " + csv + " (HEADER, DELIMITER ',', NULLSTR '')"}) {
      const auto done = connection->run(sql);
      ASSERT_TRUE(done) << sql << ": " << done.error().text();
    }
    auto counted = connection->query("SELECT (SELECT count(*) FROM p), count(*) FROM " + only);
    ASSERT_TRUE(counted) << counted.error().text();
    const auto chunk = counted->fetch();
    ASSERT_TRUE(chunk && *chunk);
    EXPECT_GT((*chunk)->values<std::int64_t>(0)[0], 0) << paths[i];
    EXPECT_EQ((*chunk)->values<std::int64_t>(1)[0], 0) << paths[i];
  }
}

TEST_F(AnalyzeE2e, NothingLaterThanTheInstantIsSeen) {
  const std::string until = "2026-03-01T00:00:00Z";
  const std::string common = " --signals none.csv -p net/policy.toml --as-of " + until + " -q -o ";
  box_.write("none.csv", "lead_id,kind,at\n");
  ASSERT_EQ(box_.pursuit("analyze -l net/leads.csv -e net/events.csv" + common + "all").status, 0);
  // The same with everything later cut off.
  std::string leads = box_.read("net/leads.csv");
  leads.resize(leads.find('\n') + 1);
  for (const std::string& line : body("net/leads.csv")) {
    const std::size_t at = line.find(',') + 1;
    if (line.substr(at, until.size()) <= until) leads += line + "\n";
  }
  std::string events = "lead_id,stage,at\n";
  for (const std::string& line : body("net/events.csv")) {
    if (line.substr(line.rfind(',') + 1) <= until) events += line + "\n";
  }
  box_.write("leads.csv", leads);
  box_.write("events.csv", events);
  ASSERT_EQ(box_.pursuit("analyze -l leads.csv -e events.csv" + common + "cut").status, 0);
  EXPECT_EQ(differing_csv(box_, "all", "cut"), "");
  EXPECT_NE(box_.read("all/leads.csv"), box_.read("plain/leads.csv"));
}

TEST_F(AnalyzeE2e, TheSummaryTellsWhatWasReadAndWritten) {
  const Ran ran = box_.pursuit(
      "analyze -l net/leads.csv -e net/events.csv -p net/policy.toml --as-of 2026-06-01 -o out "
      "--json");
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(ran.err, "");
  EXPECT_EQ(ran.out, box_.read("out/summary.json"));
  const auto summary = nlohmann::json::parse(ran.out);
  EXPECT_EQ(summary["as_of"], "2026-06-01T00:00:00.000Z");
  EXPECT_EQ(summary["counts"]["leads"], 3000);
  EXPECT_EQ(summary["rows_rejected"], 0);
  EXPECT_EQ(summary["inputs"].size(), 2);
  EXPECT_EQ(summary["rows_read"], 3000 + body("net/events.csv").size());
  for (const auto& file : summary["files"]) {
    const std::string name = file["file"];
    EXPECT_EQ(file["bytes"], box_.read("out/" + name).size()) << name;
    EXPECT_EQ(file["rows"], body("out/" + name).size()) << name;
  }
  const Ran checked = box_.pursuit("policy check net/policy.toml --json");
  EXPECT_EQ(nlohmann::json::parse(checked.out)["hash"], summary["policy_hash"]);
}

TEST_F(AnalyzeE2e, TheFourQuestionsAreAnswered) {
  const std::string command =
      "analyze -l net/leads.csv -e net/events.csv -p net/policy.toml --as-of 2026-06-01 -o out";
  const Ran ran = box_.pursuit(command);
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(ran.err, "");
  for (const char* heading : {"Leads to work today", "Where the funnel is stuck",
                              "No longer worth pursuing", "Hot leads at risk"})
    EXPECT_NE(ran.out.find(heading), std::string::npos) << heading;
  EXPECT_EQ(ran.out.find('\x1b'), std::string::npos);  // no colours in a pipe
  // The first lead of every market is the best open one of leads.csv.
  std::map<std::string, std::pair<double, std::string>> best;
  for (const Row& row : csv_rows(box_, "out/leads.csv")) {
    if (row.at("state") != "open") continue;
    auto& entry = best[row.at("region")];
    const double score = std::stod(row.at("score"));
    if (entry.second.empty() || score > entry.first) entry = {score, row.at("lead_id")};
  }
  EXPECT_GT(best.size(), 3u);
  for (const auto& [region, entry] : best)
    EXPECT_NE(ran.out.find(entry.second), std::string::npos) << region;
}

TEST_F(AnalyzeE2e, AResultNeverReplacesAFileThatIsRead) {
  const std::string before = box_.read("net/leads.csv");
  const Ran ran = box_.pursuit("analyze -l net/leads.csv -e net/events.csv -o net");
  EXPECT_EQ(ran.status, 2);
  EXPECT_NE(ran.err.find("net/leads.csv: would be replaced"), std::string::npos) << ran.err;
  EXPECT_EQ(box_.read("net/leads.csv"), before);
}

TEST_F(AnalyzeE2e, ColumnsAndStagesOfASourceAreMapped) {
  box_.write("cases.csv",
             "case;opened;market\n"
             "1;01.05.2026;AE\n");
  box_.write("cases_ok.csv", "case;opened;market\n1;2026-05-01 12:00;AE\n");
  box_.write("log.csv", "case;step;when\n1;CALLED;2026-05-02 12:00\n1;LUNCH;2026-05-03 12:00\n");
  box_.write("mapping.toml",
             "[leads]\ncolumns = { lead_id = \"case\", created_at = \"opened\" }\n"
             "constants = { region = \"UAE\" }\ntime_zone = \"Asia/Dubai\"\n"
             "[events]\ncolumns = { lead_id = \"case\", stage = \"step\", at = \"when\" }\n"
             "stages = { CALLED = \"Contacted\" }\nothers = \"activity\"\n"
             "time_zone = \"Asia/Dubai\"\n");
  const Ran ran = box_.pursuit(
      "analyze -l cases_ok.csv -e log.csv -m mapping.toml --as-of 2026-06-01 -o out -q");
  ASSERT_EQ(ran.status, 0) << ran.err;
  const auto leads = csv_rows(box_, "out/leads.csv");
  ASSERT_EQ(leads.size(), 1u);
  EXPECT_EQ(leads[0].at("stage"), "Contacted");
  EXPECT_EQ(leads[0].at("entered_at"), "2026-05-02T08:00:00.000Z");
  EXPECT_EQ(leads[0].at("last_activity_at"), "2026-05-03T08:00:00.000Z");
  EXPECT_EQ(leads[0].at("region"), "UAE");
  EXPECT_EQ(box_.pursuit("analyze -l cases.csv -e log.csv -m mapping.toml -o out -q").status, 1);
}

}  // namespace
}  // namespace pursuit::e2e
