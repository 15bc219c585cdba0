#include "ingest/file_bytes.h"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <glob.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ingest/gzip.h"

namespace pursuit::ingest {
namespace {

using base::ErrorCode;

std::unexpected<base::Error> system_failure(const std::string& path, int error) {
  const ErrorCode code =
      error == ENOENT || error == ENOTDIR ? ErrorCode::kNotFound : ErrorCode::kIo;
  return base::fail(code, std::generic_category().message(error), path);
}

class Descriptor {
 public:
  explicit Descriptor(const std::string& path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

// What is not a regular file (a pipe) has no size and cannot be mapped.
base::Result<base::PageVector<char>> read_all(int fd, const std::string& path,
                                              std::uint64_t limit) {
  base::PageVector<char> out(std::size_t{1} << 16);
  std::size_t used = 0;
  for (;;) {
    if (used == out.size()) out.resize(2 * out.size());
    const ssize_t n = ::read(fd, out.data() + used, out.size() - used);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return system_failure(path, errno);
    if (n == 0) break;
    used += static_cast<std::size_t>(n);
    if (used > limit)
      return base::fail(ErrorCode::kLimit, "more bytes than the limit allows", path);
  }
  out.resize(used);
  return out;
}

}  // namespace

base::Result<FileBytes> FileBytes::open(const std::string& path, const FileBytesOptions& options) {
  const Descriptor file(path);
  if (file.get() < 0) return system_failure(path, errno);
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) return system_failure(path, errno);
  if (S_ISDIR(status.st_mode)) return system_failure(path, EISDIR);
  FileBytes out;
  out.path_ = path;
  if (S_ISREG(status.st_mode) && status.st_size > 0) {
    const auto size = static_cast<std::size_t>(status.st_size);
    void* const memory = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
    if (memory == MAP_FAILED) return system_failure(path, errno);
    out.text_ = {static_cast<const char*>(memory), size};
    out.mapped_ = true;
  } else if (!S_ISREG(status.st_mode)) {
    auto bytes = read_all(file.get(), path, options.max_inflated_bytes);
    if (!bytes) return std::unexpected(std::move(bytes.error()));
    out.owned_ = std::move(*bytes);
    out.text_ = {out.owned_.data(), out.owned_.size()};
  }
  if (!is_gzip(out.text_)) return out;
  if (!out.fetch(0, out.text_.size())) return system_failure(path, EIO);
  auto inflated = inflate_gzip(
      out.text_, {.max_bytes = options.max_inflated_bytes, .max_inflation = options.max_inflation});
  if (!inflated) {
    inflated.error().where = path;
    return std::unexpected(std::move(inflated.error()));
  }
  out.close();
  out.owned_ = std::move(*inflated);
  out.text_ = {out.owned_.data(), out.owned_.size()};
  return out;
}

FileBytes FileBytes::of_text(std::string_view text, std::string name) {
  FileBytes out;
  out.path_ = std::move(name);
  out.owned_.assign(text.begin(), text.end());
  out.text_ = {out.owned_.data(), out.owned_.size()};
  return out;
}

FileBytes::FileBytes(FileBytes&& other) noexcept { *this = std::move(other); }

FileBytes& FileBytes::operator=(FileBytes&& other) noexcept {
  if (this == &other) return *this;
  close();
  path_ = std::move(other.path_);
  owned_ = std::move(other.owned_);  // keeps its address, so the view stays right
  text_ = std::exchange(other.text_, {});
  mapped_ = std::exchange(other.mapped_, false);
  return *this;
}

FileBytes::~FileBytes() { close(); }

void FileBytes::close() noexcept {
  if (mapped_) ::munmap(const_cast<char*>(text_.data()), text_.size());
  mapped_ = false;
  text_ = {};
}

bool FileBytes::fetch(std::size_t begin, std::size_t end) const {
  if (!mapped_ || begin >= end) return true;
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  begin = begin / page * page;
#ifdef MADV_POPULATE_READ
  void* const address = const_cast<char*>(text_.data()) + begin;
  if (::madvise(address, std::min(end, text_.size()) - begin, MADV_POPULATE_READ) == 0) return true;
  return errno == EINVAL;  // a kernel before 5.14: pages come as they are touched
#else
  return true;
#endif
}

void FileBytes::forget(std::size_t begin, std::size_t end) const {
  if (!mapped_) return;
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  begin = (begin + page - 1) / page * page;
  end = std::min(end, text_.size()) / page * page;
  if (begin >= end) return;
  ::madvise(const_cast<char*>(text_.data()) + begin, end - begin, MADV_DONTNEED);
}

base::Result<std::vector<std::string>> expand_path(const std::string& pattern) {
  if (::access(pattern.c_str(), F_OK) == 0) return std::vector<std::string>{pattern};
  glob_t found{};
  const int status = ::glob(pattern.c_str(), GLOB_NOSORT, nullptr, &found);
  std::vector<std::string> paths;
  if (status == 0) paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  ::globfree(&found);
  if (status == GLOB_NOSPACE) return base::fail(ErrorCode::kIo, "out of memory", pattern);
  if (paths.empty()) return base::fail(ErrorCode::kNotFound, "there is no such file", pattern);
  std::ranges::sort(paths);  // by bytes: the order must not depend on the user's locale
  return paths;
}

}  // namespace pursuit::ingest
