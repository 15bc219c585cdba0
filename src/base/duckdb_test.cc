#include "base/duckdb.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace pursuit::base {
namespace {

DuckConnection connected(const DuckOptions& options = {}) {
  auto database = DuckDatabase::open(options);
  EXPECT_TRUE(database) << database.error().text();
  auto connection = database->connect();
  EXPECT_TRUE(connection);
  return std::move(*connection);
}

TEST(Duckdb, QuotesWhatWouldEndALiteralOrAName) {
  EXPECT_EQ(quote_literal("it's"), "'it''s'");
  EXPECT_EQ(quote_identifier(R"(a"b)"), R"("a""b")");
  auto connection = connected();
  auto result = connection.query("SELECT " + quote_literal("'; DROP TABLE x; --") + " AS " +
                                 quote_identifier("\"; --"));
  ASSERT_TRUE(result) << result.error().text();
  EXPECT_EQ(result->name(0), "\"; --");
  auto chunk = result->fetch();
  ASSERT_TRUE(chunk && *chunk);
  EXPECT_EQ(view_of((*chunk)->values<duckdb_string_t>(0)[0]), "'; DROP TABLE x; --");
}

TEST(Duckdb, StreamsAResultToItsEnd) {
  auto connection = connected();
  auto result = connection.query("SELECT range::BIGINT FROM range(10000)");
  ASSERT_TRUE(result);
  std::size_t rows = 0;
  std::int64_t sum = 0;
  while (true) {
    auto chunk = result->fetch();
    ASSERT_TRUE(chunk);
    if (!*chunk) break;
    for (std::size_t i = 0; i < (*chunk)->rows(); ++i) sum += (*chunk)->values<std::int64_t>(0)[i];
    rows += (*chunk)->rows();
  }
  EXPECT_EQ(rows, 10'000u);
  EXPECT_EQ(sum, 49'995'000);
}

TEST(Duckdb, TellsOfAFailureInTheMiddleOfAStream) {
  auto connection = connected();
  auto result = connection.query(
      "SELECT (CASE WHEN range = 9000 THEN 'x' ELSE '1' END)::INTEGER "
      "FROM range(10000)");
  bool failed = !result;
  while (!failed) {
    auto chunk = result->fetch();
    failed = !chunk;
    if (!failed) {
      ASSERT_TRUE(*chunk) << "ended without an error";
    }
  }
  EXPECT_TRUE(failed);
}

TEST(Duckdb, AnErrorInSqlIsAnError) {
  auto connection = connected();
  EXPECT_FALSE(connection.query("SELECT no_such_column"));
  EXPECT_FALSE(connection.run("SELEC 1"));
}

TEST(Duckdb, TouchesNoFileThatIsNotNamed) {
  const auto folder = std::filesystem::path(testing::TempDir());
  const std::string named = (folder / "duckdb_named.csv").string();
  const std::string other = (folder / "duckdb_other.csv").string();
  for (const std::string& path : {named, other}) std::ofstream(path) << "a\n1\n";
  const std::vector<std::string> paths = {named};
  auto connection = connected({.paths = paths});
  EXPECT_TRUE(connection.run("SELECT * FROM read_csv(" + quote_literal(named) + ")"));
  const auto refused = connection.run("SELECT * FROM read_csv(" + quote_literal(other) + ")");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kIo);
  EXPECT_FALSE(connection.run("SET enable_external_access = true"));
  EXPECT_FALSE(connection.run("INSTALL httpfs"));
}

}  // namespace
}  // namespace pursuit::base
