// explain, queue and expiring agree with the result files, and what explain says would happen does.
#include <algorithm>
#include <cmath>
#include <set>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "e2e/program.h"

namespace pursuit::e2e {
namespace {

using Json = nlohmann::json;

class ExplainE2e : public testing::Test {
 protected:
  void SetUp() override {
    const Ran made = box_.pursuit(
        "generate --leads 3000 --seed 5 --no-signals --out net -q && \"$PURSUIT\" analyze " +
        inputs_ + " -o out -q");
    ASSERT_EQ(made.status, 0) << made.err;
    leads_ = csv_rows(box_, "out/leads.csv");
  }
  Json json_of(const std::string& command) {
    const Ran ran = box_.pursuit(command + " --json");
    EXPECT_EQ(ran.status, 0) << ran.err;
    return Json::parse(ran.out, nullptr, false);
  }
  /// The first lead that `wanted` likes.
  template <class Wanted>
  const Row& find_lead(const Wanted& wanted) {
    return *std::find_if(leads_.begin(), leads_.end(), wanted);
  }
  const Row& open_lead(const std::string& tier, const std::string& stage) {
    return find_lead([&](const Row& row) {
      return row.at("state") == "open" && row.at("tier") == tier && row.at("stage") == stage;
    });
  }

  const std::string inputs_ =
      "-l net/leads.csv -e net/events.csv -p net/policy.toml --as-of 2026-06-01T00:00:00Z";
  Sandbox box_;
  std::vector<Row> leads_;
};

TEST_F(ExplainE2e, SaysWhatTheResultFilesSay) {
  const Row& lead = open_lead("Warm", "Contacted");
  const Json e = json_of("explain " + lead.at("lead_id") + " " + inputs_);
  EXPECT_EQ(e["stage"], lead.at("stage"));
  EXPECT_EQ(e["entered_at"], lead.at("entered_at"));
  EXPECT_EQ(e["status"], lead.at("status"));
  EXPECT_EQ(e["score"]["score"], std::stod(lead.at("score")));
  EXPECT_EQ(e["score"]["tier"], lead.at("tier"));
  EXPECT_EQ(e["threshold"]["hours"], std::stod(lead.at("threshold_hours")));
  EXPECT_EQ(e["threshold"]["n"], std::stoi(lead.at("threshold_n")));
  EXPECT_EQ(e["queue"]["rank"], std::stoi(lead.at("rank")));

  std::vector<Row> visits = csv_rows(box_, "out/visits.csv");
  std::erase_if(visits, [&](const Row& v) { return v.at("lead_id") != lead.at("lead_id"); });
  ASSERT_EQ(e["visits"].size(), visits.size());
  for (std::size_t i = 0; i < visits.size(); ++i) {
    EXPECT_EQ(e["visits"][i]["kind"], visits[i].at("kind"));
    EXPECT_EQ(e["visits"][i]["hours"], std::stod(visits[i].at("hours")));
    EXPECT_EQ(e["visits"][i]["category"], visits[i].at("category"));
  }
}

TEST_F(ExplainE2e, ContributionsAddUpAndTheUsedRungIsTheFinestThatIsLargeEnough) {
  for (std::size_t i = 0, seen = 0; i < leads_.size() && seen < 5; ++i) {
    if (leads_[i].at("state") != "open") continue;
    ++seen;
    const Json e = json_of("explain " + leads_[i].at("lead_id") + " " + inputs_);
    double sum = 0;
    for (const auto& part : e["score"]["contributions"]) {
      sum += part["contribution"].get<double>();
      EXPECT_LE(part["contribution"].get<double>(), part["most"].get<double>() + 1e-9);
    }
    EXPECT_NEAR(sum, e["score"]["score"].get<double>(), 1e-9);
    bool found = false;
    for (const auto& rung : e["threshold"]["rungs"]) {
      const bool enough = rung["n"].get<int>() >= 30;
      EXPECT_EQ(rung["used"].get<bool>(), enough && !found);
      found |= enough;
    }
  }
}

TEST_F(ExplainE2e, WhatItSaysWouldMakeTheScoreDoes) {
  const Row& lead = open_lead("Cold", "Created");
  const std::string id = lead.at("lead_id");
  const Json e = json_of("explain " + id + " " + inputs_);
  ASSERT_EQ(e["to_be_hot"]["levers"].size(), 4u);
  const std::string events = box_.read("net/events.csv");
  for (const auto& lever : e["to_be_hot"]["levers"]) {
    // Let it happen, and analyze again. Activity alone is a repeat of the stage.
    const std::string stage = lever["stage"];
    box_.write("then.csv", events + id + "," + stage + ",2026-06-01T00:00:00Z\n");
    const Json then = json_of("explain " + id +
                              " -l net/leads.csv -e then.csv -p net/policy.toml --as-of "
                              "2026-06-01T00:00:00Z");
    EXPECT_EQ(then["stage"], stage);
    EXPECT_EQ(then["score"]["score"], lever["score"]) << stage;
    EXPECT_EQ(then["score"]["tier"], lever["tier"]) << stage;
    EXPECT_EQ(lever["hot"], lever["score"] >= e["score"]["hot_from"]);
  }
}

TEST_F(ExplainE2e, AClosedLeadHasVisitsAndNoScore) {
  const Row& lead = find_lead([](const Row& row) { return row.at("state") == "won"; });
  const Json e = json_of("explain " + lead.at("lead_id") + " " + inputs_);
  EXPECT_EQ(e["state"], "won");
  EXPECT_FALSE(e["visits"].empty());
  EXPECT_FALSE(e.contains("score"));
  const Ran text = box_.pursuit("explain " + lead.at("lead_id") + " " + inputs_);
  EXPECT_EQ(text.status, 0);
  EXPECT_NE(text.out.find("won (Converted) since"), std::string::npos) << text.out;
}

TEST_F(ExplainE2e, ALeadThatIsNotThereIsAnError) {
  const Ran ran = box_.pursuit("explain l00000001 " + inputs_);
  EXPECT_EQ(ran.status, 3);
  EXPECT_NE(ran.err.find("l00000001: no such lead (did you mean L00000001"), std::string::npos)
      << ran.err;
  // Known later, but nothing of it is visible at the beginning of the history.
  const Ran early = box_.pursuit("explain " + leads_.back().at("lead_id") +
                                 " -l net/leads.csv -e net/events.csv --as-of 2020-01-01");
  EXPECT_EQ(early.status, 3);
  EXPECT_NE(early.err.find("nothing is known of the lead"), std::string::npos) << early.err;
}

TEST_F(ExplainE2e, TheQueueOfADealerIsTheRanksOfLeadsCsv) {
  const std::string dealer = open_lead("Warm", "Contacted").at("dealer");
  const Json queue = json_of("queue " + inputs_ + " --dealer '" + dealer + "' --limit 1000");
  std::map<int, std::string> by_rank;
  for (const Row& row : leads_) {
    if (row.at("state") == "open" && row.at("dealer") == dealer)
      by_rank[std::stoi(row.at("rank"))] = row.at("lead_id");
  }
  ASSERT_EQ(queue["leads"].size(), by_rank.size());
  std::size_t i = 0;
  for (const auto& [rank, id] : by_rank) EXPECT_EQ(queue["leads"][i++]["lead_id"], id) << rank;
}

TEST_F(ExplainE2e, WhatExpiresNextHasExpiredThen) {
  const Json soon = json_of("expiring " + inputs_ + " --within 1d --limit 100000");
  ASSERT_FALSE(soon["leads"].empty());
  // The same look-back a day later would see more; so hold it against the thresholds of today.
  std::map<std::string, Row> by_id;
  for (const Row& row : leads_) by_id[row.at("lead_id")] = row;
  std::set<std::string> expiring;
  for (const auto& next : soon["leads"]) {
    if (next["turns"] == "expired") expiring.insert(next["lead_id"]);
  }
  for (const auto& [id, row] : by_id) {
    if (row.at("state") != "open" || row.at("threshold_hours").empty()) continue;
    const double left =
        std::stod(row.at("threshold_hours")) - std::stod(row.at("time_in_stage_hours"));
    const bool turns = row.at("status") == "active" && left < 24 && left >= 0;
    EXPECT_EQ(expiring.contains(id), turns) << id << " " << left;
  }
}

}  // namespace
}  // namespace pursuit::e2e
