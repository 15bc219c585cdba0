#include "api/body.h"

#include <utility>

namespace pursuit::api {

using nlohmann::json;

namespace {

/// PostgreSQL keeps none, and nobody types it.
bool has_nul(const std::string& text) { return text.contains('\0'); }

}  // namespace

std::expected<Body, http::Response> Body::of(const http::Request& request) {
  const auto type = request.header("content-type").value_or("");
  if (!type.starts_with("application/json")) {
    return std::unexpected(http::problem_response(
        415, "send JSON as application/json", {{.field = "Content-Type", .reason = "not JSON"}}));
  }
  json value = json::parse(request.body, nullptr, false);
  if (!value.is_object())
    return std::unexpected(http::problem_response(400, "the body is not a JSON object"));
  return Body(std::move(value), {});
}

void Body::add_error(std::string field, std::string reason) {
  errors_.push_back({.field = prefix_ + std::move(field), .reason = std::move(reason)});
}

const json* Body::find(const std::string& field) {
  asked_.insert(field);
  const auto found = json_.find(field);
  return found == json_.end() ? nullptr : &*found;
}

std::optional<std::string> Body::text(const std::string& field) {
  const json* value = find(field);
  if (value == nullptr) return std::nullopt;
  const bool is_text = value->is_string();
  if (is_text && !has_nul(value->get_ref<const std::string&>())) return value->get<std::string>();
  add_error(field, is_text ? "has a NUL" : "not a text");
  return std::nullopt;
}

std::optional<bool> Body::boolean(const std::string& field) {
  const json* value = find(field);
  if (value == nullptr) return std::nullopt;
  if (value->is_boolean()) return value->get<bool>();
  add_error(field, "neither true nor false");
  return std::nullopt;
}

std::optional<std::int64_t> Body::integer(const std::string& field) {
  const json* value = find(field);
  if (value == nullptr) return std::nullopt;
  const bool fits = value->is_number_integer() &&
                    (!value->is_number_unsigned() || value->get<std::uint64_t>() <= INT64_MAX);
  if (fits) return value->get<std::int64_t>();
  add_error(field, "not a whole number");
  return std::nullopt;
}

std::optional<std::vector<std::string>> Body::texts(const std::string& field) {
  const json* value = find(field);
  if (value == nullptr) return std::nullopt;
  std::vector<std::string> list;
  bool good = value->is_array();
  if (good) {
    for (const json& one : *value) {
      good = good && one.is_string() && !has_nul(one.get_ref<const std::string&>());
      if (good) list.push_back(one.get<std::string>());
    }
  }
  if (good) return list;
  add_error(field, "not a list of texts without NUL");
  return std::nullopt;
}

bool Body::object(const std::string& field, const std::function<void(Body&)>& read) {
  const json* value = find(field);
  if (value == nullptr) return false;
  if (!value->is_object()) {
    add_error(field, "not an object");
    return false;
  }
  Body inner(*value, prefix_ + field + ".");
  read(inner);
  inner.look_for_strangers();
  errors_.insert(errors_.end(), inner.errors_.begin(), inner.errors_.end());
  return true;
}

std::string Body::needed(const std::string& field) {
  const std::size_t errors = errors_.size();
  auto value = text(field);
  if (value) return std::move(*value);
  if (errors_.size() == errors) add_error(field, "missing");
  return {};
}

void Body::look_for_strangers() {
  for (const auto& [name, value] : json_.items()) {
    if (!asked_.contains(name)) add_error(name, "not known here");
  }
}

std::optional<http::Response> Body::refusal() {
  look_for_strangers();
  if (errors_.empty()) return std::nullopt;
  return http::problem_response(400, "the body is not as it must be", std::move(errors_));
}

}  // namespace pursuit::api
