// http/gzip.h: bodies as gzip, whole or piece by piece. One object, one thread at a time.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "http/response.h"

namespace pursuit::http {

/// Whether Accept-Encoding (empty: not sent) asks for gzip.
[[nodiscard]] bool accepts_gzip(std::string_view accept_encoding);
/// Whether a body of this type gets smaller.
[[nodiscard]] bool is_compressible(std::string_view content_type);

class GzipEncoder {
 public:
  GzipEncoder();
  ~GzipEncoder();
  GzipEncoder(GzipEncoder&&) noexcept;
  GzipEncoder& operator=(GzipEncoder&&) noexcept;

  /// Appends to `out` what `piece` adds to the compressed body; with `last` also its end.
  void encode(std::string_view piece, bool last, std::string& out);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

[[nodiscard]] std::string gzip(std::string_view text);
/// A producer of the same body, compressed.
[[nodiscard]] Producer gzip(Producer producer);

}  // namespace pursuit::http
