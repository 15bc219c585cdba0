// imports/imports.h: imports of a running service, start here: files come into a folder, columns
// are guessed, a dry run tells what would happen, a run takes them in, and all of it can be taken
// back. One thread does the work, one job after the other; the rest may be called from any thread.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "imports/detail.h"
#include "imports/guess.h"
#include "imports/person_files.h"
#include "imports/runner.h"
#include "service/service.h"
#include "store/store.h"

namespace pursuit::imports {

struct ImportsOptions {
  std::string folder;                // for files that were sent; made when it is not there
  std::vector<std::string> allowed;  // folders of this machine whose files may be named
  std::string watched;               // a folder whose files are taken in, each once; empty: none
  base::Millis watch_every_ms = 5'000;
  std::uint64_t max_file_bytes = 2ull << 30;  // of one file
  ReadLimits limits = {};
  std::size_t max_files = 20;  // of one import
};

/// A job and what it is made of.
struct ImportView {
  store::ImportJob job;
  Detail detail;
  bool waits = false;  // for its turn
};

/// Takes back the next changes of an import; its job tells of them in the same transaction. Returns
/// whether there is more.
[[nodiscard]] base::Result<bool> take_back(store::Store& store, ImportView& view,
                                           base::Millis now_ms);

class Imports {
 public:
  /// Told of a job whenever it moves, on any thread.
  using Listener = std::function<void(const ImportView&)>;

  /// Goes on with what was running when the program ended. Everything given must outlive this.
  Imports(service::Service& service, store::Store& store, const base::Clock& clock,
          ImportsOptions options, Listener listener);
  Imports(const Imports&) = delete;
  Imports& operator=(const Imports&) = delete;
  /// As stop().
  ~Imports();

  /// Ends the thread after the part that is being written; at the next start it goes on.
  void stop();

  [[nodiscard]] const ImportsOptions& options() const { return options_; }

  // ── files ───────────────────────────────────────────────────────────────────────────────────
  /// A new import, still without files.
  [[nodiscard]] base::Result<ImportView> create(const std::string& name, const std::string& author);
  /// Moves a file into an import that has not run, under a safe form of `name`, and guesses what it
  /// is. kInvalidInput: it is nothing that can be read.
  [[nodiscard]] base::Result<ImportView> add_file(std::int64_t id, const std::string& path,
                                                  const std::string& name,
                                                  std::optional<ingest::FileKind> kind);
  /// The same with a file of an allowed folder, which stays where it is. kNotFound for anything
  /// else: outside, behind a link, or not there.
  [[nodiscard]] base::Result<ImportView> add_server_file(std::int64_t id, const std::string& path,
                                                         std::optional<ingest::FileKind> kind);

  /// Forgets an import that has no files and has not run.
  void discard(std::int64_t id);

  // ── what the columns mean ───────────────────────────────────────────────────────────────────
  [[nodiscard]] base::Result<std::vector<Guess>> guesses(std::int64_t id) const;
  /// `kinds` by name of the file; those that are not named stay.
  [[nodiscard]] base::Result<ImportView> set_mapping(
      std::int64_t id, const std::string& mapping,
      const std::map<std::string, ingest::FileKind>& kinds, const std::string& source);
  [[nodiscard]] base::Result<std::vector<DryRun>> dry_run(std::int64_t id,
                                                          const std::stop_token& stop) const;

  [[nodiscard]] base::Result<void> save_mapping(store::SavedMapping mapping);
  /// By name.
  [[nodiscard]] base::Result<std::vector<store::SavedMapping>> saved_mappings() const;
  /// kNotFound when none has that name.
  [[nodiscard]] base::Result<store::SavedMapping> saved_mapping(const std::string& name) const;

  // ── doing it ────────────────────────────────────────────────────────────────────────────────
  /// kConflict where the state does not allow it. A cancelled or failed import goes on.
  [[nodiscard]] base::Result<ImportView> run(std::int64_t id);
  [[nodiscard]] base::Result<ImportView> cancel(std::int64_t id);
  [[nodiscard]] base::Result<ImportView> undo(std::int64_t id);

  [[nodiscard]] base::Result<ImportView> get(std::int64_t id) const;
  /// Newest first.
  [[nodiscard]] base::Result<std::vector<ImportView>> list(std::size_t limit) const;
  /// The file of rows that were not taken in; kNotFound where there is none.
  [[nodiscard]] base::Result<std::string> rejects_path(std::int64_t id) const;

  /// erase_from_files() of what this service keeps.
  [[nodiscard]] base::Result<ErasedFiles> erase_person(std::span<const store::LeadRecord> person);

 private:
  void work(const std::stop_token& stop);
  void do_job(std::int64_t id, const std::stop_token& stop);
  void run_job(const ImportView& view, const std::stop_token& stop);
  void undo_job(ImportView view, const std::stop_token& stop);
  void look_for_files();
  [[nodiscard]] Commit commit_by_service();
  [[nodiscard]] base::Result<ImportView> add(ImportView view, ImportFile file,
                                             std::optional<ingest::FileKind> kind);
  /// Makes a workbook's first sheet a file of its own, which is what is taken in.
  [[nodiscard]] base::Result<void> unpack(std::int64_t id, std::size_t number,
                                          ImportFile& file) const;
  [[nodiscard]] base::Result<ImportView> keep(ImportView view);
  [[nodiscard]] base::Result<ImportView> enqueue(ImportView view, store::ImportState state);
  [[nodiscard]] std::string folder_of(std::int64_t id) const;
  [[nodiscard]] model::FunnelPolicy funnel() const;
  void tell(const ImportView& view) const;
  [[nodiscard]] bool is_waiting(std::int64_t id) const;

  service::Service& service_;
  store::Store& store_;
  const base::Clock& clock_;
  const ImportsOptions options_;
  const Listener listener_;

  std::mutex change_;         // one change of a job at a time
  mutable std::mutex mutex_;  // guards everything below
  std::condition_variable_any wake_;
  std::deque<std::int64_t> waiting_;
  std::int64_t running_ = 0;
  std::stop_source cancel_;                     // of what runs
  std::map<std::string, std::uintmax_t> seen_;  // watched files and their sizes when last seen
  // Of the thread alone.
  std::stop_token ending_;                                    // of the thread
  std::set<std::pair<std::string, std::int64_t>> looked_at_;  // watched files and when written
  std::jthread thread_;
};

}  // namespace pursuit::imports
