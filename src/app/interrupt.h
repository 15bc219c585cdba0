// app/interrupt.h: what SIGINT and SIGTERM do while files are being written. One object at a time,
// made before any other thread is.
#pragma once

#include <string>
#include <thread>
#include <vector>

namespace pursuit::app {

/// As long as it lives, SIGINT or SIGTERM removes the given files (unfinished ones, which have
/// temporary names) and ends the program with ExitStatus::kInterrupted. The signals are waited for
/// in a thread of their own, so that nothing has to be safe inside a signal handler.
class RemoveOnInterrupt {
 public:
  explicit RemoveOnInterrupt(std::vector<std::string> paths);
  RemoveOnInterrupt(const RemoveOnInterrupt&) = delete;
  RemoveOnInterrupt& operator=(const RemoveOnInterrupt&) = delete;
  ~RemoveOnInterrupt();

 private:
  void wait();

  std::vector<std::string> paths_;
  int signals_ = -1;  // a signalfd
  int stop_ = -1;     // an eventfd: the object is going away
  std::thread thread_;
};

}  // namespace pursuit::app
