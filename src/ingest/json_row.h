// ingest/json_row.h: one line of a JSON lines file: an object whose wanted members become texts. A
// JsonRowParser belongs to one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/rejects.h"

namespace pursuit::ingest {

/// What became of a line.
struct JsonRowEnd {
  enum class State : std::uint8_t { kRow, kBlank, kRejected };
  static constexpr std::size_t kNoSlot = SIZE_MAX;

  State state = State::kRow;
  RejectReason reason = RejectReason::kBadJson;  // of kRejected
  std::size_t slot = kNoSlot;                    // that the reason is about; kNoSlot: the line
};

class JsonRowParser {
 public:
  /// `names[slot]` is the member that fills a slot; an empty name fills none. Of members of the
  /// same name the last counts.
  explicit JsonRowParser(std::vector<std::string> names);
  ~JsonRowParser();
  JsonRowParser(JsonRowParser&&) noexcept;
  JsonRowParser& operator=(JsonRowParser&&) noexcept;

  /// Reads `line`, of which the next `readable` bytes from its start may be touched (the parser
  /// reads a little ahead; with fewer it copies the line). Sets `values[slot]` of every named slot:
  /// strings without their escapes, numbers and booleans as they stand there, empty for null and
  /// for a member that is not there. The whole line must be valid JSON (RFC 8259) no deeper than
  /// 1,000, unwanted members too. The views are good until `line` goes or forget() is called.
  JsonRowEnd parse(std::string_view line, std::size_t readable, std::span<std::string_view> values);
  /// Gives back the memory of the values so far.
  void forget();

  /// The names of the members of a line, in order, as views like values; none if it is not an
  /// object.
  std::vector<std::string_view> member_names(std::string_view line);

 private:
  struct Engine;
  std::unique_ptr<Engine> engine_;
};

}  // namespace pursuit::ingest
