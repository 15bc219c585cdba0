#include "export/disk_writer.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace pursuit::exporting {
namespace {

constexpr std::size_t kThreads = 2;  // one write is prepared while the disk is at another
constexpr std::size_t kSpareBuffers = 4;

}  // namespace

DiskWriter::DiskWriter() {
  for (std::size_t i = 0; i < kMaxFiles + kSpareBuffers; ++i) {
    buffers_.emplace_back(kBufferBytes);
    free_buffers_.push_back(buffers_.back().data());
  }
  for (std::size_t i = 0; i < kThreads; ++i) threads_.emplace_back([this] { work(); });
}

DiskWriter::~DiskWriter() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  waiting_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

char* DiskWriter::take() {
  std::unique_lock lock(mutex_);
  free_.wait(lock, [this] { return !free_buffers_.empty(); });
  char* const buffer = free_buffers_.back();
  free_buffers_.pop_back();
  return buffer;
}

void DiskWriter::submit(const OutputFile* file, std::uint64_t offset, char* buffer,
                        std::size_t size) {
  {
    const std::lock_guard lock(mutex_);
    if (file == nullptr || size == 0) {
      free_buffers_.push_back(buffer);
    } else {
      writes_.push_back({file, offset, buffer, size});
    }
  }
  waiting_.notify_one();
  free_.notify_one();
}

base::Result<void> DiskWriter::drain() {
  std::unique_lock lock(mutex_);
  idle_.wait(lock, [this] { return writes_.empty() && running_ == 0; });
  failed_ = false;
  if (const auto error = std::exchange(error_, std::nullopt)) return std::unexpected(*error);
  return {};
}

void DiskWriter::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    waiting_.wait(lock, [this] { return stop_ || !writes_.empty(); });
    if (writes_.empty()) return;
    const Write next = writes_.front();
    writes_.pop_front();
    ++running_;
    const bool discard = error_.has_value();
    lock.unlock();
    base::Result<void> written;
    if (!discard) written = write(next);
    lock.lock();
    if (!written && !error_) {
      error_ = std::move(written.error());
      failed_ = true;
    }
    --running_;
    free_buffers_.push_back(next.buffer);
    free_.notify_one();
    if (writes_.empty() && running_ == 0) idle_.notify_all();
  }
}

base::Result<void> DiskWriter::write(const Write& write) {
  const std::string_view bytes(write.buffer, write.size);
  // The end of a file, and so all of a small one: through the cache, where it is wanted soonest.
  if (write.size < kBufferBytes) return write.file->write_at(bytes, write.offset);
  return write.file->write_aligned(bytes, write.offset);
}

FileAppender::FileAppender(FileAppender&& other) noexcept
    : file_(other.file_),
      writer_(other.writer_),
      buffer_(std::exchange(other.buffer_, nullptr)),
      used_(std::exchange(other.used_, 0)),
      bytes_(other.bytes_) {}

FileAppender::~FileAppender() {
  if (buffer_ != nullptr) writer_->submit(nullptr, 0, buffer_, 0);
}

void FileAppender::append(std::string_view text) {
  while (!text.empty()) {
    if (buffer_ == nullptr) buffer_ = writer_->take();
    const std::size_t n = std::min(text.size(), DiskWriter::kBufferBytes - used_);
    std::memcpy(buffer_ + used_, text.data(), n);
    used_ += n;
    bytes_ += n;
    text.remove_prefix(n);
    if (used_ == DiskWriter::kBufferBytes) submit();
  }
}

void FileAppender::finish() {
  if (buffer_ != nullptr) submit();
}

void FileAppender::submit() {
  writer_->submit(file_, bytes_ - used_, std::exchange(buffer_, nullptr), used_);
  used_ = 0;
}

}  // namespace pursuit::exporting
