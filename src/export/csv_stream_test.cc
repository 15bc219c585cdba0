#include "export/csv_stream.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace pursuit::exporting {
namespace {

RowStream texts(std::vector<std::string> values) {
  RowStream rows{.columns = {{"text", ParquetType::kText}, {"number", ParquetType::kDouble}},
                 .items = values.size(),
                 .block_items = 2,
                 .write = {}};
  rows.write = [values = std::move(values)](std::size_t begin, std::size_t end,
                                            RowSink& out) -> base::Result<void> {
    for (std::size_t i = begin; i < end; ++i) {
      out.begin_row().text(values[i]).number(-1.5);
      out.end_row();
    }
    return {};
  };
  return rows;
}

std::string all_of(CsvStream& stream, std::size_t bytes) {
  std::string out;
  for (base::Result<bool> more = true; *more;) {
    more = stream.next(out, bytes);
    if (!more) return more.error().text();
  }
  return out;
}

TEST(LooksLikeFormula, BehindWhateverASpreadsheetSkips) {
  for (const std::string_view text :
       {"=1+1", "+971 50", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", " =1", "  \t=1", "\x01=1",
        "\xC2\xA0=1", "\xE2\x80\x8B=1", "\xE2\x80\x8F+1", "\xEF\xBB\xBF-1", "\uFF1D1",
        "\xE3\x80\x80 \xEF\xBC\xA0x", "\x7F=1", "\xC2\x85=1"}) {
    EXPECT_TRUE(looks_like_formula(text)) << text;
  }
  for (const std::string_view text :
       {"", " ", "a=1", "1+1", "'=1", "L-1001", "نورة", "a\tb", "\xC2", "\xE2\x80", "50%"}) {
    EXPECT_FALSE(looks_like_formula(text)) << text;
  }
}

TEST(CsvStream, MarksTextAndLeavesNumbersAlone) {
  CsvStream stream(texts({"=cmd|' /C calc'!A0", "plain", "-2", "a,\"b\"", "+1,2"}), false);
  EXPECT_EQ(all_of(stream, 1),
            "text,number\n'=cmd|' /C calc'!A0,-1.5\nplain,-1.5\n'-2,-1.5\n\"a,\"\"b\"\"\",-1.5\n"
            "\"'+1,2\",-1.5\n");
}

TEST(CsvStream, APieceIsBoundedAndNothingIsLostBetweenPieces) {
  CsvStream whole(texts(std::vector<std::string>(1'000, "some text")), true);
  CsvStream pieces(texts(std::vector<std::string>(1'000, "some text")), true);
  const std::string expected = all_of(whole, 1u << 20);
  EXPECT_TRUE(expected.starts_with("\xEF\xBB\xBFtext,number\n"));
  std::string piece;
  std::string joined;
  bool more = true;
  while (more) {
    piece.clear();
    more = *pieces.next(piece, 100);
    EXPECT_LT(piece.size(), 200u);
    joined += piece;
  }
  EXPECT_EQ(joined, expected);
}

TEST(CsvStream, WithoutRowsHasAHeader) {
  CsvStream stream(texts({}), false);
  EXPECT_EQ(all_of(stream, 100), "text,number\n");
}

TEST(CsvStream, PassesOnWhyThereAreNoRows) {
  RowStream rows = texts({"a"});
  rows.write = [](std::size_t, std::size_t, RowSink&) -> base::Result<void> {
    return base::fail(base::ErrorCode::kStorage, "gone");
  };
  CsvStream stream(std::move(rows), false);
  std::string out;
  const auto more = stream.next(out);
  ASSERT_FALSE(more.has_value());
  EXPECT_EQ(more.error().message, "gone");
}

}  // namespace
}  // namespace pursuit::exporting
