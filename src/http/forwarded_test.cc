#include "http/forwarded.h"

#include <gtest/gtest.h>

namespace pursuit::http {
namespace {

TrustedProxies proxies(const std::vector<std::string>& texts) {
  auto made = TrustedProxies::of(texts);
  EXPECT_TRUE(made.has_value());
  return *made;
}

TEST(TrustedProxies, NobodyIsBelievedByDefault) {
  EXPECT_EQ(proxies({}).client_of("198.51.100.7", "1.2.3.4"), "198.51.100.7");
  EXPECT_EQ(proxies({"10.0.0.0/8"}).client_of("198.51.100.7", "10.0.0.1"), "198.51.100.7");
}

TEST(TrustedProxies, TheLastAddressThatIsNoProxyIsTheClient) {
  const TrustedProxies ours = proxies({"10.0.0.0/8", "::1", "192.0.2.1"});
  EXPECT_EQ(ours.client_of("10.1.2.3", "203.0.113.9"), "203.0.113.9");
  // What the client wrote itself stands before it.
  EXPECT_EQ(ours.client_of("10.1.2.3", "1.2.3.4, 203.0.113.9"), "203.0.113.9");
  EXPECT_EQ(ours.client_of("10.1.2.3", "1.2.3.4, 203.0.113.9 ,192.0.2.1,\t10.9.9.9"),
            "203.0.113.9");
  EXPECT_EQ(ours.client_of("::1", "2001:db8::5"), "2001:db8::5");
  EXPECT_EQ(ours.client_of("::1", "[2001:db8::5]:4711"), "2001:db8::5");
  EXPECT_EQ(ours.client_of("::1", "203.0.113.9:80"), "203.0.113.9");
  EXPECT_EQ(ours.client_of("::ffff:10.1.2.3", "203.0.113.9"), "203.0.113.9");
}

TEST(TrustedProxies, WhatIsNoAddressLeavesTheProxyAsTheClient) {
  const TrustedProxies ours = proxies({"10.0.0.0/8"});
  EXPECT_EQ(ours.client_of("10.1.2.3", ""), "10.1.2.3");
  EXPECT_EQ(ours.client_of("10.1.2.3", "unknown"), "10.1.2.3");
  EXPECT_EQ(ours.client_of("10.1.2.3", "203.0.113.9, _hidden"), "10.1.2.3");
  EXPECT_EQ(ours.client_of("10.1.2.3", "203.0.113.9, [::1, 10.4.4.4"), "10.4.4.4");
}

TEST(TrustedProxies, RangesEndAtTheirBit) {
  const TrustedProxies ours = proxies({"192.0.2.128/25", "2001:db8:8000::/33"});
  using boost::asio::ip::make_address;
  EXPECT_TRUE(ours.has(make_address("192.0.2.128")));
  EXPECT_TRUE(ours.has(make_address("192.0.2.255")));
  EXPECT_FALSE(ours.has(make_address("192.0.2.127")));
  EXPECT_TRUE(ours.has(make_address("2001:db8:ffff::1")));
  EXPECT_FALSE(ours.has(make_address("2001:db8:7fff::1")));
  for (const char* wrong : {"10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8x", "proxy", "", "::/129"})
    EXPECT_EQ(TrustedProxies::of({wrong}).error().code, base::ErrorCode::kUsage) << wrong;
}

TEST(LimitKey, AClientOfIpv6IsItsNetwork) {
  EXPECT_EQ(limit_key("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(limit_key("2001:db8:1:2:3:4:5:6"), limit_key("2001:db8:1:2::1"));
  EXPECT_NE(limit_key("2001:db8:1:2::1"), limit_key("2001:db8:1:3::1"));
  EXPECT_NE(limit_key("::ffff:192.0.2.1"), limit_key("::ffff:192.0.2.2"));
  EXPECT_EQ(limit_key("no address"), "no address");
}

}  // namespace
}  // namespace pursuit::http
