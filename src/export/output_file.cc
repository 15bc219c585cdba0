#include "export/output_file.h"

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/assert.h"

namespace pursuit::exporting {
namespace {

// Writes as much as it can; gives the number of the error that stopped it, or 0.
int write_all(int fd, std::string_view& bytes, std::uint64_t& offset) {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    bytes.remove_prefix(static_cast<std::size_t>(written));
    offset += static_cast<std::uint64_t>(written);
  }
  return 0;
}

}  // namespace

std::unexpected<base::Error> file_failure(std::string_view what, const std::string& path,
                                          int error_number) {
  std::string message = std::string(what) + ": " + std::generic_category().message(error_number);
  // The words by which a full disk is told from other failures, as the store has them.
  if (error_number == ENOSPC || error_number == EDQUOT) message += " (no space left)";
  return base::fail(base::ErrorCode::kIo, std::move(message), path);
}

OutputFile::OutputFile(std::string path, std::string temporary_path, int fd)
    : path_(std::move(path)), temporary_path_(std::move(temporary_path)), fd_(fd) {}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_path_(std::move(other.temporary_path_)),
      fd_(std::exchange(other.fd_, -1)),
      direct_fd_(other.direct_fd_.exchange(kNotTried)) {}

OutputFile::~OutputFile() {
  if (direct_fd_ >= 0) ::close(direct_fd_);
  if (fd_ < 0) return;
  ::close(fd_);
  ::unlink(temporary_path_.c_str());
}

base::Result<OutputFile> OutputFile::create(std::string path) {
  std::string temporary_path = path + ".tmp";
  const int fd = ::open(temporary_path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) return file_failure("cannot create the file", path, errno);
  return OutputFile(std::move(path), std::move(temporary_path), fd);
}

base::Result<void> OutputFile::write_at(std::string_view bytes, std::uint64_t offset) const {
  const int failed = write_all(fd_, bytes, offset);
  if (failed != 0) return file_failure("cannot write", path_, failed);
  return {};
}

base::Result<void> OutputFile::write_aligned(std::string_view bytes, std::uint64_t offset) const {
  PURSUIT_ASSERT(reinterpret_cast<std::uintptr_t>(bytes.data()) % kAlignment == 0 &&
                 offset % kAlignment == 0 && bytes.size() % kAlignment == 0);
  if (const int direct = open_direct(); direct >= 0) {
    const int failed = write_all(direct, bytes, offset);
    if (failed == 0) return {};
    // Some file systems take the flag but not the writes, or ask for more alignment after a write
    // that was cut short.
    if (failed != EINVAL) return file_failure("cannot write", path_, failed);
  }
  return write_at(bytes, offset);
}

int OutputFile::open_direct() const {
  int direct = direct_fd_;
  if (direct != kNotTried) return direct;
  direct = ::open(temporary_path_.c_str(), O_WRONLY | O_DIRECT | O_CLOEXEC);
  if (direct < 0) direct = kRefused;
  int before = kNotTried;
  if (direct_fd_.compare_exchange_strong(before, direct)) return direct;
  if (direct >= 0) ::close(direct);  // another thread was faster
  return before;
}

base::Result<void> OutputFile::commit() {
  if (const int direct = direct_fd_.exchange(kNotTried); direct >= 0) ::close(direct);
  const int fd = std::exchange(fd_, -1);
  int failed = ::close(fd) != 0 ? errno : 0;
  if (failed == 0 && std::rename(temporary_path_.c_str(), path_.c_str()) != 0) failed = errno;
  if (failed == 0) return {};
  ::unlink(temporary_path_.c_str());
  return file_failure("cannot finish the file", path_, failed);
}

base::Result<void> write_file(const std::string& path, std::string_view bytes) {
  auto file = OutputFile::create(path);
  if (!file) return std::unexpected(file.error());
  if (auto written = file->write_at(bytes, 0); !written) return written;
  return file->commit();
}

}  // namespace pursuit::exporting
