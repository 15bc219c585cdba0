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
}

INSTANTIATE_TEST_SUITE_P(Sets, AnalyzeGolden,
                         testing::ValuesIn(golden_sets(PURSUIT_SOURCE_DIR "/../shared")),
                         [](const auto& set) { return set.param.name; });

}  // namespace
}  // namespace pursuit::golden
