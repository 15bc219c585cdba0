#include <gtest/gtest.h>

#include "store/test_database.h"

namespace pursuit::store {
namespace {

using base::ErrorCode;

class Ledger : public OnDatabase {};
INSTANTIATE_TEST_SUITE_P(On, Ledger, both_databases(), kind_name);

PolicyVersion policy_of(std::string text, std::string hash) {
  return {.version = 0,
          .text = std::move(text),
          .hash = std::move(hash),
          .author = "Huda",
          .note = "why",
          .at_ms = 9};
}

TEST_P(Ledger, KeepsEveryVersionOfThePolicy) {
  const auto store = open();
  const auto none = store->current_policy();
  ASSERT_TRUE(none.has_value());
  EXPECT_FALSE(none->has_value());
  EXPECT_EQ(store->add_policy(policy_of("one", "h1"))->version, 1);
  EXPECT_EQ(store->add_policy(policy_of("two", "h2"))->version, 2);
  EXPECT_EQ(store->add_policy(policy_of("two", "h2"))->version, 2);
  EXPECT_EQ(store->add_policy(policy_of("one", "h1"))->version, 3);
  const auto current = store->current_policy();
  ASSERT_TRUE(current->has_value());
  EXPECT_EQ((*current)->version, 3);
  EXPECT_EQ((*current)->author, "Huda");
  EXPECT_EQ(store->policy(2)->text, "two");
  EXPECT_EQ(store->policy(4).error().code, ErrorCode::kNotFound);
  const auto newest = store->policies(2);
  ASSERT_EQ(newest->size(), 2u);
  EXPECT_EQ((*newest)[1].version, 2);
}

TEST_P(Ledger, RunsBeginAndEnd) {
  const auto store = open();
  const auto first = store->begin_run("refresh", 100, 101);
  ASSERT_TRUE(first.has_value()) << first.error().text();
  const auto second = store->begin_run("digest", 200, 201);
  store::Run done;
  done.id = *first;
  done.ended_ms = 150;
  done.status = RunStatus::kDone;
  done.message = "fine";
  done.counts = {{"expired", 2}, {"leads", 7}};
  ASSERT_TRUE(store->finish_run(done).has_value());
  done.id = 77;
  EXPECT_EQ(store->finish_run(done).error().code, ErrorCode::kNotFound);
  const auto runs = store->runs();
  ASSERT_EQ(runs->size(), 2u);
  EXPECT_EQ((*runs)[0].id, *second);
  EXPECT_EQ((*runs)[0].ended_ms, std::nullopt);
  EXPECT_EQ((*runs)[1].kind, "refresh");
  EXPECT_EQ((*runs)[1].as_of_ms, 100);
  EXPECT_EQ((*runs)[1].counts, done.counts);
  EXPECT_EQ(store->runs("refresh")->size(), 1u);
  EXPECT_EQ(store->interrupt_runs(300), 1);
  EXPECT_EQ(store->runs("digest")->front().status, RunStatus::kInterrupted);
  EXPECT_EQ(store->runs("digest")->front().ended_ms, 300);
}

}  // namespace
}  // namespace pursuit::store
