#include "http/body_file.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace pursuit::http {
namespace {

std::unexpected<base::Error> failed() {
  const bool full = errno == ENOSPC || errno == EDQUOT || errno == EFBIG;
  return base::fail(full ? base::ErrorCode::kStorage : base::ErrorCode::kIo, std::strerror(errno),
                    "body");
}

}  // namespace

base::Result<std::unique_ptr<BodyFile>> BodyFile::create(const std::string& folder) {
  std::string path = folder + "/body-XXXXXX";
  const int file = ::mkostemp(path.data(), O_CLOEXEC);
  if (file < 0) return failed();
  return std::unique_ptr<BodyFile>(new BodyFile(file, std::move(path)));
}

BodyFile::~BodyFile() {
  ::close(file_);
  ::unlink(path_.c_str());
}

base::Result<void> BodyFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t done = ::write(file_, bytes.data(), bytes.size());
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return failed();
    bytes.remove_prefix(static_cast<std::size_t>(done));
    size_ += static_cast<std::uint64_t>(done);
  }
  return {};
}

}  // namespace pursuit::http
