#include "ingest/rejects.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace pursuit::ingest {
namespace {

PartRejects lines(std::uint64_t from, std::uint64_t to) {
  PartRejects out;
  for (std::uint64_t line = from; line < to; ++line) {
    out.add(line, Field::kAt, RejectReason::kBadInstant, std::to_string(line));
  }
  return out;
}

TEST(Rejects, TheFirstOfTheFilesAreKeptWhateverTheOrderOfArrival) {
  Rejects rejects(10);
  for (const std::size_t part : {3u, 1u, 0u, 2u}) rejects.take(1, part, lines(0, 4));
  rejects.take(0, 0, lines(0, 3));
  rejects.finish({{1}, {2, 12, 22, 32}});
  ASSERT_EQ(rejects.kept().size(), 10u);
  EXPECT_EQ(rejects.total(), 19u);
  std::vector<std::uint64_t> kept;
  for (const Reject& reject : rejects.kept()) kept.push_back(reject.file * 100 + reject.line);
  EXPECT_EQ(kept, (std::vector<std::uint64_t>{1, 2, 3, 102, 103, 104, 105, 112, 113, 114}));
}

TEST(Rejects, LongTextsAreCutBetweenCharacters) {
  PartRejects part;
  part.add(0, kWholeRecord, RejectReason::kTooLong,
           std::string(kMaxRejectTextBytes - 1, 'x') + "\xC3\xA9 and more");
  Rejects rejects;
  rejects.take(0, 0, std::move(part));
  rejects.finish({{1}});
  EXPECT_EQ(rejects.kept()[0].text, std::string(kMaxRejectTextBytes - 1, 'x') + "…");
  EXPECT_EQ(rejects.kept()[0].field_name(), "");
}

}  // namespace
}  // namespace pursuit::ingest
