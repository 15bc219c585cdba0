// model/toml_section.h: reading TOML so that every error names file, line and key. For the sources
// that read policy.toml and mapping.toml. One thread per TomlReport.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <toml++/toml.h>

#include "base/error.h"
#include "base/time.h"

namespace pursuit::model {

/// Where the first thing that is wrong is kept; what follows from it is noise.
struct TomlReport {
  std::string file;  // for messages
  std::optional<base::Error> first;

  void add(std::uint32_t line, std::string message);
};

/// The bytes of a configuration file; kNotFound, kIo, or kLimit beyond base::kMaxConfigBytes.
[[nodiscard]] base::Result<std::string> read_config_file(const std::string& path);

/// Parses TOML 1.0; a syntax error is an Error with "FILE:LINE".
[[nodiscard]] base::Result<toml::table> parse_toml(std::string_view text,
                                                   std::string_view file_name);

/// Which numbers a key takes.
struct Bounds {
  double low;
  double high;
  bool low_open = false;   // `low` itself is out
  bool high_open = false;  // `high` itself is out

  [[nodiscard]] bool hold(double x) const;  // false for NaN
  [[nodiscard]] std::string text() const;
};

/// One string of an array, with the line it stands on.
struct TomlText {
  std::string text;
  std::uint32_t line;
};

/// One table. Every `read` leaves `out` as it is when the key is absent, reports what is wrong, and
/// returns whether a value was read. `finish` reports the keys that nobody asked for.
class TomlSection {
 public:
  /// `path` is the dotted name of the table, empty for the root.
  TomlSection(const toml::table& table, std::string path, std::uint32_t line, TomlReport& report);

  bool read(std::string_view key, std::string& out);
  bool read(std::string_view key, bool& out);
  bool read(std::string_view key, int& out, int low, int high);
  bool read(std::string_view key, double& out, const Bounds& bounds);
  bool read(std::string_view key, std::vector<TomlText>& out);
  /// The same, where TOML dates are taken as their text.
  bool read_dates(std::string_view key, std::vector<TomlText>& out);
  /// A string or a TOML date-time; UTC where no offset is given (semantics.md, "Time").
  bool read_instant(std::string_view key, base::Millis& out);
  /// A string or a TOML date, as a day number.
  bool read_date(std::string_view key, std::int64_t& out);

  /// A string out of `names`: its position there.
  template <class Enum>
  bool read_name(std::string_view key, Enum& out, std::span<const std::string_view> names) {
    const std::optional<std::size_t> i = name_index(key, names);
    if (i) out = static_cast<Enum>(*i);
    return i.has_value();
  }

  [[nodiscard]] std::optional<TomlSection> table(std::string_view key);
  [[nodiscard]] std::vector<TomlSection> tables(std::string_view key);
  /// Every key of a table whose keys are not ours to know; asks for all of them.
  [[nodiscard]] std::vector<TomlText> keys();
  [[nodiscard]] bool has(std::string_view key);

  /// Reports `'path.key' message` at the line of the key, or of the table where there is no such
  /// key.
  void fail(std::string_view key, std::string_view message);
  void fail(std::string_view key, std::uint32_t line, std::string_view message);
  /// Reports that the table lacks a key unless it is there.
  void require(std::string_view key);
  void finish();
  [[nodiscard]] bool ok() const { return !report_->first.has_value(); }
  [[nodiscard]] TomlReport& report() const { return *report_; }

 private:
  const toml::node* find(std::string_view key);
  bool wrong_type(std::string_view key, const toml::node& node, std::string_view wanted);
  std::optional<std::size_t> name_index(std::string_view key,
                                        std::span<const std::string_view> names);
  bool read_texts(std::string_view key, bool dates, std::vector<TomlText>& out);
  [[nodiscard]] std::string full(std::string_view key) const;

  const toml::table* table_;
  std::string path_;
  std::uint32_t line_;
  TomlReport* report_;
  std::vector<std::string> asked_;
  bool all_asked_ = false;
};

/// The name out of `names` that `text` was probably meant to be; empty when none is near.
[[nodiscard]] std::string_view nearest_name(std::string_view text,
                                            std::span<const std::string_view> names);

/// ` (did you mean 'x'?)`, or ` (one of: a, b, c)` when nothing is near.
[[nodiscard]] std::string suggestion(std::string_view text,
                                     std::span<const std::string_view> names);

/// Writers of values in canonical form: numbers in the shortest form that reads back the same.
[[nodiscard]] std::string toml_number(double value);
[[nodiscard]] std::string toml_string(std::string_view text);
[[nodiscard]] std::string toml_strings(std::span<const std::string> texts);

}  // namespace pursuit::model
