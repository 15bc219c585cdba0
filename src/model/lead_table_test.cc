#include "model/lead_table.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace pursuit::model {
namespace {

struct Row {
  std::string id;
  std::array<std::string, kDimensions> texts;
  friend bool operator==(const Row&, const Row&) = default;
};

// Blocks take turns between two sets of names, as if two threads had read them.
std::vector<base::LeadId> append(LeadTable& table, const std::vector<Row>& rows,
                                 std::size_t block_rows, unsigned threads) {
  std::array<LeadNames, 2> names;
  std::vector<char> chars;
  std::vector<std::uint16_t> lengths;
  std::vector<std::uint32_t> profiles;
  std::vector<std::uint32_t> owners;
  std::vector<std::size_t> first_char;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    LeadNames& own = names[i / block_rows % 2];
    first_char.push_back(chars.size());
    chars.insert(chars.end(), rows[i].id.begin(), rows[i].id.end());
    lengths.push_back(static_cast<std::uint16_t>(rows[i].id.size()));
    LeadNames::ProfileTexts texts;
    std::copy_n(rows[i].texts.begin(), kRuleDimensions, texts.begin());
    profiles.push_back(own.profile(texts));
    owners.push_back(own.owner(rows[i].texts[index_of(Dimension::kOwner)]));
  }
  first_char.push_back(chars.size());
  std::vector<LeadTable::Block> blocks;
  for (std::size_t begin = 0; begin < rows.size(); begin += block_rows) {
    const std::size_t n = std::min(block_rows, rows.size() - begin);
    blocks.push_back({.names = begin / block_rows % 2,
                      .id_chars = std::span(chars).subspan(
                          first_char[begin], first_char[begin + n] - first_char[begin]),
                      .id_length = std::span(lengths).subspan(begin, n),
                      .profile = std::span(profiles).subspan(begin, n),
                      .owner = std::span(owners).subspan(begin, n)});
  }
  std::vector<std::vector<base::LeadId>> lead_of;
  table.append(names, blocks, lead_of, threads);
  std::vector<base::LeadId> out;
  for (const auto& leads : lead_of) out.insert(out.end(), leads.begin(), leads.end());
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (out[i] == base::kNoLead) continue;
    EXPECT_EQ(table.profile(out[i]).v, profiles[i]);
    EXPECT_EQ(table.owner(out[i]), owners[i]);
  }
  return out;
}

Row row_of(const LeadTable& table, base::LeadId lead) {
  Row row{.id = std::string(table.id(lead)), .texts = {}};
  for (std::size_t d = 0; d < kDimensions; ++d) {
    row.texts[d] = table.text(lead, static_cast<Dimension>(d));
  }
  return row;
}

// Each row has become a lead, or an earlier row has the same id.
void expect_holds(const LeadTable& table, const std::vector<Row>& rows,
                  const std::vector<base::LeadId>& lead_of) {
  ASSERT_EQ(lead_of.size(), rows.size());
  std::map<std::string, base::LeadId> expected;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (expected.contains(rows[i].id)) {
      ASSERT_EQ(lead_of[i], base::kNoLead);
      continue;
    }
    ASSERT_LT(lead_of[i].v, table.size());
    ASSERT_EQ(row_of(table, lead_of[i]), rows[i]);
    expected[rows[i].id] = lead_of[i];
  }
  ASSERT_EQ(table.size(), expected.size());
  std::vector<std::string_view> ids;
  std::vector<base::LeadId> leads;
  for (const auto& [id, lead] : expected) {
    ASSERT_EQ(table.find(id), lead);
    ids.emplace_back(id);
    leads.push_back(lead);
  }
  ids.insert(ids.begin() + static_cast<std::ptrdiff_t>(ids.size() / 2), "an id that is not there");
  leads.insert(leads.begin() + static_cast<std::ptrdiff_t>(leads.size() / 2), base::kNoLead);
  std::vector<base::LeadId> found(ids.size());
  table.find_batch(ids, found);
  ASSERT_EQ(found, leads);
}

std::vector<Row> random_rows(std::size_t count, std::uint64_t seed, std::size_t id_length,
                             std::uint64_t ids) {
  std::uint64_t state = seed * 2 + 1;
  const auto next = [&](std::uint64_t below) {
    state = state * 6'364'136'223'846'793'005u + 1'442'695'040'888'963'407u;
    return (state >> 33) % below;
  };
  std::vector<Row> rows(count);
  for (Row& row : rows) {
    row.id = std::to_string(next(ids));
    row.id.insert(0, id_length - std::min(id_length, row.id.size()), 'L');
    for (std::size_t d = 0; d < kDimensions; ++d) {
      row.texts[d] = next(9) == 0 ? "" : "value " + std::to_string(next(d + 2));
    }
  }
  return rows;
}

