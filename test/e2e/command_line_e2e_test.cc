// The command line itself: help, versions, mistakes, policies, and the sample network.
#include <ostream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "e2e/program.h"

namespace pursuit::e2e {
namespace {

class Help : public testing::TestWithParam<std::string> {};

TEST_P(Help, TeachesByExample) {
  const Sandbox box;
  const Ran ran = box.pursuit(GetParam() + " --help");
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.err, "");
  EXPECT_NE(ran.out.find("Usage: "), std::string::npos);
  EXPECT_NE(ran.out.find("  pursuit " + GetParam()), std::string::npos) << ran.out;
}

INSTANTIATE_TEST_SUITE_P(CommandLine, Help,
                         testing::Values("", "analyze", "explain", "queue", "expiring", "generate",
                                         "policy", "policy check", "policy default", "serve",
                                         "config", "import", "check", "user", "token", "person",
                                         "audit list", "audit verify"));

struct Mistake {
  std::string arguments;
  std::string complaint;
};

/// The name of the test; without it, its bytes in memory.
void PrintTo(const Mistake& mistake, std::ostream* out) { *out << "pursuit " << mistake.arguments; }

class Mistakes : public testing::TestWithParam<Mistake> {};

TEST_P(Mistakes, AreOneLineAndStatusTwo) {
  const Sandbox box;
  const Ran ran = box.pursuit(GetParam().arguments);
  EXPECT_EQ(ran.status, 2);
  EXPECT_EQ(ran.out, "");
  EXPECT_NE(ran.err.find(GetParam().complaint), std::string::npos) << ran.err;
  EXPECT_EQ(std::count(ran.err.begin(), ran.err.end(), '\n'), 1) << ran.err;
}

INSTANTIATE_TEST_SUITE_P(
    CommandLine, Mistakes,
    testing::Values(
        Mistake{"", "see pursuit --help"},
        Mistake{"analize", "no command 'analize' (did you mean 'analyze'?)"},
        Mistake{"analyze --leads l --laeds l --events e -o out",
                "no option '--laeds' (did you mean '--leads'?)"},
        Mistake{"analyze --laeds l", "no option '--laeds' (did you mean '--leads'?)"},
        Mistake{"analyze -l leads -o out", "give --events, --outcomes or both"},
        Mistake{"analyze -l l -e e -o out --as-of yesterday", "'yesterday' is not an instant"},
        Mistake{"analyze -l l -e e -o out --format xml", "--format"},
        Mistake{"analyze -l l -e e -o out --threads x", "--threads"},
        Mistake{"explain -l l -e e", "lead is required"},
        Mistake{"expiring -l l -e e --within 3x", "'3x' is not a duration"},
        Mistake{"generate --leads 0 -o out", "the number of leads must be 1 to 200 000 000"},
        Mistake{"generate --leads 10", "--out is required"}, Mistake{"import --undo 0", "--undo"},
        Mistake{"import --undo 1 --list", "--undo"}, Mistake{"import --undo 1 --leads l", "--undo"},
        Mistake{"import --list --dry-run", "--list"}, Mistake{"import", "give a file"},
        Mistake{"policy", "see pursuit policy --help"},
        Mistake{"policy chek", "no command 'chek' (did you mean 'check'?)"}));

TEST(CommandLine, TellsItsVersion) {
  const Sandbox box;
  const Ran ran = box.pursuit("--version");
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.out, "pursuit " PURSUIT_VERSION "\n");
}

TEST(Policy, IsPrintedWithEveryDefaultAndKeepsItsHash) {
  const Sandbox box;
  box.write("p.toml", "[tier]\nhot = 80\n");
  const Ran first = box.pursuit("policy check p.toml");
  ASSERT_EQ(first.status, 0) << first.err;
  EXPECT_NE(first.out.find("hot = 80"), std::string::npos);
  EXPECT_NE(first.out.find("dormant_days = 14"), std::string::npos);
  box.write("resolved.toml", first.out);
  EXPECT_EQ(box.pursuit("policy check resolved.toml").out, first.out);
  box.write("default.toml", box.pursuit("policy default").out);
  box.write("empty.toml", "");
  EXPECT_EQ(box.pursuit("policy check default.toml").out,
            box.pursuit("policy check empty.toml").out);
}

TEST(Policy, AnErrorNamesFileLineAndKey) {
  const Sandbox box;
  box.write("p.toml", "[expiry]\npercentile = 2\n");
  const Ran ran = box.pursuit("policy check p.toml --json");
  EXPECT_EQ(ran.status, 3);
  EXPECT_NE(ran.err.find("p.toml:2: 'expiry.percentile'"), std::string::npos) << ran.err;
  const auto json = nlohmann::json::parse(ran.out);
  EXPECT_EQ(json["valid"], false);
  EXPECT_EQ(json["where"], "p.toml:2");
}

TEST(Generate, TheSameSeedGivesTheSameBytesForAnyNumberOfThreads) {
  const Sandbox box;
  const std::string command = "generate --leads 3000 --details --outcomes -q ";
  ASSERT_EQ(box.pursuit(command + "--seed 3 --threads 1 -o a").status, 0);
  ASSERT_EQ(box.pursuit(command + "--seed 3 --threads 4 -o b").status, 0);
  ASSERT_EQ(box.pursuit(command + "--seed 4 --threads 4 -o c").status, 0);
  EXPECT_EQ(box.shell("diff -r a b").status, 0);
  EXPECT_EQ(box.shell("cmp -s a/leads.csv c/leads.csv").status, 1);
  EXPECT_EQ(box.list("a"), (std::vector<std::string>{"events.csv", "leads.csv", "outcomes.csv",
                                                     "policy.toml", "signals.csv"}));
}

TEST(Generate, ItsPolicyFits) {
  const Sandbox box;
  ASSERT_EQ(box.pursuit("generate --leads 100 -o net -q").status, 0);
  EXPECT_EQ(box.pursuit("policy check net/policy.toml").status, 0);
}

}  // namespace
}  // namespace pursuit::e2e
