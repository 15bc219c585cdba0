#include "app/interrupt.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <utility>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "app/exit_status.h"

namespace pursuit::app {
namespace {

sigset_t interrupts() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

}  // namespace

RemoveOnInterrupt::RemoveOnInterrupt(std::vector<std::string> paths) : paths_(std::move(paths)) {
  // Threads made from now on inherit the mask, so only the descriptor gets to see the signals.
  const sigset_t set = interrupts();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signals_ = signalfd(-1, &set, SFD_CLOEXEC);
  stop_ = eventfd(0, EFD_CLOEXEC);
  thread_ = std::thread([this] { wait(); });
}

RemoveOnInterrupt::~RemoveOnInterrupt() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(stop_, &one, sizeof one);
  thread_.join();
  ::close(stop_);
  ::close(signals_);
  const sigset_t set = interrupts();
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

void RemoveOnInterrupt::wait() {
  std::array<pollfd, 2> sources = {pollfd{.fd = signals_, .events = POLLIN, .revents = 0},
                                   pollfd{.fd = stop_, .events = POLLIN, .revents = 0}};
  while (::poll(sources.data(), sources.size(), -1) < 0) {
    if (errno != EINTR) return;
  }
  if ((sources[0].revents & POLLIN) == 0) return;
  for (const std::string& path : paths_) ::unlink(path.c_str());
  ::_exit(code_of(ExitStatus::kInterrupted));
}

}  // namespace pursuit::app
