// support/postgres.h: a PostgreSQL server of the test's own, in a temporary folder, on a free port
// of the loopback. Ends with the test program, however that ends. One thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include <sys/types.h>

namespace pursuit::test {

class PostgresServer {
 public:
  struct Options {
    bool durable = false;  // true: fsync as in service, for measurements
  };
  /// Makes a data folder (initdb) and starts the server; throws std::runtime_error with the log
  /// when it cannot, or when the Debian package `postgresql` is not there.
  explicit PostgresServer(Options options);
  PostgresServer() : PostgresServer(Options{}) {}
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;
  ~PostgresServer();

  /// Makes an empty database and returns its URL.
  std::string new_database();
  [[nodiscard]] std::string url(const std::string& database) const;

  /// Starts after stop() or crash(), on the same port; returns once it answers.
  void start();
  /// Ends all sessions and shuts down.
  void stop();
  /// Ends the server as a failing machine would, without a word to the sessions.
  void crash();

 private:
  void end(int signal);
  void make_data();
  [[nodiscard]] bool answers() const;
  [[nodiscard]] std::string log_text() const;

  Options options_;
  std::filesystem::path folder_;
  std::uint16_t port_ = 0;
  pid_t server_ = -1;
  int databases_ = 0;
};

/// The server that all tests of a program share; started by the first that asks.
PostgresServer& shared_postgres();

}  // namespace pursuit::test
