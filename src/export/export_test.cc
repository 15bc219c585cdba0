#include "export/export.h"

#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "export/hand_made_rows.h"
#include "export/test_folder.h"

namespace pursuit::exporting {
namespace {

using base::kMillisPerHour;
using engine::kAbsent;
using test::Folder;
using test::HandMadeRows;

constexpr base::Millis kJune = 1'780'272'000'000;  // 2026-06-01T00:00:00Z

engine::LeadFigures closed_figures(engine::LeadState state, model::StageCode stage) {
  engine::LeadFigures f{};
  f.state = state;
  f.stage = stage;
  f.entered_ms = kJune - kMillisPerHour;
  f.last_activity_ms = kJune - kMillisPerHour / 2;
  f.overall_ms = 30 * kMillisPerHour;
  f.overall_sla_hours = kAbsent;
  f.overall_effective_sla_hours = kAbsent;
  f.overall_category = engine::Category::kNone;
  return f;
}

engine::LeadFigures open_figures() {
  engine::LeadFigures f = closed_figures(engine::LeadState::kOpen, 1);
  f.overall_sla_hours = 160;
  f.overall_category = engine::Category::kOnTime;
  f.duration_ms = kMillisPerHour;
  f.threshold_ms = 0.75 * static_cast<double>(kMillisPerHour);
  f.threshold_rung = 2;
  f.threshold_n = 31;
  f.expired = true;
  f.category = engine::Category::kDelayed;
  f.sla_hours = 0.75;
  f.effective_sla_hours = 0.875;
  f.deviation_hours = 0.125;
  f.score = 61.5;
  f.contribution = {20, 10, 16.5, 15, 0, 0, 0};
  f.tier = model::Tier::kWarm;
  f.rank = 7;
  return f;
}

engine::VisitFigures visit(model::StageCode stage, engine::VisitKind kind, base::Millis entered_ms,
                           base::Millis left_ms) {
  const base::Millis until = left_ms == base::kNoInstant ? kJune : left_ms;
  return {.stage = stage,
          .kind = kind,
          .category = engine::Category::kNone,
          .entered_ms = entered_ms,
          .left_ms = left_ms,
          .duration_ms = until - entered_ms,
          .sla_hours = kAbsent,
          .effective_sla_hours = kAbsent,
          .deviation_hours = kAbsent};
}

constexpr std::array<std::string_view, model::kDimensions> kSomewhere = {
    "KSA", "G1", "Riyadh, North", "walk-in", "", "Tahoe", "Sara \"S\""};
const std::string kSomewhereCells = "KSA,G1,\"Riyadh, North\",walk-in,,Tahoe,\"Sara \"\"S\"\"\"\n";

void add_two_leads(HandMadeRows& rows) {
  const std::array<engine::VisitFigures, 1> lost = {
      visit(0, engine::VisitKind::kLost, kJune - 31 * kMillisPerHour, kJune - kMillisPerHour)};
  rows.add("b", kSomewhere, closed_figures(engine::LeadState::kLost, 5), lost);
  std::array<engine::VisitFigures, 2> open = {
      visit(0, engine::VisitKind::kAdvance, kJune - 3 * kMillisPerHour, kJune - kMillisPerHour),
      visit(1, engine::VisitKind::kOpen, kJune - kMillisPerHour, base::kNoInstant)};
  open[1].category = engine::Category::kDelayed;
  open[1].sla_hours = 0.75;
  open[1].effective_sla_hours = 0.875;
  open[1].deviation_hours = 0.125;
  rows.add("a,1", kSomewhere, open_figures(), open);
  rows.add("aa", kSomewhere, closed_figures(engine::LeadState::kUnseen, 0), {});
}

ExportReport write(const RowSource& rows, const Folder& folder, unsigned threads = 2) {
  auto report = write_results(
      rows,
      {.out_dir = folder.path(""), .format = FileFormat::kCsv, .threads = threads, .progress = {}});
  EXPECT_TRUE(report) << (report ? "" : report.error().text());
  return report ? *report : ExportReport{};
}

TEST(Export, WritesLeadsByIdWithoutTheUnseen) {
  HandMadeRows rows;
  add_two_leads(rows);
  const Folder folder;
  write(rows, folder);
  EXPECT_EQ(
      folder.read("leads.csv"),
      "lead_id,state,stage,entered_at,time_in_stage_hours,threshold_hours,threshold_rung,"
      "threshold_n,status,dormant,last_activity_at,overall_hours,overall_sla_hours,"
      "overall_category,sla_hours,effective_sla_hours,deviation_hours,category,score,"
      "c_conversion,c_volume,c_recency,c_stage,tier,rank,region,dealer_group,dealer,channel,"
      "product,nameplate,owner\n"
      "\"a,1\",open,Contacted,2026-05-31T23:00:00.000Z,1,0.75,2,31,expired,false,"
      "2026-05-31T23:30:00.000Z,30,160,on_time,0.75,0.875,0.125,delayed,61.5,20,10,16.5,15,"
      "Warm,7," +
          kSomewhereCells +
          "b,lost,Lost,2026-05-31T23:00:00.000Z,,,,,,,2026-05-31T23:30:00.000Z,30,,none,,,,,,,,"
          ",,,," +
          kSomewhereCells);
}

TEST(Export, WritesVisitsByLeadAndNumber) {
  HandMadeRows rows;
  add_two_leads(rows);
  const Folder folder;
  const ExportReport report = write(rows, folder);
  EXPECT_EQ(
      folder.read("visits.csv"),
      "lead_id,visit,stage,entered_at,left_at,kind,hours,sla_hours,effective_sla_hours,"
      "deviation_hours,category\n"
      "\"a,1\",1,Created,2026-05-31T21:00:00.000Z,2026-05-31T23:00:00.000Z,advance,2,,,,none\n"
      "\"a,1\",2,Contacted,2026-05-31T23:00:00.000Z,,open,1,0.75,0.875,0.125,delayed\n"
      "b,1,Created,2026-05-30T17:00:00.000Z,2026-05-31T23:00:00.000Z,lost,30,,,,none\n");
  ASSERT_GE(report.files.size(), 2u);
  EXPECT_EQ(report.files[0].rows, 2u);
  EXPECT_EQ(report.files[1].rows, 3u);
  EXPECT_EQ(report.files[1].bytes, folder.read("visits.csv").size());
}

TEST(Export, LeavesThresholdsEmptyWithoutHistoryOrWithoutAnEstimate) {
  HandMadeRows rows;
  engine::LeadFigures none = open_figures();
  none.threshold_ms = kAbsent;
  none.threshold_rung = engine::kNoRung;
  none.expired = false;
  none.dormant = true;
  engine::LeadFigures no_estimate = open_figures();
  no_estimate.threshold_ms = kAbsent;
  no_estimate.expired = false;
  rows.add("1", kSomewhere, none, {});
  rows.add("2", kSomewhere, no_estimate, {});
  const Folder folder;
  write(rows, folder);
  const std::string text = folder.read("leads.csv");
  EXPECT_NE(text.find("1,open,Contacted,2026-05-31T23:00:00.000Z,1,,,,active,true,"),
            std::string::npos);
  EXPECT_NE(text.find("2,open,Contacted,2026-05-31T23:00:00.000Z,1,,2,31,active,false,"),
            std::string::npos);
}

TEST(Export, ShowsFurtherComponentsThatHaveWeight) {
  HandMadeRows rows;
  model::Override in_uae;
  in_uae.weights = model::Weights{0.5, 0, 0, 0, 0, 0, 0.5};
  rows.mutable_policy().overrides.push_back(in_uae);
  rows.mutable_policy().score.weights[4] = 0.1;
  engine::LeadFigures figures = open_figures();
  figures.contribution = {20, 10, 16.5, 10, 3, 0, 2};
  rows.add("1", kSomewhere, figures, {});
  rows.add("2", kSomewhere, closed_figures(engine::LeadState::kWon, 4), {});
  const Folder folder;
  write(rows, folder);
  const std::string text = folder.read("leads.csv");
  EXPECT_NE(text.find(",c_stage,c_engagement,c_propensity,tier,rank,"), std::string::npos);
  EXPECT_NE(text.find(",61.5,20,10,16.5,10,3,2,Warm,7,KSA"), std::string::npos);
  EXPECT_NE(text.find(",30,,none,,,,,,,,,,,,,,KSA"), std::string::npos);
}

TEST(Export, WritesTheTablesOfARefresh) {
  HandMadeRows rows;
  add_two_leads(rows);
  const double hour = static_cast<double>(kMillisPerHour);
  engine::Tables& t = rows.mutable_tables();
  t.thresholds = {{.stage = 0,
                   .rung = 2,
                   .region = 0,
                   .nameplate = engine::kNoCode,
                   .channel = engine::kNoCode,
                   .n = 3,
                   .p90_ms = 1.5 * hour,
                   .km_p90_ms = kAbsent}};
  t.channels = {{.channel = 0,
                 .leads = 2,
                 .closed = 1,
                 .won = 0,
                 .rate = 0,
                 .smoothed_rate = 0.25,
                 .volume_share = 1,
                 .conversion = 1,
                 .volume = kAbsent}};
  engine::LoadRow load{};
  load.open = 2;
  load.in_load_stages = 1;
  load.load_factor = 0.5;
  load.relaxation = 0.125;
  load.band = engine::Band::kModerate;
  load.day = 20'605;
  t.load = {load};
  // Half of the cap at the middle of the curve.
  const model::LoadPolicy policy{.cap = 0.25, .mid = 0.5, .min_open = 1};
  t.load_daily = {policy, {{0, 0}}, load.day, 1};
  t.load_daily.part(0, 1)[0] = {0, 0, {load.open, load.in_load_stages}};
  t.funnel = {{.stage = 0,
               .reached = 9,
               .advanced = 5,
               .regressed = 0,
               .lost = 3,
               .open = 1,
               .median_ms = hour,
               .p90_ms = 2 * hour,
               .compliance = kAbsent,
               .expired = 1},
              {.stage = 4,
               .reached = 5,
               .advanced = 0,
               .regressed = 0,
               .lost = 0,
               .open = 0,
               .median_ms = kAbsent,
               .p90_ms = kAbsent,
               .compliance = kAbsent,
               .expired = 0}};
  const Folder folder;
  write(rows, folder);
  EXPECT_EQ(folder.read("thresholds.csv"),
            "stage,rung,region,nameplate,channel,n,p90_hours,km_p90_hours\n"
            "Created,2,KSA,,,3,1.5,\n");
  EXPECT_EQ(folder.read("channels.csv"),
            "channel,leads,closed,won,rate,smoothed_rate,volume_share,conversion,volume\n"
            "walk-in,2,1,0,0,0.25,1,1,\n");
  EXPECT_EQ(folder.read("load.csv"),
            "dealer,nameplate,open,in_load_stages,load_factor,band,relaxation\n"
            "\"Riyadh, North\",Tahoe,2,1,0.5,moderate,0.125\n");
  EXPECT_EQ(folder.read("load_daily.csv"),
            "dealer,nameplate,day,open,in_load_stages,load_factor,band,relaxation\n"
            "\"Riyadh, North\",Tahoe,2026-06-01,2,1,0.5,moderate,0.125\n");
  EXPECT_EQ(folder.read("funnel.csv"),
            "stage,reached,advanced,regressed,lost,open,median_hours,p90_hours,compliance,expired\n"
            "Created,9,5,0,3,1,1,2,,1\n"
            "Converted,5,,,,,,,,\n");
}

TEST(Export, WritesAlertsOfLeadsAndOfDealers) {
  HandMadeRows rows;
  add_two_leads(rows);
  engine::AlertRow breach;
  breach.rule = "stage_breach";
  breach.subject = "a,1";
  breach.lead = {1};
  breach.dealer = 0;
  breach.nameplate = 0;
  breach.stage = 1;
  breach.since_ms = kJune;
  breach.value = 1;
  breach.limit = 0.75;
  breach.has_tier = true;
  breach.tier = model::Tier::kWarm;
  breach.score = 61.5;
  engine::AlertRow surge;
  surge.rule = "delay_surge";
  surge.subject = "|Tahoe";
  surge.nameplate = 0;
  surge.value = 12;
  surge.limit = 5;
  rows.mutable_alerts() = {surge, breach};
  const Folder folder;
  write(rows, folder);
  EXPECT_EQ(folder.read("alerts.csv"),
            "rule,subject,lead_id,dealer,nameplate,stage,since,value,limit,tier,score,owner\n"
            "delay_surge,|Tahoe,,,Tahoe,,,12,5,,,\n"
            "stage_breach,\"a,1\",\"a,1\",\"Riyadh, North\",Tahoe,Contacted,"
            "2026-06-01T00:00:00.000Z,1,0.75,Warm,61.5,\"Sara \"\"S\"\"\"\n");
}

TEST(Export, IsTheSameForAnyNumberOfThreads) {
  HandMadeRows rows;
  for (int i = 0; i < 20'000; ++i) {
    std::vector<engine::VisitFigures> visits(
        static_cast<std::size_t>(i % 4),
        visit(0, engine::VisitKind::kAdvance, kJune - i * 977, kJune));
    rows.add(std::string("L").append(std::to_string(i * 7'919 % 20'011)), kSomewhere,
             open_figures(), visits);
  }
  const Folder one;
  const Folder four;
  write(rows, one, 1);
  write(rows, four, 4);
  EXPECT_EQ(one.read("leads.csv"), four.read("leads.csv"));
  EXPECT_EQ(one.read("visits.csv"), four.read("visits.csv"));
}

TEST(Export, TakesAnEmptyNetwork) {
  const HandMadeRows rows;
  const Folder folder;
  const ExportReport report = write(rows, folder);
  EXPECT_EQ(report.files.size(), 8u);
  EXPECT_EQ(report.rows(), 0u);
  EXPECT_EQ(folder.read("visits.csv").find('\n'), folder.read("visits.csv").size() - 1);
}

TEST(Export, AFullDiskNamesTheFileAndLeavesNothingBehind) {
  HandMadeRows rows;
  add_two_leads(rows);
  const Folder folder;
  std::filesystem::create_symlink("/dev/full", folder.path("visits.csv.tmp"));
  const auto report = write_results(
      rows, {.out_dir = folder.path(""), .format = FileFormat::kCsv, .threads = 2, .progress = {}});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, base::ErrorCode::kIo);
  EXPECT_EQ(report.error().where, folder.path("visits.csv"));
  EXPECT_TRUE(std::filesystem::is_empty(folder.path("")));
}

TEST(Rejects, StandInOneFileWithPlaceAndReason) {
  const std::array<std::string, 2> files = {"leads.csv", "events.csv"};
  std::vector<ingest::Reject> rejects(2);
  rejects[0].line = 3;
  rejects[0].reason = ingest::RejectReason::kBadJson;
  rejects[0].text = "{\"a\":";
  rejects[1].file = 1;
  rejects[1].line = 17;
  rejects[1].field = ingest::Field{0};
  rejects[1].reason = ingest::RejectReason::kEmptyId;
  rejects[1].text = ",Created,2026-01-01";
  const Folder folder;
  const auto report = write_rejects(folder.path(""), files, rejects);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->rows, 2u);
  EXPECT_EQ(folder.read("rejects.csv"),
            "file,line,field,reason,text\n"
            "leads.csv,3,,not a JSON object,\"{\"\"a\"\":\"\n"
            "events.csv,17," +
                std::string(rejects[1].field_name()) + ",empty lead_id,\",Created,2026-01-01\"\n");
}

