// cli/console.h: where a command prints: results on stdout, what is about the run on stderr. One
// thread.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

#include "cli/terminal.h"

#include "app/exit_status.h"

namespace pursuit::cli {

class Console {
 public:
  Console() : out_(Terminal::of(stdout)), err_(Terminal::of(stderr)) {}

  [[nodiscard]] const Terminal& out() const { return out_; }
  [[nodiscard]] const Terminal& err() const { return err_; }

  void print(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }
  /// What was printed so far is seen now.
  void flush() { std::fflush(stdout); }
  /// `pursuit: text`, one line.
  void complain(std::string_view text);
  /// Complains and gives the status to end with.
  [[nodiscard]] app::ExitStatus fail(const app::Failure& failure);
  /// Ends output: kOutput if not all of it could be written, else `status`.
  [[nodiscard]] app::ExitStatus finish(app::ExitStatus status);

 private:
  Terminal out_;
  Terminal err_;
};

}  // namespace pursuit::cli
