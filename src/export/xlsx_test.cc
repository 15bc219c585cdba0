#include "export/xlsx.h"

#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "export/test_folder.h"

namespace pursuit::exporting {
namespace {

RowStream numbers(std::size_t count) {
  RowStream rows{.columns = {{"number", ParquetType::kInteger}}, .items = count, .write = {}};
  rows.write = [](std::size_t begin, std::size_t end, RowSink& out) -> base::Result<void> {
    for (std::size_t i = begin; i < end; ++i) {
      out.begin_row().count(i);
      out.end_row();
    }
    return {};
  };
  return rows;
}

TEST(Xlsx, ASheetThatIsFullIsRefused) {
  const test::Folder folder;
  const auto done = write_xlsx(folder.path("a.xlsx"), numbers(11),
                               {.sheet = "a", .scratch = folder.path(""), .max_rows = 10});
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().code, base::ErrorCode::kLimit);
  const auto fits = write_xlsx(folder.path("b.xlsx"), numbers(10),
                               {.sheet = "b", .scratch = folder.path(""), .max_rows = 10});
  EXPECT_TRUE(fits.has_value());
  EXPECT_TRUE(folder.read("b.xlsx").starts_with("PK"));
}

TEST(Xlsx, GivesUpWhenAsked) {
  const test::Folder folder;
  int asked = 0;
  const auto done = write_xlsx(
      folder.path("a.xlsx"), numbers(5'000),
      {.sheet = "a", .scratch = folder.path(""), .gives_up = [&] { return ++asked == 3; }});
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().code, base::ErrorCode::kBusy);
  EXPECT_EQ(asked, 3);
}

TEST(Xlsx, TellsWhatTheFileSystemRefuses) {
  const test::Folder folder;
  const auto done = write_xlsx(folder.path("no/such/folder.xlsx"), numbers(1),
                               {.sheet = "a", .scratch = folder.path("")});
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().code, base::ErrorCode::kIo);
}

#ifdef __linux__
TEST(Xlsx, AFullDiskIsAFailureAndNotAShortFile) {
  // /dev/full takes no byte.
  const auto done = write_xlsx("/dev/full", numbers(100), {.sheet = "a", .scratch = "/tmp"});
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().code, base::ErrorCode::kIo);
}
#endif

}  // namespace
}  // namespace pursuit::exporting
