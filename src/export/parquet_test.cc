#include "export/parquet.h"

#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/duckdb.h"

namespace pursuit::exporting {
namespace {

std::string path_of(const char* name) {
  return (std::filesystem::path(testing::TempDir()) / name).string();
}

/// Rows of a query on the file `path`, each as its values joined by '|'.
std::vector<std::string> rows_of(const std::string& path, const std::string& select) {
  const std::vector<std::string> paths = {path};
  auto database = base::DuckDatabase::open({.threads = 2, .paths = paths});
  EXPECT_TRUE(database);
  auto connection = database->connect();
  auto result = connection->query("SELECT concat_ws('|', " + select + ") FROM read_parquet(" +
                                  base::quote_literal(path) + ")");
  EXPECT_TRUE(result) << result.error().text();
  std::vector<std::string> rows;
  for (auto chunk = result->fetch(); chunk && *chunk; chunk = result->fetch()) {
    for (std::size_t i = 0; i < (*chunk)->rows(); ++i)
      rows.emplace_back(base::view_of((*chunk)->values<duckdb_string_t>(0)[i]));
  }
  return rows;
}

std::string text_of_length(std::size_t n) {
  std::string text;
  for (std::size_t i = 0; i < n; ++i) text += static_cast<char>('a' + i % 26);
  return text;
}

TEST(ParquetOut, KeepsEveryTypeAndAbsentValues) {
  ParquetTable table{.columns = {{"text", ParquetType::kText},
                                 {"real", ParquetType::kDouble},
                                 {"whole", ParquetType::kInteger},
                                 {"yes", ParquetType::kBoolean},
                                 {"at", ParquetType::kInstant}},
                     .rows = 2,
                     .fill = [](std::uint64_t begin, std::size_t count, ParquetBatch& batch) {
                       ASSERT_EQ(begin, 0u);
                       ASSERT_EQ(count, 2u);
                       batch.set_text(0, 0, "عروض \"رمضان\"");
                       batch.set_double(1, 0, 0.1);
                       batch.set_integer(2, 0, -7);
                       batch.set_boolean(3, 0, true);
                       batch.set_instant(4, 0, 1'780'272'000'123);
                       for (std::size_t c = 0; c < 5; ++c) batch.set_null(c, 1);
                     }};
  const std::string path = path_of("parquet_types.parquet");
  const auto written = write_parquet(path, table, 2);
  ASSERT_TRUE(written) << written.error().text();
  EXPECT_EQ(*written, std::filesystem::file_size(path));
  EXPECT_FALSE(std::filesystem::exists(path + ".tmp"));
  EXPECT_EQ(
      rows_of(path, R"("text", "real", "whole", "yes", epoch_ms("at"), typeof("at"))"),
      (std::vector<std::string>{"عروض \"رمضان\"|0.1|-7|true|1780272000123|TIMESTAMP WITH TIME ZONE",
                                "TIMESTAMP WITH TIME ZONE"}));
}

TEST(ParquetOut, KeepsTextOfEveryLengthAndOwner) {
  ParquetTable table{.columns = {{"text", ParquetType::kText}, {"copied", ParquetType::kText}},
                     .rows = 40,
                     .fill = [](std::uint64_t begin, std::size_t count, ParquetBatch& batch) {
                       static const std::string kText = text_of_length(40);
                       for (std::size_t i = 0; i < count; ++i) {
                         batch.set_text(0, i, std::string_view(kText).substr(0, begin + i));
                         batch.set_copied_text(1, i, text_of_length(begin + i));
                       }
                     }};
  const std::string path = path_of("parquet_texts.parquet");
  ASSERT_TRUE(write_parquet(path, table, 1));
  const std::vector<std::string> rows = rows_of(path, "text, copied");
  ASSERT_EQ(rows.size(), 40u);
  for (std::size_t n = 0; n < rows.size(); ++n)
    EXPECT_EQ(rows[n], text_of_length(n) + "|" + text_of_length(n));
}

TEST(ParquetOut, KeepsTheOrderOfRowsWithSeveralThreads) {
  ParquetTable table{.columns = {{"n", ParquetType::kInteger}},
                     .rows = 500'000,
                     .fill = [](std::uint64_t begin, std::size_t count, ParquetBatch& batch) {
                       for (std::size_t i = 0; i < count; ++i)
                         batch.set_integer(0, i, static_cast<std::int64_t>((begin + i) * 3));
                     }};
  const std::string path = path_of("parquet_order.parquet");
  ASSERT_TRUE(write_parquet(path, table, 4));
  const std::vector<std::string> rows = rows_of(path, "n");
  ASSERT_EQ(rows.size(), 500'000u);
  for (std::size_t i = 0; i < rows.size(); i += 997) EXPECT_EQ(rows[i], std::to_string(i * 3));
}

TEST(ParquetOut, ATableWithoutRowsStillHasItsColumns) {
  ParquetTable table{.columns = {{"we\"ird; name", ParquetType::kText}}, .rows = 0, .fill = {}};
  const std::string path = path_of("parquet_empty.parquet");
  ASSERT_TRUE(write_parquet(path, table, 2));
  EXPECT_TRUE(rows_of(path, "\"we\"\"ird; name\"").empty());
}

TEST(ParquetOut, AFolderThatIsNotThereIsAnErrorThatNamesTheFile) {
  ParquetTable table{.columns = {{"a", ParquetType::kText}}, .rows = 0, .fill = {}};
  const std::string path = path_of("no/such/folder/x.parquet");
  const auto written = write_parquet(path, table, 1);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().where, path);
  EXPECT_EQ(written.error().code, base::ErrorCode::kIo);
}

}  // namespace
}  // namespace pursuit::exporting
