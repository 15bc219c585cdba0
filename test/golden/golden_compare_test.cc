// The comparer must be able to fail: each kind of difference is found and named.
#include "golden/golden_compare.h"

#include <gtest/gtest.h>

namespace pursuit::golden {
namespace {

CsvTable table(std::vector<std::string> columns, std::vector<std::vector<std::string>> rows) {
  return {std::move(columns), std::move(rows)};
}

const CsvTable kExpected = table({"id", "x"}, {{"a", "1"}, {"b", ""}});

TEST(GoldenCompare, OrderOfRowsAndAdditionalColumnsDoNotMatter) {
  const CsvTable actual = table({"y", "x", "id"}, {{"9", "", "b"}, {"9", "1.0", "a"}});
  EXPECT_EQ(differences(actual, kExpected, {"id"}), "");
}

TEST(GoldenCompare, NumbersAreHeldToTheRelativeTolerance) {
  EXPECT_EQ(differences(table({"id", "x"}, {{"a", "1.0000000001"}, {"b", ""}}), kExpected, {"id"}),
            "");
  EXPECT_EQ(differences(table({"id", "x"}, {{"a", "1.00000001"}, {"b", ""}}), kExpected, {"id"}),
            "id=a: x is '1.00000001', expected '1'\n");
}

TEST(GoldenCompare, AnAbsentValueIsNotZero) {
  EXPECT_EQ(differences(table({"id", "x"}, {{"a", "1"}, {"b", "0"}}), kExpected, {"id"}),
            "id=b: x is '0', expected ''\n");
}

TEST(GoldenCompare, MissingAdditionalAndRepeatedRowsAreNamed) {
  EXPECT_EQ(
      differences(table({"id", "x"}, {{"a", "1"}, {"a", "1"}, {"c", "2"}}), kExpected, {"id"}),
      "actual row repeated: id=a\nrow not expected: id=c\nrow missing: id=b\n");
}

TEST(GoldenCompare, AMissingColumnIsNamed) {
  EXPECT_EQ(differences(table({"id"}, {{"a"}, {"b"}}), kExpected, {"id"}), "column missing: x\n");
}

TEST(GoldenCompare, OnlyTheFirstDifferencesAreSpeltOut) {
  EXPECT_EQ(differences(table({"id", "x"}, {}), kExpected, {"id"}, {}, 1),
            "row missing: id=a\n… 2 differences in all\n");
}

}  // namespace
}  // namespace pursuit::golden
