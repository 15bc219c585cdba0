#include "ingest/json_row.h"

#include <cstring>
#include <deque>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>
#include <simdjson.h>

#include "base/limits.h"

namespace pursuit::ingest {

namespace {

namespace ondemand = simdjson::ondemand;
using simdjson::error_code;
using State = JsonRowEnd::State;

constexpr int kMaxDepth = 1'000;

JsonRowEnd rejected(RejectReason reason, std::size_t slot = JsonRowEnd::kNoSlot) {
  return {State::kRejected, reason, slot};
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r") == std::string_view::npos;
}

/// A token reaches to the next one: without the blanks between.
std::string_view trimmed(std::string_view token) {
  const std::size_t last = token.find_last_not_of(" \t\r\n");
  return token.substr(0, last + 1);
}

error_code read_scalar(ondemand::value value, ondemand::json_type type) {
  std::string_view text;
  double number = 0;
  bool flag = false;
  switch (type) {
    case ondemand::json_type::string:
      return value.get_string().get(text);
    case ondemand::json_type::number:
      return value.get_double().get(number);
    case ondemand::json_type::boolean:
      return value.get_bool().get(flag);
    default:
      if (const error_code error = value.is_null().get(flag)) return error;
      return flag ? simdjson::SUCCESS : simdjson::N_ATOM_ERROR;
  }
}

}  // namespace

struct JsonRowParser::Engine {
  explicit Engine(std::vector<std::string> wanted) : names(std::move(wanted)) {}

  /// Slot of a member. Lines of a file mostly have the same members in the same order, so the
  /// search goes on after the last one found.
  std::size_t slot_of(std::string_view key) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      const std::size_t slot =
          next_slot + i < names.size() ? next_slot + i : next_slot + i - names.size();
      if (names[slot] == key && !key.empty()) {
        next_slot = slot + 1 < names.size() ? slot + 1 : 0;
        return slot;
      }
    }
    return names.size();
  }

  std::string_view keep(std::string_view text) {
    kept.emplace_back(text);
    return kept.back();
  }

  error_code open(std::string_view text, std::size_t readable, ondemand::object& object) {
    if (readable < text.size() + simdjson::SIMDJSON_PADDING) {
      kept.emplace_back();
      kept.back().reserve(text.size() + simdjson::SIMDJSON_PADDING);
      kept.back() = text;
      text = kept.back();
      readable = kept.back().capacity();
    }
    if (const error_code error =
            parser.iterate(simdjson::padded_string_view(text.data(), text.size(), readable))
                .get(document))
      return error;
    return document.get_object().get(object);
  }

  JsonRowEnd read(std::string_view text, std::size_t readable, std::span<std::string_view> values);
  error_code check_scalar(ondemand::value value, ondemand::json_type type);
  error_code check_value(ondemand::value value, int depth);
  JsonRowEnd take(ondemand::value value, std::size_t slot, std::string_view& out);
  JsonRowEnd take_string(ondemand::value value, std::size_t slot, std::string_view& out);

  std::vector<std::string> names;
  std::size_t next_slot = 0;
  std::deque<std::string> kept;
  ondemand::parser parser;
  ondemand::document document;
  std::string_view line;               ///< the one being read
  std::optional<bool> is_well_formed;  ///< the line as a second parser sees it, once asked
};

/// simdjson takes no exponent of twenty digits, though 1e-00000000000000000001 is a number: such a
/// line is shown to a second parser. The whole of it, since a value that simdjson passes over is
/// not checked for what follows.
error_code JsonRowParser::Engine::check_scalar(ondemand::value value, ondemand::json_type type) {
  const error_code error = read_scalar(value, type);
  if (error != simdjson::NUMBER_ERROR) return error;
  if (!is_well_formed) is_well_formed = nlohmann::json::accept(line);
  return *is_well_formed ? simdjson::SUCCESS : error;
}

/// Walks through a value that nobody wants, because the parser checks only what it is asked for.
// NOLINTNEXTLINE(misc-no-recursion): the depth has a limit
error_code JsonRowParser::Engine::check_value(ondemand::value value, int depth) {
  if (depth > kMaxDepth) return simdjson::DEPTH_ERROR;
  ondemand::json_type type{};
  if (const error_code error = value.type().get(type)) return error;
  if (type == ondemand::json_type::array) {
    ondemand::array array;
    if (const error_code error = value.get_array().get(array)) return error;
    for (auto item : array) {
      ondemand::value element;
      if (const error_code error = std::move(item).get(element)) return error;
      if (const error_code error = check_value(element, depth + 1)) return error;
    }
    return simdjson::SUCCESS;
  }
  if (type == ondemand::json_type::object) {
    ondemand::object object;
    if (const error_code error = value.get_object().get(object)) return error;
    for (auto item : object) {
      ondemand::field field;
      std::string_view key;
      if (const error_code error = std::move(item).get(field)) return error;
      if (const error_code error = field.unescaped_key().get(key)) return error;
      if (const error_code error = check_value(field.value(), depth + 1)) return error;
    }
    return simdjson::SUCCESS;
  }
  return check_scalar(value, type);
}

