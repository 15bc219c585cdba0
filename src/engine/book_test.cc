#include "engine/book.h"

#include <map>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace pursuit::engine {
namespace {

using base::LeadId;
using model::Event;

constexpr std::size_t kStages = 4;

std::vector<Event> listed(const Book& book, LeadId lead) {
  const auto events = book.events(lead);
  return {events.begin(), events.end()};
}

TEST(Book, LoadSortsEachLeadAndDropsExactDuplicates) {
  model::EventScatter scatter(2, 1);
  auto& writer = scatter.writer(0);
  writer.add({1}, Event::make(30, 1));
  writer.add({0}, Event::make(20, 1));
  writer.add({1}, Event::make(10, 0));
  writer.add({1}, Event::make(30, 1));
  base::ThreadPool pool(2);
  Book book(kStages);
  book.load(2, scatter, pool);
  EXPECT_EQ(book.event_count(), 3u);
  EXPECT_EQ(book.earliest_ms(), 10);
  EXPECT_EQ(listed(book, {0}), std::vector<Event>{Event::make(20, 1)});
  EXPECT_EQ(listed(book, {1}), (std::vector<Event>{Event::make(10, 0), Event::make(30, 1)}));
}

TEST(Book, InsertTellsARepeat) {
  Book book(kStages);
  const LeadId lead = book.add_lead();
  EXPECT_EQ(book.insert(lead, Event::make(5, 0)), Book::Inserted::kLast);
  EXPECT_EQ(book.insert(lead, Event::make(5, 0)), Book::Inserted::kNot);
  EXPECT_EQ(book.event_count(), 1u);
}

TEST(Book, CreatedAtIsReplacedNotAdded) {
  Book book(kStages);
  const LeadId lead = book.add_lead();
  book.insert(lead, Event::make(5, model::kCreatedCode));
  book.insert(lead, Event::make(7, 1));
  EXPECT_FALSE(book.replace_created(lead, 5));
  EXPECT_TRUE(book.replace_created(lead, 9));
  EXPECT_EQ(listed(book, lead),
            (std::vector<Event>{Event::make(7, 1), Event::make(9, model::kCreatedCode)}));
}

RC_GTEST_PROP(Book, HoldsForEachLeadTheSetOfItsEventsWhateverTheOrder, ()) {
  const std::uint32_t leads = *rc::gen::inRange(1u, 6u);
  const auto drawn = rc::gen::map(
      rc::gen::tuple(rc::gen::inRange(0u, leads), rc::gen::inRange(0, 40), rc::gen::inRange(0, 6)),
      [](const auto& t) {
        return std::pair(
            std::get<0>(t),
            Event::make(std::get<1>(t), static_cast<model::StageCode>(std::get<2>(t))));
      });
  const auto loaded = *rc::gen::container<std::vector<std::pair<std::uint32_t, Event>>>(drawn);
  const auto inserted =
      *rc::gen::container<std::vector<std::pair<std::uint32_t, Event>>>(200, drawn);
  model::EventScatter scatter(leads, 1);
  std::map<std::uint32_t, std::set<Event>> expected;
  for (const auto& [lead, event] : loaded) {
    scatter.writer(0).add({lead}, event);
    expected[lead].insert(event);
  }
  base::ThreadPool pool(1);
  Book book(kStages);
  book.load(leads, scatter, pool);
  std::vector<std::uint32_t> order;
  for (std::uint32_t lead = leads; lead-- > 0;) order.push_back(lead);
  std::size_t step = 0;
  for (const auto& [lead, event] : inserted) {
    std::set<Event>& wanted = expected[lead];
    const auto where = wanted.contains(event)                       ? Book::Inserted::kNot
                       : wanted.empty() || event > *wanted.rbegin() ? Book::Inserted::kLast
                                                                    : Book::Inserted::kBetween;
    RC_ASSERT(book.insert({lead}, event) == where);
    wanted.insert(event);
    if (++step % 50 == 0) book.compact(order);
  }
  std::uint64_t total = 0;
  for (std::uint32_t lead = 0; lead < leads; ++lead) {
    const std::vector<Event> wanted(expected[lead].begin(), expected[lead].end());
    RC_ASSERT(listed(book, {lead}) == wanted);
    total += wanted.size();
  }
  RC_ASSERT(book.event_count() == total);
}

RC_GTEST_PROP(Book, ThreadsThatInsertAtOnceLeaveWhatOneAfterTheOtherDoes, ()) {
  constexpr std::uint32_t kLeads = 8;
  const auto drawn = rc::gen::tuple(rc::gen::inRange(0u, kLeads), rc::gen::inRange(0, 300));
  const auto events = *rc::gen::container<std::vector<std::tuple<std::uint32_t, int>>>(300, drawn);
  Book alone(kStages);
  Book together(kStages);
  for (std::uint32_t lead = 0; lead < kLeads; ++lead) {
    alone.add_lead();
    together.add_lead();
  }
  std::vector<std::vector<std::pair<LeadId, Event>>> left(kLeads);  // for want of room
  {
    base::ThreadPool pool(3);
    Book::Inserting inserting(together, *rc::gen::inRange(0u, 400u));
    std::vector<Book::Inserting::Part> parts(kLeads);
    pool.parallel_for(kLeads, [&](std::size_t own, unsigned) {
      for (const auto& [lead, at_ms] : events) {
        if (lead != own) continue;
        const Event event = Event::make(at_ms, 1);
        if (inserting.insert({lead}, event, parts[own]) == Book::Inserted::kNoRoom) {
          left[own].emplace_back(LeadId{lead}, event);
        }
      }
    });
    for (const auto& part : parts) inserting.add(part);
  }
  for (const auto& of_lead : left) {
    for (const auto& [lead, event] : of_lead) together.insert(lead, event);
  }
  for (const auto& [lead, at_ms] : events) alone.insert({lead}, Event::make(at_ms, 1));
  RC_ASSERT(together.event_count() == alone.event_count());
  RC_ASSERT(together.earliest_ms() == alone.earliest_ms());
  for (std::uint32_t lead = 0; lead < kLeads; ++lead) {
    RC_ASSERT(listed(together, {lead}) == listed(alone, {lead}));
  }
}

}  // namespace
}  // namespace pursuit::engine
