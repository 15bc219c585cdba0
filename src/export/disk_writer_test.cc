#include "export/disk_writer.h"

#include <csignal>
#include <filesystem>
#include <string>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "export/test_folder.h"

namespace pursuit::exporting {
namespace {

using test::Folder;

constexpr std::size_t kBuffer = DiskWriter::kBufferBytes;

// Text of that size in which every stretch differs from its neighbours.
std::string text_of(std::size_t size) {
  std::string text;
  for (std::size_t i = 0; text.size() < size; ++i) text += std::to_string(i) + ",";
  text.resize(size);
  return text;
}

// Writes `text` in pieces of `piece` bytes.
base::Result<void> write_in_pieces(const OutputFile& file, DiskWriter& writer,
                                   std::string_view text, std::size_t piece) {
  FileAppender appender(file, writer);
  for (std::size_t at = 0; at < text.size(); at += piece) appender.append(text.substr(at, piece));
  EXPECT_EQ(appender.bytes(), text.size());
  appender.finish();
  return writer.drain();
}

// Limits the size of files for as long as it lives; a write beyond is an error, not a signal.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(std::size_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  void (*handler_)(int);
};

TEST(DiskWriters, WriteFilesOfAnySizeWhole) {
  const Folder folder;
  DiskWriter writer;
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, kBuffer - 1, kBuffer, kBuffer + 1,
                                 3 * kBuffer, 12 * kBuffer + 4'097}) {
    auto file = OutputFile::create(folder.path("f"));
    ASSERT_TRUE(file);
    const std::string text = text_of(size);
    ASSERT_TRUE(write_in_pieces(*file, writer, text, 1'000'003));
    ASSERT_TRUE(file->commit());
    EXPECT_TRUE(folder.read("f") == text) << size;
  }
}

TEST(DiskWriters, KeepTwoFilesApart) {
  const Folder folder;
  DiskWriter writer;
  auto one = OutputFile::create(folder.path("one"));
  auto two = OutputFile::create(folder.path("two"));
  ASSERT_TRUE(one && two);
  const std::string text = text_of(5 * kBuffer + 7);
  {
    FileAppender first(*one, writer);
    FileAppender second(*two, writer);
    for (std::size_t at = 0; at < text.size(); at += 300'007) {
      const std::string_view piece = std::string_view(text).substr(at, 300'007);
      first.append(piece);
      second.append("-");
      second.append(piece);
    }
    first.finish();
    second.finish();
    ASSERT_TRUE(writer.drain());
  }
  ASSERT_TRUE(one->commit() && two->commit());
  EXPECT_TRUE(folder.read("one") == text);
  EXPECT_EQ(folder.read("two").size(), text.size() + (text.size() + 300'006) / 300'007);
}

TEST(DiskWriters, WriteThroughTheCacheWhereTheSystemRefusesToGoPastIt) {
  const Folder folder;
  // A device takes no O_DIRECT; what it swallows is counted by the error of the next test.
  std::filesystem::create_symlink("/dev/null", folder.path("f.tmp"));
  ASSERT_LT(::open("/dev/null", O_WRONLY | O_DIRECT), 0);
  auto file = OutputFile::create(folder.path("f"));
  ASSERT_TRUE(file);
  DiskWriter writer;
  EXPECT_TRUE(write_in_pieces(*file, writer, text_of(3 * kBuffer + 5), kBuffer));
}

TEST(DiskWriters, TellOfAFullDiskOnceAndGoOnWithTheNextFile) {
  const Folder folder;
  std::filesystem::create_symlink("/dev/full", folder.path("full.tmp"));
  DiskWriter writer;
  {
    auto file = OutputFile::create(folder.path("full"));
    ASSERT_TRUE(file);
    const auto written = write_in_pieces(*file, writer, text_of(9 * kBuffer), kBuffer);
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().where, folder.path("full"));
    EXPECT_NE(written.error().message.find("No space left"), std::string::npos);
    EXPECT_FALSE(writer.failed());
  }
  auto next = OutputFile::create(folder.path("next"));
  ASSERT_TRUE(next);
  EXPECT_TRUE(write_in_pieces(*next, writer, text_of(2 * kBuffer), kBuffer));
  ASSERT_TRUE(next->commit());
  EXPECT_TRUE(folder.read("next") == text_of(2 * kBuffer));
}

TEST(DiskWriters, ALimitOnFileSizesIsAnErrorWhereverItCuts) {
  const Folder folder;
  for (const std::size_t limit : {2 * kBuffer, 2 * kBuffer + 4'096, 2 * kBuffer + 77}) {
    const FileSizeLimit limited(limit);
    {
      auto file = OutputFile::create(folder.path("f"));
      ASSERT_TRUE(file);
      DiskWriter writer;
      const auto written = write_in_pieces(*file, writer, text_of(4 * kBuffer), kBuffer);
      ASSERT_FALSE(written) << limit;
      EXPECT_NE(written.error().message.find("File too large"), std::string::npos);
    }
    EXPECT_TRUE(std::filesystem::is_empty(folder.path("")));
  }
}

TEST(DiskWriters, FreeTheBuffersOfAFileThatWasNotFinished) {
  const Folder folder;
  auto file = OutputFile::create(folder.path("f"));
  ASSERT_TRUE(file);
  DiskWriter writer;
  for (int i = 0; i < 100; ++i) {
    FileAppender appender(*file, writer);
    appender.append("unfinished");
  }
  ASSERT_TRUE(writer.drain());
  ASSERT_TRUE(file->commit());
  EXPECT_EQ(folder.read("f"), "");
}

}  // namespace
}  // namespace pursuit::exporting
