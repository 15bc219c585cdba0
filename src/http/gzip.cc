#include "http/gzip.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include <zlib.h>

#include "base/assert.h"

namespace pursuit::http {
namespace {

constexpr int kGzipWindow = 15 + 16;  // zlib: 32 KiB window, gzip header
constexpr int kLevel = 5;             // within a few percent of the best at a third of its time
constexpr std::size_t kStep = 32u << 10;

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

bool is_refused(std::string_view weight) {
  weight = trimmed(weight);
  return weight.starts_with("q=0") &&
         weight.find_first_of("123456789", 3) == std::string_view::npos;
}

}  // namespace

bool accepts_gzip(std::string_view accept_encoding) {
  while (!accept_encoding.empty()) {
    const std::size_t end = std::min(accept_encoding.find(','), accept_encoding.size());
    const std::string_view item = accept_encoding.substr(0, end);
    const std::size_t semicolon = std::min(item.find(';'), item.size());
    if (trimmed(item.substr(0, semicolon)) == "gzip") {
      return semicolon == item.size() || !is_refused(item.substr(semicolon + 1));
    }
    accept_encoding.remove_prefix(std::min(end + 1, accept_encoding.size()));
  }
  return false;
}

bool is_compressible(std::string_view content_type) {
  const std::string_view type = content_type.substr(0, content_type.find(';'));
  constexpr std::array kTypes = {"application/json", "application/problem+json",
                                 "application/javascript", "application/xml", "image/svg+xml"};
  return type.starts_with("text/") || std::ranges::find(kTypes, type) != kTypes.end();
}

struct GzipEncoder::State {
  z_stream stream{};
};

GzipEncoder::GzipEncoder() : state_(std::make_unique<State>()) {
  const int status =
      deflateInit2(&state_->stream, kLevel, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY);
  PURSUIT_ASSERT(status == Z_OK);  // fails for want of memory alone
}

GzipEncoder::~GzipEncoder() {
  if (state_) deflateEnd(&state_->stream);
}

GzipEncoder::GzipEncoder(GzipEncoder&&) noexcept = default;

GzipEncoder& GzipEncoder::operator=(GzipEncoder&& other) noexcept {
  std::swap(state_, other.state_);
  return *this;
}

void GzipEncoder::encode(std::string_view piece, bool last, std::string& out) {
  z_stream& stream = state_->stream;
  do {
    // zlib counts in 32 bits.
    const std::size_t part = std::min<std::size_t>(piece.size(), std::numeric_limits<int>::max());
    const bool at_end = part == piece.size();
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));
    stream.avail_in = static_cast<uInt>(part);
    do {
      const std::size_t before = out.size();
      out.resize(before + kStep);
      stream.next_out = reinterpret_cast<Bytef*>(out.data() + before);
      stream.avail_out = static_cast<uInt>(kStep);
      const int status = deflate(&stream, last && at_end ? Z_FINISH : Z_NO_FLUSH);
      PURSUIT_ASSERT(status != Z_STREAM_ERROR);
      out.resize(out.size() - stream.avail_out);
    } while (stream.avail_out == 0);
    piece.remove_prefix(part);
  } while (!piece.empty());
}

std::string gzip(std::string_view text) {
  std::string out;
  GzipEncoder().encode(text, true, out);
  return out;
}

Producer gzip(Producer producer) {
  return [producer = std::move(producer),
          encoder = GzipEncoder()](std::string& out) mutable -> base::Result<bool> {
    std::string piece;
    auto more = producer(piece);
    if (more) encoder.encode(piece, !*more, out);
    return more;
  };
}

}  // namespace pursuit::http
