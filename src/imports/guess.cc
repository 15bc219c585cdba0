#include "imports/guess.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <span>

#include "base/time.h"
#include "imports/column_names.h"
#include "ingest/number.h"
#include "ingest/open.h"

namespace pursuit::imports {
namespace {

using ingest::Field;
using ingest::FileKind;

/// Keeps the first rows of every column.
class Sampler final : public ingest::RecordSink {
 public:
  explicit Sampler(std::size_t rows) : rows_(rows) {}

  void take(const ingest::RecordBatch& batch, ingest::PartRejects&) override {
    const ingest::FileLayout& layout = batch.layout();
    columns.resize(layout.extra_names.size());
    for (std::size_t row = 0; row < batch.rows() && seen_ < rows_; ++row, ++seen_) {
      for (std::size_t c = 0; c < columns.size(); ++c) {
        const std::size_t slot = layout.fields.size() + c;
        const auto instants = batch.instants(slot);
        if (!instants.empty()) {
          if (instants[row] != base::kNoInstant) {
            columns[c].push_back(base::format_instant(instants[row]));
          }
        } else if (const std::string_view text = batch.texts(slot)[row]; !text.empty()) {
          columns[c].emplace_back(text.substr(0, 200));
        }
      }
    }
  }
  std::vector<std::vector<std::string>> columns;

 private:
  std::size_t rows_;
  std::size_t seen_ = 0;
};

/// The share of samples of which a test holds; 0 where there are none.
template <class Test>
double share(const std::vector<std::string>& samples, Test&& test) {
  if (samples.empty()) return 0;
  const auto good = std::ranges::count_if(samples, test);
  return static_cast<double>(good) / static_cast<double>(samples.size());
}

bool is_email(const std::string& text) {
  const std::size_t at = text.find('@');
  return at != std::string::npos && at > 0 && text.find('.', at) != std::string::npos &&
         text.find(' ') == std::string::npos;
}

bool is_phone(const std::string& text) {
  std::size_t digits = 0;
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      ++digits;
    } else if (std::string_view("+-() .").find(c) == std::string_view::npos) {
      return false;
    }
  }
  const bool marked = text.starts_with('+') || text.starts_with("00") || text.starts_with('0');
  return digits >= 7 && digits <= 15 && marked;
}

bool is_instant(const std::string& text) { return base::parse_instant(text).has_value(); }

bool all_differ(const std::vector<std::string>& samples) {
  return samples.size() > 1 &&
         std::set<std::string>(samples.begin(), samples.end()).size() == samples.size();
}

class Guesser {
 public:
  Guesser(std::vector<SeenColumn> columns, const model::FunnelPolicy& funnel) : funnel_(funnel) {
    guess_.columns = std::move(columns);
  }

  Guess run(const std::string& file_name, std::optional<FileKind> wanted) {
    guess_.kind = wanted.value_or(kind(file_name));
    by_name();
    by_content();
    for (const Field field : ingest::fields_of(guess_.kind)) {
      if (ingest::is_indispensable(guess_.kind, field) && !taken(field)) {
        guess_.missing.push_back(field);
      }
    }
    note_stages();
    return std::move(guess_);
  }

 private:
  [[nodiscard]] bool taken(Field field) const {
    return std::ranges::any_of(guess_.columns, [&](const auto& c) { return c.field == field; });
  }

  [[nodiscard]] bool has_name_for(Field field) const {
    return std::ranges::any_of(guess_.columns,
                               [&](const auto& c) { return names_field(c.name, field); });
  }

  [[nodiscard]] bool is_stage(const std::string& text) const {
    return funnel_.code_of(text).has_value();
  }

  [[nodiscard]] FileKind kind(const std::string& file_name) const {
    if (has_name_for(Field::kAmount) && has_name_for(Field::kChannel) &&
        (has_name_for(Field::kFrom) || has_name_for(Field::kTo))) {
      return FileKind::kCosts;
    }
    if (has_name_for(Field::kOutcome) && !has_name_for(Field::kCreatedAt)) {
      return FileKind::kOutcomes;
    }
    const bool made = has_name_for(Field::kCreatedAt);
    if (has_name_for(Field::kStage) && !made) return FileKind::kEvents;
    if (has_name_for(Field::kKind) && has_name_for(Field::kAt) && !made) return FileKind::kSignals;
    if (!made) {
      for (const SeenColumn& column : guess_.columns) {
        if (share(column.samples, [&](const auto& t) { return is_stage(t); }) > 0.8) {
          return FileKind::kEvents;
        }
      }
    }
    for (std::size_t k = 1; k < ingest::kFileKinds; ++k) {
      const std::string_view name = ingest::kFileKindNames[k];
      if (!made &&
          normal_name(file_name).find(name.substr(0, name.size() - 1)) != std::string::npos) {
        return static_cast<FileKind>(k);
      }
    }
    return FileKind::kLeads;
  }

