// Figures that other systems are known to get wrong (docs/access.md, "What others got wrong").
#include <gtest/gtest.h>

#include "e2e/program.h"

namespace pursuit::e2e {
namespace {

/// The one row of a lead in a file of figures; none: there are several, or none.
Row row_of(const Sandbox& box, std::string_view file, const std::string& lead) {
  Row found;
  for (const Row& row : csv_rows(box, file)) {
    if (row.at("lead_id") != lead) continue;
    if (!found.empty()) return {};
    found = row;
  }
  return found;
}

TEST(KnownMistakes, AScoreOfNothingOrOfAHundredIsNoOutcome) {
  const Sandbox box;
  box.write("leads.csv",
            "lead_id,created_at\n"
            "LOW,2026-05-30\nHIGH,2026-05-30\nWON,2026-05-30\n");
  box.write(
      "events.csv",
      "lead_id,stage,at\n"
      "HIGH,Deciding,2026-05-31\nWON,Deciding,2026-05-30T12:00:00Z\nWON,Converted,2026-05-31\n");
  box.write("policy.toml",
            "[score]\nweights = { conversion = 0, volume = 0, recency = 0, stage = 1 }\n"
            "stage_weights = { Created = 0, Contacted = 0.3, Experiencing = 0.6, Deciding = 1 }\n");
  const Ran ran =
      box.pursuit("analyze -l leads.csv -e events.csv -p policy.toml --as-of 2026-06-01 -o out -q");
  ASSERT_EQ(ran.status, 0) << ran.err;
  for (const auto& [lead, score] : {std::pair("LOW", "0"), std::pair("HIGH", "100")}) {
    Row row = row_of(box, "out/leads.csv", lead);
    EXPECT_EQ(row["score"], score);
    EXPECT_EQ(row["state"], "open") << lead;
    EXPECT_NE(row["rank"], "") << lead;
  }
  Row won = row_of(box, "out/leads.csv", "WON");
  EXPECT_EQ(won["state"], "won");
  EXPECT_EQ(won["score"], "");
}

TEST(KnownMistakes, TheCalendarIsThatOfTheLeadsRegionWhereverItsAgentSits) {
  const Sandbox box;
  // A site in Riyadh (UTC+3, lunch from 13 to 14); its agents write down times in India (UTC+5:30).
  box.write("leads.csv", "lead_id,created_at,region\nA,2026-06-01T06:00:00Z,KSA\n");
  box.write("events.csv", "lead_id,stage,at\nA,Contacted,2026-06-01 17:30:00\n");
  box.write("mapping.toml", "[events]\ntime_zone = \"Asia/Kolkata\"\n");
  box.write("policy.toml",
            "[time]\nduration = \"working\"\n"
            "[[calendar]]\nregion = \"KSA\"\nzone = \"Asia/Riyadh\"\n"
            "weekly = { mon = [\"09:00-13:00\", \"14:00-18:00\"] }\n"
            "[[calendar]]\nregion = \"*\"\nzone = \"Asia/Kolkata\"\n"
            "weekly = { mon = [\"09:30-18:30\"] }\n");
  const Ran ran = box.pursuit(
      "analyze -l leads.csv -e events.csv -m mapping.toml -p policy.toml --as-of 2026-06-01T16:00Z"
      " -o out -q");
  ASSERT_EQ(ran.status, 0) << ran.err;
  const auto visits = csv_rows(box, "out/visits.csv");
  ASSERT_EQ(visits.size(), 2u);
  EXPECT_EQ(visits[0].at("stage"), "Created");
  EXPECT_EQ(visits[0].at("left_at"), "2026-06-01T12:00:00.000Z");
  EXPECT_EQ(visits[0].at("hours"), "5");  // 9 to 13 and 14 to 15 in Riyadh
  EXPECT_EQ(visits[1].at("hours"), "3");  // to the end of that day
}

}  // namespace
}  // namespace pursuit::e2e
