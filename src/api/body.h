// api/body.h: a request's body as a JSON object, its fields taken one by one; what is wrong is told
// by field. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "http/request.h"
#include "http/response.h"

namespace pursuit::api {

class Body {
 public:
  /// The response that refuses (400, 415): no JSON object.
  [[nodiscard]] static std::expected<Body, http::Response> of(const http::Request& request);

  /// The field's value; nothing when it is not there. A value of another type, null too, is an
  /// error.
  std::optional<std::string> text(const std::string& field);
  std::optional<bool> boolean(const std::string& field);
  std::optional<std::int64_t> integer(const std::string& field);
  std::optional<std::vector<std::string>> texts(const std::string& field);
  /// Hands an object within to `read`; whether it is there.
  bool object(const std::string& field, const std::function<void(Body&)>& read);
  /// Text that must be there.
  std::string needed(const std::string& field);
  void add_error(std::string field, std::string reason);

  /// 400 with every error so far, fields that nobody asked for among them; nothing: all is well.
  [[nodiscard]] std::optional<http::Response> refusal();

 private:
  Body(nlohmann::json json, std::string prefix)
      : json_(std::move(json)), prefix_(std::move(prefix)) {}
  const nlohmann::json* find(const std::string& field);
  void look_for_strangers();

  nlohmann::json json_;
  std::string prefix_;
  std::set<std::string> asked_;
  std::vector<http::FieldError> errors_;
};

}  // namespace pursuit::api
