#include "export/block_writer.h"

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

#include "export/test_folder.h"

namespace pursuit::exporting {
namespace {

using test::Folder;

// Row i of either file holds its number, a varying number of times, so that blocks differ in size.
BlockJob numbers_job(std::span<const OutputFile* const> files,
                     std::span<const std::string_view> headers, std::size_t items) {
  BlockJob job{.files = files,
               .headers = headers,
               .items = items,
               .block_items = 7,
               .format = {},
               .tail = {},
               .progress = {}};
  job.format = [](std::size_t begin, std::size_t end, unsigned, std::span<TextBuffer> texts,
                  std::span<std::uint64_t> rows) {
    for (std::size_t i = begin; i < end; ++i) {
      texts[0].append(std::to_string(i) + "\n");
      for (std::size_t k = 0; k < i % 5; ++k) texts[1].append(std::to_string(i) + "\n");
      rows[1] += i % 5;
    }
    rows[0] = end - begin;
  };
  return job;
}

TEST(Blocks, StandInOrderInEachFile) {
  const Folder folder;
  constexpr std::size_t kItems = 10'000;
  std::string once = "one\n";
  std::string often = "many\n";
  for (std::size_t i = 0; i < kItems; ++i) {
    once += std::to_string(i) + "\n";
    for (std::size_t k = 0; k < i % 5; ++k) often += std::to_string(i) + "\n";
  }
  for (const unsigned threads : {1u, 2u, 8u}) {
    auto one = OutputFile::create(folder.path("one"));
    auto many = OutputFile::create(folder.path("many"));
    ASSERT_TRUE(one && many);
    const std::array<const OutputFile*, 2> files = {&*one, &*many};
    const std::array<std::string_view, 2> headers = {"one\n", "many\n"};
    base::ThreadPool pool(threads);
    DiskWriter writer;
    BlockJob job = numbers_job(files, headers, kItems);
    std::uint64_t last = 0;
    job.progress = [&](std::uint64_t done, std::uint64_t total) {
      EXPECT_GT(done, last);
      EXPECT_EQ(total, kItems);
      last = done;
    };
    const auto extents = write_blocks(job, pool, writer);
    ASSERT_TRUE(extents);
    EXPECT_EQ(last, kItems);
    EXPECT_EQ((*extents)[0].rows, kItems);
    EXPECT_EQ((*extents)[1].rows, 2 * kItems);
    EXPECT_EQ((*extents)[1].bytes, often.size());
    ASSERT_TRUE(one->commit() && many->commit());
    EXPECT_EQ(folder.read("one"), once);
    EXPECT_EQ(folder.read("many"), often);
  }
}

TEST(Blocks, AFullDiskIsOneErrorAndNothingIsLeftBehind) {
  const Folder folder;
  std::filesystem::create_symlink("/dev/full", folder.path("many.tmp"));
  {
    auto one = OutputFile::create(folder.path("one"));
    auto many = OutputFile::create(folder.path("many"));
    ASSERT_TRUE(one && many);
    const std::array<const OutputFile*, 2> files = {&*one, &*many};
    const std::array<std::string_view, 2> headers = {"one\n", ""};
    base::ThreadPool pool(4);
    DiskWriter writer;
    const auto extents = write_blocks(numbers_job(files, headers, 100'000), pool, writer);
    ASSERT_FALSE(extents);
    EXPECT_EQ(extents.error().code, base::ErrorCode::kIo);
    EXPECT_EQ(extents.error().where, folder.path("many"));
    EXPECT_NE(extents.error().message.find("No space left"), std::string::npos);
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path("")));
}

TEST(OutputFiles, AppearOnlyWhenCommitted) {
  const Folder folder;
  {
    auto file = OutputFile::create(folder.path("f.csv"));
    ASSERT_TRUE(file);
    ASSERT_TRUE(file->write_at("text", 0));
    EXPECT_FALSE(std::filesystem::exists(folder.path("f.csv")));
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path("")));
  ASSERT_TRUE(write_file(folder.path("f.csv"), "old and longer"));
  ASSERT_TRUE(write_file(folder.path("f.csv"), "new"));
  EXPECT_EQ(folder.read("f.csv"), "new");
}

TEST(OutputFiles, InAFolderThatIsNotThereAreAnError) {
  const auto file = OutputFile::create("no/such/folder/f.csv");
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().where, "no/such/folder/f.csv");
}

}  // namespace
}  // namespace pursuit::exporting
