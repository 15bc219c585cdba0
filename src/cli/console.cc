#include "cli/console.h"

#include <cerrno>
#include <system_error>

namespace pursuit::cli {

void Console::complain(std::string_view text) {
  const std::string line = err_.paint(Paint::kBold, "pursuit:") + " " + printable(text) + "\n";
  std::fwrite(line.data(), 1, line.size(), stderr);
}

app::ExitStatus Console::fail(const app::Failure& failure) {
  complain(failure.error.text());
  return failure.status;
}

app::ExitStatus Console::finish(app::ExitStatus status) {
  errno = 0;
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return status;
  const std::string why = std::generic_category().message(errno);
  return fail({app::ExitStatus::kOutput, {base::ErrorCode::kIo, why, "standard output"}});
}

}  // namespace pursuit::cli
