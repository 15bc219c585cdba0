// sample/ordered_file.h: a file whose chunks are made by many threads and stand in it in order.
// write_chunk from any thread; the rest from one.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "base/error.h"

namespace pursuit::sample {

/// Appears under its name only when it is whole: until finish() it is `path`.part, and without
/// finish() that is removed.
class OrderedFile {
 public:
  /// `header` is written before the first chunk.
  OrderedFile(std::string path, std::string_view header);
  ~OrderedFile();
  OrderedFile(const OrderedFile&) = delete;
  OrderedFile& operator=(const OrderedFile&) = delete;

  /// Chunks are 0, 1, 2 …, each written once. Waits until all before it have come, so they must be
  /// started in order.
  void write_chunk(std::size_t chunk, std::string_view bytes);
  /// Number of bytes; or the first thing that the file system refused.
  [[nodiscard]] base::Result<std::uint64_t> finish();

 private:
  void write_at(std::string_view bytes, std::uint64_t offset);
  void remember_errno();

  std::string path_;
  std::string part_path_;
  int fd_ = -1;
  bool finished_ = false;
  std::mutex mutex_;
  std::condition_variable turn_;
  std::size_t next_chunk_ = 0;  // guarded by mutex_, like the two below
  std::uint64_t end_ = 0;
  int errno_ = 0;
};

}  // namespace pursuit::sample
