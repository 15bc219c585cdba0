#include "sample/generate.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/duckdb.h"

namespace pursuit::sample {
namespace {

std::string folder(const std::string& name) {
  return (std::filesystem::path(testing::TempDir()) / ("sample_" + name)).string();
}

std::string content(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return std::move(out).str();
}

GenerateSummary generate(const GenerateOptions& options, const std::string& directory) {
  auto summary = generate_network(options, directory);
  EXPECT_TRUE(summary) << summary.error().text();
  return std::move(*summary);
}

/// Values of one query on the files of a folder, row by row, joined by '|'.
std::vector<std::string> ask(const std::string& directory, const std::string& sql) {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(directory))
    paths.push_back(entry.path().string());
  // One thread: ThreadSanitizer does not see how more of them hand over what DuckDB holds.
  auto database = base::DuckDatabase::open({.threads = 1, .paths = paths});
  auto connection = database->connect();
  std::string with_paths = sql;
  for (auto at = with_paths.find("DIR"); at != std::string::npos; at = with_paths.find("DIR"))
    with_paths.replace(at, 3, directory);
  auto result = connection->query(with_paths);
  EXPECT_TRUE(result) << result.error().text();
  if (!result) return {""};
  std::vector<std::string> rows;
  for (auto chunk = result->fetch(); chunk && *chunk; chunk = result->fetch()) {
    for (std::size_t i = 0; i < (*chunk)->rows(); ++i)
      rows.emplace_back(base::view_of((*chunk)->values<duckdb_string_t>(0)[i]));
  }
  return rows;
}

TEST(Generate, TheSameSeedGivesTheSameBytesWithAnyNumberOfThreads) {
  GenerateOptions options{.leads = 40'000, .seed = 7, .outcomes = true, .details = true};
  const GenerateSummary one = generate(options, folder("one"));
  options.threads = 3;
  const GenerateSummary three = generate(options, folder("three"));
  ASSERT_EQ(one.paths.size(), 5u);
  for (std::size_t i = 0; i < one.paths.size(); ++i)
    EXPECT_EQ(content(one.paths[i]), content(three.paths[i])) << one.paths[i];
  options.seed = 8;
  const GenerateSummary other = generate(options, folder("other"));
  EXPECT_NE(content(one.paths[1]), content(other.paths[1]));
}

TEST(Generate, ParquetHoldsTheSameRowsAsCsv) {
  GenerateOptions options{.leads = 20'000, .outcomes = true, .details = true, .threads = 2};
  const std::string directory = folder("formats");
  generate(options, directory);
  options.format = FileFormat::kParquet;
  generate(options, directory);
  for (const char* name : {"leads", "events", "outcomes", "signals"}) {
    const std::string file = "DIR/" + std::string(name);
    // As text, but for the instants; an empty cell of a CSV file is as good as an absent one.
    const std::string select =
        "SELECT regexp_replace(coalesce(COLUMNS(c -> c NOT IN ('at', 'created_at'))::VARCHAR, "
        "''), '[.]0$', ''), epoch_ms(COLUMNS(c -> c IN ('at', 'created_at'))::TIMESTAMPTZ) FROM ";
    EXPECT_EQ(ask(directory, "SELECT count(*)::VARCHAR FROM (" + select + "read_csv('" + file +
                                 ".csv', all_varchar = true) EXCEPT ALL " + select +
                                 "read_parquet('" + file + ".parquet'))"),
              std::vector<std::string>{"0"})
        << name;
  }
}

TEST(Generate, TheNetworkLooksLikeOne) {
  GenerateOptions options{.leads = 60'000, .format = FileFormat::kParquet, .threads = 2};
  const std::string directory = folder("look");
  const GenerateSummary summary = generate(options, directory);
  EXPECT_NEAR(static_cast<double>(summary.events) / options.leads, 4.0, 0.4);
  const std::string last =
      "WITH last AS (SELECT l.lead_id, coalesce(max_by(e.stage, e.\"at\" + INTERVAL 1 SECOND * "
      "list_position(['Created','Contacted','Experiencing','Deciding','Converted','Lost'], "
      "e.stage)), 'Created') AS stage FROM 'DIR/leads.parquet' l LEFT JOIN (FROM "
      "'DIR/events.parquet' WHERE \"at\" <= '2026-06-01 00:00:00Z') e USING (lead_id) GROUP BY 1) ";
  const double open = std::stod(
      ask(directory, last + "SELECT (avg((stage NOT IN ('Converted','Lost'))::INT))::VARCHAR "
                            "FROM last")
          .front());
  EXPECT_GT(open, 0.14);
  EXPECT_LT(open, 0.20);
  const auto count = [&](const std::string& what) {
    return std::stoll(ask(directory, "SELECT (" + what + ")::VARCHAR").front());
  };
  EXPECT_GT(
      count("SELECT count(*) FROM 'DIR/events.parquet' WHERE \"at\" > '2026-06-01 00:00:00Z'"), 0);
  EXPECT_GT(count("SELECT count(*) FROM 'DIR/leads.parquet' WHERE channel = ''"), 0);
  EXPECT_EQ(count("SELECT count(DISTINCT region) FROM 'DIR/leads.parquet'"), 10);
  EXPECT_EQ(count("SELECT count(DISTINCT dealer) FROM 'DIR/leads.parquet'"), 22);
  EXPECT_GT(count("(SELECT count(*) FROM 'DIR/events.parquet') - (SELECT count(*) FROM (SELECT "
                  "DISTINCT * FROM 'DIR/events.parquet'))"),
            0);
  // Each dealer belongs to one group and one region.
  EXPECT_EQ(count("SELECT count(*) FROM (SELECT DISTINCT dealer, dealer_group, region FROM "
                  "'DIR/leads.parquet')"),
            22);
}

TEST(Generate, RefusesOptionsOutOfRange) {
  EXPECT_FALSE(generate_network({.leads = 0}, folder("refused")));
  EXPECT_FALSE(generate_network({.years = 16}, folder("refused")));
  EXPECT_FALSE(generate_network({.as_of_ms = 1}, folder("refused")));
  EXPECT_FALSE(generate_network({.as_of_ms = 1'780'272'000'001}, folder("refused")));
  EXPECT_FALSE(std::filesystem::exists(folder("refused")));
}

TEST(Generate, AFolderThatCannotBeMadeIsAnError) {
  const std::string file = folder("a_file");
  std::ofstream(file) << "x";
  const auto summary = generate_network({.leads = 10}, file + "/below");
  ASSERT_FALSE(summary);
  EXPECT_EQ(summary.error().code, base::ErrorCode::kIo);
}

}  // namespace
}  // namespace pursuit::sample
