// store/store.h: the durable store, in one SQLite file or a PostgreSQL database. Start here. Any
// thread: appends take turns on one connection; reads have connections of their own and never wait
// for a write.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "model/entry.h"
#include "store/import_records.h"
#include "store/records.h"
#include "store/scan.h"

namespace pursuit::store {

struct StoreOptions {
  /// A path or `sqlite:PATH`: one SQLite file, made with mode 0600 when it is not there.
  /// `postgresql://…` or `postgres://…`: a database that is there.
  std::string url;
  std::size_t readers = 4;               // connections kept open for reading
  base::Millis busy_timeout_ms = 5'000;  // how long to wait for a lock of another program
  base::Millis opened_at_ms = 0;         // written beside migrations that this opening applies
};

/// Outcome of append_bulk: counts, and the rows that were not kept.
struct BulkResult {
  std::int64_t applied = 0, repeated = 0, refused = 0;
  std::int64_t last_seq = 0;
  struct Refused {
    std::size_t index;  // into the entries given
    AppendStatus status;
    std::string reason;
  };
  std::vector<Refused> refusals;  // at most kMaxRefusals
  static constexpr std::size_t kMaxRefusals = 10'000;
};

struct SearchOptions {
  /// Words, each a prefix of a word of the lead's id, name or e-mail, or of its phone number
  /// (digits, with or without the country's); all must match. Case, accents and the variants of an
  /// Arabic letter make no difference.
  std::string_view text;
  std::size_t limit = 20;
  /// Who may be found; nothing: everyone. Called with leads that match, until `limit` are accepted.
  std::function<bool(const LeadRecord&)> accept = {};
};

/// Result of check(): what was looked at, and what is wrong (empty: nothing).
struct CheckReport {
  StoreCounts counts;
  std::int64_t taken_back = 0;  // of counts.leads: went with an import, only their numbers are left
  std::vector<std::string> problems;
};

class Accounts;

class Store {
 public:
  /// Opens and brings the schema up to this program's version, in one transaction. kConflict: the
  /// store was written by a newer program, or by one with other migrations; kNotFound: no such
  /// database; kStorage or kBusy: the database refuses.
  static base::Result<std::unique_ptr<Store>> open(const StoreOptions& options);

  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  ~Store();

