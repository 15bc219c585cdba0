#include "http/forwarded.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace pursuit::http {
namespace {

namespace ip = boost::asio::ip;

constexpr unsigned kV6Bits = 128;
constexpr unsigned kV4Offset = 96;  // of IPv4 within its IPv6 form

ip::address_v6 as_v6(const ip::address& address) {
  return address.is_v6() ? address.to_v6() : ip::make_address_v6(ip::v4_mapped, address.to_v4());
}

std::optional<ip::address> address_of(std::string_view text) {
  boost::system::error_code error;
  ip::address address = ip::make_address(std::string(text), error);
  if (error) return std::nullopt;
  return address;
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

/// An address as proxies write it: also "[2001:db8::1]:443" and "192.0.2.1:80".
std::optional<ip::address> forwarded_address(std::string_view text) {
  text = trimmed(text);
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    return address_of(text.substr(1, end - 1));
  }
  if (std::ranges::count(text, ':') == 1) text = text.substr(0, text.find(':'));
  return address_of(text);
}

}  // namespace

base::Result<TrustedProxies> TrustedProxies::of(const std::vector<std::string>& texts) {
  TrustedProxies proxies;
  for (const std::string& text : texts) {
    const auto refuse = [&] {
      return base::fail(base::ErrorCode::kUsage, "'" + text + "' is no address or range",
                        "trusted_proxies");
    };
    const std::size_t slash = text.find('/');
    const auto address = address_of(std::string_view(text).substr(0, slash));
    if (!address) return refuse();
    const unsigned offset = address->is_v4() ? kV4Offset : 0;
    unsigned bits = kV6Bits - offset;
    if (slash != std::string::npos) {
      const char* const end = text.data() + text.size();
      const unsigned most = bits;
      const auto [stop, error] = std::from_chars(text.data() + slash + 1, end, bits);
      if (error != std::errc{} || stop != end || bits > most) return refuse();
    }
    proxies.ranges_.push_back({as_v6(*address), bits + offset});
  }
  return proxies;
}

bool TrustedProxies::has(const ip::address& address) const {
  const auto bytes = as_v6(address).to_bytes();
  return std::ranges::any_of(ranges_, [&](const Range& range) {
    const auto base = range.base.to_bytes();
    for (unsigned bit = 0; bit < range.bits; ++bit) {
      const unsigned mask = 0x80u >> (bit % 8);
      if ((bytes[bit / 8] & mask) != (base[bit / 8] & mask)) return false;
    }
    return true;
  });
}

std::string TrustedProxies::client_of(const std::string& peer,
                                      std::string_view forwarded_for) const {
  const auto connected = address_of(peer);
  if (!connected || !has(*connected)) return peer;
  std::string client = peer;
  while (!forwarded_for.empty()) {
    const std::size_t comma = forwarded_for.rfind(',');
    const auto address = forwarded_address(
        comma == std::string_view::npos ? forwarded_for : forwarded_for.substr(comma + 1));
    if (!address) break;
    client = address->to_string();
    if (!has(*address)) break;
    forwarded_for = comma == std::string_view::npos ? "" : forwarded_for.substr(0, comma);
  }
  return client;
}

std::string limit_key(const std::string& address) {
  const auto parsed = address_of(address);
  if (!parsed || !parsed->is_v6() || parsed->to_v6().is_v4_mapped()) return address;
  auto bytes = parsed->to_v6().to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), 0);
  return ip::address_v6(bytes).to_string() + "/64";
}

}  // namespace pursuit::http
