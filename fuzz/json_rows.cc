// JSON rows against a second parser: the same lines are taken, with the same values.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/limits.h"
#include "ingest/json_row.h"

namespace {

using nlohmann::json;
using pursuit::ingest::JsonRowEnd;
using pursuit::ingest::JsonRowParser;
using pursuit::ingest::RejectReason;
using State = JsonRowEnd::State;

const std::vector<std::string>& names() {
  static const std::vector<std::string> kNames = {"lead_id", "", "stage", "at", "a\"b"};
  return kNames;
}

[[noreturn]] void differ(const char* what) {
  std::fprintf(stderr, "differs: %s\n", what);
  std::abort();
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r") == std::string_view::npos;
}

/// Whether a value is the text that was found: numbers are compared by what they mean.
bool same(const json& value, std::string_view found) {
  if (value.is_null()) return found.empty();
  if (value.is_string()) return value.get_ref<const std::string&>() == found;
  if (value.is_boolean()) return found == (value.get<bool>() ? "true" : "false");
  return json::parse(found, nullptr, false) == value;
}

/// Nothing: the line is not ours to compare (nested deeper than either side promises).
void compare(std::string_view line, const JsonRowEnd& end,
             const std::vector<std::string_view>& values) {
  if (line.size() > pursuit::base::kMaxLineBytes) {
    if (end.reason != RejectReason::kTooLong) differ("a long line");
    return;
  }
  if (is_blank(line)) {
    if (end.state != State::kBlank) differ("a blank line");
    return;
  }
  if (end.state == State::kBlank) differ("not a blank line");
  // The second parser ends at a NUL and passes over a byte order mark; neither is JSON.
  if (line.find('\0') != std::string_view::npos || line.starts_with("\xEF\xBB\xBF")) {
    if (end.state != State::kRejected) differ("a NUL or a byte order mark is taken");
    return;
  }
  int depth = 0;
  int deepest = 0;
  for (const char c : line) {
    depth += (c == '[' || c == '{') - (c == ']' || c == '}');
    deepest = depth > deepest ? depth : deepest;
  }
  if (deepest > 500) return;
  const json object = json::parse(line, nullptr, false);
  if (object.is_discarded() || !object.is_object()) {
    if (end.state != State::kRejected) differ("taken, though it is no object");
    return;
  }
  for (std::size_t slot = 0; slot < names().size(); ++slot) {
    const auto member = names()[slot].empty() ? object.end() : object.find(names()[slot]);
    if (member == object.end()) {
      if (end.state == State::kRow && !values[slot].empty()) differ("a value out of nothing");
      continue;
    }
    if (end.state == State::kRejected) continue;
    if (member->is_structured()) differ("a nested value is taken");
    if (!same(*member, values[slot])) differ("value");
  }
  if (end.state == State::kRejected && end.slot == JsonRowEnd::kNoSlot) differ("a good line");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static JsonRowParser parser(names());
  const std::string text(reinterpret_cast<const char*>(data), size);
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    std::vector<std::string_view> values(names().size());
    compare(line, parser.parse(line, rest.size(), values), values);
    // The same with room to read ahead.
    const std::string padded = std::string(line) + std::string(128, 'x');
    std::vector<std::string_view> again(names().size());
    compare(line, parser.parse({padded.data(), line.size()}, padded.size(), again), again);
    (void)parser.member_names(line);
    parser.forget();
    rest.remove_prefix(line.size() < rest.size() ? line.size() + 1 : line.size());
  }
  return 0;
}
