// http/options.h: where the server listens and what it puts up with. Plain data, any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "http/tls.h"

namespace pursuit::http {

/// Limits on everything a client sends or holds. Over one is an answer that names it.
struct Limits {
  std::size_t request_line_bytes = 8u << 10;  // 414
  std::size_t header_bytes = 16u << 10;       // all header lines together; 431
  std::size_t header_count = 100;             // 431
  std::size_t bodies_bytes = 512u << 20;      // all bodies in memory at once; 503

  /// From the first byte of a request to the end of its headers; 408.
  std::chrono::milliseconds header_timeout{10'000};
  /// A connection without a request is closed after it.
  std::chrono::milliseconds idle_timeout{60'000};
  /// A body may take this and as long as its bytes so far take at the least rate; 408.
  std::chrono::milliseconds body_grace{10'000};
  std::size_t body_bytes_per_second = 16u << 10;
  /// A client that takes no byte of an answer for so long is dropped.
  std::chrono::milliseconds write_timeout{30'000};

  std::size_t connections = 4'096;  // over it: 503, Retry-After, closed
  /// Of one client address. Behind a reverse proxy every client has the proxy's.
  std::size_t connections_per_address = 1'024;
  std::size_t requests_per_connection = 10'000;  // then it is closed
  std::size_t queued_requests = 1'024;           // waiting for a worker; 503
  std::size_t streams = 2'048;                   // of events; 503
  std::size_t requests_per_caller = 256;         // of one account at once; 429; 0: any number
  // A second on average, twice as many at once after a pause; 429; 0: any number.
  std::size_t requests_per_second = 0;             // of one account
  std::size_t requests_per_second_of_token = 0;    // of one token
  std::size_t requests_per_second_of_address = 0;  // of one client address, whoever it is
};

struct Endpoint {
  std::string address = "127.0.0.1";  // an IPv4 or IPv6 address, no name
  std::uint16_t port = 0;             // 0: any free one, told by Server::endpoints()
};

struct ServerOptions {
  std::vector<Endpoint> listen = {Endpoint{}};
  /// Values of Host that are served, without port; others get 421. Empty: all. A server on loopback
  /// names itself here, so that a foreign page that points its own name at it gets nothing.
  std::vector<std::string> hosts;
  TlsFiles tls;  // none: plain HTTP
  /// Addresses and ranges of proxies that are believed who they speak for (forwarded.h).
  std::vector<std::string> trusted_proxies;
  unsigned io_threads = 0;                      // 0: one for each four cores, at least one
  unsigned worker_threads = 0;                  // 0: one for each core, at least two
  std::chrono::milliseconds heartbeat{15'000};  // a comment on a stream without events
  std::chrono::milliseconds retry{3'000};       // what a stream's client should wait to reconnect
  Limits limits;
};

}  // namespace pursuit::http
