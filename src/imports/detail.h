// imports/detail.h: what an import is made of and how far it is: the detail of a store::ImportJob,
// kept as JSON. Plain data, any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "ingest/mapping.h"
#include "store/import_records.h"

namespace pursuit::imports {

struct FileCounts {
  std::uint64_t read = 0, applied = 0, repeated = 0, rejected = 0, ignored = 0;
};

struct ImportFile {
  std::string name;  // as people know it
  std::string path;  // where it lies
  ingest::FileKind kind = ingest::FileKind::kLeads;
  std::string hash;    // SHA-256 of its bytes, in hex
  std::string origin;  // the same of the file as it came: a workbook is unpacked
  std::uint64_t bytes = 0;
  FileCounts counts;
};

/// Where an import goes on: the next part of a file, the line it begins at, and how long the file
/// of rejects is before it.
struct Checkpoint {
  std::size_t file = 0;
  std::size_t part = 0;
  std::size_t parts = 0;   // of that file; 0: not opened yet
  std::uint64_t line = 0;  // 0: the first one
  std::uint64_t rejects_bytes = 0;
};

struct Detail {
  std::vector<ImportFile> files;  // in the order in which they are taken in
  std::string mapping;            // mapping.toml as text; empty: our own column names
  std::string source;             // of rows that have a source_key of their own
  Checkpoint at;
  std::string error;
  std::uint64_t undone = 0;       // changes taken back
  std::vector<std::string> kept;  // leads that undoing left, the first of them
  std::uint64_t kept_total = 0;
};

/// Leads before what happened to them.
void sort_files(std::vector<ImportFile>& files);

[[nodiscard]] std::string detail_text(const Detail& detail);
/// kStorage on text that detail_text() did not make.
[[nodiscard]] base::Result<Detail> read_detail(const std::string& text);

/// Of all files.
[[nodiscard]] FileCounts sum_of(const Detail& detail);

/// "ready", "running", "done", "failed", "cancelled", "undoing" or "undone".
[[nodiscard]] std::string_view name_of(store::ImportState state);

/// The kind of that name.
[[nodiscard]] base::Result<ingest::FileKind> kind_of(const std::string& name);

}  // namespace pursuit::imports
