#include "export/output_file.h"

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

namespace pursuit::exporting {
namespace {

std::unexpected<base::Error> io_failure(std::string_view what, const std::string& path,
                                        int error_number) {
  return base::fail(base::ErrorCode::kIo,
                    std::string(what) + ": " + std::generic_category().message(error_number), path);
}

}  // namespace

OutputFile::OutputFile(std::string path, std::string temporary_path, int fd)
    : path_(std::move(path)), temporary_path_(std::move(temporary_path)), fd_(fd) {}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_path_(std::move(other.temporary_path_)),
      fd_(std::exchange(other.fd_, -1)) {}

OutputFile::~OutputFile() {
  if (fd_ < 0) return;
  ::close(fd_);
  ::unlink(temporary_path_.c_str());
}

base::Result<OutputFile> OutputFile::create(std::string path) {
  std::string temporary_path = path + ".tmp";
  const int fd = ::open(temporary_path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) return io_failure("cannot create the file", path, errno);
  return OutputFile(std::move(path), std::move(temporary_path), fd);
}

base::Result<void> OutputFile::write_at(std::string_view bytes, std::uint64_t offset) const {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return io_failure("cannot write", path_, errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
    offset += static_cast<std::uint64_t>(written);
  }
  return {};
}

base::Result<void> OutputFile::commit() {
  const int fd = std::exchange(fd_, -1);
  int failed = ::close(fd) != 0 ? errno : 0;
  if (failed == 0 && std::rename(temporary_path_.c_str(), path_.c_str()) != 0) failed = errno;
  if (failed == 0) return {};
  ::unlink(temporary_path_.c_str());
  return io_failure("cannot finish the file", path_, failed);
}

base::Result<void> write_file(const std::string& path, std::string_view bytes) {
  auto file = OutputFile::create(path);
  if (!file) return std::unexpected(file.error());
  if (auto written = file->write_at(bytes, 0); !written) return written;
  return file->commit();
}

}  // namespace pursuit::exporting
