#include "export/csv_text.h"

#include <bit>
#include <cmath>

namespace pursuit::exporting {
namespace {

constexpr std::array<bool, 256> make_special() {
  std::array<bool, 256> special{};
  for (const char c : {',', '"', '\n', '\r'}) special[static_cast<unsigned char>(c)] = true;
  return special;
}
constexpr std::array<bool, 256> kSpecial = make_special();

bool needs_quotes(std::string_view text) {
  bool found = false;
  for (const char c : text) found |= kSpecial[static_cast<unsigned char>(c)];
  return found;
}

}  // namespace

char* write_csv_text(std::string_view text, char* out) {
  if (text.empty()) return out;
  if (!needs_quotes(text)) {
    std::memcpy(out, text.data(), text.size());
    return out + text.size();
  }
  *out++ = '"';
  for (const char c : text) {
    if (c == '"') *out++ = '"';
    *out++ = c;
  }
  *out++ = '"';
  return out;
}

void PieceList::add(std::string_view text) {
  const std::size_t begin = ends_.back();
  chars_.resize(begin + text.size() + Piece::kWidth);
  if (!text.empty()) std::memcpy(chars_.data() + begin, text.data(), text.size());
  ends_.push_back(begin + text.size());
  const Piece piece = (*this)[size() - 1];
  if (piece.room() > max_room_) max_room_ = piece.room();
}

char* NumberCache::write(double value, char* out) {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  Entry& entry = entries_[(bits * 0x9E37'79B9'7F4A'7C15) >> (64 - kEntriesLog2)];
  if (entry.bits == bits && entry.length != 0) {
    std::memcpy(out, entry.text.data(), kTextRoom);
    return out + entry.length;
  }
  char* const end = write_double(value, out);
  const auto length = static_cast<std::size_t>(end - out);
  if (length <= kTextRoom) {
    entry.bits = bits;
    entry.length = static_cast<std::uint8_t>(length);
    std::memcpy(entry.text.data(), out, length);
  }
  return end;
}

void RowWriter::close_cell(char* end) {
  *end = ',';
  out_.end_at(end + 1);
}

RowWriter& RowWriter::text(std::string_view value) {
  close_cell(write_csv_text(value, out_.room(csv_room(value) + 1)));
  return *this;
}

RowWriter& RowWriter::count(std::uint64_t value) {
  close_cell(write_uint(value, out_.room(kNumberRoom)));
  return *this;
}

RowWriter& RowWriter::number(double value) {
  if (std::isnan(value)) return absent();
  close_cell(write_double(value, out_.room(kNumberRoom)));
  return *this;
}

RowWriter& RowWriter::instant(base::Millis at_ms) {
  if (at_ms == base::kNoInstant) return absent();
  close_cell(instants_.write(at_ms, out_.room(InstantText::kRoom)));
  return *this;
}

RowWriter& RowWriter::date(std::int64_t day) {
  char text[InstantText::kRoom];
  instants_.write(day * base::kMillisPerDay, text);
  return this->text({text, 10});
}

}  // namespace pursuit::exporting
