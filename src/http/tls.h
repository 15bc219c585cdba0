// http/tls.h: the server's certificate and what of TLS it speaks: 1.2 and later. load() from any
// thread; a context may be used by many connections at once.
#pragma once

#include <memory>
#include <string>

#include <boost/asio/ssl/context.hpp>

#include "base/error.h"

namespace pursuit::http {

/// Files in PEM: a certificate with those between it and its root, and its key. Both empty: no TLS.
struct TlsFiles {
  std::string certificate;
  std::string key;
  [[nodiscard]] bool is_wanted() const { return !certificate.empty() || !key.empty(); }
};

using TlsContext = std::shared_ptr<boost::asio::ssl::context>;

/// kUsage: a file cannot be read, is not what it should be, or the two do not belong together.
[[nodiscard]] base::Result<TlsContext> load_tls(const TlsFiles& files);

}  // namespace pursuit::http
