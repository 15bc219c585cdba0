// cli/terminal.h: what stands at the other end of stdout and stderr, and text that is safe and
// measurable there. Pure but for Terminal::of; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace pursuit::cli {

enum class Paint : std::uint8_t { kNone, kBold, kDim, kRed, kYellow, kGreen, kCyan };

struct Terminal {
  bool is_terminal = false;
  bool colours = false;
  std::size_t columns = 0;  // 0: no limit

  /// Asks the system about a stream. Colours only on a terminal, unless NO_COLOR is set or TERM is
  /// "dumb"; COLUMNS overrides the width.
  [[nodiscard]] static Terminal of(std::FILE* stream);

  /// The text in a colour, where there are colours.
  [[nodiscard]] std::string paint(Paint paint, std::string_view text) const;
};

/// The text with everything that is not printable (control characters, escape sequences, bytes that
/// are not UTF-8) replaced by U+FFFD: what comes out of a file must not steer a terminal.
[[nodiscard]] std::string printable(std::string_view text);

/// Columns that printable text takes on a terminal.
[[nodiscard]] std::size_t display_width(std::string_view text);

/// The text cut to at most `columns`, the last of them "…" if something was cut off.
[[nodiscard]] std::string fit(std::string_view text, std::size_t columns);

/// Printable text as lines that begin with `indent` blanks and are broken at blanks so that they
/// fit `columns` (0: one line); each ends its line.
[[nodiscard]] std::string wrap(std::string_view text, std::size_t columns, std::size_t indent);

}  // namespace pursuit::cli