JsonRowEnd JsonRowParser::Engine::take_string(ondemand::value value, std::size_t slot,
                                              std::string_view& out) {
  const std::string_view token = trimmed(value.raw_json_token());
  const bool plain = token.size() >= 2 && std::memchr(token.data(), '\\', token.size()) == nullptr;
  if (plain) {
    out = token.substr(1, token.size() - 2);
    // Asked for although the text is known: a value passed over is not checked for what follows.
    ondemand::raw_json_string raw;
    if (token.back() != '"' || value.get_raw_json_string().get(raw) != simdjson::SUCCESS)
      return rejected(RejectReason::kBadJson);
  } else {
    std::string_view text;
    if (value.get_string().get(text) != simdjson::SUCCESS) return rejected(RejectReason::kBadJson);
    if (text.find('\0') != std::string_view::npos) return rejected(RejectReason::kNul, slot);
    out = keep(text);
  }
  if (out.size() > base::kMaxFieldBytes) return rejected(RejectReason::kFieldTooLong, slot);
  return {};
}

JsonRowEnd JsonRowParser::Engine::take(ondemand::value value, std::size_t slot,
                                       std::string_view& out) {
  ondemand::json_type type{};
  if (value.type().get(type) != simdjson::SUCCESS) return rejected(RejectReason::kBadJson);
  if (type == ondemand::json_type::string) return take_string(value, slot, out);
  if (type == ondemand::json_type::object || type == ondemand::json_type::array)
    return rejected(RejectReason::kNestedValue, slot);
  const std::string_view token = trimmed(value.raw_json_token());
  if (check_scalar(value, type) != simdjson::SUCCESS) return rejected(RejectReason::kBadJson);
  out = type == ondemand::json_type::null ? std::string_view() : token;
  if (out.size() > base::kMaxFieldBytes) return rejected(RejectReason::kFieldTooLong, slot);
  return {};
}

JsonRowEnd JsonRowParser::Engine::read(std::string_view text, std::size_t readable,
                                       std::span<std::string_view> values) {
  if (text.size() > base::kMaxLineBytes) return rejected(RejectReason::kTooLong);
  if (is_blank(text)) return {State::kBlank};
  for (std::size_t slot = 0; slot < names.size(); ++slot) {
    if (!names[slot].empty()) values[slot] = {};
  }
  next_slot = 0;
  line = text;
  is_well_formed.reset();
  ondemand::object object;
  if (const error_code error = open(line, readable, object)) {
    if (error == simdjson::UTF8_ERROR) return rejected(RejectReason::kNotUtf8);
    const bool nul = line.find('\0') != std::string_view::npos;
    return rejected(nul ? RejectReason::kNul : RejectReason::kBadJson);
  }
  for (auto item : object) {
    ondemand::field field;
    std::string_view key;
    if (std::move(item).get(field) != simdjson::SUCCESS) return rejected(RejectReason::kBadJson);
    if (field.unescaped_key().get(key) != simdjson::SUCCESS)
      return rejected(RejectReason::kBadJson);
    const std::size_t slot = slot_of(key);
    if (slot == names.size()) {
      if (check_value(field.value(), 2) != simdjson::SUCCESS)
        return rejected(RejectReason::kBadJson);
    } else if (const JsonRowEnd end = take(field.value(), slot, values[slot]);
               end.state != State::kRow) {
      return end;
    }
  }
  const bool at_end = document.current_location().error() == simdjson::OUT_OF_BOUNDS;
  return at_end ? JsonRowEnd{} : rejected(RejectReason::kBadJson);
}

JsonRowParser::JsonRowParser(std::vector<std::string> names)
    : engine_(std::make_unique<Engine>(std::move(names))) {}
JsonRowParser::~JsonRowParser() = default;
JsonRowParser::JsonRowParser(JsonRowParser&&) noexcept = default;
JsonRowParser& JsonRowParser::operator=(JsonRowParser&&) noexcept = default;

JsonRowEnd JsonRowParser::parse(std::string_view line, std::size_t readable,
                                std::span<std::string_view> values) {
  return engine_->read(line, readable, values);
}

void JsonRowParser::forget() { engine_->kept.clear(); }

std::vector<std::string_view> JsonRowParser::member_names(std::string_view line) {
  std::vector<std::string_view> found;
  ondemand::object object;
  if (line.size() > base::kMaxLineBytes || is_blank(line) ||
      engine_->open(line, line.size(), object) != simdjson::SUCCESS)
    return found;
  for (auto item : object) {
    ondemand::field field;
    std::string_view key;
    if (std::move(item).get(field) != simdjson::SUCCESS ||
        field.unescaped_key().get(key) != simdjson::SUCCESS)
      break;
    found.push_back(engine_->keep(key));
  }
  return found;
}

}  // namespace pursuit::ingest
