#include "ingest/load.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "base/limits.h"
#include "base/parallel.h"
#include "ingest/event_sink.h"
#include "ingest/file_bytes.h"
#include "ingest/lead_duplicates.h"
#include "ingest/lead_sink.h"
#include "ingest/part_reader.h"

namespace pursuit::ingest {
namespace {

// The files of all kinds, kind by kind.
struct FileList {
  std::vector<std::string> paths;
  std::array<std::size_t, kFileKinds + 1> first{};  // of each kind
};

base::Result<FileList> list_files(const Sources& sources) {
  FileList out;
  for (std::size_t kind = 0; kind < kFileKinds; ++kind) {
    for (const std::string& pattern : sources.patterns[kind]) {
      auto paths = expand_path(pattern);
      if (!paths) return std::unexpected(std::move(paths.error()));
      out.paths.insert(out.paths.end(), paths->begin(), paths->end());
    }
    out.first[kind + 1] = out.paths.size();
  }
  if (out.first[index_of(FileKind::kLeads) + 1] == 0) {
    return base::fail(base::ErrorCode::kUsage, "there is no file of leads");
  }
  return out;
}

// What an attempt at a load takes pains with; each is rarely needed, and then worth starting over.
struct Pains {
  bool exact_parts = false;  // a line end in quotes stood where a part was taken to begin
  bool attributes = false;   // of leads: asked for, or to tell rows of one lead apart
};

// One attempt at a load.
class Load {
 public:
  Load(const FileList& list, const Mapping& mapping, const LoadOptions& options, Pains& pains)
      : list_(list),
        mapping_(mapping),
        options_(options),
        pool_(options.threads),
        pains_(pains),
        files_(files_of(list)),
        reader_(list.paths, files_, out_.rejects, pool_, options_, pains.exact_parts) {}

  // Nothing when it must be repeated with the pains that it has asked for.
  base::Result<std::optional<Loaded>> run() {
    using Step = base::Result<bool> (Load::*)();
    constexpr std::array<Step, 5> kSteps = {&Load::read_leads, &Load::read_events,
                                            &Load::read_outcomes, &Load::read_signals,
                                            &Load::read_costs};
    for (const Step step : kSteps) {
      const auto done = (this->*step)();
      if (!done) return std::unexpected(done.error());
      if (!*done) return std::nullopt;
    }
    if (out_.events.event_count() > base::kMaxEvents) {
      return base::fail(base::ErrorCode::kLimit, "there are more events than fit");
    }
    out_.rejects.finish(reader_.part_lines());
    out_.files = std::move(files_);
    out_.warnings = std::move(reader_.warnings());
    return std::optional<Loaded>(std::move(out_));
  }

 private:
  static std::vector<LoadedFile> files_of(const FileList& list) {
    std::vector<LoadedFile> files;
    for (std::size_t kind = 0; kind < kFileKinds; ++kind) {
      for (std::size_t i = list.first[kind]; i < list.first[kind + 1]; ++i) {
        files.push_back({.path = list.paths[i], .kind = static_cast<FileKind>(kind)});
      }
    }
    return files;
  }

  base::Result<bool> read(FileKind kind, const PartReader::OnOpen& on_open,
                          const PartReader::SinkOf& sink_of) {
    const std::size_t k = index_of(kind);
    auto good =
        reader_.read(list_.first[k], list_.first[k + 1], mapping_.of(kind), on_open, sink_of);
    if (good && !*good) pains_.exact_parts = true;
    return good;
  }

  // ── leads ─────────────────────────────────────────────────────────────────────────────────────
  base::Result<bool> read_leads() {
    const auto instants = InstantColumn::of_zone(mapping_.of(FileKind::kLeads).time_zone);
    if (!instants) return std::unexpected(instants.error());
    for (unsigned worker = 0; worker < pool_.size(); ++worker) {
      lead_sinks_.push_back(std::make_unique<LeadSink>(*instants, worker));
    }
    std::vector<std::size_t> first_part(files_.size(), 0);  // of each file, in lead_parts_
    auto good = read(
        FileKind::kLeads,
        [&](const FileLayout& layout, std::size_t parts, std::uint64_t bytes) {
          first_part[layout.file] = lead_parts_.size();
          open_lead_file(layout, parts);
          for (auto& sink : lead_sinks_)
            sink->columns().reserve_for(bytes / pool_.size() + bytes / 8);
        },
        [&](const FileLayout& layout, std::size_t part, unsigned worker) -> RecordSink& {
          LeadPart& to = lead_parts_[first_part[layout.file] + part];
          lead_sinks_[worker]->begin(to, attribute_slots_[layout.file]);
          return *lead_sinks_[worker];
        });
    if (!good || !*good) return good;
    return number_leads();
  }