  /// Writes all entries in one transaction; when it returns they are durable. One result per entry,
  /// in order; a bad entry never fails the others, and an entry sees those before it. A source key
  /// must not be empty (content_key() makes one where the source has none).
  ///
  /// kBusy (a lock, a timeout, no connection) or kStorage (disk full, see disk_full(), or another
  /// fault): nothing of the entries is in, and the next call starts afresh. When the connection
  /// broke in the middle of a commit they may be in: append again, what is in counts as repeated.
  base::Result<std::vector<AppendResult>> append(std::span<const model::Entry> entries,
                                                 base::Millis received_at_ms);
  /// The same for several callers' entries in one transaction; results in the same order, end to
  /// end.
  base::Result<std::vector<AppendResult>> append(
      std::span<const std::span<const model::Entry>> parts, base::Millis received_at_ms);
  /// For imports: commits every `rows_per_commit` entries; an error leaves the commits before it,
  /// and the same call again carries on.
  base::Result<BulkResult> append_bulk(std::span<const model::Entry> entries,
                                       base::Millis received_at_ms,
                                       std::size_t rows_per_commit = 50'000);

  /// True from a write that failed because there was no space until one succeeds.
  [[nodiscard]] bool disk_full() const;

  /// Hands over all leads and what happened to them, as of one instant between two commits.
  /// Returns what it held: apply changes after `last_seq` to be up to date.
  base::Result<StoreCounts> scan(ScanSink& sink) const;

  /// kNotFound when there is no such lead.
  base::Result<LeadRecord> lead(std::string_view lead_id) const;
  /// What happened to a lead in order of instant; the newest `limit` items. kNotFound: no lead.
  base::Result<std::vector<TimelineItem>> timeline(std::string_view lead_id,
                                                   std::size_t limit = 10'000) const;
  /// What people did to a lead, undone or not, in order. kNotFound: no lead.
  base::Result<std::vector<ActionRecord>> actions(std::string_view lead_id) const;
  /// kNotFound when there is no such action.
  base::Result<ActionRecord> action(std::int64_t id) const;
  /// The action that a source and key stand for, if there is one.
  base::Result<std::optional<ActionRecord>> action_of(std::string_view source,
                                                      std::string_view source_key) const;
  /// Contact data of many leads at once, in the order asked; a lead that is not there has only its
  /// id filled.
  base::Result<std::vector<LeadContact>> contacts(std::span<const std::string> lead_ids) const;
  base::Result<std::vector<LeadRecord>> search(const SearchOptions& options) const;
  /// Changes after `seq` in order, at most `limit`.
  base::Result<std::vector<ChangeRecord>> changes_since(std::int64_t seq,
                                                        std::size_t limit = 1'000) const;
  base::Result<std::vector<model::CostRow>> costs() const;
  /// Outcomes that won a lead and tell of revenue, after `from_ms` and up to `to_ms`: by lead in
  /// the order of their numbers, of each by instant.
  base::Result<std::vector<Sale>> sales(base::Millis from_ms, base::Millis to_ms) const;
  base::Result<StoreCounts> counts() const;

  /// Keeps a version of the policy and makes it the current one; returns it with its number. The
  /// current text again makes no new version.
  base::Result<PolicyVersion> add_policy(const PolicyVersion& policy);
  base::Result<std::optional<PolicyVersion>> current_policy() const;
  base::Result<PolicyVersion> policy(std::int64_t version) const;
  /// Newest first.
  base::Result<std::vector<PolicyVersion>> policies(std::size_t limit = 100) const;

  /// Returns the run's id. Runs that never end are closed by interrupt_runs().
  base::Result<std::int64_t> begin_run(std::string_view kind, base::Millis as_of_ms,
                                       base::Millis started_ms);
  /// Writes end, status, message and counts of `run.id`; kNotFound when there is no such run.
  base::Result<void> finish_run(const Run& run);
  /// Marks what is still running, from before a restart, as interrupted; returns how many.
  base::Result<std::int64_t> interrupt_runs(base::Millis at_ms);
  /// Newest first; an empty kind: all.
  base::Result<std::vector<Run>> runs(std::string_view kind = {}, std::size_t limit = 100) const;

  // ── imports ─────────────────────────────────────────────────────────────────────────────────
  /// Returns the job's id; `job.id` is not looked at.
  base::Result<std::int64_t> add_import_job(const ImportJob& job);
  /// Writes everything of `job.id`.
  base::Result<void> update_import_job(const ImportJob& job);
  base::Result<ImportJob> import_job(std::int64_t id) const;
  /// Of a job that brought nothing.
  base::Result<void> remove_import_job(std::int64_t id);
  /// Newest first.
  base::Result<std::vector<ImportJob>> import_jobs(std::size_t limit = 100) const;
  /// append() of an import's rows, and in the same transaction its job as it is after them: how far
  /// it is and what it brought are always told alike.
  using JobAfter = std::function<ImportJob(const std::vector<AppendResult>&)>;
  base::Result<std::vector<AppendResult>> append_import(std::span<const model::Entry> entries,
                                                        const JobAfter& after,
                                                        base::Millis received_at_ms);
  /// Takes back the last of what an import brought, some thousand changes in one transaction; call
  /// until nothing is left. Their keys are free again. What others brought since stays, and leads
  /// that they have built on. In the same transaction the job becomes what `after` says: which
  /// leads stay is told by this step alone.
  using JobAfterUndo = std::function<ImportJob(const UndoStep&)>;
  base::Result<UndoStep> undo_import(std::int64_t import, base::Millis received_at_ms,
                                     const JobAfterUndo& after = {});
  base::Result<void> save_mapping(const SavedMapping& mapping);
  base::Result<void> remove_mapping(std::string_view name);
  base::Result<std::vector<SavedMapping>> mappings() const;

  /// Copies the whole store, as of one instant, into a new SQLite file at `path`, whichever
  /// database this is; appends go on meanwhile. The file appears when it is whole, checked and on
  /// disk. kConflict: something is at `path`.
  base::Result<void> backup(const std::string& path) const;
  /// Fills the store at `to` from a backup. kConflict: it holds rows; kInvalidInput: `from_path` is
  /// not a sound backup.
  static base::Result<void> restore(const std::string& from_path, const StoreOptions& to);
  /// Reads everything there is to find damage: the database's own check, references, the sequence,
  /// the keys, the counts. Slow.
  base::Result<CheckReport> check() const;

  [[nodiscard]] bool is_postgres() const;

 private:
  friend class Accounts;  // store/accounts.h
  struct Impl;
  explicit Store(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// A source key for a row whose source gives it none: its content is its name, so the same content
/// again is a repeat. Not for lead rows that go back to earlier values.
[[nodiscard]] std::string content_key(const model::Row& row);

}  // namespace pursuit::store
