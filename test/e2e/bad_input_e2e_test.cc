// Input that is wrong: every row that cannot be taken in is in rejects.csv with its place and the
// reason, a file that cannot be read is one clear error, and nothing crashes.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "e2e/program.h"

namespace pursuit::e2e {
namespace {

const std::string kLeads =
    "lead_id,created_at,channel\n"
    "A,2026-05-01T00:00:00Z,web\n"
    "B,2026-05-02T00:00:00Z,web\n";
const std::string kEvents =
    "lead_id,stage,at\n"
    "A,Contacted,2026-05-03T00:00:00Z\n"
    "B,Contacted,2026-05-04T00:00:00Z\n";

Ran analyze(const Sandbox& box, const std::string& more = "") {
  return box.pursuit("analyze -l leads.csv -e events.csv --as-of 2026-06-01 -o out " + more);
}

/// "line,field,reason" of every row of rejects.csv.
std::vector<std::string> rejects(const Sandbox& box) {
  std::vector<std::string> found;
  for (const Row& row : csv_rows(box, "out/rejects.csv"))
    found.push_back(row.at("line") + "," + row.at("field") + "," + row.at("reason"));
  return found;
}

struct BadRows {
  std::string name;
  std::string leads;
  std::string events;
  std::vector<std::string> rejects;
};

class RejectedRows : public testing::TestWithParam<BadRows> {};

TEST_P(RejectedRows, AreNamedAndTheRestGoesOn) {
  const BadRows& bad = GetParam();
  const Sandbox box;
  box.write("leads.csv", bad.leads);
  box.write("events.csv", bad.events);
  const Ran ran = analyze(box);
  EXPECT_EQ(ran.status, bad.rejects.empty() ? 0 : 1) << ran.err;
  EXPECT_EQ(rejects(box), bad.rejects);
  EXPECT_EQ(ran.err.find("rejected") != std::string::npos, !bad.rejects.empty()) << ran.err;
  // A is fine in every case.
  const auto leads = csv_rows(box, "out/leads.csv");
  ASSERT_FALSE(leads.empty());
  EXPECT_EQ(leads[0].at("lead_id"), "A");
  EXPECT_EQ(leads[0].at("stage"), "Contacted");
}

const std::string kTenMegabytes(10u << 20, 'x');

INSTANTIATE_TEST_SUITE_P(
    BadInput, RejectedRows,
    testing::Values(
        BadRows{"Instant",
                kLeads,
                kEvents + "A,Deciding,31.12.2025\n",
                {"4,at,not an instant between 1900 and 2300"}},
        BadRows{"DateThatIsNone",
                kLeads,
                kEvents + "A,Deciding,2026-02-30\n",
                {"4,at,not an instant between 1900 and 2300"}},
        BadRows{
            "UnknownStage", kLeads, kEvents + "A,Thinking,2026-05-05\n", {"4,stage,unknown stage"}},
        BadRows{"UnknownLead",
                kLeads,
                kEvents + "Z,Contacted,2026-05-05\n",
                {"4,lead_id,unknown lead_id"}},
        BadRows{"DuplicateLead",
                kLeads + "A,2026-05-09T00:00:00Z,web\n",
                kEvents,
                {"4,lead_id,duplicate lead_id with different values"}},
        BadRows{"RepeatedLeadAndEvent",
                kLeads + "A,2026-05-01T00:00:00Z,web\n",
                kEvents + "A,Contacted,2026-05-03T00:00:00Z\n",
                {}},
        BadRows{"NoLeadId",
                kLeads + ",2026-05-01T00:00:00Z,web\n",
                kEvents,
                {"4,lead_id,empty lead_id"}},
        BadRows{"TooFewColumns",
                kLeads,
                kEvents + "A,Contacted\n",
                {"4,,fewer columns than the header"}},
        BadRows{"TooManyColumns",
                kLeads,
                kEvents + "A,Contacted,2026-05-05,more\n",
                {"4,,more columns than the header"}},
        BadRows{"OpenQuote",
                kLeads,
                kEvents + "\"A,Contacted,2026-05-05\n",
                {"4,,a quote that is opened is not closed"}},
        BadRows{"TextAfterQuote",
                kLeads,
                kEvents + "\"A\"x,Contacted,2026-05-05\n",
                {"4,,text after a closing quote"}},
        BadRows{"Nul",
                kLeads,
                kEvents + std::string("A,Contacted,2026-05-05\0\n", 24),
                {"4,,NUL byte"}},
        BadRows{
            "Encoding", kLeads, kEvents + "A\xff,Contacted,2026-05-05\n", {"4,,not valid UTF-8"}},
        BadRows{"TenMegabyteLine",
                kLeads,
                kEvents + "A," + kTenMegabytes + ",2026-05-05\nZ,Contacted,2026-05-05\n",
                {"4,,value too long", "5,lead_id,unknown lead_id"}},
        BadRows{"TenMegabyteId",
                kLeads,
                kEvents + kTenMegabytes + ",Contacted,2026-05-05\n",
                {"4,,value too long"}},
        BadRows{"WindowsLinesAndMark",
                "\xEF\xBB\xBF" + kLeads,
                "lead_id,stage,at\r\nA,Contacted,2026-05-03T00:00:00Z\r\n",
                {}},
        BadRows{"OnlyAHeader", kLeads + "", "lead_id,stage,at\nA,Contacted,2026-05-05", {}},
        BadRows{"QuotedLineBreak",
                "lead_id,created_at,note\nA,2026-05-01,\"x\ny\"\nB,,z\n",
                "lead_id,stage,at\nA,Contacted,2026-05-03\n",
                {"4,created_at,not an instant between 1900 and 2300"}}),
    [](const auto& rejected) { return rejected.param.name; });

TEST(BadInput, JsonLinesAreRejectedByLine) {
  const Sandbox box;
  box.write("leads.csv", kLeads);
  box.write("events.jsonl",
            "{\"lead_id\":\"A\",\"stage\":\"Contacted\",\"at\":\"2026-05-03T00:00:00Z\"}\n"
            "nonsense\n"
            "[1]\n"
            "{\"lead_id\":\"A\",\"stage\":\"Contacted\"}\n"
            "{\"lead_id\":\"A\",\"stage\":\"Contacted\",\"at\":\"2026-05-03T00:00:00Z\"\n");
  const Ran ran = box.pursuit("analyze -l leads.csv -e events.jsonl --as-of 2026-06-01 -o out");
  EXPECT_EQ(ran.status, 1) << ran.err;
  EXPECT_EQ(rejects(box), (std::vector<std::string>{"2,,not a JSON object", "3,,not a JSON object",
                                                    "4,at,not an instant between 1900 and 2300",
                                                    "5,,not a JSON object"}));
  const auto rows = csv_rows(box, "out/rejects.csv");
  EXPECT_EQ(rows[0].at("file"), "events.jsonl");
  EXPECT_EQ(rows[0].at("text"), "nonsense");
}

TEST(BadInput, RejectedRowsAreCountedByReason) {
  const Sandbox box;
  box.write("leads.csv", kLeads);
  box.write("events.csv", kEvents + "Z,Contacted,2026-05-05\nY,Contacted,2026-05-05\nA,?,2026\n");
  const Ran ran = analyze(box, "--json");
  EXPECT_EQ(ran.status, 1);
  EXPECT_NE(ran.out.find("\"unknown lead_id\": 2"), std::string::npos) << ran.out;
  EXPECT_NE(ran.err.find("3 rows of 7 rejected"), std::string::npos) << ran.err;
}

struct BadFile {
  std::string name;
  std::string prepare;  // shell
  std::string files;
  std::string complaint;
};

class UnreadableFile : public testing::TestWithParam<BadFile> {};

TEST_P(UnreadableFile, IsOneClearError) {
  const BadFile& bad = GetParam();
  const Sandbox box;
  box.write("leads.csv", kLeads);
  box.write("events.csv", kEvents);
  ASSERT_EQ(box.shell(bad.prepare).status, 0);
  const Ran ran = box.pursuit("analyze " + bad.files + " --as-of 2026-06-01 -o out");
  EXPECT_EQ(ran.status, 3);
  EXPECT_NE(ran.err.find(bad.complaint), std::string::npos) << ran.err;
  EXPECT_EQ(std::count(ran.err.begin(), ran.err.end(), '\n'), 1) << ran.err;
  EXPECT_EQ(ran.out, "");
  EXPECT_TRUE(box.list("out").empty());
}

INSTANTIATE_TEST_SUITE_P(
    BadInput, UnreadableFile,
    testing::Values(
        BadFile{"Missing", ":", "-l none.csv -e events.csv", "none.csv: "},
        BadFile{"GlobOfNothing", ":", "-l 'none*.csv' -e events.csv", "none*.csv: "},
        BadFile{"Folder", "mkdir dir", "-l dir -e events.csv", "dir: "},
        BadFile{"Empty", ": > empty.csv", "-l leads.csv -e empty.csv",
                "empty.csv: the file is empty"},
        BadFile{"TruncatedGzip", "gzip -k events.csv && head -c 40 events.csv.gz > cut.csv.gz",
                "-l leads.csv -e cut.csv.gz", "cut.csv.gz: the gzip data are cut off"},
        BadFile{"DamagedGzip",
                "gzip -k events.csv && head -c 30 events.csv.gz > d.csv.gz && "
                "printf 'XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX' >> d.csv.gz",
                "-l leads.csv -e d.csv.gz", "d.csv.gz: "},
        BadFile{"Utf16", "iconv -f UTF-8 -t UTF-16 events.csv > wide.csv",
                "-l leads.csv -e wide.csv", "wide.csv: the file is in UTF-16"},
        BadFile{"NoLeadIdColumn", "printf 'lead,created_at\\nA,2026-05-01\\n' > other.csv",
                "-l other.csv -e events.csv", "other.csv: there is no column 'lead_id'"},
        BadFile{"TruncatedParquet",
                "\"$PURSUIT\" generate -n 100 -o net -f parquet -q && "
                "head -c 500 net/leads.parquet > cut.parquet",
                "-l cut.parquet -e events.csv", "cut.parquet: "},
        BadFile{"PolicyKey", "printf '[tier]\\nhott = 3\\n' > p.toml",
                "-l leads.csv -e events.csv -p p.toml",
                "p.toml:2: unknown key 'tier.hott' (did you mean 'hot'?)"},
        BadFile{"PolicyRange", "printf '\\n[tier]\\nhot = 300\\n' > p.toml",
                "-l leads.csv -e events.csv -p p.toml", "p.toml:3: 'tier.hot'"},
        BadFile{"PolicySyntax", "printf '[tier\\n' > p.toml",
                "-l leads.csv -e events.csv -p p.toml", "p.toml:1: "},
        BadFile{"PolicyMissing", ":", "-l leads.csv -e events.csv -p none.toml", "none.toml: "},
        BadFile{"MappingKey", "printf '[events]\\ncolums = {}\\n' > m.toml",
                "-l leads.csv -e events.csv -m m.toml", "m.toml:2: unknown key 'events.colums'"},
        BadFile{"MappedColumn", "printf '[events]\\ncolumns = { at = \"when\" }\\n' > m.toml",
                "-l leads.csv -e events.csv -m m.toml", "events.csv: there is no column 'when'"}),
    [](const auto& file) { return file.param.name; });

TEST(BadInput, UnknownColumnsOfEventsAreIgnoredWithAWarning) {
  const Sandbox box;
  box.write("leads.csv", kLeads);
  box.write("events.csv", "lead_id,stage,at,mood\nA,Contacted,2026-05-03,good\n");
  const Ran ran = analyze(box);
  EXPECT_EQ(ran.status, 0);
  EXPECT_NE(ran.err.find("warning: events.csv: unknown column 'mood' is ignored"),
            std::string::npos)
      << ran.err;
}

TEST(BadInput, AnOldSummaryIsGoneWhenARunFails) {
  const Sandbox box;
  box.write("leads.csv", kLeads);
  box.write("events.csv", kEvents);
  ASSERT_EQ(analyze(box).status, 0);
  ASSERT_TRUE(box.exists("out/summary.json"));
  // Failed while reading: the old set is whole and stays.
  EXPECT_EQ(box.pursuit("analyze -l none.csv -e events.csv -o out").status, 3);
  EXPECT_TRUE(box.exists("out/summary.json"));
  // Failed while writing: it is not.
  ASSERT_EQ(box.shell("rm out/visits.csv && mkdir -p out/visits.csv/in_the_way").status, 0);
  EXPECT_EQ(analyze(box).status, 4);
  EXPECT_FALSE(box.exists("out/summary.json"));
}

TEST(BadInput, WhatStandsInAFileCannotSteerATerminal) {
  const Sandbox box;
  box.write("leads.csv",
            "lead_id,created_at,owner\n\x1b[31mA,2026-05-01,\x1b]0;pwned\x07"
            "Eve\n");
  box.write("events.csv", "lead_id,stage,at\n");
  const Ran ran = analyze(box);
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_NE(ran.out.find("Eve"), std::string::npos);
  EXPECT_EQ(ran.out.find('\x1b'), std::string::npos);
  EXPECT_EQ(ran.out.find('\x07'), std::string::npos);
}

}  // namespace
}  // namespace pursuit::e2e
