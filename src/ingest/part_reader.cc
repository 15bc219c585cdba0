#include "ingest/part_reader.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <numeric>
#include <optional>
#include <utility>

#include "ingest/open.h"

namespace pursuit::ingest {
namespace {

// Files that are open at once: what is inflated stays in memory until it has been read.
constexpr std::size_t kFilesAtOnce = 16;

constexpr std::array kEventFields = {Field::kLeadId, Field::kStage, Field::kAt};
constexpr std::array kOutcomeFields = {Field::kLeadId, Field::kOutcome, Field::kAt};
constexpr std::array kSignalFields = {Field::kLeadId, Field::kKind, Field::kAt, Field::kValue};

}  // namespace

std::span<const Field> wanted_fields(FileKind kind) {
  switch (kind) {
    case FileKind::kEvents:
      return kEventFields;
    case FileKind::kOutcomes:
      return kOutcomeFields;
    case FileKind::kSignals:
      return kSignalFields;
    case FileKind::kLeads:
    case FileKind::kCosts:
      break;
  }
  return fields_of(kind);
}

base::Result<bool> PartReader::read(std::size_t begin, std::size_t end, const FileMapping& mapping,
                                    const OnOpen& on_open, const SinkOf& sink_of) {
  bytes_done_ = 0;
  bytes_total_ = 0;
  for (std::size_t at = begin; at < end; at += kFilesAtOnce) {
    auto good = read_some(at, std::min(at + kFilesAtOnce, end), mapping, on_open, sink_of);
    if (!good || !*good) return good;
  }
  return true;
}

base::Result<bool> PartReader::read_some(std::size_t begin, std::size_t end,
                                         const FileMapping& mapping, const OnOpen& on_open,
                                         const SinkOf& sink_of) {
  if (auto opened = open(begin, end, mapping); !opened) {
    return std::unexpected(std::move(opened.error()));
  }
  std::vector<Part> parts;
  for (std::size_t i = 0; i < readers_.size(); ++i) {
    const FileLayout& layout = this->layout(begin + i);
    const std::size_t count = readers_[i]->parts();
    part_lines_[begin + i].assign(count + 1, 0);
    part_lines_[begin + i][0] = layout.first_line;
    for (std::size_t part = 0; part < count; ++part) parts.push_back({i, part});
    bytes_total_ += readers_[i]->bytes();
    for (const std::string& column : layout.unknown) {
      warnings_.push_back(layout.path + ": unknown column '" + column + "' is ignored");
    }
    on_open(layout, count, readers_[i]->bytes());
  }
  if (auto done = read_parts(begin, parts, sink_of); !done) {
    return std::unexpected(std::move(done.error()));
  }
  bool agree = true;
  for (std::size_t i = 0; i < readers_.size(); ++i) {
    agree = agree && readers_[i]->parts_agree();
    auto& lines = part_lines_[begin + i];
    std::inclusive_scan(lines.begin(), lines.end(), lines.begin());
  }
  readers_.clear();
  return agree;
}

base::Result<void> PartReader::open(std::size_t begin, std::size_t end,
                                    const FileMapping& mapping) {
  readers_.clear();
  readers_.resize(end - begin);
  layouts_.resize(end);
  std::vector<std::optional<base::Error>> errors(end - begin);
  pool_.parallel_for(end - begin, [&](std::size_t i, unsigned) {
    auto reader = open_file(paths_[begin + i], mapping,
                            {.file = static_cast<std::uint32_t>(begin + i),
                             .wanted = wanted_fields(mapping.kind),
                             .want_extras = mapping.kind == FileKind::kLeads,
                             .exact_parts = exact_parts_,
                             .part_bytes = options_.part_bytes});
    if (!reader) {
      errors[i] = std::move(reader.error());
      return;
    }
    layouts_[begin + i] = std::make_unique<FileLayout>((*reader)->layout());
    readers_[i] = std::move(*reader);
  });
  for (auto& error : errors) {
    if (error) return std::unexpected(std::move(*error));
  }
  return {};
}

base::Result<void> PartReader::read_parts(std::size_t begin, const std::vector<Part>& parts,
                                          const SinkOf& sink_of) {
  std::vector<std::optional<base::Error>> errors(readers_.size());
  std::atomic<bool> failed = false;
  pool_.parallel_for(parts.size(), [&](std::size_t task, unsigned worker) {
    if (failed.load(std::memory_order_relaxed)) return;
    const Part part = parts[task];
    const std::size_t file = begin + part.reader;
    Reader& reader = *readers_[part.reader];
    PartRejects rejects;
    RecordSink& sink = sink_of(layout(file), part.part, worker);
    auto end = reader.read_part(part.part, sink, rejects);
    const std::uint64_t rejected = rejects.total();
    rejects_.take(static_cast<std::uint32_t>(file), part.part, std::move(rejects));
    const std::lock_guard lock(mutex_);
    if (!end) {
      errors[part.reader] = std::move(end.error());
      failed.store(true, std::memory_order_relaxed);
      return;
    }
    part_lines_[file][part.part + 1] = end->lines;
    files_[file].rows_read += end->records;
    files_[file].rows_rejected += rejected;
    note_progress(reader);
  });
  for (auto& error : errors) {
    if (error) return std::unexpected(std::move(*error));
  }
  return {};
}

void PartReader::note_progress(const Reader& reader) {
  bytes_done_ += reader.bytes() / reader.parts();
  if (!options_.progress) return;
  options_.progress({.kind = reader.layout().kind,
                     .path = reader.layout().path,
                     .bytes_done = std::min(bytes_done_, bytes_total_),
                     .bytes_total = bytes_total_});
}

}  // namespace pursuit::ingest
