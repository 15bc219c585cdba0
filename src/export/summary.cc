#include <nlohmann/json.hpp>

#include "export/columns.h"
#include "export/csv_text.h"
#include "export/export.h"
#include "export/output_file.h"
#include "export/text_buffer.h"

namespace pursuit::exporting {
namespace {

using Json = nlohmann::ordered_json;

template <class Value>
Json object_of(const std::vector<std::pair<std::string, Value>>& pairs) {
  Json object = Json::object();
  for (const auto& [name, value] : pairs) object[name] = value;
  return object;
}

}  // namespace

std::string summary_json(const Summary& summary) {
  Json json;
  json["version"] = summary.version;
  json["as_of"] = base::format_instant(summary.as_of_ms);
  json["policy_hash"] = summary.policy_hash;
  json["inputs"] = Json::array();
  std::uint64_t read = 0;
  std::uint64_t rejected = 0;
  for (const Summary::Input& input : summary.inputs) {
    json["inputs"].push_back({{"file", input.file},
                              {"kind", input.kind},
                              {"rows_read", input.rows_read},
                              {"rows_rejected", input.rows_rejected}});
    read += input.rows_read;
    rejected += input.rows_rejected;
  }
  json["rows_read"] = read;
  json["rows_rejected"] = rejected;
  json["rejected_by_reason"] = object_of(summary.rejects);
  json["counts"] = object_of(summary.counts);
  json["files"] = Json::array();
  for (const FileReport& file : summary.files)
    json["files"].push_back({{"file", file.name}, {"rows", file.rows}, {"bytes", file.bytes}});
  json["seconds"] = object_of(summary.seconds);
  // A file name need not be UTF-8; it is no reason to fail.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

base::Result<FileReport> write_summary(const std::string& out_dir, const Summary& summary) {
  const std::string text = summary_json(summary);
  if (auto done = write_file(out_dir + "/summary.json", text); !done)
    return std::unexpected(done.error());
  return FileReport{"summary.json", 1, text.size()};
}

base::Result<FileReport> write_rejects(const std::string& out_dir,
                                       std::span<const std::string> files,
                                       std::span<const ingest::Reject> rejects) {
  TextBuffer text;
  text.append(header_line(kRejectColumns));
  RowWriter row(text);
  for (const ingest::Reject& reject : rejects) {
    row.text(files[reject.file])
        .count(reject.line)
        .text(reject.field_name())
        .text(ingest::text_of(reject.reason))
        .text(reject.text)
        .end();
  }
  if (auto done = write_file(out_dir + "/rejects.csv", text.text()); !done)
    return std::unexpected(done.error());
  return FileReport{"rejects.csv", rejects.size(), text.size()};
}

}  // namespace pursuit::exporting
