// cli/cli.h: the command line of the program, start here. One call per process: it takes over
// stdout, stderr, SIGINT and SIGTERM.
#pragma once

namespace pursuit::cli {

/// Does what the arguments say; gives the exit status (app/exit_status.h).
[[nodiscard]] int run(int argc, const char* const* argv);

}  // namespace pursuit::cli
