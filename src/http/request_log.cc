#include "http/request_log.h"

#include <cstdint>

#include <nlohmann/json.hpp>

namespace pursuit::http {

std::string request_line(const RequestRecord& record) {
  const std::int64_t duration_us = record.duration_ns / 1'000;
  nlohmann::ordered_json line = {{"at", base::format_instant(record.at_ms)},
                                 {"level", record.status >= 500 ? "error" : "info"},
                                 {"event", "request"},
                                 {"id", record.id},
                                 {"method", record.method},
                                 {"route", record.route},
                                 {"status", record.status},
                                 {"bytes_in", record.bytes_in},
                                 {"bytes_out", record.bytes_out},
                                 {"ms", static_cast<double>(duration_us) / 1'000},
                                 {"caller", record.caller}};
  if (!record.note.empty()) line["note"] = record.note;
  return line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void log_request(spdlog::logger& log, const RequestRecord& record) {
  const auto level = record.status >= 500 ? spdlog::level::err : spdlog::level::info;
  if (log.should_log(level)) log.log(level, request_line(record));
}

}  // namespace pursuit::http
