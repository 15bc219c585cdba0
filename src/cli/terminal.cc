#include "cli/terminal.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>

#include <sys/ioctl.h>
#include <unistd.h>

#include "base/utf8.h"

namespace pursuit::cli {
namespace {

constexpr std::string_view kEllipsis = "\xE2\x80\xA6";  // U+2026

bool is_control(char32_t code) {
  // C0, DEL, C1, and the marks that turn the direction of what follows.
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || (code >= 0x202A && code <= 0x202E) ||
         (code >= 0x2066 && code <= 0x2069);
}

std::size_t columns_of(char32_t code) {
  const auto in = [&](char32_t first, char32_t last) { return code >= first && code <= last; };
  const bool combining = in(0x300, 0x36F) || in(0x610, 0x61A) || in(0x64B, 0x65F) ||
                         in(0x200B, 0x200F) || in(0xFE00, 0xFE0F);
  if (combining) return 0;
  const bool wide = in(0x1100, 0x115F) || in(0x2E80, 0xA4CF) || in(0xAC00, 0xD7A3) ||
                    in(0xF900, 0xFAFF) || in(0xFE30, 0xFE6F) || in(0xFF00, 0xFF60) ||
                    in(0x1F300, 0x1FAFF) || in(0x20000, 0x3FFFD);
  return wide ? 2 : 1;
}

std::size_t environment_columns() {
  const char* text = std::getenv("COLUMNS");
  if (text == nullptr) return 0;
  std::size_t columns = 0;
  const std::string_view view(text);
  const auto read = std::from_chars(view.data(), view.data() + view.size(), columns);
  return read.ec == std::errc() && read.ptr == view.data() + view.size() ? columns : 0;
}

bool is_set(const char* name) {
  const char* text = std::getenv(name);
  return text != nullptr && *text != '\0';
}

}  // namespace

Terminal Terminal::of(std::FILE* stream) {
  Terminal terminal;
  const int fd = ::fileno(stream);
  terminal.is_terminal = ::isatty(fd) != 0;
  if (!terminal.is_terminal) return terminal;
  const char* kind = std::getenv("TERM");
  const bool dumb = kind == nullptr || std::string_view(kind) == "dumb";
  terminal.colours = !dumb && !is_set("NO_COLOR");
  winsize size{};
  if (::ioctl(fd, TIOCGWINSZ, &size) == 0) terminal.columns = size.ws_col;
  if (const std::size_t columns = environment_columns(); columns > 0) terminal.columns = columns;
  if (terminal.columns == 0) terminal.columns = 80;
  return terminal;
}

std::string Terminal::paint(Paint paint, std::string_view text) const {
  constexpr std::array<std::string_view, 7> kCodes = {"", "1", "2", "31", "33", "32", "36"};
  const std::string_view code = kCodes[static_cast<std::size_t>(paint)];
  if (!colours || code.empty()) return std::string(text);
  return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
}

std::string printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const base::Character glyph = base::first_character(text);
    const std::size_t bytes = glyph.bytes == 0 ? 1 : glyph.bytes;
    out += glyph.bytes == 0 || is_control(glyph.code) ? base::kReplacement : text.substr(0, bytes);
    text.remove_prefix(bytes);
  }
  return out;
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const base::Character glyph = base::first_character(text);
    width += glyph.bytes == 0 ? 1 : columns_of(glyph.code);
    text.remove_prefix(glyph.bytes == 0 ? 1 : glyph.bytes);
  }
  return width;
}

std::string fit(std::string_view text, std::size_t columns) {
  if (display_width(text) <= columns) return std::string(text);
  if (columns == 0) return {};
  std::string out;
  std::size_t width = 0;
  while (!text.empty()) {
    const base::Character glyph = base::first_character(text);
    const std::size_t bytes = glyph.bytes == 0 ? 1 : glyph.bytes;
    const std::size_t next = glyph.bytes == 0 ? 1 : columns_of(glyph.code);
    if (width + next + 1 > columns) break;
    width += next;
    out += text.substr(0, bytes);
    text.remove_prefix(bytes);
  }
  return out.append(kEllipsis);
}

std::string wrap(std::string_view text, std::size_t columns, std::size_t indent) {
  std::string out;
  std::string line(indent, ' ');
  std::size_t width = indent;
  while (!text.empty()) {
    const std::size_t blank = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, blank);
    const std::size_t more = display_width(word) + (width == indent ? 0 : 1);
    if (columns > 0 && width > indent && width + more > columns) {
      out += line + "\n";
      line.assign(indent, ' ');
      width = indent;
    }
    if (width > indent) line += ' ';
    line += word;
    width = display_width(line);
    text.remove_prefix(std::min(blank + 1, text.size()));
  }
  return out + line + "\n";
}

}  // namespace pursuit::cli
