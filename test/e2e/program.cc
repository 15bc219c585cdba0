#include "e2e/program.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <sys/wait.h>

#include "golden/csv_table.h"

namespace pursuit::e2e {
namespace {

namespace fs = std::filesystem;

std::string content(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

}  // namespace

Sandbox::Sandbox() {
  std::string path = (fs::temp_directory_path() / "pursuit-e2e-XXXXXX").string();
  if (mkdtemp(path.data()) != nullptr) folder_ = path;
}

Sandbox::~Sandbox() {
  std::error_code ignored;
  if (!folder_.empty()) fs::remove_all(folder_, ignored);
}

void Sandbox::write(std::string_view name, std::string_view text) const {
  std::ofstream(path(name), std::ios::binary) << text;
}

std::string Sandbox::read(std::string_view name) const { return content(path(name)); }

bool Sandbox::exists(std::string_view name) const { return fs::exists(path(name)); }

std::vector<std::string> Sandbox::list(std::string_view name) const {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(path(name), error))
    names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

Ran Sandbox::pursuit(const std::string& arguments) const {
  return shell("\"$PURSUIT\" " + arguments);
}

Ran Sandbox::shell(const std::string& command) const {
  // The outputs lie outside of the folders that tests look into.
  // A sanitizer's finding must not look like an exit status of ours.
  const std::string line = "cd '" + folder_ +
                           "' && export PURSUIT='" PURSUIT_BINARY
                           "' ASAN_OPTIONS=$ASAN_OPTIONS:exitcode=99"
                           " UBSAN_OPTIONS=$UBSAN_OPTIONS:exitcode=99 && { " +
                           command + "\n} > .stdout 2> .stderr";
  const int status = std::system(line.c_str());
  return {.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1,
          .out = read(".stdout"),
          .err = read(".stderr")};
}

std::string differing_csv(const Sandbox& box, const std::string& a, const std::string& b) {
  std::string differing;
  for (const std::string_view file : kFigureFiles) {
    const std::string name = "/" + std::string(file) + ".csv";
    const std::string left = box.read(a + name);
    if (left.empty() || left != box.read(b + name)) differing.append(file).append(" ");
  }
  return differing;
}

std::vector<Row> csv_rows(const Sandbox& box, std::string_view name) {
  std::vector<Row> rows;
  const auto table = golden::read_csv(box.path(name));
  if (!table) return rows;
  for (const auto& cells : table->rows) {
    Row& row = rows.emplace_back();
    for (std::size_t c = 0; c < cells.size(); ++c) row[table->columns[c]] = cells[c];
  }
  return rows;
}

}  // namespace pursuit::e2e