  void open_lead_file(const FileLayout& layout, std::size_t parts) {
    attribute_slots_.resize(files_.size());
    std::vector<std::uint32_t> columns;
    const auto keep = [&](std::size_t slot, std::string_view name) {
      if (!pains_.attributes) return;
      attribute_slots_[layout.file].push_back(slot);
      columns.push_back(out_.attributes.intern_column(name));
    };
    for (const Field field : kAttributeFields) {
      if (const std::size_t slot = layout.slot_of(field); layout.present[slot]) {
        keep(slot, name_of(field));
      }
    }
    for (std::size_t i = 0; i < layout.extra_names.size(); ++i) {
      keep(layout.fields.size() + i, layout.extra_names[i]);
    }
    for (std::size_t part = 0; part < parts; ++part) {
      LeadPart& to = lead_parts_.emplace_back();
      to.layout = &layout;
      to.part = part;
      to.attributes.columns = columns;
      to.attributes.texts.resize(columns.size());
    }
  }

  base::Result<bool> number_leads() {
    std::size_t rows = 0;
    std::size_t id_bytes = 0;
    for (const LeadPart& part : lead_parts_) {
      rows += part.rows();
      id_bytes += part.id_end - part.id_begin;
    }
    if (rows > base::kMaxLeads || id_bytes > UINT32_MAX) {
      return base::fail(base::ErrorCode::kLimit, "there are more leads, or longer ids, than fit");
    }
    std::vector<model::LeadNames> names;
    for (auto& sink : lead_sinks_) names.push_back(std::move(sink->columns().names));
    auto blocks = blocks_of_parts();
    std::vector<std::vector<base::LeadId>> lead_of;
    out_.leads.append(names, blocks, lead_of, pool_.size());
    if (out_.leads.size() < rows) {
      if (!pains_.attributes) {
        pains_.attributes = true;
        return false;
      }
      account_for_duplicates(
          {.parts = lead_parts_,
           .blocks = blocks,
           .created_ms = [&](std::size_t p, std::size_t row) { return created_ms_of(p)[row]; },
           .line_in_part =
               [&](std::size_t p, std::size_t row) {
                 return columns_of(p).line_in_part[lead_parts_[p].begin + row];
               }},
          lead_of, out_.leads, reader_.part_lines(), files_, out_.rejects);
    }
    out_.events = model::EventScatter(out_.leads.size(), pool_.size());
    pool_.parallel_for(lead_parts_.size(), [&](std::size_t p, unsigned worker) {
      add_created(created_ms_of(p), lead_of[p], out_.events.writer(worker));
    });
    if (options_.keep_attributes) {
      for (std::size_t p = 0; p < lead_parts_.size(); ++p) {
        out_.attributes.add(std::move(lead_parts_[p].attributes), lead_of[p], out_.leads.size());
      }
    } else {
      out_.attributes = {};
    }
    lead_parts_.clear();
    lead_sinks_.clear();
    return true;
  }

  [[nodiscard]] LeadColumns& columns_of(std::size_t p) const {
    return lead_sinks_[lead_parts_[p].worker]->columns();
  }
  [[nodiscard]] std::span<const base::Millis> created_ms_of(std::size_t p) const {
    return std::span(columns_of(p).created_ms).subspan(lead_parts_[p].begin, lead_parts_[p].rows());
  }

  [[nodiscard]] std::vector<model::LeadTable::Block> blocks_of_parts() const {
    std::vector<model::LeadTable::Block> blocks;
    for (std::size_t p = 0; p < lead_parts_.size(); ++p) {
      const LeadPart& part = lead_parts_[p];
      LeadColumns& columns = columns_of(p);
      blocks.push_back(
          {.names = part.worker,
           .id_chars =
               std::span(columns.id_chars).subspan(part.id_begin, part.id_end - part.id_begin),
           .id_length = std::span(columns.id_length).subspan(part.begin, part.rows()),
           .profile = std::span(columns.profile).subspan(part.begin, part.rows()),
           .owner = std::span(columns.owner).subspan(part.begin, part.rows())});
    }
    return blocks;
  }

