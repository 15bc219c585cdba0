#include "ingest/load.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

#include "base/time.h"
#include "model/policy.h"

namespace pursuit::ingest {
namespace {

namespace fs = std::filesystem;
using namespace std::string_literals;

class LoadTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
    folder_ = fs::path(testing::TempDir()) / ("load_" + name + "_" + std::to_string(::getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& text) {
    const fs::path path = folder_ / name;
    std::ofstream(path, std::ios::binary) << text;
    return path.string();
  }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  base::Result<Loaded> load(unsigned threads = 2, std::size_t part_bytes = 0) const {
    return load_network(sources_, mapping_, {.threads = threads, .part_bytes = part_bytes});
  }
  std::vector<std::string>& sources(FileKind kind) { return sources_.patterns[index_of(kind)]; }
  void give(FileKind kind, const std::string& text) {
    sources(kind) = {write(std::string(name_of(kind)) + ".csv", text)};
  }

  fs::path folder_;
  Sources sources_;
  Mapping mapping_ = identity_mapping(model::FunnelPolicy{});
};

using EventRow = std::tuple<std::string, std::string, int>;  // lead id, instant, code

std::multiset<EventRow> events_of(const Loaded& loaded) {
  std::multiset<EventRow> out;
  for (std::uint32_t p = 0; p < loaded.events.partition_count(); ++p) {
    for (const auto& block : loaded.events.partition(p)) {
      for (const model::LeadEvent& e : block) {
        const model::Event event{e.packed};
        out.emplace(loaded.leads.id({e.lead}), base::format_instant(event.at_ms()), event.code());
      }
    }
  }
  return out;
}

// File name, line, field, reason.
std::vector<std::string> rejects_of(const Loaded& loaded) {
  std::vector<std::string> out;
  for (const Reject& reject : loaded.rejects.kept()) {
    out.push_back(fs::path(loaded.files[reject.file].path).filename().string() + ":" +
                  std::to_string(reject.line) + " " + std::string(reject.field_name()) + ": " +
                  std::string(text_of(reject.reason)));
  }
  return out;
}

TEST_F(LoadTest, LeadsEventsAndOutcomesComeTogether) {
  give(FileKind::kLeads,
       "lead_id,created_at,region,dealer,owner\n"
       "A,2026-01-01T00:00:00Z,UAE,D1,Omar\n"
       "B,2026-01-02,KSA,D2,\n");
  give(FileKind::kEvents, "lead_id,stage,at\nB,Contacted,2026-01-03 10:00\nA,Lost,2026-01-04\n");
  give(FileKind::kOutcomes, "lead_id,outcome,at,revenue\nB,won,2026-02-01T00:00:00+04:00,5\n");
  const auto loaded = load();
  ASSERT_TRUE(loaded) << loaded.error().text();
  EXPECT_EQ(loaded->leads.size(), 2u);
  const base::LeadId a = loaded->leads.find("A");
  EXPECT_EQ(loaded->leads.text(a, model::Dimension::kRegion), "UAE");
  EXPECT_EQ(loaded->leads.text(a, model::Dimension::kOwner), "Omar");
  EXPECT_EQ(loaded->leads.text(a, model::Dimension::kChannel), "");
  EXPECT_EQ(events_of(*loaded),
            (std::multiset<EventRow>{{"A", "2026-01-01T00:00:00.000Z", model::kCreatedCode},
                                     {"B", "2026-01-02T00:00:00.000Z", model::kCreatedCode},
                                     {"B", "2026-01-03T10:00:00.000Z", 1},
                                     {"A", "2026-01-04T00:00:00.000Z", 5},
                                     {"B", "2026-01-31T20:00:00.000Z", 4}}));
  EXPECT_EQ(loaded->rejects.total(), 0u);
  ASSERT_EQ(loaded->files.size(), 3u);
  EXPECT_EQ(loaded->files[0].rows_read, 2u);
}

TEST_F(LoadTest, EveryBadRowIsRejectedWithItsPlace) {
  give(FileKind::kLeads,
       "lead_id,created_at,dealer\n"
       "A,2026-01-01,D\n"
       ",2026-01-01,D\n"
       "B,yesterday,D\n"
       "C,1850-01-01,D\n" +
           std::string(300, 'x') + ",2026-01-01,D\n" + "D,2026-01-01," + std::string(600, 'y') +
           "\n" + "E,2026-01-01\n");
  give(FileKind::kEvents,
       "lead_id,stage,at\n"
       "A,Contacted,2026-01-02\n"
       "Z,Contacted,2026-01-02\n"
       "\n"
       "A,contacted,2026-01-02\n"
       "A,Contacted,2026-02-30\n"
       ",Contacted,2026-01-02\n"
       "A,Contacted\0,2026-01-02\n"s);
  give(FileKind::kOutcomes, "lead_id,outcome,at\nA,sold,2026-01-05\n");
  give(FileKind::kSignals,
       "lead_id,kind,at,value\n"
       "A,engagement,2026-01-02,1.5\n"
       "A,engagement,2026-01-02,high\n"
       "A,,2026-01-02,\n"
       "A,call,never,\n");
  give(FileKind::kCosts,
       "channel,from,to,amount\n"
       "Web,2026-01-01,2026-01-31,10.5\n"
       "Web,2026-02-01,2026-01-31,10\n"
       "Web,1.2.2026,2026-01-31,10\n"
       "Web,2026-01-01,2026-01-31,ten\n");
  const auto loaded = load();
  ASSERT_TRUE(loaded) << loaded.error().text();
  EXPECT_EQ(
      rejects_of(*loaded),
      (std::vector<std::string>{
          "leads.csv:3 lead_id: empty lead_id",
          "leads.csv:4 created_at: not an instant between 1900 and 2300",
          "leads.csv:5 created_at: not an instant between 1900 and 2300",
          "leads.csv:6 lead_id: lead_id too long", "leads.csv:7 dealer: value too long",
          "leads.csv:8 : fewer columns than the header", "events.csv:3 lead_id: unknown lead_id",
          "events.csv:5 stage: unknown stage",
          "events.csv:6 at: not an instant between 1900 and 2300",
          "events.csv:7 lead_id: empty lead_id", "events.csv:8 : NUL byte",
          "outcomes.csv:2 outcome: unknown outcome", "signals.csv:2 value: not a number in range",
          "signals.csv:3 value: not a number in range", "signals.csv:4 kind: empty value",
          "signals.csv:5 at: not an instant between 1900 and 2300", "costs.csv:3 to: not a date",
          "costs.csv:4 from: not a date", "costs.csv:5 amount: not a number in range"}));
  EXPECT_EQ(loaded->rejects.kept()[6].text, "Z,Contacted,2026-01-02");
  EXPECT_EQ(loaded->files[1].rows_read, 6u);
  EXPECT_EQ(loaded->files[1].rows_rejected, 5u);
  EXPECT_EQ(loaded->costs, (std::vector<Cost>{{.channel = "Web",
                                               .campaign = "",
                                               .currency = "",
                                               .from_day = *base::parse_date("2026-01-01"),
                                               .to_day = *base::parse_date("2026-01-31"),
                                               .amount = 10.5}}));
}

TEST_F(LoadTest, TheFirstRowOfALeadCounts) {
  give(FileKind::kLeads,
       "lead_id,created_at,dealer,phone\n"
       "A,2026-01-01,D1,1\n"
       "B,2026-01-01,D1,1\n"
       "A,2026-01-01T00:00:00Z,D1,1\n"
       "A,2026-01-01,D2,1\n"
       "B,2026-01-01,D1,2\n"
       "B,2026-01-02,D1,1\n");
  const auto loaded = load();
  ASSERT_TRUE(loaded) << loaded.error().text();
  EXPECT_EQ(loaded->leads.size(), 2u);
  EXPECT_EQ(loaded->leads.text(loaded->leads.find("A"), model::Dimension::kDealer), "D1");
  EXPECT_EQ(loaded->files[0].rows_repeated, 1u);
  EXPECT_EQ(
      rejects_of(*loaded),
      (std::vector<std::string>{"leads.csv:5 lead_id: duplicate lead_id with different values",
                                "leads.csv:6 lead_id: duplicate lead_id with different values",
                                "leads.csv:7 lead_id: duplicate lead_id with different values"}));
  EXPECT_EQ(events_of(*loaded).size(), 2u);
}

TEST_F(LoadTest, WhatIsNotOursIsKeptAsAttributes) {
  write("1.csv", "lead_id,created_at,value,colour\nA,2026-01-01,10,red\nB,2026-01-01,,\n");
  write("2.csv", "lead_id,created_at,colour,trim\nC,2026-01-01,blue,X\n");
  sources(FileKind::kLeads) = {path("*.csv")};
  const auto loaded = load();
  ASSERT_TRUE(loaded) << loaded.error().text();
  EXPECT_EQ(loaded->attributes.columns(), (std::vector<std::string>{"value", "colour", "trim"}));
  const auto text = [&](const char* id, std::uint32_t column) {
    return loaded->attributes.text(loaded->leads.find(id), column);
  };
  EXPECT_EQ(text("A", 0), "10");
  EXPECT_EQ(text("A", 1), "red");
  EXPECT_EQ(text("B", 1), "");
  EXPECT_EQ(text("C", 1), "blue");
  EXPECT_EQ(text("C", 2), "X");
  EXPECT_EQ(text("A", 2), "");
}

TEST_F(LoadTest, UnknownColumnsElsewhereAreWarnedOf) {
  give(FileKind::kLeads, "lead_id,created_at\nA,2026-01-01\n");
  give(FileKind::kEvents, "lead_id,stage,at,actor,mood\n");
  const auto loaded = load();
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->warnings,
            std::vector<std::string>{path("events.csv") + ": unknown column 'mood' is ignored"});
}

TEST_F(LoadTest, SignalsAreActivityAndSomeAreValues) {
  give(FileKind::kLeads, "lead_id,created_at\nA,2026-01-01\n");
  give(FileKind::kSignals,
       "lead_id,kind,at,value\n"
       "A,engagement,2026-01-02,0.5\n"
       "A,assessment,2026-01-03,1\n"
       "A,propensity,2026-01-04,\n"
       "A,call,2026-01-05,not a number\n");
  const auto loaded = load();
  ASSERT_TRUE(loaded);
  EXPECT_EQ(events_of(*loaded).size(), 5u);
  const auto value = [&](model::Component c) {
    return loaded->signals.value({0}, static_cast<std::uint8_t>(c), base::kMaxInstantMs);
  };
  EXPECT_EQ(value(model::Component::kEngagement), 0.5);
  EXPECT_EQ(value(model::Component::kAssessment), 1);
  EXPECT_EQ(value(model::Component::kPropensity), 0);
  EXPECT_EQ(loaded->rejects.total(), 0u);
}

TEST_F(LoadTest, TheMappingSaysWhatBecomesOfOtherStages) {
  give(FileKind::kLeads, "lead_id,created_at\nA,2026-01-01\n");
  give(FileKind::kEvents, "lead_id,stage,at\nA,Call,2026-01-02\nQ,Call,2026-01-02\nA,Call,x\n");
  FileMapping& events = mapping_.files[index_of(FileKind::kEvents)];
  events.others = Others::kIgnore;
  auto loaded = load();
  ASSERT_TRUE(loaded);
  EXPECT_EQ(events_of(*loaded).size(), 1u);
  EXPECT_EQ(loaded->files[1].rows_ignored, 3u);
  EXPECT_EQ(loaded->rejects.total(), 0u);
  events.others = Others::kActivity;
  loaded = load();
  ASSERT_TRUE(loaded);
  EXPECT_EQ(events_of(*loaded).count({"A", "2026-01-02T00:00:00.000Z", model::kActivityCode}), 1u);
  EXPECT_EQ(loaded->rejects.total(), 2u);
}

TEST_F(LoadTest, NaiveInstantsAreReadInTheZoneOfTheSource) {
  give(FileKind::kLeads, "lead_id,created_at\nA,2026-01-01 12:00\n");
  mapping_.files[index_of(FileKind::kLeads)].time_zone = "Asia/Dubai";
  const auto loaded = load();
  ASSERT_TRUE(loaded);
  EXPECT_EQ(events_of(*loaded).count({"A", "2026-01-01T08:00:00.000Z", model::kCreatedCode}), 1u);
}

std::string gzip(const std::string& text) {
  std::string out(text.size() + 1'000, '\0');
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(out.size() - stream.avail_out);
  deflateEnd(&stream);
  return out;
}

TEST_F(LoadTest, GzipIsReadWhateverItsMembersAndName) {
  const std::string first = gzip("lead_id,created_at\nA,2026-01-01\n");
  const std::string second = gzip("B,2026-01-01\n");
  sources(FileKind::kLeads) = {write("leads.dat", first + second + std::string(512, '\0'))};
  const auto loaded = load();
  ASSERT_TRUE(loaded) << loaded.error().text();
  EXPECT_EQ(loaded->leads.size(), 2u);
}

TEST_F(LoadTest, AFileThatCannotBeReadIsOneError) {
  const std::string good = gzip("lead_id,created_at\nA,2026-01-01\n");
  const auto error_of = [&](const std::string& bytes) {
    sources(FileKind::kLeads) = {write("leads.csv", bytes)};
    const auto loaded = load();
    return loaded ? "" : loaded.error().text();
  };
  const std::string place = path("leads.csv") + ": ";
  EXPECT_EQ(error_of(good.substr(0, good.size() - 9)), place + "the gzip data are cut off");
  EXPECT_EQ(error_of(good.substr(0, 12)), place + "the gzip data are cut off");
  EXPECT_EQ(error_of(good + "more"), place + "something follows the gzip data");
  std::string damaged = good;
  damaged[good.size() - 6] = static_cast<char>(damaged[good.size() - 6] ^ 0x55);
  EXPECT_EQ(error_of(damaged), place + "the gzip data are damaged");
  EXPECT_NE(error_of(gzip(std::string(50u << 20, '\n'))).find("limit"), std::string::npos);
  EXPECT_EQ(error_of(""), place + "the file is empty");
  EXPECT_NE(error_of("\xFF\xFEl\0"s).find("UTF-16"), std::string::npos);
  sources(FileKind::kLeads) = {path("none*.csv")};
  EXPECT_EQ(load().error().code, base::ErrorCode::kNotFound);
  sources(FileKind::kLeads) = {folder_.string()};
  EXPECT_EQ(load().error().code, base::ErrorCode::kIo);
  sources(FileKind::kLeads) = {};
  EXPECT_EQ(load().error().code, base::ErrorCode::kUsage);
}

TEST_F(LoadTest, NeitherThreadsNorPartsChangeTheResult) {
  std::uint64_t state = 11;
  const auto next = [&](std::uint64_t below) {
    state = state * 6'364'136'223'846'793'005u + 1'442'695'040'888'963'407u;
    return (state >> 33) % below;
  };
  std::string leads = "lead_id,created_at,dealer,nameplate,owner,note\n";
  std::string events = "lead_id,stage,at\n";
  for (int i = 0; i < 3'000; ++i) {
    const std::string id = "L" + std::to_string(next(2'500));
    const std::string note = next(50) == 0 ? "\"two\nlines, \"\"quoted\"\"\"" : "plain";
    leads += id + ",2026-01-0" + std::to_string(1 + next(9)) + ",D" + std::to_string(next(40)) +
             ",N" + std::to_string(next(3)) + ",O" + std::to_string(next(9)) + "," + note + "\n";
    for (int k = 0; k < 3; ++k) {
      events += "L" + std::to_string(next(2'500)) + ",Contacted,2026-02-0" +
                std::to_string(next(10)) + "\n";
    }
  }
  give(FileKind::kLeads, leads);
  give(FileKind::kEvents, events);
  const auto expected = load(1, 100u << 20);
  ASSERT_TRUE(expected) << expected.error().text();
  EXPECT_GT(expected->rejects.total(), 1'000u);
  for (const auto& [threads, part_bytes] :
       std::vector<std::pair<unsigned, std::size_t>>{{1, 97}, {2, 1'000}, {3, 5'000}, {2, 0}}) {
    const auto loaded = load(threads, part_bytes);
    ASSERT_TRUE(loaded) << loaded.error().text();
    EXPECT_EQ(rejects_of(*loaded), rejects_of(*expected));
    EXPECT_EQ(events_of(*loaded), events_of(*expected));
    ASSERT_EQ(loaded->leads.size(), expected->leads.size());
    for (std::uint32_t lead = 0; lead < expected->leads.size(); ++lead) {
      ASSERT_EQ(loaded->leads.id({lead}), expected->leads.id({lead}));
      ASSERT_EQ(loaded->leads.profile({lead}), expected->leads.profile({lead}));
      ASSERT_EQ(loaded->leads.owner({lead}), expected->leads.owner({lead}));
      ASSERT_EQ(loaded->attributes.text({lead}, 0), expected->attributes.text({lead}, 0));
    }
  }
}

TEST_F(LoadTest, ProgressReachesTheEndOfEachKind) {
  give(FileKind::kLeads, "lead_id,created_at\nA,2026-01-01\n");
  give(FileKind::kEvents, "lead_id,stage,at\nA,Contacted,2026-01-02\nA,Lost,2026-01-03\n");
  std::map<FileKind, LoadProgress> last;
  const auto loaded = load_network(sources_, mapping_,
                                   {.threads = 2, .progress = [&](const LoadProgress& progress) {
                                      last.insert_or_assign(progress.kind, progress);
                                    }});
  ASSERT_TRUE(loaded);
  ASSERT_EQ(last.size(), 2u);
  for (const auto& [kind, progress] : last) {
    EXPECT_EQ(progress.bytes_done, progress.bytes_total);
    EXPECT_GT(progress.bytes_total, 0u);
  }
}

}  // namespace
}  // namespace pursuit::ingest
