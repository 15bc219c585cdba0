#include "export/csv_text.h"

#include <limits>
#include <string>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace pursuit::exporting {
namespace {

std::string cell_of(const std::string& text) {
  std::string out(csv_room(text), '?');
  out.resize(static_cast<std::size_t>(write_csv_text(text, out.data()) - out.data()));
  return out;
}

// RFC 4180 backwards: what a reader makes of a cell.
std::string unquoted(const std::string& cell) {
  if (cell.empty() || cell.front() != '"') return cell;
  std::string text;
  for (std::size_t i = 1; i + 1 < cell.size(); ++i) {
    if (cell[i] == '"') ++i;
    text += cell[i];
  }
  return text;
}

TEST(CsvText, QuotesOnlyWhereNeeded) {
  EXPECT_EQ(cell_of(""), "");
  EXPECT_EQ(cell_of("walk-in"), "walk-in");
  EXPECT_EQ(cell_of(" padded "), " padded ");
  EXPECT_EQ(cell_of("=SUM(A1)"), "=SUM(A1)");
  EXPECT_EQ(cell_of("a,b"), "\"a,b\"");
  EXPECT_EQ(cell_of("he said \"no\""), "\"he said \"\"no\"\"\"");
  EXPECT_EQ(cell_of("two\nlines"), "\"two\nlines\"");
  EXPECT_EQ(cell_of("a\rb"), "\"a\rb\"");
  EXPECT_EQ(cell_of("سيارة"), "سيارة");
}

RC_GTEST_PROP(CsvText, ComesBackFromItsCell, (const std::string& seed)) {
  std::string text;
  for (const char c : seed) text += std::string(",\"\n\rab")[static_cast<unsigned char>(c) % 6];
  const std::string cell = cell_of(text);
  RC_ASSERT(unquoted(cell) == text);
  RC_ASSERT((cell == text) == (text.find_first_of(",\"\n\r") == std::string::npos));
}

TEST(Pieces, KeepTheirTextsWhileTheListGrows) {
  PieceList pieces;
  const std::string longer(200, 'x');
  for (int i = 0; i < 5'000; ++i) pieces.add(i % 7 == 0 ? longer : std::to_string(i));
  ASSERT_EQ(pieces.size(), 5'000u);
  EXPECT_EQ(pieces.max_room(), longer.size());
  for (int i = 0; i < 5'000; ++i) {
    const Piece piece = pieces[static_cast<std::size_t>(i)];
    std::string out(piece.room(), '?');
    out.resize(static_cast<std::size_t>(put(piece, out.data()) - out.data()));
    ASSERT_EQ(out, i % 7 == 0 ? longer : std::to_string(i));
  }
}

TEST(Numbers, FromTheCacheAreThoseWrittenAnew) {
  NumberCache cache;
  for (int round = 0; round < 2; ++round) {
    for (int i = -3'000; i < 3'000; ++i) {
      const double value = i / 7.0;
      char cached[kNumberRoom];
      char written[kNumberRoom];
      ASSERT_EQ(std::string(cached, cache.write(value, cached)),
                std::string(written, write_double(value, written)));
    }
  }
}

TEST(Rows, HoldCellsOfEveryKind) {
  TextBuffer out;
  RowWriter row(out);
  row.text("a,b").count(12).number(0.5).instant(0).date(20'605).flag(true).end();
  row.absent().number(std::numeric_limits<double>::quiet_NaN()).instant(base::kNoInstant).end();
  EXPECT_EQ(out.text(), "\"a,b\",12,0.5,1970-01-01T00:00:00.000Z,2026-06-01,true\n,,\n");
}

}  // namespace
}  // namespace pursuit::exporting