  /// Our own names first, then those that mean the same; a field has one column.
  void by_name() {
    for (const bool own : {true, false}) {
      for (const Field field : ingest::fields_of(guess_.kind)) {
        if (taken(field)) continue;
        for (SeenColumn& column : guess_.columns) {
          if (column.field) continue;
          if (own ? column.name != name_of(field) : !names_field(column.name, field)) continue;
          column.field = field;
          column.by_name = true;
          break;
        }
      }
    }
  }

  template <class Test>
  void find(Field field, Test&& test) {
    const auto fields = ingest::fields_of(guess_.kind);
    if (taken(field) || std::ranges::find(fields, field) == fields.end()) return;
    for (SeenColumn& column : guess_.columns) {
      if (column.field || column.samples.empty() || !test(column)) continue;
      column.field = field;
      return;
    }
  }

  void by_content() {
    constexpr double kMost = 0.8;
    const auto mostly = [](auto test) {
      return [test](const SeenColumn& column) { return share(column.samples, test) >= kMost; };
    };
    find(Field::kEmail, mostly(is_email));
    find(Field::kStage, mostly([&](const std::string& text) { return is_stage(text); }));
    find(Field::kOutcome,
         mostly([](const std::string& text) { return text == "won" || text == "lost"; }));
    const bool leads = guess_.kind == FileKind::kLeads;
    find(leads ? Field::kCreatedAt : Field::kAt, mostly(is_instant));
    find(Field::kPhone, mostly(is_phone));
    find(Field::kLeadId, [&](const SeenColumn& column) {
      const std::string name = normal_name(column.name);
      const bool named = name.ends_with("id") || name.ends_with("no") || name.ends_with("number");
      return named && (!leads || all_differ(column.samples));
    });
    if (leads) {
      find(Field::kLeadId, [](const SeenColumn& column) { return all_differ(column.samples); });
    }
  }

  void note_stages() {
    std::set<std::string> seen;
    for (const SeenColumn& column : guess_.columns) {
      if (column.field != Field::kStage) continue;
      for (const std::string& text : column.samples) {
        if (!is_stage(text)) seen.insert(text);
      }
    }
    guess_.unknown_stages.assign(seen.begin(), seen.end());
  }

  const model::FunnelPolicy& funnel_;
  Guess guess_;
};

}  // namespace

base::Result<std::vector<SeenColumn>> look_at(const std::string& path, const ReadLimits& limits,
                                              std::size_t rows) {
  // No column is asked for, so all of them are extras.
  ingest::FileMapping nothing;
  nothing.kind = FileKind::kLeads;
  auto reader = ingest::open_file(path, nothing,
                                  {.file = 0,
                                   .wanted = {},
                                   .want_extras = true,
                                   .exact_parts = true,
                                   .part_bytes = 1u << 20,
                                   .max_unpacked_bytes = limits.unpacked_bytes,
                                   .max_part_bytes = limits.part_bytes});
  if (!reader) return std::unexpected(reader.error());
  Sampler sampler(rows);
  if ((*reader)->parts() > 0) {
    ingest::PartRejects rejects;
    if (auto read = (*reader)->read_part(0, sampler, rejects); !read) {
      return std::unexpected(read.error());
    }
  }
  std::vector<SeenColumn> columns;
  const auto& names = (*reader)->layout().extra_names;
  sampler.columns.resize(names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    columns.push_back(
        {.name = names[i], .samples = std::move(sampler.columns[i]), .field = {}, .by_name = {}});
  }
  return columns;
}

Guess guess(std::vector<SeenColumn> columns, const std::string& file_name,
            const model::FunnelPolicy& funnel, std::optional<FileKind> wanted) {
  return Guesser(std::move(columns), funnel).run(file_name, wanted);
}

std::string mapping_text(const std::vector<Guess>& guesses, const model::FunnelPolicy& funnel) {
  ingest::Mapping mapping = ingest::identity_mapping(funnel);
  for (const Guess& guess : guesses) {
    ingest::FileMapping& file = mapping.files[index_of(guess.kind)];
    for (const SeenColumn& column : guess.columns) {
      if (!column.field || column.name == name_of(*column.field)) continue;
      file.sources[index_of(*column.field)] = {
          .column = column.name, .constant = {}, .named = true};
    }
  }
  return ingest::mapping_toml(mapping, funnel);
}

}  // namespace pursuit::imports
