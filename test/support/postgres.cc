#include "support/postgres.h"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <netinet/in.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace pursuit::test {

namespace {

namespace fs = std::filesystem;

constexpr auto kPatience = std::chrono::seconds(60);

struct Finish {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};

/// The folder of the newest server that is installed.
fs::path programs() {
  fs::path newest;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", none)) {
    if (fs::exists(entry.path() / "bin/initdb")) newest = std::max(newest, entry.path());
  }
  if (newest.empty()) {
    throw std::runtime_error("no PostgreSQL server: install the Debian package postgresql");
  }
  return newest / "bin";
}

/// PostgreSQL refuses to run as root: then its own user runs it.
std::vector<std::string> as_server_user(std::vector<std::string> command, bool die_with_us) {
  std::vector<std::string> all = {"setpriv"};
  if (::geteuid() == 0) {
    all.insert(all.end(), {"--reuid=postgres", "--regid=postgres", "--init-groups"});
  }
  if (die_with_us) all.insert(all.end(), {"--pdeathsig", "QUIT"});
  if (all.size() == 1) return command;
  all.insert(all.end(), command.begin(), command.end());
  return all;
}

pid_t start_program(const std::vector<std::string>& command, const fs::path& log) {
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("no process for " + command.front());
  if (child > 0) return child;
  // A group of its own: an interrupt typed at the test ends the server by way of the test.
  ::setpgid(0, 0);
  const int file = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  if (file < 0 || ::dup2(file, 1) < 0 || ::dup2(file, 2) < 0 || ::chdir("/") != 0) ::_exit(126);
  ::execvp(arguments[0], arguments.data());
  ::_exit(127);
}

std::uint16_t free_port() {
  const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  const bool bound = ::bind(probe, generic, size) == 0 && ::getsockname(probe, generic, &size) == 0;
  ::close(probe);
  if (!bound) throw std::runtime_error("no free port on the loopback");
  return ntohs(address.sin_port);
}

}  // namespace

PostgresServer::PostgresServer(Options options) : options_(options), port_(free_port()) {
  make_data();
  start();
}

PostgresServer::~PostgresServer() {
  end(SIGQUIT);
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

std::string PostgresServer::log_text() const {
  std::ifstream file(folder_ / "log");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void PostgresServer::make_data() {
  std::string name = (fs::temp_directory_path() / "pursuit-postgres-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  folder_ = name;
  if (::geteuid() == 0) {
    const passwd* user = ::getpwnam("postgres");
    if (user == nullptr || ::chown(name.c_str(), user->pw_uid, user->pw_gid) != 0) {
      throw std::runtime_error("no user postgres");
    }
  }
  const auto command =
      as_server_user({programs() / "initdb", "-D", folder_ / "data", "-U", "postgres", "-A",
                      "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"},
                     false);
  const pid_t child = start_program(command, folder_ / "log");
  int status = 0;
  if (::waitpid(child, &status, 0) != child || status != 0) {
    throw std::runtime_error("initdb failed:\n" + log_text());
  }
}

void PostgresServer::start() {
  std::vector<std::string> command = {
      programs() / "postgres", "-D", folder_ / "data", "-k", folder_, "-h", "127.0.0.1", "-p",
      std::to_string(port_)};
  if (!options_.durable) command.insert(command.end(), {"-c", "fsync=off"});
  server_ = start_program(as_server_user(command, true), folder_ / "log");
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (!answers()) {
    if (::waitpid(server_, nullptr, WNOHANG) == server_) {
      server_ = -1;
      throw std::runtime_error("the server ended:\n" + log_text());
    }
    if (std::chrono::steady_clock::now() > until) {
      throw std::runtime_error("the server does not answer:\n" + log_text());
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

bool PostgresServer::answers() const { return PQping(url("postgres").c_str()) == PQPING_OK; }

void PostgresServer::end(int signal) {
  if (server_ < 0) return;
  ::kill(server_, signal);
  ::waitpid(server_, nullptr, 0);
  server_ = -1;
}

void PostgresServer::stop() { end(SIGINT); }

void PostgresServer::crash() { end(SIGQUIT); }

std::string PostgresServer::url(const std::string& database) const {
  return "postgresql://postgres@127.0.0.1:" + std::to_string(port_) + "/" + database;
}

std::string PostgresServer::new_database() {
  const std::string name = "test" + std::to_string(++databases_);
  const std::unique_ptr<PGconn, Finish> connection(PQconnectdb(url("postgres").c_str()));
  PGresult* result = PQexec(connection.get(), ("CREATE DATABASE " + name).c_str());
  const bool made = PQresultStatus(result) == PGRES_COMMAND_OK;
  PQclear(result);
  if (!made) throw std::runtime_error(PQerrorMessage(connection.get()));
  return url(name);
}

PostgresServer& shared_postgres() {
  static PostgresServer server;
  return server;
}

}  // namespace pursuit::test
