#include "ingest/mapping.h"

#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "model/policy_toml.h"

namespace pursuit::ingest {
namespace {

using model::FunnelPolicy;

Mapping parsed(std::string_view text, const FunnelPolicy& funnel = {}) {
  auto mapping = parse_mapping(text, "m.toml", funnel);
  EXPECT_TRUE(mapping.has_value()) << mapping.error().text();
  return mapping.value_or(Mapping{});
}

TEST(Mapping, WithoutAFileColumnsCarryOurOwnNames) {
  const Mapping m = identity_mapping(FunnelPolicy{});
  EXPECT_EQ(m, parsed(""));
  EXPECT_EQ(m.of(FileKind::kLeads).of(Field::kDealerGroup).column, "dealer_group");
  EXPECT_TRUE(m.of(FileKind::kLeads).of(Field::kStage).absent());
  EXPECT_EQ(m.of(FileKind::kEvents).codes.at("Created"), 0);
  EXPECT_EQ(m.of(FileKind::kEvents).codes.at("Lost"), FunnelPolicy{}.lost_code());
  EXPECT_EQ(m.of(FileKind::kOutcomes).codes.at("won"), FunnelPolicy{}.won_code());
  EXPECT_EQ(m.of(FileKind::kOutcomes).codes.size(), 2u);
  EXPECT_EQ(m.of(FileKind::kEvents).others, Others::kReject);
}

TEST(Mapping, OnlyIndispensableOrNamedColumnsMustBeThere) {
  const FileMapping leads = parsed("[leads]\ncolumns={owner='rep'}").of(FileKind::kLeads);
  EXPECT_TRUE(leads.needs_column(Field::kLeadId));
  EXPECT_TRUE(leads.needs_column(Field::kCreatedAt));
  EXPECT_TRUE(leads.needs_column(Field::kOwner));
  EXPECT_FALSE(leads.needs_column(Field::kChannel));
  EXPECT_FALSE(leads.needs_column(Field::kStage));
  const FileMapping fixed =
      parsed("[leads]\nconstants={created_at='2026-01-01'}").of(FileKind::kLeads);
  EXPECT_FALSE(fixed.needs_column(Field::kCreatedAt));
}

TEST(Mapping, ColumnThatIsUsedForOneFieldIsNotReadAsItsNamesake) {
  const FileMapping leads = parsed("[leads]\ncolumns={dealer='region'}").of(FileKind::kLeads);
  EXPECT_EQ(leads.of(Field::kDealer).column, "region");
  EXPECT_TRUE(leads.of(Field::kRegion).absent());
  const FileMapping both =
      parsed("[leads]\ncolumns={dealer='region', region='region'}").of(FileKind::kLeads);
  EXPECT_EQ(both.of(Field::kRegion).column, "region");
}

TEST(Mapping, StagesOfTheSourceGetOurCodesAndOursStay) {
  const FileMapping events = parsed(R"(
[events]
stages = { New = "Created", Sold = "Converted", Lost = "Deciding" }
others = "activity"
)")
                                 .of(FileKind::kEvents);
  EXPECT_EQ(events.codes.at("New"), 0);
  EXPECT_EQ(events.codes.at("Sold"), FunnelPolicy{}.won_code());
  EXPECT_EQ(events.codes.at("Lost"), 3);  // what the mapping says comes first
  EXPECT_EQ(events.codes.at("Contacted"), 1);
  EXPECT_EQ(events.others, Others::kActivity);
}

TEST(Mapping, ConstantOutcomeNeedsNoColumn) {
  const FileMapping outcomes =
      parsed("[outcomes]\nconstants={outcome='won'}\ntime_zone='America/Sao_Paulo'")
          .of(FileKind::kOutcomes);
  EXPECT_EQ(outcomes.of(Field::kOutcome).constant, "won");
  EXPECT_FALSE(outcomes.needs_column(Field::kOutcome));
  EXPECT_EQ(outcomes.time_zone, "America/Sao_Paulo");
}

TEST(Mapping, ValuesOfTheSourceMeanWonOrLost) {
  const FileMapping outcomes =
      parsed("[outcomes]\ndelimiter=';'\nvalues={'Closed Won'='won', 'Closed Lost'='lost'}")
          .of(FileKind::kOutcomes);
  EXPECT_EQ(outcomes.codes.at("Closed Lost"), FunnelPolicy{}.lost_code());
  EXPECT_EQ(outcomes.codes.at("won"), FunnelPolicy{}.won_code());
  EXPECT_EQ(outcomes.delimiter, ';');
}

TEST(Mapping, WhatIsWrongIsNamedByFileLineAndKey) {
  struct {
    const char* text;
    const char* where;
    const char* message;
  } const cases[] = {
      {"[lead]", "m.toml:1", "unknown key 'lead' (did you mean 'leads'?)"},
      {"[leads]\ncolumn={}", "m.toml:2", "did you mean 'columns'?"},
      {"[leads]\ncolumns={lead='x'}", "m.toml:2", "'leads.columns.lead' (did you mean 'lead_id'?)"},
      {"[leads]\ncolumns={stage='x'}", "m.toml:2", "unknown key 'leads.columns.stage'"},
      {"[leads]\ncolumns={owner=''}", "m.toml:2", "must not be empty"},
      {"[leads]\ncolumns={owner=3}", "m.toml:2", "must be a string, not an integer"},
      {"[leads]\ncolumns={owner='o'}\nconstants={owner='p'}", "m.toml:3", "has a column already"},
      {"[leads]\nconstants={lead_id='1'}", "m.toml:2", "must come from a column"},
      {"[leads]\nconstants={created_at='soon'}", "m.toml:2", "is no instant: 'soon'"},
      {"[leads]\nothers='ignore'", "m.toml:2", "unknown key 'leads.others'"},
      {"[leads]\ntime_zone='Asia/Dubay'", "m.toml:2", "'Asia/Dubay' is not known"},
      {"[leads]\ndelimiter='::'", "m.toml:2", "'leads.delimiter'"},
      {"[leads]\ndelimiter='\"'", "m.toml:2", "'leads.delimiter'"},
      {"[events]\nstages={New='Creatd'}", "m.toml:2", "did you mean 'Created'?"},
      {"[events.stages]\nA='Created'\nB='Gone'", "m.toml:3", "'events.stages.B'"},
      {"[events]\nconstants={stage='New'}", "m.toml:2", "has stage = 'New'"},
      {"[events]\nothers='drop'", "m.toml:2", "one of: reject, ignore, activity"},
      {"[outcomes]\nvalues={Sold='Converted'}", "m.toml:2", "must not be 'Converted'"},
      {"[outcomes]\nconstants={outcome='sold'}", "m.toml:2", "has outcome = 'sold'"},
      {"[costs]\nstages={}", "m.toml:2", "unknown key 'costs.stages'"},
      {"leads = []", "m.toml:1", "must be a table"},
  };
  for (const auto& c : cases) {
    const auto mapping = parse_mapping(c.text, "m.toml", FunnelPolicy{});
    ASSERT_FALSE(mapping.has_value()) << c.text;
    EXPECT_EQ(mapping.error().where, c.where) << c.text;
    EXPECT_NE(mapping.error().message.find(c.message), std::string::npos) << mapping.error().text();
  }
}

TEST(Mapping, TextOfAMappingReadsBackAsTheMapping) {
  const Mapping m = parsed(R"(
[leads]
columns = { lead_id = "Kunden \"Nr\"", dealer = "region" }
constants = { channel = "", created_at = "2026-01-01T10:00" }
time_zone = "Europe/Amsterdam"
delimiter = "\t"
[events]
stages = { "A.B C" = "Created", Lost = "Deciding", Created = "Created", "" = "Lost" }
others = "ignore"
[outcomes]
values = { y = "won", won = "lost" }
)");
  const std::string text = mapping_toml(m, FunnelPolicy{});
  EXPECT_EQ(parsed(text), m) << text;
}

TEST(Mapping, ExampleFilesParseWithTheirPolicies) {
  const std::filesystem::path examples = std::filesystem::path(PURSUIT_SOURCE_DIR) / "examples";
  for (const char* name : {"olist", "bpic2012"}) {
    const auto policy = model::read_policy_file((examples / name / "policy.toml").string());
    ASSERT_TRUE(policy.has_value()) << policy.error().text();
    const auto mapping =
        read_mapping_file((examples / name / "mapping.toml").string(), policy->funnel);
    ASSERT_TRUE(mapping.has_value()) << mapping.error().text();
  }
}

TEST(Mapping, FileThatIsNotThereIsAnError) {
  const auto mapping = read_mapping_file("/nonexistent/m.toml", FunnelPolicy{});
  EXPECT_EQ(mapping.error().code, base::ErrorCode::kNotFound);
}

}  // namespace
}  // namespace pursuit::ingest
