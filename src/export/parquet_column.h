// export/parquet_column.h: the values of a column of a row group, and their bytes in a Parquet
// file. Belongs to one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/huge_array.h"
#include "export/parquet_format.h"
#include "export/text_buffer.h"

namespace pursuit::exporting {

/// A value per row. Pages all begin at the same place of the cache: where a row is written across
/// dozens of columns that begin with a page, each line pushes out another's. So column `c` begins
/// `c` lines later.
template <class T>
class StaggeredArray {
 public:
  explicit StaggeredArray(std::size_t column) : shift_(column * kCacheLine / sizeof(T)) {}
  /// Keeps what is there.
  void resize(std::size_t rows) {
    all_.resize(rows + shift_);
    first_ = all_.data() + shift_;
  }
  [[nodiscard]] T& operator[](std::size_t row) { return first_[row]; }
  [[nodiscard]] std::span<const T> first(std::size_t rows) const { return {first_, rows}; }

 private:
  static constexpr std::size_t kCacheLine = 64;
  std::size_t shift_;
  base::HugeArray<T> all_;
  T* first_ = nullptr;
};

/// A cell per row, in `texts` or in `words`: the bits of a double, a whole number, a day, 0 or 1.
struct ColumnCells {
  explicit ColumnCells(std::size_t column) : present(column), words(column), texts(column) {}
  StaggeredArray<std::uint8_t> present;  // 1, or 0 where the value is absent
  StaggeredArray<std::uint64_t> words;
  StaggeredArray<std::string_view> texts;
};

/// Numbers values in the order of first sight. Memory is used again.
template <class Value>
struct ParquetDictionary {
  std::vector<Value> values;
  base::HugeArray<std::uint32_t> codes;  // one per value that is there
};

class WordDictionary : public ParquetDictionary<std::uint64_t> {
 public:
  WordDictionary() : slots_(kSlots) {}
  /// False where a dictionary would not pay: too many different values.
  bool build(std::span<const std::uint64_t> words);

 private:
  static constexpr std::size_t kSlotsLog2 = 13;
  static constexpr std::size_t kSlots = std::size_t{1} << kSlotsLog2;
  struct Slot {
    std::uint64_t word = 0;
    std::uint32_t code = 0;
    std::uint32_t round = 0;
  };
  std::vector<Slot> slots_;
  std::uint32_t round_ = 0;  // slots of other rounds are free
};

class TextDictionary : public ParquetDictionary<std::string_view> {
 public:
  TextDictionary() : places_(kSlots), contents_(kSlots) {}
  bool build(std::span<const std::string_view> texts);
  /// The same where equal texts stand next to each other: nothing is looked up.
  bool build_of_neighbours(std::span<const std::string_view> texts);

 private:
  static constexpr std::size_t kSlotsLog2 = 16;
  static constexpr std::size_t kSlots = std::size_t{1} << kSlotsLog2;
  // Most texts are views of few places in memory: the place says which it is, unread.
  struct Place {
    const char* data = nullptr;
    std::uint32_t size = 0;
    std::uint32_t code = 0;
    std::uint32_t round = 0;
  };
  struct Content {
    std::uint32_t code = 0;
    std::uint32_t round = 0;
  };
  [[nodiscard]] std::uint32_t code_of_content(std::string_view text);

  std::vector<Place> places_;
  std::vector<Content> contents_;
  std::uint32_t round_ = 0;
  std::size_t bytes_ = 0;  // of all values
};

class ColumnEncoder {
 public:
  /// Appends the pages of the first `rows` cells to `out`.
  ParquetChunk encode(const ColumnCells& cells, const ParquetColumn& column, std::size_t rows,
                      TextBuffer& out);

 private:
  // A stretch of rows and of the values that are there in it.
  struct Stretch {
    std::size_t begin;
    std::size_t end;
    std::size_t first_value;
    std::size_t end_value;
  };

  void take_present(const ColumnCells& cells, std::size_t rows);
  [[nodiscard]] Stretch next_stretch(std::size_t begin, std::size_t first_value) const;
  void write_dictionary(TextBuffer& out);
  void write_page(const Stretch& stretch, bool first, TextBuffer& out);
  void write_levels(const Stretch& stretch);
  void write_values(const Stretch& stretch);
  void write_codes(const Stretch& stretch);
  [[nodiscard]] bool build_dictionary(bool is_key);
  void choose_codec();
  [[nodiscard]] std::string_view compress(std::string_view bytes);  // valid until the next
  void append_page(ParquetPage page, TextBuffer& out);
  void note_range();
  [[nodiscard]] std::size_t value_count() const;

  ParquetType type_ = ParquetType::kText;
  std::span<const std::uint8_t> present_;
  std::span<const std::uint64_t> words_;
  std::span<const std::string_view> texts_;
  bool has_dictionary_ = false;
  unsigned code_bits_ = 0;
  ParquetChunk chunk_;

  base::HugeArray<std::uint64_t> dense_words_;
  base::HugeArray<std::string_view> dense_texts_;
  WordDictionary word_dictionary_;
  TextDictionary text_dictionary_;
  TextBuffer raw_;
  TextBuffer compressed_;
  std::string header_;
};

}  // namespace pursuit::exporting
