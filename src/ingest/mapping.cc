#include "ingest/mapping.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "model/toml_section.h"
#include "model/zone.h"

namespace pursuit::ingest {
namespace {

using model::TomlSection;
using model::TomlText;

// By FileKind: the fields, those that a row is nothing without first.
constexpr std::array kLeadFields = {
    Field::kLeadId,      Field::kCreatedAt, Field::kChannel, Field::kCampaign,  Field::kRegion,
    Field::kDealerGroup, Field::kDealer,    Field::kProduct, Field::kNameplate, Field::kOwner,
    Field::kValue,       Field::kName,      Field::kPhone,   Field::kEmail,     Field::kConsent};
constexpr std::array kEventFields = {Field::kLeadId, Field::kStage, Field::kAt, Field::kActor,
                                     Field::kSourceKey};
constexpr std::array kOutcomeFields = {Field::kLeadId, Field::kOutcome, Field::kAt,
                                       Field::kReason, Field::kRevenue, Field::kTransactionId};
constexpr std::array kSignalFields = {Field::kLeadId, Field::kKind, Field::kAt, Field::kValue,
                                      Field::kText};
constexpr std::array kCostFields = {Field::kChannel, Field::kFrom,     Field::kTo,
                                    Field::kAmount,  Field::kCampaign, Field::kCurrency};
constexpr std::array<std::span<const Field>, kFileKinds> kFieldsOf = {
    kLeadFields, kEventFields, kOutcomeFields, kSignalFields, kCostFields};
constexpr std::array<std::size_t, kFileKinds> kIndispensable = {2, 3, 3, 3, 4};

bool is_delimiter(std::string_view text) {
  if (text.size() != 1) return false;
  const char c = text[0];
  const bool letter_or_digit =
      (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return c == '\t' || (c >= ' ' && c < 0x7F && c != '"' && !letter_or_digit);
}

/// What every value that a file of ours may carry means, before a mapping adds to it.
CodeByText own_codes(FileKind kind, const model::FunnelPolicy& funnel) {
  CodeByText out;
  if (kind == FileKind::kEvents) {
    for (std::size_t code = 0; code <= funnel.lost_code(); ++code) {
      const auto stage = static_cast<model::StageCode>(code);
      out.emplace(funnel.name_of(stage), stage);
    }
  } else if (kind == FileKind::kOutcomes) {
    out.emplace("won", funnel.won_code());
    out.emplace("lost", funnel.lost_code());
  }
  return out;
}

FileMapping own_file(FileKind kind, const model::FunnelPolicy& funnel) {
  FileMapping out;
  out.kind = kind;
  for (const Field field : fields_of(kind)) {
    out.sources[index_of(field)].column = name_of(field);
  }
  out.codes = own_codes(kind, funnel);
  return out;
}

/// A field's own column does not count as its source where the mapping reads another field from it.
void drop_claimed_columns(FileMapping& file) {
  for (const Field field : fields_of(file.kind)) {
    FieldSource& own = file.sources[index_of(field)];
    if (own.named || own.constant) continue;
    const bool claimed = std::ranges::any_of(
        file.sources, [&own](const FieldSource& s) { return s.named && s.column == own.column; });
    if (claimed) own.column.clear();
  }
}

void read_columns(TomlSection& section, FileMapping& file) {
  auto columns = section.table("columns");
  if (!columns) return;
  for (const Field field : fields_of(file.kind)) {
    std::string column;
    if (!columns->read(name_of(field), column)) continue;
    if (column.empty()) columns->fail(name_of(field), "must not be empty");
    file.sources[index_of(field)] = {.column = std::move(column), .constant = {}, .named = true};
  }
  columns->finish();
}

/// Reports a constant that no row could carry.
void check_constant(TomlSection& constants, const FileMapping& file, Field field,
                    const std::string& text) {
  const std::string_view name = name_of(field);
  const bool instant = field == Field::kCreatedAt || field == Field::kAt || field == Field::kFrom ||
                       field == Field::kTo;
  if (file.of(field).named) {
    constants.fail(name, "has a column already");
  } else if (field == Field::kLeadId) {
    constants.fail(name, "must come from a column: it tells the rows apart");
  } else if (instant && !base::parse_instant(text)) {
    constants.fail(name, fmt::format("is no instant: '{}'", text));
  }
}

void read_constants(TomlSection& section, FileMapping& file) {
  auto constants = section.table("constants");
  if (!constants) return;
  for (const Field field : fields_of(file.kind)) {
    std::string text;
    if (!constants->read(name_of(field), text)) continue;
    check_constant(*constants, file, field, text);
    file.sources[index_of(field)] = {.column = {}, .constant = std::move(text), .named = false};
  }
  constants->finish();
}

/// A constant stage or outcome must have a code; checked once all codes are known.
void check_constant_code(TomlSection& section, const FileMapping& file, Field field) {
  const FieldSource& source = file.of(field);
  if (!source.constant || file.codes.contains(*source.constant)) return;
  std::vector<std::string_view> known;
  for (const auto& [text, code] : file.codes) known.emplace_back(text);
  section.fail("constants", fmt::format("has {} = '{}'{}", name_of(field), *source.constant,
                                        model::suggestion(*source.constant, known)));
}

/// `stages` of events and `values` of outcomes: source value to one of our names.
void read_codes(TomlSection& section, std::string_view key, const CodeByText& ours,
                CodeByText& out) {
  auto table = section.table(key);
  if (!table) return;
  std::vector<std::string_view> known;
  for (const auto& [text, code] : ours) known.emplace_back(text);
  for (const TomlText& source : table->keys()) {
    std::string name;
    if (!table->read(source.text, name)) continue;
    const auto code = ours.find(name);
    if (code == ours.end()) {
      table->fail(source.text,
                  fmt::format("must not be '{}'{}", name, model::suggestion(name, known)));
      return;
    }
    out.insert_or_assign(source.text, code->second);
  }
  table->finish();
}

void read_source(TomlSection& section, FileMapping& file) {
  if (section.read("time_zone", file.time_zone)) {
    const auto zone = model::Zone::load(file.time_zone);
    if (!zone) section.fail("time_zone", "is not right: " + zone.error().message);
  }
  std::string delimiter;
  if (section.read("delimiter", delimiter)) {
    if (is_delimiter(delimiter)) {
      file.delimiter = delimiter[0];
    } else {
      section.fail("delimiter", "must be a tab or one ASCII sign, no letter, digit or quote");
    }
  }
}

void read_file(TomlSection& root, FileMapping& file, const model::FunnelPolicy& funnel) {
  auto section = root.table(name_of(file.kind));
  if (!section) return;
  read_columns(*section, file);
  read_constants(*section, file);
  drop_claimed_columns(file);
  read_source(*section, file);
  const CodeByText ours = own_codes(file.kind, funnel);
  if (file.kind == FileKind::kEvents) {
    read_codes(*section, "stages", ours, file.codes);
    check_constant_code(*section, file, Field::kStage);
  } else if (file.kind == FileKind::kOutcomes) {
    read_codes(*section, "values", ours, file.codes);
    check_constant_code(*section, file, Field::kOutcome);
  }
  if (!ours.empty()) section->read_name("others", file.others, kOthersNames);
  section->finish();
}

// ── writing ────────────────────────────────────────────────────────────────────────────────────

void write_line(std::string& out, std::string_view key, std::string_view value) {
  fmt::format_to(std::back_inserter(out), "{} = {}\n", key, value);
}

void write_codes(std::string& out, const FileMapping& file, std::string_view key,
                 const model::FunnelPolicy& funnel) {
  const CodeByText ours = own_codes(file.kind, funnel);
  fmt::format_to(std::back_inserter(out), "[{}.{}]\n", name_of(file.kind), key);
  for (const auto& [text, code] : file.codes) {
    const auto own = ours.find(text);
    if (own != ours.end() && own->second == code) continue;
    const auto name = std::ranges::find(ours, code, &CodeByText::value_type::second);
    write_line(out, model::toml_string(text), model::toml_string(name->first));
  }
}

void write_file(std::string& out, const FileMapping& file, const model::FunnelPolicy& funnel) {
  std::string columns;
  std::string constants;
  for (const Field field : fields_of(file.kind)) {
    const FieldSource& source = file.of(field);
    if (source.named) write_line(columns, name_of(field), model::toml_string(source.column));
    if (source.constant) {
      write_line(constants, name_of(field), model::toml_string(*source.constant));
    }
  }
  const std::string_view name = name_of(file.kind);
  fmt::format_to(std::back_inserter(out), "[{}]\n", name);
  write_line(out, "time_zone", model::toml_string(file.time_zone));
  if (file.delimiter) write_line(out, "delimiter", model::toml_string({&*file.delimiter, 1}));
  const bool has_codes = file.kind == FileKind::kEvents || file.kind == FileKind::kOutcomes;
  if (has_codes) {
    const auto others = static_cast<std::size_t>(file.others);
    write_line(out, "others", model::toml_string(kOthersNames[others]));
  }
  fmt::format_to(std::back_inserter(out), "[{}.columns]\n{}[{}.constants]\n{}", name, columns, name,
                 constants);
  if (has_codes) {
    write_codes(out, file, file.kind == FileKind::kEvents ? "stages" : "values", funnel);
  }
}

}  // namespace

std::span<const Field> fields_of(FileKind kind) { return kFieldsOf[index_of(kind)]; }

bool is_indispensable(FileKind kind, Field field) {
  const auto first = fields_of(kind).first(kIndispensable[index_of(kind)]);
  return std::ranges::find(first, field) != first.end();
}

Mapping identity_mapping(const model::FunnelPolicy& funnel) {
  Mapping out;
  for (std::size_t i = 0; i < kFileKinds; ++i) {
    out.files[i] = own_file(static_cast<FileKind>(i), funnel);
  }
  return out;
}

base::Result<Mapping> parse_mapping(std::string_view toml_text, std::string_view file_name,
                                    const model::FunnelPolicy& funnel) {
  const auto table = model::parse_toml(toml_text, file_name);
  if (!table) return std::unexpected(table.error());
  model::TomlReport report{.file = std::string(file_name), .first = {}};
  TomlSection root(*table, "", 0, report);
  Mapping mapping = identity_mapping(funnel);
  for (FileMapping& file : mapping.files) read_file(root, file, funnel);
  root.finish();
  if (report.first) return std::unexpected(std::move(*report.first));
  return mapping;
}

base::Result<Mapping> read_mapping_file(const std::string& path,
                                        const model::FunnelPolicy& funnel) {
  const auto text = model::read_config_file(path);
  if (!text) return std::unexpected(text.error());
  return parse_mapping(*text, path, funnel);
}

std::string mapping_toml(const Mapping& mapping, const model::FunnelPolicy& funnel) {
  std::string out;
  for (const FileMapping& file : mapping.files) write_file(out, file, funnel);
  return out;
}

}  // namespace pursuit::ingest
