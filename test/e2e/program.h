// e2e/program.h: runs the built program as a user does, in a folder of its own. One object per
// test; any thread.
#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pursuit::e2e {

/// What a run left behind.
struct Ran {
  int status = -1;  // exit status; -1: ended by a signal
  std::string out;  // stdout
  std::string err;  // stderr
};

/// A new folder that goes away with the object, where the program runs: paths are relative to it.
class Sandbox {
 public:
  Sandbox();
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;
  ~Sandbox();

  [[nodiscard]] std::string path(std::string_view name) const {
    return folder_ + "/" + std::string(name);
  }
  void write(std::string_view name, std::string_view content) const;
  /// Empty when there is no such file.
  [[nodiscard]] std::string read(std::string_view name) const;
  [[nodiscard]] bool exists(std::string_view name) const;
  /// Names in a folder, sorted.
  [[nodiscard]] std::vector<std::string> list(std::string_view name) const;

  /// Runs `pursuit` with arguments as a shell takes them.
  [[nodiscard]] Ran pursuit(const std::string& arguments) const;
  /// Runs a shell command; `$PURSUIT` is the program.
  [[nodiscard]] Ran shell(const std::string& command) const;

 private:
  std::string folder_;
};

/// The files of figures (without summary.json, which holds times), by name without the ending.
inline constexpr std::array<std::string_view, 8> kFigureFiles = {
    "leads", "visits", "thresholds", "channels", "load", "load_daily", "funnel", "alerts"};

/// The result files in which two folders differ; "" when in none.
[[nodiscard]] std::string differing_csv(const Sandbox& box, const std::string& a,
                                        const std::string& b);

/// The rows of a CSV file as maps from column to cell; none when it cannot be read.
using Row = std::map<std::string, std::string>;
[[nodiscard]] std::vector<Row> csv_rows(const Sandbox& box, std::string_view name);

}  // namespace pursuit::e2e
