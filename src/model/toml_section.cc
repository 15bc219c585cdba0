#include "model/toml_section.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>
#include <sstream>
#include <utility>

#include <fmt/format.h>

#include "base/limits.h"

namespace pursuit::model {
namespace {

std::uint32_t line_of(const toml::node& node) { return node.source().begin.line; }

std::string_view type_name(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::table:
      return "a table";
    case toml::node_type::array:
      return "an array";
    case toml::node_type::string:
      return "a string";
    case toml::node_type::integer:
      return "an integer";
    case toml::node_type::floating_point:
      return "a number";
    case toml::node_type::boolean:
      return "a boolean";
    case toml::node_type::date:
      return "a date";
    case toml::node_type::time:
      return "a time";
    case toml::node_type::date_time:
      return "a date-time";
    case toml::node_type::none:
      break;
  }
  return "nothing";
}

template <class T>
std::string streamed(const T& value) {
  std::ostringstream out;
  out << value;
  return out.str();
}

}  // namespace

void TomlReport::add(std::uint32_t line, std::string message) {
  if (first) return;
  first = base::Error{base::ErrorCode::kInvalidPolicy, std::move(message),
                      line == 0 ? file : fmt::format("{}:{}", file, line)};
}

base::Result<std::string> read_config_file(const std::string& path) {
  constexpr auto kClose = [](std::FILE* f) { std::fclose(f); };
  const std::unique_ptr<std::FILE, decltype(kClose)> file(std::fopen(path.c_str(), "rb"));
  if (!file) return base::fail(base::ErrorCode::kNotFound, "cannot open the file", path);
  std::string text(base::kMaxConfigBytes + 1, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  if (std::ferror(file.get()) != 0) {
    return base::fail(base::ErrorCode::kIo, "cannot read the file", path);
  }
  if (text.size() > base::kMaxConfigBytes) {
    return base::fail(base::ErrorCode::kLimit,
                      fmt::format("longer than {} bytes", base::kMaxConfigBytes), path);
  }
  return text;
}

base::Result<toml::table> parse_toml(std::string_view text, std::string_view file_name) {
  TomlReport report{.file = std::string(file_name), .first = {}};
  if (text.size() > base::kMaxConfigBytes) {
    return base::fail(base::ErrorCode::kLimit,
                      fmt::format("longer than {} bytes", base::kMaxConfigBytes), report.file);
  }
  try {
    return toml::parse(text);
  } catch (const toml::parse_error& e) {
    report.add(e.source().begin.line, std::string(e.description()));
  }
  return std::unexpected(std::move(*report.first));
}

bool Bounds::hold(double x) const {
  return std::isfinite(x) && (low_open ? x > low : x >= low) && (high_open ? x < high : x <= high);
}

std::string Bounds::text() const {
  return fmt::format("{}{}, {}{}", low_open ? '(' : '[', low, high, high_open ? ')' : ']');
}

TomlSection::TomlSection(const toml::table& table, std::string path, std::uint32_t line,
                         TomlReport& report)
    : table_(&table), path_(std::move(path)), line_(line), report_(&report) {}

std::string TomlSection::full(std::string_view key) const {
  return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}

const toml::node* TomlSection::find(std::string_view key) {
  if (!all_asked_ && std::ranges::find(asked_, key) == asked_.end()) asked_.emplace_back(key);
  return table_->get(key);
}

bool TomlSection::has(std::string_view key) { return find(key) != nullptr; }

void TomlSection::fail(std::string_view key, std::string_view message) {
  const toml::node* node = table_->get(key);
  fail(key, node != nullptr ? line_of(*node) : line_, message);
}

void TomlSection::fail(std::string_view key, std::uint32_t line, std::string_view message) {
  report_->add(line, fmt::format("'{}' {}", full(key), message));
}

void TomlSection::require(std::string_view key) {
  if (!has(key)) fail(key, "is missing");
}

bool TomlSection::wrong_type(std::string_view key, const toml::node& node,
                             std::string_view wanted) {
  fail(key, line_of(node), fmt::format("must be {}, not {}", wanted, type_name(node)));
  return false;
}

bool TomlSection::read(std::string_view key, std::string& out) {
  const toml::node* node = find(key);
  if (node == nullptr) return false;
  const auto* text = node->as_string();
  if (text == nullptr) return wrong_type(key, *node, "a string");
  out = text->get();
  return true;
}

bool TomlSection::read(std::string_view key, bool& out) {
  const toml::node* node = find(key);
  if (node == nullptr) return false;
  const auto* flag = node->as_boolean();
  if (flag == nullptr) return wrong_type(key, *node, "true or false");
  out = flag->get();
  return true;
}

bool TomlSection::read(std::string_view key, int& out, int low, int high) {
  const toml::node* node = find(key);
  if (node == nullptr) return false;
  const auto* number = node->as_integer();
  if (number == nullptr) return wrong_type(key, *node, "an integer");
  const std::int64_t value = number->get();
  if (value < low || value > high) {
    fail(key, fmt::format("must lie in [{}, {}], not {}", low, high, value));
    return false;
  }
  out = static_cast<int>(value);
  return true;
}

bool TomlSection::read(std::string_view key, double& out, const Bounds& bounds) {
  const toml::node* node = find(key);
  if (node == nullptr) return false;
  if (!node->is_number()) return wrong_type(key, *node, "a number");
  const double value = node->is_integer() ? static_cast<double>(node->as_integer()->get())
                                          : node->as_floating_point()->get();
  if (!bounds.hold(value)) {
    fail(key, fmt::format("must lie in {}, not {}", bounds.text(), value));
    return false;
  }
  out = value + 0.0;  // no negative zero: equal policies must give equal text
  return true;
}

bool TomlSection::read(std::string_view key, std::vector<TomlText>& out) {
  return read_texts(key, false, out);
}

bool TomlSection::read_dates(std::string_view key, std::vector<TomlText>& out) {
  return read_texts(key, true, out);
}

bool TomlSection::read_texts(std::string_view key, bool dates, std::vector<TomlText>& out) {
  const std::string_view wanted = dates ? "an array of dates" : "an array of strings";
  const toml::node* node = find(key);
  if (node == nullptr) return false;
  const auto* array = node->as_array();
  if (array == nullptr) return wrong_type(key, *node, wanted);
  out.clear();
  for (const toml::node& element : *array) {
    if (const auto* text = element.as_string()) {
      out.push_back({text->get(), line_of(element)});
    } else if (const auto* date = element.as_date(); dates && date != nullptr) {
      out.push_back({streamed(date->get()), line_of(element)});
    } else {
      return wrong_type(key, element, wanted);
    }
  }
  return true;
}

bool TomlSection::read_instant(std::string_view key, base::Millis& out) {
  const toml::node* node = find(key);
  if (node == nullptr) return false;
  std::string text;
  if (const auto* string = node->as_string()) {
    text = string->get();
  } else if (const auto* date_time = node->as_date_time()) {
    text = streamed(date_time->get());
  } else if (const auto* date = node->as_date()) {
    text = streamed(date->get());
  } else {
    return wrong_type(key, *node, "an instant");
  }
  const auto parsed = base::parse_instant(text);
  if (!parsed) {
    fail(key, fmt::format("is no instant: '{}'", text));
    return false;
  }
  out = parsed->at_ms;
  return true;
}

bool TomlSection::read_date(std::string_view key, std::int64_t& out) {
  const toml::node* node = find(key);
  if (node == nullptr) return false;
  std::string text;
  if (const auto* string = node->as_string()) {
    text = string->get();
  } else if (const auto* date = node->as_date()) {
    text = streamed(date->get());
  } else {
    return wrong_type(key, *node, "a date");
  }
  const auto day = base::parse_date(text);
  if (!day) {
    fail(key, fmt::format("is no date: '{}'", text));
    return false;
  }
  out = *day;
  return true;
}

std::optional<std::size_t> TomlSection::name_index(std::string_view key,
                                                   std::span<const std::string_view> names) {
  std::string text;
  if (!read(key, text)) return std::nullopt;
  const auto found = std::ranges::find(names, text);
  if (found == names.end()) {
    fail(key, fmt::format("must not be '{}'{}", text, suggestion(text, names)));
    return std::nullopt;
  }
  return static_cast<std::size_t>(found - names.begin());
}

std::optional<TomlSection> TomlSection::table(std::string_view key) {
  const toml::node* node = find(key);
  if (node == nullptr) return std::nullopt;
  const auto* table = node->as_table();
  if (table == nullptr) {
    wrong_type(key, *node, "a table");
    return std::nullopt;
  }
  return TomlSection(*table, full(key), line_of(*node), *report_);
}

std::vector<TomlSection> TomlSection::tables(std::string_view key) {
  std::vector<TomlSection> out;
  const toml::node* node = find(key);
  if (node == nullptr) return out;
  const auto* array = node->as_array();
  if (array == nullptr) {
    wrong_type(key, *node, "an array of tables");
    return out;
  }
  for (const toml::node& element : *array) {
    const auto* table = element.as_table();
    if (table == nullptr) {
      wrong_type(key, element, "an array of tables");
      return out;
    }
    out.emplace_back(*table, full(key), line_of(element), *report_);
  }
  return out;
}

std::vector<TomlText> TomlSection::keys() {
  std::vector<TomlText> out;
  all_asked_ = true;
  for (const auto& [key, node] : *table_) {
    out.push_back({std::string(key.str()), key.source().begin.line});
  }
  return out;
}

void TomlSection::finish() {
  if (all_asked_ || !ok()) return;
  const std::vector<std::string_view> known(asked_.begin(), asked_.end());
  for (const auto& [key, node] : *table_) {
    if (std::ranges::find(known, key.str()) != known.end()) continue;
    report_->add(key.source().begin.line,
                 fmt::format("unknown key '{}'{}", full(key.str()), suggestion(key.str(), known)));
    return;
  }
}

}  // namespace pursuit::model
