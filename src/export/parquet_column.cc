#include "export/parquet_column.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <ranges>

#include <snappy.h>

namespace pursuit::exporting {
namespace {

constexpr std::size_t kRowsPerPage = std::size_t{1} << 17;
constexpr std::size_t kTextBytesPerPage = 8u << 20;
constexpr std::size_t kMaxRangeBytes = 256;      // of a least or greatest text
constexpr std::size_t kSampleBytes = 64u << 10;  // what Snappy takes at a time
constexpr std::size_t kRoom = 16;                // what a store of a whole word may write beyond

void append_varint(std::uint64_t value, TextBuffer& out) {
  char* to = out.room(kRoom);
  for (; value >= 0x80; value >>= 7) *to++ = static_cast<char>(value | 0x80);
  *to++ = static_cast<char>(value);
  out.end_at(to);
}

template <class T>
void append_raw(T value, TextBuffer& out) {
  out.append({reinterpret_cast<const char*>(&value), sizeof value});
}

// Values of `bits` bits, the first in the lowest, filled up with zeros to a multiple of eight.
template <class Value>
void append_packed(std::size_t count, unsigned bits, const Value& value, TextBuffer& out) {
  const std::size_t bytes = (count + 7) / 8 * bits;
  char* const begin = out.room(bytes + kRoom);
  char* to = begin;
  std::uint64_t word = 0;
  unsigned used = 0;
  for (std::size_t i = 0; i < count; ++i) {
    word |= std::uint64_t{value(i)} << used;
    used += bits;
    if (used < 32) continue;
    std::memcpy(to, &word, 4);
    to += 4;
    word >>= 32;
    used -= 32;
  }
  std::memcpy(to, &word, 8);
  if (to + 8 < begin + bytes)
    std::memset(to + 8, 0, static_cast<std::size_t>(begin + bytes - to) - 8);
  out.end_at(begin + bytes);
}

// The head of a run of packed values (Parquet's "RLE / bit-packing hybrid").
void append_packed_head(std::size_t count, TextBuffer& out) {
  append_varint((count + 7) / 8 << 1 | 1, out);
}

// Takes the values that are there; all of `cells` where none is absent.
template <class T>
std::span<const T> dense(std::span<const T> cells, std::span<const std::uint8_t> present,
                         base::HugeArray<T>& out) {
  out.resize(cells.size() + 1);
  std::size_t count = 0;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    out[count] = cells[i];
    count += present[i];
  }
  return out.span().first(count);
}

template <class T>
std::string plain_bytes(T value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

// Least and greatest of whole numbers in the order of T.
template <class T>
void note_whole_range(std::span<const std::uint64_t> words, ParquetChunk& chunk) {
  T least = static_cast<T>(words[0]);
  T greatest = least;
  for (const std::uint64_t word : words) {
    least = std::min(least, static_cast<T>(word));
    greatest = std::max(greatest, static_cast<T>(word));
  }
  chunk.least = plain_bytes(least);
  chunk.greatest = plain_bytes(greatest);
  chunk.has_range = true;
}

void note_double_range(std::span<const std::uint64_t> words, ParquetChunk& chunk) {
  double least = std::bit_cast<double>(words[0]);
  double greatest = least;
  bool is_ordered = true;
  for (const std::uint64_t word : words) {
    const auto value = std::bit_cast<double>(word);
    is_ordered = is_ordered && !std::isnan(value);
    least = std::min(least, value);
    greatest = std::max(greatest, value);
  }
  // A zero may stand for either of the two.
  chunk.least = plain_bytes(least == 0 ? -0.0 : least);
  chunk.greatest = plain_bytes(greatest == 0 ? 0.0 : greatest);
  chunk.has_range = is_ordered;
}

void note_text_range(std::span<const std::string_view> texts, ParquetChunk& chunk) {
  std::string_view least = texts[0];
  std::string_view greatest = texts[0];
  std::string_view last = texts[0];
  for (const std::string_view text : texts) {
    if (text.data() == last.data() && text.size() == last.size()) continue;
    last = text;
    if (text > greatest) {
      greatest = text;
    } else if (text < least) {
      least = text;
    }
  }
  if (std::max(least.size(), greatest.size()) > kMaxRangeBytes) return;
  chunk.least = least;
  chunk.greatest = greatest;
  chunk.has_range = true;
}

void append_plain_texts(std::span<const std::string_view> texts, TextBuffer& out) {
  for (const std::string_view text : texts) {
    char* const to = out.room(text.size() + 4);
    const auto size = static_cast<std::uint32_t>(text.size());
    std::memcpy(to, &size, 4);
    if (!text.empty()) std::memcpy(to + 4, text.data(), text.size());
    out.end_at(to + 4 + text.size());
  }
}

void append_plain_words(ParquetType type, std::span<const std::uint64_t> words, TextBuffer& out) {
  if (type == ParquetType::kBoolean) {
    const std::size_t before = out.size();
    append_packed(words.size(), 1, [&](std::size_t i) { return words[i]; }, out);
    out.end_at(out.text().data() + before + (words.size() + 7) / 8);
  } else if (type == ParquetType::kDate) {
    for (const std::uint64_t word : words) append_raw(static_cast<std::int32_t>(word), out);
  } else {
    out.append({reinterpret_cast<const char*>(words.data()), words.size_bytes()});
  }
}

}  // namespace

std::size_t ColumnEncoder::value_count() const {
  return type_ == ParquetType::kText ? texts_.size() : words_.size();
}

void ColumnEncoder::take_present(const ColumnCells& cells, std::size_t rows) {
  present_ = cells.present.first(rows);
  const bool is_whole = std::ranges::find(present_, std::uint8_t{0}) == present_.end();
  if (type_ == ParquetType::kText) {
    const auto all = cells.texts.first(rows);
    texts_ = is_whole ? all : dense(all, present_, dense_texts_);
  } else {
    const auto all = cells.words.first(rows);
    words_ = is_whole ? all : dense(all, present_, dense_words_);
  }
}

ParquetChunk ColumnEncoder::encode(const ColumnCells& cells, const ParquetColumn& column,
                                   std::size_t rows, TextBuffer& out) {
  type_ = column.type;
  chunk_ = {};
  chunk_.codec = ParquetCodec::kSnappy;
  take_present(cells, rows);
  chunk_.values = rows;
  chunk_.absent = rows - value_count();
  has_dictionary_ = value_count() > 0 && build_dictionary(column.is_key);
  if (value_count() > 0) note_range();
  if (has_dictionary_) write_dictionary(out);
  Stretch stretch = next_stretch(0, 0);
  write_page(stretch, true, out);
  while (stretch.end < rows) {
    stretch = next_stretch(stretch.end, stretch.end_value);
    write_page(stretch, false, out);
  }
  return std::move(chunk_);
}

bool ColumnEncoder::build_dictionary(bool is_key) {
  switch (type_) {
    case ParquetType::kBoolean:
      return false;
    case ParquetType::kText:
      return is_key ? text_dictionary_.build_of_neighbours(texts_) : text_dictionary_.build(texts_);
    default:
      return !is_key && word_dictionary_.build(words_);
  }
}

ColumnEncoder::Stretch ColumnEncoder::next_stretch(std::size_t begin,
                                                   std::size_t first_value) const {
  Stretch stretch{begin, std::min(begin + kRowsPerPage, present_.size()), first_value, first_value};
  const bool is_plain_text = type_ == ParquetType::kText && !has_dictionary_;
  std::size_t bytes = 0;
  for (std::size_t row = begin; row < stretch.end; ++row) {
    if (is_plain_text && present_[row] != 0) {
      bytes += texts_[stretch.end_value].size();
      if (bytes > kTextBytesPerPage && row > begin) {
        stretch.end = row;
        break;
      }
    }
    stretch.end_value += present_[row];
  }
  return stretch;
}

void ColumnEncoder::note_range() {
  const auto words =
      has_dictionary_ ? std::span<const std::uint64_t>(word_dictionary_.values) : words_;
  switch (type_) {
    case ParquetType::kText:
      return note_text_range(has_dictionary_ ? text_dictionary_.values : texts_, chunk_);
    case ParquetType::kDouble:
      return note_double_range(words, chunk_);
    case ParquetType::kBoolean:
      return;
    case ParquetType::kDate:
      return note_whole_range<std::int32_t>(words, chunk_);
    case ParquetType::kInteger:
    case ParquetType::kInstant:
      return note_whole_range<std::int64_t>(words, chunk_);
  }
}

void ColumnEncoder::write_dictionary(TextBuffer& out) {
  raw_.clear();
  const bool is_text = type_ == ParquetType::kText;
  const std::size_t count =
      is_text ? text_dictionary_.values.size() : word_dictionary_.values.size();
  if (is_text) {
    append_plain_texts(text_dictionary_.values, raw_);
  } else {
    append_plain_words(type_, word_dictionary_.values, raw_);
  }
  code_bits_ = std::max(1u, static_cast<unsigned>(std::bit_width(count - 1)));
  append_page({.is_dictionary = true, .values = static_cast<std::uint32_t>(count)}, out);
  chunk_.dictionary_bytes = chunk_.bytes;
}

void ColumnEncoder::write_page(const Stretch& stretch, bool first, TextBuffer& out) {
  raw_.clear();
  write_levels(stretch);
  if (has_dictionary_) {
    write_codes(stretch);
  } else {
    write_values(stretch);
    if (first) choose_codec();
  }
  append_page(
      {.values = static_cast<std::uint32_t>(stretch.end - stretch.begin),
       .encoding = has_dictionary_ ? ParquetEncoding::kDictionary : ParquetEncoding::kPlain},
      out);
}

// Which rows have a value: a bit each, or one run where all have one.
void ColumnEncoder::write_levels(const Stretch& stretch) {
  const std::size_t rows = stretch.end - stretch.begin;
  append_raw(std::uint32_t{0}, raw_);
  const std::size_t before = raw_.size();
  if (stretch.end_value - stretch.first_value == rows) {
    append_varint(rows << 1, raw_);
    append_raw(std::uint8_t{1}, raw_);
  } else {
    append_packed_head(rows, raw_);
    append_packed(rows, 1, [&](std::size_t i) { return present_[stretch.begin + i]; }, raw_);
  }
  raw_.overwrite(before - 4, static_cast<std::uint32_t>(raw_.size() - before));
}

void ColumnEncoder::write_codes(const Stretch& stretch) {
  const std::size_t count = stretch.end_value - stretch.first_value;
  const std::uint32_t* const codes =
      (type_ == ParquetType::kText ? text_dictionary_.codes : word_dictionary_.codes).data() +
      stretch.first_value;
  append_raw(static_cast<std::uint8_t>(code_bits_), raw_);
  append_packed_head(count, raw_);
  append_packed(count, code_bits_, [&](std::size_t i) { return codes[i]; }, raw_);
}

void ColumnEncoder::write_values(const Stretch& stretch) {
  const std::size_t count = stretch.end_value - stretch.first_value;
  if (type_ == ParquetType::kText) {
    append_plain_texts(texts_.subspan(stretch.first_value, count), raw_);
  } else {
    append_plain_words(type_, words_.subspan(stretch.first_value, count), raw_);
  }
}

// Numbers that are nearly all different hardly shrink: then nobody need inflate them. A piece from
// the middle of the first page tells, at a small part of what compressing it costs.
void ColumnEncoder::choose_codec() {
  const std::string_view body = raw_.text();
  const std::size_t size = std::min(body.size(), kSampleBytes);
  const std::string_view sample = body.substr((body.size() - size) / 2, size);
  if (compress(sample).size() > size - size / 4) chunk_.codec = ParquetCodec::kNone;
}

std::string_view ColumnEncoder::compress(std::string_view bytes) {
  compressed_.clear();
  char* const to = compressed_.room(snappy::MaxCompressedLength(bytes.size()));
  std::size_t size = 0;
  snappy::RawCompress(bytes.data(), bytes.size(), to, &size);
  return {to, size};
}

void ColumnEncoder::append_page(ParquetPage page, TextBuffer& out) {
  const std::string_view body =
      chunk_.codec == ParquetCodec::kSnappy ? compress(raw_.text()) : raw_.text();
  page.uncompressed_bytes = static_cast<std::uint32_t>(raw_.size());
  page.bytes = static_cast<std::uint32_t>(body.size());
  write_page_header(page, header_);
  out.append(header_);
  out.append(body);
  chunk_.bytes += header_.size() + body.size();
  chunk_.uncompressed_bytes += header_.size() + raw_.size();
}

}  // namespace pursuit::exporting
