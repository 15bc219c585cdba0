#include "export/lead_order.h"

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <unordered_set>
#include <vector>

#include <gtest/gtest.h>

namespace pursuit::exporting {
namespace {

using Ids = std::vector<std::string>;

// Adds the ids in a random order and compares with a plain sort.
void expect_sorted(const Ids& ids, unsigned threads) {
  Ids shuffled;
  std::unordered_set<std::string> seen;
  for (const std::string& id : ids) {
    if (seen.insert(id).second) shuffled.push_back(id);
  }
  std::mt19937_64 random(5);
  std::ranges::shuffle(shuffled, random);
  model::LeadTable leads;
  const base::ProfileId profile = leads.intern_profile({});
  for (const std::string& id : shuffled) leads.add(id, profile, 0);

  base::ThreadPool pool(threads);
  const base::HugeArray<std::uint32_t> order = leads_by_id(leads, pool);
  ASSERT_EQ(order.size(), shuffled.size());
  std::ranges::sort(shuffled);
  for (std::size_t i = 0; i < shuffled.size(); ++i)
    ASSERT_EQ(leads.id({order[i]}), shuffled[i]) << i;
}

std::string random_text(std::mt19937_64& random, std::size_t size, std::string_view alphabet) {
  std::string text;
  while (text.size() < size) text += alphabet[random() % alphabet.size()];
  return text;
}

class LeadOrder : public testing::TestWithParam<unsigned> {};
INSTANTIATE_TEST_SUITE_P(Threads, LeadOrder, testing::Values(1, 2, 5));

TEST_P(LeadOrder, IsThatOfNumberedIds) {
  Ids ids;
  for (int i = 0; i < 200'000; ++i)
    ids.push_back(std::string("L").append(std::to_string(1'000'000 + i)));
  expect_sorted(ids, GetParam());
}

TEST_P(LeadOrder, IsBytewiseWhateverTheLengths) {
  Ids ids = {""};
  for (int i = 0; i < 30'000; ++i) ids.push_back(std::to_string(i * 37));
  expect_sorted(ids, GetParam());
}

TEST_P(LeadOrder, IsThatOfHexadecimalIds) {
  std::mt19937_64 random(1);
  Ids ids;
  for (int i = 0; i < 50'000; ++i) ids.push_back(random_text(random, 32, "0123456789abcdef"));
  expect_sorted(ids, GetParam());
}

TEST_P(LeadOrder, TellsIdsApartThatDifferLate) {
  std::mt19937_64 random(2);
  Ids ids;
  const std::string same(120, 'q');
  for (int i = 0; i < 20'000; ++i) {
    ids.push_back(same + random_text(random, 10, "ab"));
    ids.push_back(random_text(random, 8, "ab") + same + std::to_string(i));
  }
  expect_sorted(ids, GetParam());
}

TEST_P(LeadOrder, TakesBytesOfEveryKind) {
  std::mt19937_64 random(3);
  Ids ids;
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  for (int i = 0; i < 20'000; ++i) ids.push_back(random_text(random, random() % 6, all));
  expect_sorted(ids, GetParam());
}

TEST_P(LeadOrder, TakesNoneAndOne) {
  expect_sorted({}, GetParam());
  expect_sorted({"only"}, GetParam());
}

TEST_P(LeadOrder, IsRightForRandomAlphabetsAndLengths) {
  std::mt19937_64 random(4);
  for (int round = 0; round < 40; ++round) {
    const std::string alphabet = std::string("aZ09-_,\"").substr(0, 1 + random() % 8);
    const std::size_t longest = 1 + random() % 70;
    Ids ids;
    for (int i = 0; i < 1'500; ++i)
      ids.push_back(random_text(random, random() % (longest + 1), alphabet));
    expect_sorted(ids, GetParam());
  }
}

}  // namespace
}  // namespace pursuit::exporting
