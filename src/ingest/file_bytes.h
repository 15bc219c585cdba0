// ingest/file_bytes.h: the content of a file as one stretch of memory: mapped where it can be, else
// read or inflated (gzip) into memory. Immutable once open; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/huge_vector.h"
#include "base/limits.h"

namespace pursuit::ingest {

struct FileBytesOptions {
  std::uint64_t max_inflated_bytes = base::kMaxInflatedBytes;
  /// What gzip saves is told apart from a bomb by this: text does not shrink a thousandfold.
  std::uint64_t max_inflation = 500;
};

class FileBytes {
 public:
  /// Fails when there is no such file, it cannot be read, or its gzip data are damaged, cut off,
  /// followed by something else, or over a limit. Gzip is told by its first bytes, not by the name.
  [[nodiscard]] static base::Result<FileBytes> open(const std::string& path,
                                                    const FileBytesOptions& options = {});
  /// Text that is in memory already, under a name for messages.
  [[nodiscard]] static FileBytes of_text(std::string_view text, std::string name);

  FileBytes(const FileBytes&) = delete;
  FileBytes& operator=(const FileBytes&) = delete;
  FileBytes(FileBytes&& other) noexcept;
  FileBytes& operator=(FileBytes&& other) noexcept;
  ~FileBytes();

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string_view text() const { return text_; }

  /// Brings a stretch of a mapped file into reach at once, far cheaper than page by page; false if
  /// that is impossible, because the disk fails or the file has become shorter.
  [[nodiscard]] bool fetch(std::size_t begin, std::size_t end) const;
  /// Says that a stretch will not be read again soon: it no longer counts as memory in use.
  void forget(std::size_t begin, std::size_t end) const;

 private:
  FileBytes() = default;
  void close() noexcept;

  std::string path_;
  std::string_view text_;
  bool mapped_ = false;
  base::PageVector<char> owned_;  // where it is not mapped
};

/// The files that a path or a glob pattern names, sorted by name. A file of exactly that name comes
/// before the pattern's meaning; none at all is an error (kNotFound).
[[nodiscard]] base::Result<std::vector<std::string>> expand_path(const std::string& pattern);

}  // namespace pursuit::ingest
