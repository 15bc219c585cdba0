#include "http/response.h"

#include <utility>

#include <boost/beast/http/status.hpp>
#include <nlohmann/json.hpp>

namespace pursuit::http {

std::string_view status_text(unsigned status) {
  const auto text = boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(status));
  return {text.data(), text.size()};
}

Response json_response(const nlohmann::json& value, unsigned status) {
  // Text from outside was checked to be UTF-8 where it came in; should one slip through, a
  // replacement character serves the caller better than no answer.
  return json_text_response(value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace),
                            status);
}

Response json_text_response(std::string text, unsigned status) {
  Response response;
  response.status = status;
  response.content_type = "application/json";
  response.body = std::move(text);
  return response;
}

Response text_response(std::string text, std::string content_type) {
  Response response;
  response.content_type = std::move(content_type);
  response.body = std::move(text);
  return response;
}

Response empty_response(unsigned status) {
  Response response;
  response.status = status;
  return response;
}

Response problem_response(unsigned status, std::string detail, std::vector<FieldError> errors) {
  Response response;
  response.status = status;
  Problem problem;
  problem.detail = std::move(detail);
  problem.errors = std::move(errors);
  response.body = std::move(problem);
  return response;
}

Response over_share_response(std::string detail, std::int64_t retry_after_s) {
  Response response = problem_response(429, std::move(detail));
  response.headers.push_back({"Retry-After", std::to_string(retry_after_s)});
  return response;
}

unsigned status_of(base::ErrorCode code) {
  switch (code) {
    case base::ErrorCode::kInvalidInput:
    case base::ErrorCode::kUsage:
      return 400;
    case base::ErrorCode::kInvalidPolicy:
      return 422;
    case base::ErrorCode::kNotFound:
      return 404;
    case base::ErrorCode::kLimit:
      return 413;
    case base::ErrorCode::kConflict:
      return 409;
    case base::ErrorCode::kBusy:
    case base::ErrorCode::kStorage:
      return 503;
    default:
      return 500;
  }
}

Response error_response(const base::Error& error) {
  const bool is_of_disk =
      error.code == base::ErrorCode::kStorage || error.code == base::ErrorCode::kIo;
  // The words of the store and of files, for want of a code of its own.
  if (is_of_disk && error.message.contains("(no space left)")) {
    Response response = problem_response(507, "there is no space left to keep this");
    response.note = error.text();
    return response;
  }
  const unsigned status = status_of(error.code);
  if (status == 503) {
    Response response =
        problem_response(status, is_of_disk ? "the store does not work as it should"
                                            : "the server has no room for this now");
    response.headers.push_back({"Retry-After", is_of_disk ? "5" : "1"});
    response.note = error.text();
    return response;
  }
  if (status >= 500) {
    Response response = problem_response(status, "the server could not do this");
    response.note = error.text();
    return response;
  }
  std::vector<FieldError> errors;
  if (!error.where.empty()) errors.push_back({error.where, error.message});
  return problem_response(status, error.message, std::move(errors));
}

Response stream_response(std::string content_type, Producer producer) {
  Response response;
  response.content_type = std::move(content_type);
  response.body = std::move(producer);
  return response;
}

Response event_response(std::shared_ptr<EventHub> hub, EventFilter filter) {
  Response response;
  response.content_type = "text/event-stream";
  response.body = EventSubscription{.hub = std::move(hub), .filter = std::move(filter)};
  return response;
}

}  // namespace pursuit::http
