// export/output_file.h: a result file that appears under its name only when it is whole. write_at
// and write_aligned from any thread; the rest from one.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace pursuit::exporting {

/// Until commit() the file is `path`.tmp; without commit() that is removed.
class OutputFile {
 public:
  /// What the address, the offset and the size of write_aligned must be multiples of: no disk has
  /// larger sectors.
  static constexpr std::size_t kAlignment = 4096;

  [[nodiscard]] static base::Result<OutputFile> create(std::string path);
  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&&) = delete;
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile();

  /// Writes all of `bytes`, or fails with an error that names the file. Not synced to the disk.
  [[nodiscard]] base::Result<void> write_at(std::string_view bytes, std::uint64_t offset) const;
  /// The same for aligned bytes, past the page cache where the file system can: the cache would
  /// take the processor's time for a copy that nobody reads. No byte may be written both ways.
  [[nodiscard]] base::Result<void> write_aligned(std::string_view bytes,
                                                 std::uint64_t offset) const;
  /// Closes the file and gives it its name.
  [[nodiscard]] base::Result<void> commit();

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  OutputFile(std::string path, std::string temporary_path, int fd);
  [[nodiscard]] int open_direct() const;

  static constexpr int kNotTried = -1;
  static constexpr int kRefused = -2;

  std::string path_;
  std::string temporary_path_;
  int fd_;
  mutable std::atomic<int> direct_fd_ = kNotTried;  // a second one, since O_DIRECT counts for all
};

/// What the file system refused, as an error that names the file.
[[nodiscard]] std::unexpected<base::Error> file_failure(std::string_view what,
                                                        const std::string& path, int error_number);

/// Writes a small file whole, by way of `path`.tmp.
[[nodiscard]] base::Result<void> write_file(const std::string& path, std::string_view bytes);

}  // namespace pursuit::exporting
