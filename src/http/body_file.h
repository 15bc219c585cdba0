// http/body_file.h: a request's body in a file instead of memory. Owned by one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"

namespace pursuit::http {

/// A new file, readable by its owner alone, that goes when this does, unless somebody has moved it.
class BodyFile {
 public:
  /// kIo or, where there is no space, kStorage.
  [[nodiscard]] static base::Result<std::unique_ptr<BodyFile>> create(const std::string& folder);
  BodyFile(const BodyFile&) = delete;
  BodyFile& operator=(const BodyFile&) = delete;
  ~BodyFile();

  [[nodiscard]] base::Result<void> write(std::string_view bytes);
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::uint64_t size() const { return size_; }

 private:
  BodyFile(int file, std::string path) : file_(file), path_(std::move(path)) {}

  int file_;
  std::string path_;
  std::uint64_t size_ = 0;
};

}  // namespace pursuit::http