TEST(SummaryFile, HoldsWhatTheRunCounted) {
  Summary summary;
  summary.version = "1.0";
  summary.policy_hash = "abc";
  summary.as_of_ms = kJune;
  summary.inputs = {{"l.csv", "leads", 10, 1}, {"e.csv", "events", 30, 2}};
  summary.counts = {{"leads", 9}, {"events", 28}};
  summary.rejects = {{"empty lead_id", 3}};
  summary.seconds = {{"read", 0.5}};
  summary.files = {{"leads.csv", 9, 1'000}};
  const Folder folder;
  ASSERT_TRUE(write_summary(folder.path(""), summary));
  EXPECT_EQ(folder.read("summary.json"), R"({
  "version": "1.0",
  "as_of": "2026-06-01T00:00:00.000Z",
  "policy_hash": "abc",
  "inputs": [
    {
      "file": "l.csv",
      "kind": "leads",
      "rows_read": 10,
      "rows_rejected": 1
    },
    {
      "file": "e.csv",
      "kind": "events",
      "rows_read": 30,
      "rows_rejected": 2
    }
  ],
  "rows_read": 40,
  "rows_rejected": 3,
  "rejected_by_reason": {
    "empty lead_id": 3
  },
  "counts": {
    "leads": 9,
    "events": 28
  },
  "files": [
    {
      "file": "leads.csv",
      "rows": 9,
      "bytes": 1000
    }
  ],
  "seconds": {
    "read": 0.5
  }
}
)");
}

}  // namespace
}  // namespace pursuit::exporting
