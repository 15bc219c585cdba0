#include "imports/reject_text.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace pursuit::imports {
namespace {

std::string cell(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n\v\f");
  const bool formula = first != std::string_view::npos &&
                       std::string_view("=+-@").find(text[first]) != std::string_view::npos;
  if (!formula && text.find_first_of(",\"\r\n") == std::string_view::npos) {
    return std::string(text);
  }
  std::string out = formula ? "\"'" : "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

std::unexpected<base::Error> failed(const std::string& path) {
  return base::fail(base::ErrorCode::kIo, std::strerror(errno), path);
}

}  // namespace

base::Result<std::uint64_t> write_rejects(const std::string& path, std::uint64_t keep_bytes,
                                          const std::string& file,
                                          std::span<const RejectedRow> rows) {
  if (path.empty() || rows.empty()) return keep_bytes;
  std::string text;
  if (keep_bytes == 0) text = "file,line,field,reason,text\n";
  for (const RejectedRow& row : rows) {
    text += fmt::format("{},{},{},{},{}\n", cell(file), row.line, cell(row.field), cell(row.reason),
                        cell(row.text));
  }
  const int out = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (out < 0) return failed(path);
  bool good = ::ftruncate(out, static_cast<off_t>(keep_bytes)) == 0;
  for (std::size_t done = 0; good && done < text.size();) {
    const ssize_t bytes = ::pwrite(out, text.data() + done, text.size() - done,
                                   static_cast<off_t>(keep_bytes + done));
    good = bytes > 0;
    if (good) done += static_cast<std::size_t>(bytes);
  }
  const auto result = good ? base::Result<std::uint64_t>(keep_bytes + text.size()) : failed(path);
  ::close(out);
  return result;
}

}  // namespace pursuit::imports
