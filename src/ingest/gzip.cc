#include "ingest/gzip.h"

#include <algorithm>
#include <limits>
#include <string>

#include <zlib.h>

namespace pursuit::ingest {
namespace {

constexpr std::uint64_t kUnsuspectedBytes = 1u << 20;

class Inflater {
 public:
  // 16: expect a gzip header and check the trailer.
  Inflater() : ok_(inflateInit2(&stream_, MAX_WBITS + 16) == Z_OK) {}
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() {
    if (ok_) inflateEnd(&stream_);
  }
  [[nodiscard]] bool ok() const { return ok_; }
  z_stream& stream() { return stream_; }

 private:
  z_stream stream_{};
  bool ok_;
};

// zlib counts in 32 bits.
uInt piece(std::size_t bytes) {
  return static_cast<uInt>(std::min<std::size_t>(bytes, std::numeric_limits<uInt>::max()));
}

// The size that the trailer of the last member gives, as far as it can be true.
std::size_t likely_size(std::string_view bytes) {
  if (bytes.size() < 18) return 0;
  std::uint32_t size = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    size |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[bytes.size() - 4 + i]))
            << (8 * i);
  }
  return std::min<std::size_t>(size, bytes.size() * 20);
}

bool over_limit(std::size_t out, std::size_t in, const GzipLimits& limits) {
  return out > limits.max_bytes || (out > kUnsuspectedBytes && out / limits.max_inflation > in);
}

}  // namespace

base::Result<base::PageVector<char>> inflate_gzip(std::string_view bytes,
                                                  const GzipLimits& limits) {
  using base::ErrorCode;
  Inflater inflater;
  if (!inflater.ok()) return base::fail(ErrorCode::kIo, "zlib does not start");
  z_stream& stream = inflater.stream();
  base::PageVector<char> out(likely_size(bytes) + 64);
  std::size_t used = 0;
  std::size_t taken = 0;
  while (taken < bytes.size()) {
    if (used == out.size()) out.resize(out.size() + out.size() / 2 + (std::size_t{1} << 16));
    // zlib does not write to its input, it only forgot to say so.
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data() + taken));
    stream.avail_in = piece(bytes.size() - taken);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + used);
    stream.avail_out = piece(out.size() - used);
    const uInt in_before = stream.avail_in;
    const uInt out_before = stream.avail_out;
    const int status = inflate(&stream, Z_NO_FLUSH);
    taken += in_before - stream.avail_in;
    used += out_before - stream.avail_out;
    if (over_limit(used, bytes.size(), limits)) {
      return base::fail(ErrorCode::kLimit, "the gzip data inflate to more than the limit allows (" +
                                               std::to_string(used) + " bytes and more)");
    }
    if (status == Z_STREAM_END) {
      const std::string_view rest = bytes.substr(taken);
      if (rest.find_first_not_of('\0') == std::string_view::npos) {
        out.resize(used);
        return out;
      }
      if (!is_gzip(rest)) {
        return base::fail(ErrorCode::kInvalidInput, "something follows the gzip data");
      }
      inflateReset(&stream);
    } else if (status != Z_OK && status != Z_BUF_ERROR) {
      return base::fail(ErrorCode::kInvalidInput, "the gzip data are damaged");
    } else if (status == Z_BUF_ERROR && stream.avail_out > 0) {
      break;
    }
  }
  return base::fail(ErrorCode::kInvalidInput, "the gzip data are cut off");
}

}  // namespace pursuit::ingest
