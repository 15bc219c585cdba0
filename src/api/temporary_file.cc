#include "api/temporary_file.h"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "export/output_file.h"

namespace pursuit::api {

namespace fs = std::filesystem;

base::Result<TemporaryFile> TemporaryFile::create(const std::string& scratch) {
  std::error_code error;
  const fs::path parent = scratch.empty() ? fs::temp_directory_path(error) : fs::path(scratch);
  if (error) return exporting::file_failure("no folder for temporary files", "", error.value());
  std::string pattern = (parent / "pursuit-export-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr)
    return exporting::file_failure("cannot make a folder", parent.string(), errno);
  return TemporaryFile(std::move(pattern));
}

TemporaryFile::TemporaryFile(TemporaryFile&& other) noexcept
    : folder_(std::exchange(other.folder_, {})), fd_(std::exchange(other.fd_, -1)) {}

TemporaryFile::~TemporaryFile() {
  if (fd_ >= 0) ::close(fd_);
  remove();
}

void TemporaryFile::remove() {
  if (folder_.empty()) return;
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
  folder_.clear();
}

base::Result<void> TemporaryFile::open() {
  fd_ = ::open(path().c_str(), O_RDONLY | O_CLOEXEC);
  if (fd_ < 0) return exporting::file_failure("cannot open", path(), errno);
  remove();
  return {};
}

base::Result<bool> TemporaryFile::read(std::string& out, std::size_t bytes) {
  const std::size_t before = out.size();
  out.resize(before + bytes);
  ssize_t got = 0;
  do {
    got = ::read(fd_, out.data() + before, bytes);
  } while (got < 0 && errno == EINTR);
  const int error_number = errno;
  out.resize(before + static_cast<std::size_t>(got < 0 ? 0 : got));
  if (got < 0) return exporting::file_failure("cannot read", "export", error_number);
  return got > 0;
}

}  // namespace pursuit::api
