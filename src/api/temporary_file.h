// api/temporary_file.h: a file that is made under a name, then read without one, so that nothing is
// left behind however it ends. Belongs to one thread at a time.
#pragma once

#include <cstddef>
#include <string>

#include "base/error.h"

namespace pursuit::api {

class TemporaryFile {
 public:
  /// Makes a folder of its own, which nobody else may enter, below `scratch` (empty: the system's
  /// folder for such things).
  [[nodiscard]] static base::Result<TemporaryFile> create(const std::string& scratch);
  TemporaryFile(TemporaryFile&& other) noexcept;
  TemporaryFile& operator=(TemporaryFile&&) = delete;
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile();

  [[nodiscard]] const std::string& folder() const { return folder_; }
  /// Where the content is to be written.
  [[nodiscard]] std::string path() const { return folder_ + "/export"; }
  /// Opens what is at path() and takes the name away.
  [[nodiscard]] base::Result<void> open();
  /// Appends up to `bytes` more and says whether more may follow.
  [[nodiscard]] base::Result<bool> read(std::string& out, std::size_t bytes);

 private:
  explicit TemporaryFile(std::string folder) : folder_(std::move(folder)) {}
  void remove();

  std::string folder_;  // empty: there is none any more
  int fd_ = -1;
};

}  // namespace pursuit::api
