// export/disk_writer.h: writes big stretches of files in threads of its own, so that a disk works
// while the next stretches are made. take, submit and drain from any thread.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <vector>

#include "base/error.h"
#include "base/huge_vector.h"
#include "export/output_file.h"

namespace pursuit::exporting {

/// A fixed set of buffers that go round: taken, filled, written, taken again. Their pages are paid
/// for once, however much is written.
class DiskWriter {
 public:
  /// Of a buffer; so much in one write keeps a disk busy at hardly any cost.
  static constexpr std::size_t kBufferBytes = std::size_t{4} << 20;
  static_assert(kBufferBytes >= base::kPagesFromBytes);  // such pages are aligned

  /// Most appenders that may be unfinished at a time: each holds a buffer.
  static constexpr std::size_t kMaxFiles = 2;

  DiskWriter();
  /// What has been submitted is written before.
  ~DiskWriter();
  DiskWriter(const DiskWriter&) = delete;
  DiskWriter& operator=(const DiskWriter&) = delete;

  /// A buffer of kBufferBytes to fill; waits until one is free.
  [[nodiscard]] char* take();
  /// Writes `size` bytes of a buffer to `file`, which must live until drain(), and frees the
  /// buffer. `offset` is a multiple of kBufferBytes; `file` null only frees it.
  void submit(const OutputFile* file, std::uint64_t offset, char* buffer, std::size_t size);
  /// Waits for all writes; gives the first failure since the last drain, if any. After one, what
  /// was submitted has been thrown away.
  [[nodiscard]] base::Result<void> drain();
  /// Whether the next drain() will fail.
  [[nodiscard]] bool failed() const { return failed_.load(std::memory_order_relaxed); }

 private:
  struct Write {
    const OutputFile* file;
    std::uint64_t offset;
    char* buffer;
    std::size_t size;
  };

  void work();
  [[nodiscard]] static base::Result<void> write(const Write& write);

  std::vector<base::HugeVector<char>> buffers_;
  std::mutex mutex_;
  std::condition_variable free_;
  std::condition_variable waiting_;
  std::condition_variable idle_;
  std::vector<char*> free_buffers_;  // guarded by mutex_, as are the four below
  std::deque<Write> writes_;
  std::size_t running_ = 0;
  std::optional<base::Error> error_;
  bool stop_ = false;
  std::atomic<bool> failed_ = false;
  std::vector<std::thread> threads_;
};

/// A file that grows at its end, by way of a DiskWriter. Belongs to one thread at a time.
class FileAppender {
 public:
  FileAppender(const OutputFile& file, DiskWriter& writer) : file_(&file), writer_(&writer) {}
  FileAppender(FileAppender&& other) noexcept;
  FileAppender& operator=(FileAppender&&) = delete;
  FileAppender(const FileAppender&) = delete;
  FileAppender& operator=(const FileAppender&) = delete;
  /// Frees what has not been submitted, unwritten.
  ~FileAppender();

  void append(std::string_view text);
  /// Submits the rest; nothing may be appended after it. Then DiskWriter::drain().
  void finish();
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

 private:
  void submit();

  const OutputFile* file_;
  DiskWriter* writer_;
  char* buffer_ = nullptr;
  std::size_t used_ = 0;     // of the buffer
  std::uint64_t bytes_ = 0;  // of the file
};

}  // namespace pursuit::exporting
