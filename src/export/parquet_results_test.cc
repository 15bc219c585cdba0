#include "export/parquet_results.h"

#include <array>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/duckdb.h"
#include "export/hand_made_rows.h"
#include "export/test_folder.h"

namespace pursuit::exporting {
namespace {

using engine::kAbsent;
using test::Folder;
using test::HandMadeRows;

constexpr base::Millis kJune = 1'780'272'000'000;

// Leads of every state, some without visits, with absent values here and there.
void fill(HandMadeRows& rows, int count) {
  rows.mutable_policy().score.weights[6] = 0.5;
  for (int i = 0; i < count; ++i) {
    engine::LeadFigures f{};
    f.state = static_cast<engine::LeadState>(i % 4);
    f.stage = static_cast<model::StageCode>(i % 4 == 0 ? i % 3 : 3 + i % 4);
    f.entered_ms = kJune - i * 12'345LL;
    f.last_activity_ms = i % 5 == 0 ? base::kNoInstant : kJune - i;
    f.overall_ms = i * 54'321LL;
    f.overall_sla_hours = i % 3 == 0 ? kAbsent : 7.25;
    f.duration_ms = i * 777LL;
    f.threshold_ms = i % 8 == 0 ? kAbsent : i * 1.7;
    f.threshold_rung = i % 16 == 0 ? engine::kNoRung : 2;
    f.threshold_n = 40;
    f.expired = i % 8 == 4;
    f.dormant = i % 12 == 0;
    f.sla_hours = f.effective_sla_hours = f.deviation_hours = i % 20 == 0 ? kAbsent : i / 3.0;
    f.score = i / 7.0;
    f.contribution = {1, 2, i / 9.0, 4, 0, 0, 5};
    f.rank = static_cast<std::uint32_t>(i);
    std::vector<engine::VisitFigures> visits;
    for (int v = 0; v < i % 6 && f.state != engine::LeadState::kUnseen; ++v)
      visits.push_back({.stage = static_cast<model::StageCode>(v % 4),
                        .kind = static_cast<engine::VisitKind>(v % 4),
                        .category = static_cast<engine::Category>(i % 4),
                        .entered_ms = kJune - v,
                        .left_ms = v % 4 == 3 ? base::kNoInstant : kJune,
                        .duration_ms = i * 999LL,
                        .sla_hours = i % 3 == 0 ? kAbsent : 24,
                        .effective_sla_hours = i % 3 == 0 ? kAbsent : 24.5,
                        .deviation_hours = i % 3 == 0 ? kAbsent : i / 11.0});
    const std::string id = std::to_string(i * 7'919 % 1'000'003);
    const std::string dealer = "Dealer, " + std::to_string(i % 9);
    rows.add(id,
             {"KSA", "", dealer, i % 2 == 0 ? "web" : "", "retail", "Tahoe \"Z71\" 2026", "Sara"},
             f, visits);
  }
}

void fill_tables(HandMadeRows& rows) {
  engine::Tables& t = rows.mutable_tables();
  t.thresholds = {{0, 0, 0, 0, 0, 3, 1.5e6, kAbsent},
                  {1, 3, engine::kNoCode, engine::kNoCode, engine::kNoCode, 9, 2e6, 3e6}};
  t.channels = {{0, 2, 1, 0, kAbsent, 0.25, 1, 1, 0.5}};
  t.load_daily = {{}, {{3, 0}}, 20'605, 1};
  t.load_daily.part(0, 1)[0] = {0, 0, {2, 1}};
  t.load = {{0.5, 0.125, 3, 0, 20'605, 2, 1, engine::Band::kModerate}};
  t.funnel = {{0, 9, 5, 0, 3, 1, 1e6, 2e6, kAbsent, 1}, {4, 5, 0, 0, 0, 0, 0, 0, 0, 0}};
  engine::AlertRow breach{.rule = "stage_breach", .subject = "17", .lead = {17}};
  breach.stage = 2;
  breach.since_ms = kJune;
  breach.has_tier = true;
  engine::AlertRow surge{.rule = "delay_surge", .subject = "|Tahoe", .value = 12, .limit = 5};
  surge.nameplate = 0;
  rows.mutable_alerts() = {surge, breach};
}

// How many rows stand in only one of NAME.csv and NAME.parquet, or in another place, or are not
// what `types` says; all cells as text, absent and empty alike.
std::string difference(const Folder& folder, const std::string& name) {
  const std::vector<std::string> paths = {folder.path(name + ".csv"),
                                          folder.path(name + ".parquet")};
  auto database = base::DuckDatabase::open({.threads = 2, .paths = paths});
  EXPECT_TRUE(database);
  auto connection = database->connect();
  EXPECT_TRUE(connection);
  const std::string cells = "SELECT rowid AS r, coalesce(CAST(COLUMNS(*) AS VARCHAR), '') FROM ";
  for (const std::string& sql :
       {"CREATE TABLE p AS SELECT * FROM read_parquet(" + base::quote_literal(paths[1]) + ")",
        std::string("CREATE TABLE c AS SELECT * FROM p LIMIT 0"),
        "COPY c FROM " + base::quote_literal(paths[0]) + " (FORMAT csv, HEADER)",
        "CREATE TABLE d AS ((" + cells + "p) EXCEPT ALL (" + cells + "c)) UNION ALL ((" + cells +
            "c) EXCEPT ALL (" + cells + "p))"}) {
    const auto done = connection->run(sql);
    EXPECT_TRUE(done) << name << ": " << (done ? "" : done.error().text());
  }
  auto result =
      connection->query("SELECT (SELECT count(*) FROM d) || ' of ' || (SELECT count(*) FROM p)");
  EXPECT_TRUE(result);
  auto chunk = result->fetch();
  return std::string(base::view_of((*chunk)->values<duckdb_string_t>(0)[0]));
}

TEST(ParquetResults, AreTheCsvResultsWithTypes) {
  HandMadeRows rows;
  constexpr int kLeads = 20'000;
  fill(rows, kLeads);
  fill_tables(rows);
  const Folder folder;
  std::array<base::Result<ExportReport>, 2> reports;
  for (const FileFormat format : {FileFormat::kCsv, FileFormat::kParquet}) {
    auto& report = reports[static_cast<std::size_t>(format)];
    report = write_results(
        rows, {.out_dir = folder.path(""), .format = format, .threads = 2, .progress = {}});
    ASSERT_TRUE(report) << report.error().text();
  }
  ASSERT_EQ(reports[0]->files.size(), reports[1]->files.size());
  for (std::size_t i = 0; i < reports[0]->files.size(); ++i) {
    const FileReport& csv = reports[0]->files[i];
    EXPECT_EQ(csv.rows, reports[1]->files[i].rows);
    const std::string name = csv.name.substr(0, csv.name.find('.'));
    EXPECT_EQ(reports[1]->files[i].name, name + ".parquet");
    EXPECT_EQ(difference(folder, name), "0 of " + std::to_string(csv.rows));
  }
  EXPECT_EQ(reports[0]->files[0].rows, 15'000u);
  EXPECT_GT(reports[0]->files[1].rows, 30'000u);
}

TEST(ParquetResults, TakeAnEmptyNetwork) {
  const HandMadeRows rows;
  const Folder folder;
  const auto report = write_results(
      rows,
      {.out_dir = folder.path(""), .format = FileFormat::kParquet, .threads = 2, .progress = {}});
  ASSERT_TRUE(report) << report.error().text();
  EXPECT_EQ(report->files.size(), 8u);
  EXPECT_EQ(report->rows(), 0u);
}

}  // namespace
}  // namespace pursuit::exporting
