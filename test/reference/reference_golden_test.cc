// Holds the reference model itself against the golden sets, so that what the engine is compared
// with is known to be right.
#include <filesystem>

#include <gtest/gtest.h>

#include "golden/golden_compare.h"
#include "reference/reference_csv.h"
#include "reference/reference_input.h"

namespace pursuit {
namespace {

class ReferenceGolden : public testing::TestWithParam<golden::GoldenSet> {};

TEST_P(ReferenceGolden, EveryTableMatches) {
  const golden::GoldenSet& set = GetParam();
  if (!golden::is_present(set)) GTEST_SKIP() << "no golden set at " << set.expected;
  const auto input = reference::read_input(set);
  ASSERT_TRUE(input) << input.error().text();
  const auto tables = reference::to_tables(reference::analyze(*input));
  for (const golden::TableKey& table : golden::golden_tables()) {
    const auto expected = golden::read_csv_or_gz(set.expected + "/" + table.file);
    ASSERT_TRUE(expected) << expected.error().text();
    EXPECT_FALSE(expected->rows.empty()) << table.file;
    EXPECT_EQ(golden::differences(tables.at(table.file), *expected, table.key), "") << table.file;
  }
}

INSTANTIATE_TEST_SUITE_P(Sets, ReferenceGolden,
                         testing::ValuesIn(golden::golden_sets(PURSUIT_SOURCE_DIR "/../shared")),
                         [](const auto& set) { return set.param.name; });

}  // namespace
}  // namespace pursuit
