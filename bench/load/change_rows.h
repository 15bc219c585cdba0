// load/change_rows.h: the changes that the load driver sends: stage events of leads that are there
// and, one row in six, a new lead with what befalls it. One thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace pursuit::load {

struct Batch {
  std::string body;                // JSON lines
  std::vector<std::string> leads;  // that its rows are of, each once
};

class ChangeRows {
 public:
  /// `known_leads`: of a store that fill_store filled. `run` sets the keys and instants of this run
  /// apart from those of others on the same store.
  ChangeRows(std::uint32_t known_leads, std::uint32_t run) : known_leads_(known_leads), run_(run) {}

  /// New leads, one row in six, each with its five stage events: what an import brings.
  [[nodiscard]] Batch new_leads(std::size_t rows);
  /// Stage events only, of known leads far from each other: what a day of work brings.
  [[nodiscard]] Batch events(std::size_t rows);

 private:
  void add_lead(Batch& batch);
  void add_event(Batch& batch, const std::string& lead, std::size_t stage);

  std::uint32_t known_leads_;
  std::uint32_t run_;
  std::uint64_t keys_ = 0;
  std::uint64_t leads_ = 0;
  std::uint64_t events_ = 0;
};

}  // namespace pursuit::load
