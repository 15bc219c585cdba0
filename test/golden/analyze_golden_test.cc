// Runs the built program on the golden sets and holds every file it writes against what is
// expected.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>
#include <sys/wait.h>

#include "golden/golden_compare.h"
#include "golden/golden_sets.h"
#include "reference/reference_csv.h"
#include "reference/reference_input.h"

namespace pursuit::golden {
namespace {

/// A new folder that goes away with the object.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string path = (std::filesystem::temp_directory_path() / "pursuit-XXXXXX").string();
    if (mkdtemp(path.data()) != nullptr) path_ = path;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::string quoted(const std::string& text) { return "'" + text + "'"; }

/// Exit status of `pursuit analyze` with these arguments; its messages go to `out`/log.
int analyze(const std::string& arguments, const std::string& out) {
  const std::string command = quoted(PURSUIT_BINARY) + " analyze " + arguments + " --out " +
                              quoted(out) + " > " + quoted(out + "/log") + " 2>&1";
  const int status = std::system(command.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::string content(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

/// With a column "row" that counts them.
CsvTable numbered(CsvTable table) {
  table.columns.emplace_back("row");
  for (std::size_t i = 0; i < table.rows.size(); ++i) table.rows[i].push_back(std::to_string(i));
  return table;
}

/// Beyond what the golden sets hold: alerts, the remaining columns, and the order of rows, as the
/// reference model has them.
void expect_reference_files(const GoldenSet& set, const std::string& out) {
  const auto input = reference::read_input(set);
  ASSERT_TRUE(input) << input.error().text();
  for (const auto& [file, expected] : reference::to_tables(reference::analyze(*input))) {
    const auto actual = read_csv(out + "/" + file);
    ASSERT_TRUE(actual) << actual.error().text();
    // Rows are in the order given, so the position of a row is its key.
    EXPECT_EQ(differences(numbered(*actual), numbered(expected), {"row"}), "") << file;
  }
}

class AnalyzeGolden : public testing::TestWithParam<GoldenSet> {};

TEST_P(AnalyzeGolden, EveryFileMatches) {
  const GoldenSet& set = GetParam();
  if (!is_present(set)) GTEST_SKIP() << "no golden set at " << set.expected;
  const TemporaryFolder out;
  ASSERT_NE(out.path(), "");
  std::string arguments = "--leads " + quoted(set.leads) + " --events " + quoted(set.events) +
                          " --policy " + quoted(set.policy) + " --as-of " + set.as_of;
  if (!set.mapping.empty()) arguments += " --mapping " + quoted(set.mapping);
  ASSERT_EQ(analyze(arguments, out.path()), 0) << content(out.path() + "/log");
  for (const TableKey& table : golden_tables()) {
    const auto expected = read_csv_or_gz(set.expected + "/" + table.file);
    ASSERT_TRUE(expected) << expected.error().text();
    const auto actual = read_csv(out.path() + "/" + table.file);
    ASSERT_TRUE(actual) << actual.error().text();
    EXPECT_EQ(differences(*actual, *expected, table.key), "") << table.file;
  }
  expect_reference_files(set, out.path());
}

INSTANTIATE_TEST_SUITE_P(Sets, AnalyzeGolden,
                         testing::ValuesIn(golden_sets(PURSUIT_SOURCE_DIR "/../shared")),
                         [](const auto& set) { return set.param.name; });

/// Rows whose `column` holds `value`.
std::size_t count_rows(const CsvTable& table, const std::string& column, const std::string& value) {
  const std::size_t at = table.column(column).value();
  std::size_t count = 0;
  for (const auto& row : table.rows)
    if (row[at] == value) ++count;
  return count;
}

TEST(AnalyzeOlist, EveryLeadAndDealOfTheRealDataIsReadThroughTheShippedMapping) {
  const std::string data = PURSUIT_SOURCE_DIR "/../shared/data/olist/";
  if (!std::filesystem::exists(data)) GTEST_SKIP() << "no data at " << data;
  const std::string example = PURSUIT_SOURCE_DIR "/examples/olist/";
  const TemporaryFolder out;
  ASSERT_NE(out.path(), "");
  // The data has outcomes only.
  std::ofstream(out.path() + "/events.csv") << "lead_id,stage,at\n";
  const std::string arguments = "--events " + quoted(out.path() + "/events.csv") + " --leads " +
                                quoted(data + "olist_marketing_qualified_leads_dataset.csv.gz") +
                                " --outcomes " +
                                quoted(data + "olist_closed_deals_dataset.csv.gz") + " --mapping " +
                                quoted(example + "mapping.toml") + " --policy " +
                                quoted(example + "policy.toml") + " --as-of 2018-11-15T00:00:00Z";
  ASSERT_EQ(analyze(arguments, out.path()), 0) << content(out.path() + "/log");
  const auto leads = read_csv(out.path() + "/leads.csv");
  ASSERT_TRUE(leads) << leads.error().text();
  EXPECT_EQ(leads->rows.size(), 8'000u);
  EXPECT_EQ(count_rows(*leads, "state", "won"), 842u);
  EXPECT_EQ(count_rows(*leads, "state", "open"), 8'000u - 842u);
  EXPECT_EQ(count_rows(*leads, "channel", "organic_search"), 2'296u);
  EXPECT_EQ(count_rows(*leads, "channel", ""), 60u);
  const auto rejects = read_csv(out.path() + "/rejects.csv");
  ASSERT_TRUE(rejects) << rejects.error().text();
  EXPECT_TRUE(rejects->rows.empty());
  // One deal was won before its first contact: won, and no visit.
  const auto visits = read_csv(out.path() + "/visits.csv");
  ASSERT_TRUE(visits) << visits.error().text();
  EXPECT_EQ(visits->rows.size(), 8'000u - 1u);
}

}  // namespace
}  // namespace pursuit::golden
