#include "imports/runner.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <future>
#include <memory>
#include <optional>
#include <unordered_set>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "imports/reject_text.h"
#include "ingest/entry_sink.h"
#include "ingest/open.h"

namespace pursuit::imports {

/// What one part of a file holds.
struct Runner::Part {
  std::size_t number = 0;
  std::uint64_t lines = 0;
  std::uint64_t records = 0;
  std::uint64_t rejected = 0;
  std::uint64_t ignored = 0;
  std::vector<ingest::EntryRow> rows;
  std::vector<ingest::Reject> rejects;  // lines counted from 0 at the part's first line
};

namespace {

using ingest::FileMapping;
using ingest::Mapping;

base::Result<Mapping> mapping_of(const Detail& detail, const model::FunnelPolicy& funnel) {
  if (detail.mapping.empty()) return ingest::identity_mapping(funnel);
  return ingest::parse_mapping(detail.mapping, "mapping", funnel);
}

base::Result<std::unique_ptr<ingest::Reader>> open(const ImportFile& file,
                                                   const FileMapping& mapping,
                                                   std::size_t part_bytes,
                                                   const ReadLimits& limits) {
  return ingest::open_file(file.path, mapping,
                           {.file = 0,
                            .wanted = ingest::fields_of(file.kind),
                            .want_extras = file.kind == ingest::FileKind::kLeads,
                            // What was taken in cannot be thrown away and read again.
                            .exact_parts = true,
                            .part_bytes = part_bytes,
                            .max_unpacked_bytes = limits.unpacked_bytes,
                            .max_part_bytes = limits.part_bytes});
}

template <class Part>
base::Result<Part> read_part(ingest::Reader& reader, std::size_t number, const FileMapping& mapping,
                             const model::FunnelPolicy& funnel) {
  auto instants = ingest::InstantColumn::of_zone(mapping.time_zone);
  if (!instants) return std::unexpected(instants.error());
  ingest::EntrySink sink(mapping, std::move(*instants), funnel);
  ingest::PartRejects found;
  const auto end = reader.read_part(number, sink, found);
  if (!end) return std::unexpected(end.error());
  Part part;
  part.number = number;
  part.lines = end->lines;
  part.records = end->records;
  part.rejected = found.total();
  part.ignored = sink.ignored();
  part.rows = sink.take_rows();
  ingest::Rejects rejects;
  rejects.take(0, 0, std::move(found));
  rejects.finish({{0, end->lines}});
  part.rejects = rejects.kept();
  return part;
}

/// Null for a row of no lead.
const std::string* lead_id_of(const model::Row& row) {
  return std::visit(
      [](const auto& fields) -> const std::string* {
        if constexpr (requires { fields.lead_id; }) return &fields.lead_id;
        return nullptr;
      },
      row);
}

/// What one part of a file holds that is not going to be kept.
struct SeenPart {
  std::size_t number = 0;
  std::uint64_t lines = 0, records = 0, rejected = 0, ignored = 0;
  std::vector<ingest::EntryRow> rows;
  std::vector<ingest::Reject> rejects;
};

/// Digits enough that keys are in the order of lines.
std::string key_of_line(std::uint64_t line) { return fmt::format("{:012}", line); }

}  // namespace

base::Result<store::ImportJob> Runner::run(store::ImportJob job, const std::stop_token& stop) {
  auto detail = read_detail(job.detail);
  if (!detail) return std::unexpected(detail.error());
  while (detail->at.file < detail->files.size() && !stop.stop_requested()) {
    if (auto taken = take_file(job, *detail, stop); !taken) return std::unexpected(taken.error());
  }
  // What stopped is not at its end: whoever stopped it knows what it is then.
  if (detail->at.file < detail->files.size()) return job;
  job.state = store::ImportState::kDone;
  job.updated_ms = clock_.now_ms();
  job.detail = detail_text(*detail);
  const auto ended = commit_({}, [&](const auto&) { return job; });
  if (!ended) return std::unexpected(ended.error());
  if (options_.progress) options_.progress(job, *detail);
  return job;
}

base::Result<void> Runner::take_file(store::ImportJob& job, Detail& detail,
                                     const std::stop_token& stop) {
  const ImportFile& file = detail.files[detail.at.file];
  const auto hash = hash_file(file.path);
  if (!hash) return std::unexpected(hash.error());
  if (*hash != file.hash) {
    return base::fail(base::ErrorCode::kConflict, "the file is not what it was any more",
                      file.name);
  }
  const auto mapping = mapping_of(detail, funnel_);
  if (!mapping) return std::unexpected(mapping.error());
  const FileMapping& own = mapping->of(file.kind);
  auto reader = open(file, own, options_.part_bytes, options_.limits);
  if (!reader) return std::unexpected(reader.error());
  detail.at.parts = (*reader)->parts();
  if (detail.at.line == 0) detail.at.line = (*reader)->layout().first_line;
  const auto ahead = [&](std::size_t number) {
    return std::async(std::launch::async,
                      [&, number] { return read_part<Part>(**reader, number, own, funnel_); });
  };
  const std::size_t parts = detail.at.parts;
  std::future<base::Result<Part>> next;
  if (detail.at.part < parts) next = ahead(detail.at.part);
  while (detail.at.part < parts && !stop.stop_requested()) {
    auto part = next.get();
    if (!part) return std::unexpected(part.error());
    if (detail.at.part + 1 < parts) next = ahead(detail.at.part + 1);
    if (auto taken = take_part(job, detail, std::move(*part)); !taken) return taken;
  }
  if (detail.at.part < parts) return {};  // stopped
  detail.at = {.file = detail.at.file + 1,
               .part = 0,
               .parts = 0,
               .line = 0,
               .rejects_bytes = detail.at.rejects_bytes};
  return {};
}

base::Result<void> Runner::take_part(store::ImportJob& job, Detail& detail, Part part) {
  const ImportFile& file = detail.files[detail.at.file];
  const std::string file_source = "file:" + file.hash.substr(0, 32);
  const std::string own_source = detail.source.empty() ? std::string("import") : detail.source;
  std::vector<model::Entry> entries;
  entries.reserve(part.rows.size());
  for (ingest::EntryRow& row : part.rows) {
    const bool named = !row.source_key.empty();
    entries.push_back({.source = named ? own_source : file_source,
                       .source_key = named ? std::move(row.source_key)
                                           : key_of_line(detail.at.line + row.line_in_part),
                       .row = std::move(row.row)});
  }
  Detail after;
  store::ImportJob next = job;
  base::Result<void> told;
  const auto committed =
      commit_(std::move(entries), [&](const std::vector<store::AppendResult>& results) {
        after = detail;
        FileCounts& counts = after.files[after.at.file].counts;
        counts.read += part.records;
        counts.ignored += part.ignored;
        counts.rejected += part.rejected;
        std::vector<RejectedRow> rejects;
        for (const ingest::Reject& r : part.rejects) {
          rejects.push_back({.line = detail.at.line + r.line,
                             .field = std::string(r.field_name()),
                             .reason = std::string(ingest::text_of(r.reason)),
                             .text = r.text});
        }
        for (std::size_t i = 0; i < results.size(); ++i) {
          const store::AppendResult& result = results[i];
          if (result.status == store::AppendStatus::kApplied) {
            ++counts.applied;
          } else if (result.status == store::AppendStatus::kRepeated) {
            ++counts.repeated;
          } else {
            ++counts.rejected;
            rejects.push_back({.line = detail.at.line + part.rows[i].line_in_part,
                               .field = {},
                               .reason = result.reason,
                               .text = part.rows[i].text});
          }
        }
        std::ranges::stable_sort(rejects, {}, &RejectedRow::line);
        const auto length =
            write_rejects(options_.rejects_path, detail.at.rejects_bytes, file.name, rejects);
        told = length ? base::Result<void>() : std::unexpected(length.error());
        after.at.rejects_bytes = length.value_or(detail.at.rejects_bytes);
        after.at.part = part.number + 1;
        after.at.line += part.lines;
        next.state = store::ImportState::kRunning;
        next.updated_ms = clock_.now_ms();
        next.detail = detail_text(after);
        return next;
      });
  if (!committed) return std::unexpected(committed.error());
  job = std::move(next);
  detail = std::move(after);
  if (options_.progress) options_.progress(job, detail);
  return told;
}

base::Result<std::vector<DryRun>> dry_run(
    const Detail& detail, const model::FunnelPolicy& funnel,
    const std::function<bool(const std::string& lead_id)>& known, const ReadLimits& limits,
    const std::stop_token& stop) {
  constexpr std::size_t kSamples = 20;
  const auto mapping = mapping_of(detail, funnel);
  if (!mapping) return std::unexpected(mapping.error());
  std::unordered_set<std::string> own_leads;
  std::vector<DryRun> out;
  for (const ImportFile& file : detail.files) {
    const FileMapping& own = mapping->of(file.kind);
    auto reader = open(file, own, 4u << 20, limits);
    if (!reader) return std::unexpected(reader.error());
    DryRun& run = out.emplace_back();
    run.name = file.name;
    run.kind = file.kind;
    run.warnings = (*reader)->layout().unknown;
    std::uint64_t line = (*reader)->layout().first_line;
    const auto reject = [&](std::uint64_t at, std::string field, std::string reason,
                            std::string text) {
      ++run.counts.rejected;
      if (run.rejects.size() < kSamples) {
        run.rejects.push_back({at, std::move(field), std::move(reason), std::move(text)});
      }
    };
    for (std::size_t p = 0; p < (*reader)->parts(); ++p) {
      if (stop.stop_requested()) {
        return base::fail(base::ErrorCode::kBusy, "the dry run was stopped");
      }
      auto part = read_part<SeenPart>(**reader, p, own, funnel);
      if (!part) return std::unexpected(part.error());
      run.counts.read += part->records;
      run.counts.ignored += part->ignored;
      run.counts.rejected += part->rejected - part->rejects.size();
      for (ingest::Reject& r : part->rejects) {
        reject(line + r.line, std::string(r.field_name()), std::string(ingest::text_of(r.reason)),
               std::move(r.text));
      }
      for (ingest::EntryRow& row : part->rows) {
        const auto* lead = std::get_if<model::LeadRow>(&row.row);
        const std::string* id = lead_id_of(row.row);
        if (lead != nullptr) {
          if (!lead->created_at_ms && !own_leads.contains(*id) && !known(*id)) {
            reject(line + row.line_in_part, "created_at", "a new lead without created_at",
                   std::move(row.text));
            continue;
          }
          own_leads.insert(*id);
        } else if (id != nullptr && !own_leads.contains(*id) && !known(*id)) {
          reject(line + row.line_in_part, "lead_id",
                 std::string(ingest::text_of(ingest::RejectReason::kUnknownLead)),
                 std::move(row.text));
          continue;
        }
        ++run.counts.applied;
        if (run.rows.size() < kSamples) run.rows.push_back(std::move(row.row));
      }
      line += part->lines;
    }
  }
  return out;
}

base::Result<bool> any_record(
    const ImportFile& file, const Detail& detail, const model::FunnelPolicy& funnel,
    const ReadLimits& limits,
    const std::function<bool(std::string_view lead_id, std::string_view text)>& is_it) {
  const auto mapping = mapping_of(detail, funnel);
  if (!mapping) return std::unexpected(mapping.error());
  const FileMapping& own = mapping->of(file.kind);
  auto reader = open(file, own, 4u << 20, limits);
  if (!reader) return std::unexpected(reader.error());
  for (std::size_t p = 0; p < (*reader)->parts(); ++p) {
    const auto part = read_part<SeenPart>(**reader, p, own, funnel);
    if (!part) return std::unexpected(part.error());
    for (const ingest::EntryRow& row : part->rows) {
      const std::string* id = lead_id_of(row.row);
      if (is_it(id == nullptr ? std::string_view() : *id, row.text)) return true;
    }
    for (const ingest::Reject& reject : part->rejects) {
      if (is_it({}, reject.text)) return true;
    }
  }
  return false;
}

base::Result<std::string> hash_file(const std::string& path) {
  const std::unique_ptr<std::FILE, decltype(&std::fclose)> file(std::fopen(path.c_str(), "rbe"),
                                                                &std::fclose);
  if (file == nullptr) return base::fail(base::ErrorCode::kNotFound, "cannot be opened", path);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        &EVP_MD_CTX_free);
  std::vector<unsigned char> buffer(1u << 20);
  bool good = EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1;
  while (good) {
    const std::size_t bytes = std::fread(buffer.data(), 1, buffer.size(), file.get());
    if (bytes == 0) break;
    good = EVP_DigestUpdate(context.get(), buffer.data(), bytes) == 1;
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
  unsigned size = 0;
  good = good && std::ferror(file.get()) == 0 &&
         EVP_DigestFinal_ex(context.get(), hash.data(), &size) == 1;
  if (!good) return base::fail(base::ErrorCode::kIo, "cannot be read", path);
  std::string hex;
  for (unsigned i = 0; i < size; ++i) hex += fmt::format("{:02x}", hash[i]);
  return hex;
}

}  // namespace pursuit::imports
