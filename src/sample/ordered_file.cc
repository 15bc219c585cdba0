#include "sample/ordered_file.h"

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace pursuit::sample {

OrderedFile::OrderedFile(std::string path, std::string_view header)
    : path_(std::move(path)), part_path_(path_ + ".part") {
  fd_ = ::open(part_path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd_ < 0) remember_errno();
  write_at(header, 0);
  end_ = header.size();
}

OrderedFile::~OrderedFile() {
  if (fd_ < 0) return;
  ::close(fd_);
  if (!finished_) ::unlink(part_path_.c_str());
}

void OrderedFile::remember_errno() {
  const int what = errno;
  const std::lock_guard lock(mutex_);
  if (errno_ == 0) errno_ = what;
}

void OrderedFile::write_at(std::string_view bytes, std::uint64_t offset) {
  if (fd_ < 0) return;
  while (!bytes.empty()) {
    const ssize_t n = ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return remember_errno();
    bytes.remove_prefix(static_cast<std::size_t>(n));
    offset += static_cast<std::uint64_t>(n);
  }
}

void OrderedFile::write_chunk(std::size_t chunk, std::string_view bytes) {
  std::uint64_t offset = 0;
  {
    std::unique_lock lock(mutex_);
    turn_.wait(lock, [&] { return next_chunk_ == chunk; });
    offset = end_;
    end_ += bytes.size();
    ++next_chunk_;
  }
  turn_.notify_all();
  write_at(bytes, offset);
}

base::Result<std::uint64_t> OrderedFile::finish() {
  if (errno_ == 0 && ::rename(part_path_.c_str(), path_.c_str()) != 0) remember_errno();
  if (errno_ != 0)
    return base::fail(base::ErrorCode::kIo, std::generic_category().message(errno_), path_);
  finished_ = true;
  return end_;
}

}  // namespace pursuit::sample
