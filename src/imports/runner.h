// imports/runner.h: takes the files of an import in, part by part, each in one transaction with how
// far it then is: killed at any moment it goes on where it was, and ends with the same. One thread
// per runner; it reads ahead on one of its own.
#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "imports/detail.h"
#include "imports/read_limits.h"
#include "model/entry.h"
#include "model/policy.h"
#include "store/store.h"

namespace pursuit::imports {

/// Given what became of the entries, the job as it is after them; called within the transaction,
/// perhaps more than once.
using JobAfter = std::function<store::ImportJob(const std::vector<store::AppendResult>&)>;

/// Writes entries and job in one transaction: to a store, or by a running service.
using Commit = std::function<base::Result<std::vector<store::AppendResult>>(
    std::vector<model::Entry> entries, const JobAfter& after)>;

struct RunnerOptions {
  std::string rejects_path;           // rows that were not taken in; empty: they are only counted
  std::size_t part_bytes = 4u << 20;  // of a file, in one transaction
  ReadLimits limits = {};
  std::function<void(const store::ImportJob&, const Detail&)> progress = {};  // after each part
};

class Runner {
 public:
  /// Everything given must outlive this.
  Runner(const model::FunnelPolicy& funnel, const base::Clock& clock, Commit commit,
         RunnerOptions options)
      : funnel_(funnel), clock_(clock), commit_(std::move(commit)), options_(std::move(options)) {}

  /// Takes in what is left of a job and returns it as it then is: done, or still running where
  /// `stop` was asked for. An error leaves what was written; the same call again goes on.
  [[nodiscard]] base::Result<store::ImportJob> run(store::ImportJob job,
                                                   const std::stop_token& stop);

 private:
  struct Part;
  class Ahead;
  base::Result<void> take_file(store::ImportJob& job, Detail& detail, const std::stop_token& stop);
  base::Result<void> take_part(store::ImportJob& job, Detail& detail, Part part);

  const model::FunnelPolicy& funnel_;
  const base::Clock& clock_;
  const Commit commit_;
  const RunnerOptions options_;
};

/// What a dry run finds in one file.
struct DryRun {
  std::string name;
  ingest::FileKind kind = ingest::FileKind::kLeads;
  FileCounts counts;  // `applied`: rows that could be taken in, as far as the file alone tells
  struct Sample {
    std::uint64_t line = 0;
    std::string field, reason, text;
  };
  std::vector<Sample> rejects;        // the first of them
  std::vector<model::Row> rows;       // the first of them, as they would be kept
  std::vector<std::string> warnings;  // columns that nobody has a use for
  bool whole = true;                  // false: only the first part was read
};

/// Reads the files of an import as a run would and keeps nothing. Whether a row's lead is known is
/// told for leads of the import's own files and for those that `known` accepts.
[[nodiscard]] base::Result<std::vector<DryRun>> dry_run(
    const Detail& detail, const model::FunnelPolicy& funnel,
    const std::function<bool(const std::string& lead_id)>& known, const ReadLimits& limits,
    const std::stop_token& stop);

/// Whether `is_it` is true of a record of a file, read as a run would: told the record's lead
/// (empty: it has none) and its text as it stands in the file, the first kilobytes of it.
[[nodiscard]] base::Result<bool> any_record(
    const ImportFile& file, const Detail& detail, const model::FunnelPolicy& funnel,
    const ReadLimits& limits,
    const std::function<bool(std::string_view lead_id, std::string_view text)>& is_it);

/// SHA-256 of a file's bytes in hex.
[[nodiscard]] base::Result<std::string> hash_file(const std::string& path);

}  // namespace pursuit::imports