TEST(LeadTable, AppendTakesTheFirstRowOfEachId) {
  for (const std::size_t id_length : {1u, 5u, 8u, 9u, 36u, 200u}) {
    for (const std::uint64_t ids : {300u, 1'000'000u}) {
      const auto rows = random_rows(5'000, id_length + ids, id_length, ids);
      LeadTable table;
      const auto lead_of = append(table, rows, 700, 3);
      expect_holds(table, rows, lead_of);
    }
  }
}

TEST(LeadTable, NeitherBlocksNorThreadsChangeTheNumbers) {
  const auto rows = random_rows(3'000, 5, 8, 2'500);
  LeadTable reference;
  const auto expected = append(reference, rows, rows.size(), 1);
  for (const std::size_t block_rows : {1u, 17u, 1'000u}) {
    for (const unsigned threads : {1u, 2u, 5u}) {
      LeadTable table;
      ASSERT_EQ(append(table, rows, block_rows, threads), expected);
      for (std::uint32_t lead = 0; lead < table.size(); ++lead) {
        ASSERT_EQ(table.profile({lead}), reference.profile({lead}));
        ASSERT_EQ(table.owner({lead}), reference.owner({lead}));
      }
      for (std::uint32_t p = 0; p < table.profile_count(); ++p) {
        ASSERT_EQ(table.profile_codes({p}), reference.profile_codes({p}));
        ASSERT_EQ(table.intern_profile(table.profile_codes({p})), base::ProfileId{p});
      }
    }
  }
}

TEST(LeadTable, LeadsOfOneDealerAndNameplateAreNeighbours) {
  LeadTable table;
  append(table, random_rows(4'000, 9, 8, 1'000'000), 500, 2);
  std::vector<std::array<std::uint32_t, 2>> pairs;
  for (std::uint32_t lead = 0; lead < table.size(); ++lead) {
    if (lead > 0) {
      ASSERT_LE(table.profile({lead - 1}), table.profile({lead}));
    }
    const ProfileCodes& codes = table.profile_codes(table.profile({lead}));
    const std::array pair = {codes[index_of(Dimension::kDealer)],
                             codes[index_of(Dimension::kNameplate)]};
    if (pairs.empty() || pairs.back() != pair) pairs.push_back(pair);
  }
  const std::size_t runs = pairs.size();
  std::ranges::sort(pairs);
  EXPECT_TRUE(std::ranges::adjacent_find(pairs) == pairs.end());
  EXPECT_GT(runs, 1u);
}

TEST(LeadTable, GrowsOneByOneAfterABulkLoad) {
  LeadTable table;
  auto rows = random_rows(500, 1, 8, 100'000);
  auto lead_of = append(table, rows, 100, 2);
  const auto more = random_rows(3'000, 2, 12, 2'000);
  const auto more_leads = append(table, more, 100, 2);
  rows.insert(rows.end(), more.begin(), more.end());
  lead_of.insert(lead_of.end(), more_leads.begin(), more_leads.end());
  expect_holds(table, rows, lead_of);
  const base::LeadId lead = table.add("new", table.profile({3}), 0);
  EXPECT_EQ(table.find("new"), lead);
  EXPECT_EQ(lead.v + 1, table.size());
}

TEST(LeadTable, MoreProfilesThanAreRememberedStillLoad) {
  std::vector<Row> rows(300'000);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].id = std::to_string(i);
    for (std::size_t d = 0; d < kDimensions; ++d) {
      rows[i].texts[d] = std::to_string((i * (d + 7)) % 1'000);
    }
    rows[i].texts[2] = std::to_string(i % 290'000);
  }
  LeadTable table;
  const auto lead_of = append(table, rows, 100'000, 2);
  for (const std::size_t i : {0u, 150'000u, 270'000u, 299'999u}) {
    ASSERT_EQ(row_of(table, lead_of[i]), rows[i]);
  }
}

TEST(LeadNames, NeighboursInMemoryAreToldApartByLength) {
  LeadNames names;
  const auto number = [&](const std::string& row, std::array<std::size_t, 7> cuts) {
    // By Dimension, but in memory in the order of most files.
    constexpr std::array<std::size_t, kRuleDimensions> kOrder = {3, 0, 1, 2, 4, 5};
    LeadNames::ProfileTexts texts;
    for (std::size_t i = 0; i < kRuleDimensions; ++i) {
      texts[kOrder[i]] = std::string_view(row).substr(cuts[i], cuts[i + 1] - 1 - cuts[i]);
    }
    return names.profile(texts);
  };
  const std::string row = "aa,aa,aa,aa,aa,aa";
  const std::uint32_t regular = number(row, {0, 3, 6, 9, 12, 15, 18});
  EXPECT_EQ(number(std::string(row), {0, 3, 6, 9, 12, 15, 18}), regular);
  EXPECT_NE(number(row, {0, 6, 7, 9, 12, 15, 18}), regular);
  const std::string x = "aa";
  EXPECT_EQ(names.profile({x, x, x, x, x, x}), regular);
  EXPECT_EQ(names.profiles().size(), 2u);
}

TEST(LeadTable, IdsWithNulBytesStayApart) {
  using namespace std::string_literals;
  std::vector<Row> rows;
  for (const std::string& id : {"a"s, "a\0"s, "\0a"s, "\0"s, "a\0a"s, "a\0\0\0\0\0\0\0"s, "aa"s}) {
    rows.push_back({.id = id, .texts = {}});
  }
  LeadTable table;
  expect_holds(table, rows, append(table, rows, 2, 2));
}

// Ids of nine and ten characters are held packed; these differ in one character, or in length, or
// would be the same if a byte were cut.
TEST(LeadTable, IdsHeldPackedStayApart) {
  EXPECT_TRUE(rc::check("alike, yet different", [] {
    const auto character =
        rc::gen::weightedOneOf<char>({{8, rc::gen::element('0', '1', ' ', '_', '-', 'A', 'Z')},
                                      {1, rc::gen::element('\0', '\x01', '\x11', '\x1F', '`', 'a',
                                                           'p', '\x7F', '\xA0', '\xFF')}});
    const auto one = *rc::gen::container<std::string>(10, character);
    std::set<std::string> ids;
    for (std::size_t n = 7; n <= 10; ++n) ids.insert(one.substr(0, n));
    for (std::size_t i = 0; i < one.size(); ++i) {
      std::string other = one;
      other[i] = *character;
      ids.insert(other);
      ids.insert(other.substr(0, 9));
      ids.insert(other + *character);
    }
    LeadTable table;
    std::vector<std::string_view> texts;
    for (const std::string& id : ids) {
      EXPECT_EQ(table.find(id), base::kNoLead);
      texts.push_back(id);
      table.add(id, {0}, 0);
    }
    std::vector<base::LeadId> found(texts.size());
    table.find_batch(texts, found);
    for (std::uint32_t i = 0; i < texts.size(); ++i) {
      RC_ASSERT(table.find(texts[i]).v == i);
      RC_ASSERT(found[i].v == i);
    }
  }));
}

TEST(LeadTable, AnEmptyTableFindsNothing) {
  LeadTable table;
  EXPECT_EQ(table.find("x"), base::kNoLead);
  EXPECT_EQ(table.find(""), base::kNoLead);
  std::vector<base::LeadId> out(1, base::LeadId{7});
  const std::vector<std::string_view> ids = {"x"};
  table.find_batch(ids, out);
  EXPECT_EQ(out[0], base::kNoLead);
  EXPECT_TRUE(append(table, {}, 1, 2).empty());
  EXPECT_EQ(table.size(), 0u);
}

TEST(LeadTable, AnyRowsAreFoundAgain) {
  EXPECT_TRUE(rc::check("rows in, rows out", [](const std::vector<std::string>& ids) {
    std::vector<Row> rows;
    for (const std::string& id : ids) {
      rows.push_back({.id = id + "#", .texts = {}});
      rows.back().texts[2] = std::to_string(id.size() % 3);
    }
    LeadTable table;
    expect_holds(table, rows, append(table, rows, 3, 2));
    RC_ASSERT(!testing::Test::HasFatalFailure());
  }));
}

TEST(LeadTable, ShortIdsCostAtMostFortyFiveBytesALead) {
  LeadTable table;
  std::vector<Row> rows(300'000);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].id = "L" + std::to_string(1'000'000 + i);
    rows[i].texts[2] = std::to_string(i % 100);
  }
  append(table, rows, 50'000, 2);
  EXPECT_LE(table.memory_bytes(), 45 * rows.size());
}

}  // namespace
}  // namespace pursuit::model
