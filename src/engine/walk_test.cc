#include "engine/walk.h"

#include <algorithm>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

namespace pursuit::engine {
namespace {

using model::Event;

constexpr model::StageCode kStages = 4;
constexpr model::StageCode kWon = 4;
constexpr model::StageCode kLost = 5;

struct Visit {
  int stage;
  base::Millis entered_ms;
  base::Millis left_ms;
  VisitKind kind;
  friend bool operator==(const Visit&, const Visit&) = default;
};

struct Walked {
  std::vector<Visit> visits;
  WalkEnd end;
};

Walked walked(std::vector<Event> events, base::Millis as_of_ms) {
  std::sort(events.begin(), events.end());
  Walked w;
  w.end = walk(std::span<const Event>(events), as_of_ms, kStages,
               [&](model::StageCode stage, base::Millis entered_ms, base::Millis left_ms,
                   VisitKind kind, std::uint32_t index) {
                 EXPECT_EQ(events[index].at_ms(), entered_ms);
                 w.visits.push_back({stage, entered_ms, left_ms, kind});
               });
  return w;
}

Event at(base::Millis at_ms, model::StageCode code) { return Event::make(at_ms, code); }

TEST(Walk, CreatedAtOpensTheFirstStage) {
  const Walked w = walked({at(10, model::kCreatedCode), at(30, 1)}, 100);
  EXPECT_EQ(w.visits, (std::vector<Visit>{{0, 10, 30, VisitKind::kAdvance}}));
  EXPECT_EQ(w.end.first_ms, 10);
  EXPECT_EQ(w.end.stage, 1);
}

TEST(Walk, CreatedAtIsNoEventWhenAStageEventIsEarlierOrAsEarly) {
  EXPECT_EQ(walked({at(10, model::kCreatedCode), at(10, 2)}, 100).end.stage, 2);
  const Walked w = walked({at(10, model::kCreatedCode), at(5, 2)}, 100);
  EXPECT_TRUE(w.visits.empty());
  EXPECT_EQ(w.end.stage, 2);
  EXPECT_EQ(w.end.first_ms, 5);
  EXPECT_EQ(w.end.last_activity_ms, 5);
}

TEST(Walk, NothingAfterTheInstantIsSeen) {
  const Walked w = walked({at(10, 0), at(20, 1), at(21, kWon)}, 20);
  EXPECT_EQ(w.end.stage, 1);
  EXPECT_FALSE(w.end.ever_won);
  EXPECT_EQ(walked({at(10, 0)}, 9).end.stage, kNoStage);
}

TEST(Walk, RepeatIsActivityOnly) {
  const Walked w = walked({at(10, 0), at(20, 0), at(25, model::kActivityCode)}, 100);
  EXPECT_TRUE(w.visits.empty());
  EXPECT_EQ(w.end.entered_ms, 10);
  EXPECT_EQ(w.end.last_activity_ms, 25);
}

TEST(Walk, KindsOfVisits) {
  const Walked w = walked({at(1, 0), at(2, 3), at(3, 1), at(4, kLost), at(6, 2), at(9, kWon)}, 100);
  EXPECT_EQ(w.visits, (std::vector<Visit>{{0, 1, 2, VisitKind::kAdvance},
                                          {3, 2, 3, VisitKind::kRegress},
                                          {1, 3, 4, VisitKind::kLost},
                                          {2, 6, 9, VisitKind::kAdvance}}));
  EXPECT_EQ(w.end.stage, kWon);
  EXPECT_EQ(w.end.furthest, 4);
  EXPECT_TRUE(w.end.ever_won);
}

TEST(Walk, LostAfterWonMovesTheClosedLeadWithoutAVisit) {
  const Walked w = walked({at(1, 0), at(2, kWon), at(3, kLost)}, 100);
  EXPECT_EQ(w.visits.size(), 1u);
  EXPECT_EQ(w.end.stage, kLost);
  EXPECT_EQ(w.end.entered_ms, 3);
  EXPECT_TRUE(w.end.ever_won);
}

TEST(Walk, LeadThatStartsClosedReachedNoOpenStage) {
  const Walked w = walked({at(1, kLost), at(1, model::kCreatedCode)}, 100);
  EXPECT_EQ(w.end.stage, kLost);
  EXPECT_EQ(w.end.furthest, 0);
}

}  // namespace
}  // namespace pursuit::engine
