// http/forwarded.h: who a request is from when a proxy stands before the server. Pure functions,
// any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/ip/address.hpp>

#include "base/error.h"

namespace pursuit::http {

/// Addresses of proxies whose word is taken: "10.0.0.5", "10.0.0.0/8", "fd00::/8".
class TrustedProxies {
 public:
  /// kUsage names the one that is no address or range.
  static base::Result<TrustedProxies> of(const std::vector<std::string>& texts);

  [[nodiscard]] bool empty() const { return ranges_.empty(); }
  [[nodiscard]] bool has(const boost::asio::ip::address& address) const;

  /// The client's address: of `peer`, who is connected, unless that is a proxy of ours; then the
  /// last address of X-Forwarded-For that is none. What stands before it anybody could have
  /// written. `forwarded_for` is the header, repeated ones joined by commas. Text that is no
  /// address ends the search: the last proxy that is known is the client then.
  [[nodiscard]] std::string client_of(const std::string& peer,
                                      std::string_view forwarded_for) const;

 private:
  struct Range {
    boost::asio::ip::address_v6 base;  // IPv4 as ::ffff:a.b.c.d
    unsigned bits;
  };
  std::vector<Range> ranges_;
};

/// What an address counts under in limits: itself, or for IPv6 its network of 64 bits, in which one
/// client has more addresses than could be counted.
[[nodiscard]] std::string limit_key(const std::string& address);

}  // namespace pursuit::http