  static void add_created(std::span<const base::Millis> created_ms,
                          const std::vector<base::LeadId>& lead_of,
                          model::EventScatter::Writer& writer) {
    for (std::size_t row = 0; row < lead_of.size(); ++row) {
      if (lead_of[row] == base::kNoLead) continue;
      writer.add(lead_of[row], model::Event::make(created_ms[row], model::kCreatedCode));
    }
  }

  // ── what happened to them ─────────────────────────────────────────────────────────────────────
  base::Result<bool> read_events() { return read_stages(FileKind::kEvents); }
  base::Result<bool> read_outcomes() { return read_stages(FileKind::kOutcomes); }

  base::Result<bool> read_stages(FileKind kind) {
    const FileMapping& mapping = mapping_.of(kind);
    const auto instants = InstantColumn::of_zone(mapping.time_zone);
    if (!instants) return std::unexpected(instants.error());
    std::vector<std::unique_ptr<EventSink>> sinks(pool_.size());
    std::vector<std::vector<std::uint64_t>> ignored(files_.size());  // by file and part
    auto good = read(
        kind,
        [&](const FileLayout& layout, std::size_t parts, std::uint64_t) {
          ignored[layout.file].assign(parts, 0);
        },
        [&](const FileLayout& layout, std::size_t part, unsigned worker) -> RecordSink& {
          sinks[worker] =
              std::make_unique<EventSink>(mapping, *instants, out_.leads,
                                          out_.events.writer(worker), ignored[layout.file][part]);
          return *sinks[worker];
        });
    for (std::size_t file = 0; file < files_.size(); ++file) {
      for (const std::uint64_t rows : ignored[file]) files_[file].rows_ignored += rows;
    }
    return good;
  }

  base::Result<bool> read_signals() {
    const auto instants = InstantColumn::of_zone(mapping_.of(FileKind::kSignals).time_zone);
    if (!instants) return std::unexpected(instants.error());
    std::vector<std::unique_ptr<SignalSink>> sinks(pool_.size());
    for (unsigned worker = 0; worker < pool_.size(); ++worker) {
      sinks[worker] =
          std::make_unique<SignalSink>(*instants, out_.leads, out_.events.writer(worker));
    }
    auto good = read(
        FileKind::kSignals, [](const FileLayout&, std::size_t, std::uint64_t) {},
        [&](const FileLayout&, std::size_t, unsigned worker) -> RecordSink& {
          return *sinks[worker];
        });
    for (const auto& sink : sinks) {
      for (const SignalValue& v : sink->values()) {
        out_.signals.add(v.lead, v.component, v.at_ms, v.value);
      }
    }
    return good;
  }

  base::Result<bool> read_costs() {
    std::vector<std::vector<std::unique_ptr<CostSink>>> sinks(files_.size());  // by file and part
    auto good = read(
        FileKind::kCosts,
        [&](const FileLayout& layout, std::size_t parts, std::uint64_t) {
          sinks[layout.file].resize(parts);
        },
        [&](const FileLayout& layout, std::size_t part, unsigned) -> RecordSink& {
          auto& sink = sinks[layout.file][part];
          sink = std::make_unique<CostSink>();
          return *sink;
        });
    for (auto& file : sinks) {
      for (auto& sink : file) {
        if (sink) std::ranges::move(sink->costs(), std::back_inserter(out_.costs));
      }
    }
    return good;
  }

  const FileList& list_;
  const Mapping& mapping_;
  const LoadOptions& options_;
  base::ThreadPool pool_;
  Pains& pains_;
  Loaded out_;
  std::vector<LoadedFile> files_;
  PartReader reader_;
  std::vector<std::unique_ptr<LeadSink>> lead_sinks_;      // by worker
  std::vector<LeadPart> lead_parts_;                       // in the order of files and parts
  std::vector<std::vector<std::size_t>> attribute_slots_;  // by file
};

}  // namespace

base::Result<Loaded> load_network(const Sources& sources, const Mapping& mapping,
                                  const LoadOptions& options) {
  const auto list = list_files(sources);
  if (!list) return std::unexpected(list.error());
  Pains pains{.exact_parts = false, .attributes = options.keep_attributes};
  for (int attempt = 0; attempt < 3; ++attempt) {
    auto loaded = Load(*list, mapping, options, pains).run();
    if (!loaded) return std::unexpected(std::move(loaded.error()));
    if (*loaded) return std::move(**loaded);
  }
  return base::fail(base::ErrorCode::kIo, "a file changed while it was being read");
}

}  // namespace pursuit::ingest
