#include "api/import_json.h"

#include <algorithm>
#include <variant>

#include <nlohmann/json.hpp>

namespace pursuit::api {
namespace {

using report::Json;

constexpr std::size_t kSamples = 5;

Json counts_json(const imports::FileCounts& counts) {
  return {{"read", counts.read},
          {"applied", counts.applied},
          {"repeated", counts.repeated},
          {"rejected", counts.rejected},
          {"ignored", counts.ignored}};
}

/// The share of the bytes that have been taken in, from 0 to 1.
double progress_of(const imports::Detail& detail) {
  double all = 0;
  double done = 0;
  for (std::size_t i = 0; i < detail.files.size(); ++i) {
    const auto bytes = static_cast<double>(detail.files[i].bytes);
    all += bytes;
    if (i < detail.at.file) done += bytes;
    if (i == detail.at.file && detail.at.parts > 0) {
      done += bytes * static_cast<double>(detail.at.part) / static_cast<double>(detail.at.parts);
    }
  }
  return all > 0 ? done / all : 0;
}

Json lead_row_json(const model::LeadRow& row) {
  Json json = {{"lead_id", row.lead_id}};
  if (row.created_at_ms) json["created_at"] = report::instant_json(*row.created_at_ms);
  const auto text = [&](const char* name, const std::optional<std::string>& value) {
    if (value) json[name] = *value;
  };
  text("channel", row.channel);
  text("campaign", row.campaign);
  text("region", row.region);
  text("dealer_group", row.dealer_group);
  text("dealer", row.dealer);
  text("product", row.product);
  text("nameplate", row.nameplate);
  text("owner", row.owner);
  text("name", row.name);
  text("phone", row.phone);
  text("email", row.email);
  text("consent", row.consent);
  if (row.value) json["value"] = *row.value;
  for (const auto& [name, value] : row.attributes) json["attributes"][name] = value;
  return json;
}

struct RowJson {
  Json operator()(const model::LeadRow& row) const { return lead_row_json(row); }
  Json operator()(const model::EventRow& row) const {
    return {{"lead_id", row.lead_id},
            {"stage", row.stage},
            {"at", report::instant_json(row.at_ms)},
            {"actor", row.actor}};
  }
  Json operator()(const model::OutcomeRow& row) const {
    Json json = {{"lead_id", row.lead_id},
                 {"outcome", row.won ? "won" : "lost"},
                 {"at", report::instant_json(row.at_ms)},
                 {"reason", row.reason}};
    if (row.revenue) json["revenue"] = *row.revenue;
    return json;
  }
  Json operator()(const model::SignalRow& row) const {
    Json json = {{"lead_id", row.lead_id},
                 {"kind", row.kind},
                 {"at", report::instant_json(row.at_ms)},
                 {"text", row.text}};
    if (row.value) json["value"] = *row.value;
    return json;
  }
  Json operator()(const model::CostRow& row) const {
    return {{"channel", row.channel},
            {"campaign", row.campaign},
            {"from", base::format_date(row.from_day)},
            {"to", base::format_date(row.to_day)},
            {"amount", row.amount},
            {"currency", row.currency}};
  }
  template <class Other>
  Json operator()(const Other&) const {
    return nullptr;  // no file holds such rows
  }
};

}  // namespace

Json import_json(const imports::ImportView& view) {
  const imports::Detail& detail = view.detail;
  Json files = Json::array();
  for (const imports::ImportFile& file : detail.files) {
    files.push_back({{"name", file.name},
                     {"kind", ingest::name_of(file.kind)},
                     {"bytes", file.bytes},
                     {"sha256", file.hash},
                     {"counts", counts_json(file.counts)}});
  }
  return {{"id", view.job.id},
          {"name", view.job.name},
          {"author", view.job.author},
          {"state", view.waits && view.job.state == store::ImportState::kRunning
                        ? std::string_view("waiting")
                        : imports::name_of(view.job.state)},
          {"created_at", report::instant_json(view.job.created_ms)},
          {"updated_at", report::instant_json(view.job.updated_ms)},
          {"progress", progress_of(detail)},
          {"counts", counts_json(imports::sum_of(detail))},
          {"files", std::move(files)},
          {"mapping", detail.mapping},
          {"source", detail.source},
          {"error", detail.error},
          {"undone", detail.undone},
          {"kept", detail.kept},
          {"kept_total", detail.kept_total}};
}

Json imports_json(std::span<const imports::ImportView> views) {
  Json items = Json::array();
  for (const imports::ImportView& view : views) items.push_back(import_json(view));
  return {{"items", std::move(items)}};
}

Json guess_json(const imports::ImportView& view, const std::vector<imports::Guess>& guesses,
                const std::string& mapping) {
  Json files = Json::array();
  for (std::size_t i = 0; i < guesses.size() && i < view.detail.files.size(); ++i) {
    const imports::Guess& guess = guesses[i];
    Json columns = Json::array();
    for (const imports::SeenColumn& column : guess.columns) {
      const auto shown = std::min(column.samples.size(), kSamples);
      columns.push_back(
          {{"name", column.name},
           {"field", column.field ? Json(ingest::name_of(*column.field)) : Json(nullptr)},
           {"by", !column.field    ? "nothing"
                  : column.by_name ? "name"
                                   : "content"},
           {"samples", std::vector<std::string>(
                           column.samples.begin(),
                           column.samples.begin() + static_cast<std::ptrdiff_t>(shown))}});
    }
    Json missing = Json::array();
    for (const ingest::Field field : guess.missing) missing.push_back(ingest::name_of(field));
    files.push_back({{"name", view.detail.files[i].name},
                     {"kind", ingest::name_of(guess.kind)},
                     {"columns", std::move(columns)},
                     {"missing", std::move(missing)},
                     {"unknown_stages", guess.unknown_stages}});
  }
  return {{"files", std::move(files)}, {"mapping", mapping}};
}

Json dry_run_json(const std::vector<imports::DryRun>& runs) {
  Json files = Json::array();
  for (const imports::DryRun& run : runs) {
    Json rejects = Json::array();
    for (const auto& sample : run.rejects) {
      rejects.push_back({{"line", sample.line},
                         {"field", sample.field},
                         {"reason", sample.reason},
                         {"text", sample.text}});
    }
    Json rows = Json::array();
    for (const model::Row& row : run.rows) rows.push_back(std::visit(RowJson{}, row));
    files.push_back({{"name", run.name},
                     {"kind", ingest::name_of(run.kind)},
                     {"counts", counts_json(run.counts)},
                     {"rejects", std::move(rejects)},
                     {"rows", std::move(rows)},
                     {"warnings", run.warnings}});
  }
  return {{"files", std::move(files)}};
}

}  // namespace pursuit::api
