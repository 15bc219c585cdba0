// ingest/attributes.h: what a lead carries beside id, dimensions and owner: the optional fields of
// a leads file (campaign, value, name, phone, email, consent) and columns of the user's own, as
// text. One writer; reads from any thread while nobody writes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"

namespace pursuit::ingest {

/// Texts one after the other.
class TextColumn {
 public:
  void add(std::string_view text) {
    chars_.insert(chars_.end(), text.begin(), text.end());
    ends_.push_back(chars_.size());
  }
  [[nodiscard]] std::string_view text(std::size_t row) const {
    const std::size_t begin = row == 0 ? 0 : ends_[row - 1];
    return {chars_.data() + begin, ends_[row] - begin};
  }
  [[nodiscard]] std::size_t memory_bytes() const {
    return chars_.capacity() + ends_.capacity() * sizeof(std::size_t);
  }

 private:
  std::vector<char> chars_;
  std::vector<std::size_t> ends_;
};

/// The attributes of some rows, in the order in which they were read.
struct AttributeRows {
  std::vector<std::uint32_t> columns;  // of Attributes, by position in `texts`
  std::vector<TextColumn> texts;

  /// Empty where these rows do not have the column.
  [[nodiscard]] std::string_view text(std::uint32_t column, std::size_t row) const {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (columns[i] == column) return texts[i].text(row);
    }
    return {};
  }
};

class Attributes {
 public:
  /// Number of the column of that name, given out now if it is new.
  std::uint32_t intern_column(std::string_view name);
  /// Takes over rows; `lead_of` gives each row's lead, or kNoLead for one to be forgotten.
  void add(AttributeRows rows, std::span<const base::LeadId> lead_of, std::uint32_t lead_count);

  [[nodiscard]] const std::vector<std::string>& columns() const { return columns_; }
  /// Empty where the lead has none.
  [[nodiscard]] std::string_view text(base::LeadId lead, std::uint32_t column) const;
  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  struct Place {
    std::uint32_t part = UINT32_MAX;
    std::uint32_t row = 0;
  };
  std::vector<std::string> columns_;
  std::vector<AttributeRows> parts_;
  std::vector<Place> places_;  // by lead; shorter than all leads where the last have none
};

}  // namespace pursuit::ingest
