// What the machine does to a run: a full disk, a file size limit, a signal.
#include <gtest/gtest.h>

#include "e2e/program.h"

namespace pursuit::e2e {
namespace {

const std::string kAnalyze =
    "\"$PURSUIT\" analyze -l net/leads.csv -e net/events.csv --as-of 2026-06-01 -o out -q";

void make_network(const Sandbox& box, const std::string& leads) {
  const Ran made = box.pursuit("generate --no-signals --out net -q --leads " + leads);
  ASSERT_EQ(made.status, 0) << made.err;
}

/// Files in out/ that must not be there after a failure: half-written ones, and the voucher.
std::string leftovers(const Sandbox& box) {
  std::string found;
  for (const std::string& name : box.list("out")) {
    if (name.ends_with(".tmp") || name == "summary.json") found += name + " ";
  }
  return found;
}

TEST(Trouble, AFullDiskIsAnErrorThatNamesTheFile) {
  const Sandbox box;
  make_network(box, "2000");
  const Ran ran = box.shell("mkdir out && ln -s /dev/full out/leads.csv.tmp && " + kAnalyze);
  EXPECT_EQ(ran.status, 4);
  EXPECT_NE(ran.err.find("out/leads.csv: "), std::string::npos) << ran.err;
  EXPECT_NE(ran.err.find("No space left on device"), std::string::npos) << ran.err;
  EXPECT_EQ(leftovers(box), "");
  EXPECT_FALSE(box.exists("out/leads.csv"));
}

TEST(Trouble, AFullDiskIsAnErrorForParquetToo) {
  const Sandbox box;
  make_network(box, "2000");
  const Ran ran = box.shell("mkdir out && ln -s /dev/full out/visits.parquet.tmp && " + kAnalyze +
                            " --format parquet");
  EXPECT_EQ(ran.status, 4);
  EXPECT_NE(ran.err.find("out/visits.parquet"), std::string::npos) << ran.err;
  EXPECT_EQ(leftovers(box), "");
  EXPECT_FALSE(box.exists("out/visits.parquet"));
}

TEST(Trouble, ALimitOnFileSizesLeavesNoHalfWrittenFile) {
  const Sandbox box;
  make_network(box, "2000");
  const Ran ran = box.shell("trap '' XFSZ; ulimit -f 64; " + kAnalyze);
  EXPECT_EQ(ran.status, 4);
  EXPECT_NE(ran.err.find("File too large"), std::string::npos) << ran.err;
  EXPECT_EQ(leftovers(box), "");
}

TEST(Trouble, AFolderThatCannotBeMadeIsToldBeforeAnythingIsRead) {
  const Sandbox box;
  box.write("file", "");
  const Ran ran = box.pursuit("analyze -l none.csv -e none.csv -o file/out");
  EXPECT_EQ(ran.status, 4);
  EXPECT_NE(ran.err.find("file/out: cannot make the folder"), std::string::npos) << ran.err;
}

TEST(Trouble, AFullStandardOutputIsNotPassedOverInSilence) {
  const Sandbox box;
  const Ran ran = box.shell("\"$PURSUIT\" policy default > /dev/full");
  EXPECT_EQ(ran.status, 4);
  EXPECT_NE(ran.err.find("standard output: No space left on device"), std::string::npos) << ran.err;
}

TEST(Trouble, AnInterruptLeavesNoHalfWrittenFile) {
  const Sandbox box;
  make_network(box, "150000");
  for (const char* signal : {"INT", "TERM"}) {
    // Waits until it writes, then interrupts it. What has its own name by then is whole.
    const Ran ran = box.shell(
        "rm -rf out; (trap - INT; exec " + kAnalyze +
        ") & pid=$!; while kill -0 $pid 2> /dev/null && [ ! -e out/leads.csv.tmp ]; do :; done; "
        "kill -" +
        std::string(signal) + " $pid; wait $pid");
    if (ran.status == 0) GTEST_SKIP() << "it was done before the signal came";
    EXPECT_EQ(ran.status, 130) << ran.err;
    EXPECT_EQ(leftovers(box), "");
  }
}

}  // namespace
}  // namespace pursuit::e2e
