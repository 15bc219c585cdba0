#include "imports/detail.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

namespace pursuit::imports {
namespace {

using Json = nlohmann::json;

Json file_json(const ImportFile& file) {
  return {{"name", file.name},
          {"path", file.path},
          {"kind", std::string(ingest::name_of(file.kind))},
          {"hash", file.hash},
          {"origin", file.origin},
          {"bytes", file.bytes},
          {"counts",
           {file.counts.read, file.counts.applied, file.counts.repeated, file.counts.rejected,
            file.counts.ignored}}};
}

ImportFile file_of(const Json& json) {
  ImportFile file{.name = json.at("name"),
                  .path = json.at("path"),
                  .kind = kind_of(json.at("kind")).value(),
                  .hash = json.at("hash"),
                  .origin = json.at("origin"),
                  .bytes = json.at("bytes"),
                  .counts = {}};
  const Json& counts = json.at("counts");
  file.counts = {.read = counts.at(0),
                 .applied = counts.at(1),
                 .repeated = counts.at(2),
                 .rejected = counts.at(3),
                 .ignored = counts.at(4)};
  return file;
}

}  // namespace

void sort_files(std::vector<ImportFile>& files) {
  std::ranges::stable_sort(files, {}, &ImportFile::kind);
}

FileCounts sum_of(const Detail& detail) {
  FileCounts sum;
  for (const ImportFile& file : detail.files) {
    sum.read += file.counts.read;
    sum.applied += file.counts.applied;
    sum.repeated += file.counts.repeated;
    sum.rejected += file.counts.rejected;
    sum.ignored += file.counts.ignored;
  }
  return sum;
}

std::string_view name_of(store::ImportState state) {
  static constexpr std::array<std::string_view, 7> kNames = {
      "ready", "running", "done", "failed", "cancelled", "undoing", "undone"};
  return kNames[static_cast<std::size_t>(state)];
}

std::string detail_text(const Detail& detail) {
  Json json = {
      {"mapping", detail.mapping},
      {"source", detail.source},
      {"at",
       {detail.at.file, detail.at.part, detail.at.parts, detail.at.line, detail.at.rejects_bytes}},
      {"error", detail.error},
      {"undone", detail.undone},
      {"kept", detail.kept},
      {"kept_total", detail.kept_total}};
  json["files"] = Json::array();
  for (const ImportFile& file : detail.files) json["files"].push_back(file_json(file));
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

base::Result<Detail> read_detail(const std::string& text) {
  try {
    const Json json = Json::parse(text);
    Detail detail;
    for (const Json& file : json.at("files")) detail.files.push_back(file_of(file));
    const Json& at = json.at("at");
    detail.mapping = json.at("mapping");
    detail.source = json.at("source");
    detail.at = {.file = at.at(0),
                 .part = at.at(1),
                 .parts = at.at(2),
                 .line = at.at(3),
                 .rejects_bytes = at.at(4)};
    detail.error = json.at("error");
    detail.undone = json.at("undone");
    detail.kept = json.at("kept").get<std::vector<std::string>>();
    detail.kept_total = json.at("kept_total");
    return detail;
  } catch (const std::exception& error) {
    return base::fail(base::ErrorCode::kStorage,
                      std::string("an import's record: ") + error.what());
  }
}

base::Result<ingest::FileKind> kind_of(const std::string& name) {
  const auto found = std::ranges::find(ingest::kFileKindNames, name);
  if (found == ingest::kFileKindNames.end()) {
    return base::fail(base::ErrorCode::kInvalidInput,
                      "none of leads, events, outcomes, signals, costs", "kind");
  }
  return static_cast<ingest::FileKind>(found - ingest::kFileKindNames.begin());
}

}  // namespace pursuit::imports
