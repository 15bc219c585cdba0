#include "app/import.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <stop_token>
#include <utility>

#include "access/audit.h"
#include "app/people.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "ingest/file_bytes.h"
#include "model/policy_toml.h"
#include "store/accounts.h"
#include "store/store.h"

namespace pursuit::app {
namespace {

using imports::Detail;
using store::ImportState;

/// Whoever is at the command line has chosen the files.
constexpr imports::ReadLimits kOwnFiles = {.unpacked_bytes = base::kMaxInflatedBytes,
                                           .part_bytes = base::kMaxInflatedBytes};

Outcome<std::unique_ptr<store::Store>> open(const std::string& db, const base::Clock& clock) {
  auto store = store::Store::open({.url = db, .opened_at_ms = clock.now_ms()});
  if (!store) return fail(ExitStatus::kInput, store.error());
  return std::move(*store);
}

base::Result<model::Policy> policy_of(const store::Store& store, const std::string& path) {
  return path.empty() ? policy_in_force(store) : model::read_policy_file(path);
}

/// Asked before a store is opened, which may make one.
Outcome<void> check_files(const ImportOptions& options) {
  const auto none = [](const auto& patterns) { return patterns.empty(); };
  if (!std::ranges::all_of(options.inputs.files.patterns, none)) return {};
  return fail(ExitStatus::kUsage,
              {base::ErrorCode::kUsage, "give a file: --leads, --events, …", ""});
}

base::Result<Detail> detail_of(const ImportOptions& options, const model::FunnelPolicy& funnel) {
  Detail detail;
  detail.source = options.source;
  if (!options.inputs.mapping.empty()) {
    const auto mapping = ingest::read_mapping_file(options.inputs.mapping, funnel);
    if (!mapping) return std::unexpected(mapping.error());
    detail.mapping = ingest::mapping_toml(*mapping, funnel);
  }
  for (std::size_t kind = 0; kind < ingest::kFileKinds; ++kind) {
    for (const std::string& pattern : options.inputs.files.patterns[kind]) {
      const auto paths = ingest::expand_path(pattern);
      if (!paths) return std::unexpected(paths.error());
      for (const std::string& path : *paths) {
        if (!base::is_utf8(path))
          return base::fail(base::ErrorCode::kInvalidInput, "its name is not UTF-8", path);
        auto hash = imports::hash_file(path);
        if (!hash) return std::unexpected(hash.error());
        std::error_code error;
        const auto whole = std::filesystem::absolute(path, error);
        detail.files.push_back({.name = whole.filename(),
                                .path = whole,
                                .kind = static_cast<ingest::FileKind>(kind),
                                .hash = *hash,
                                .origin = *hash,
                                .bytes = std::filesystem::file_size(path, error),
                                .counts = {}});
      }
    }
  }
  imports::sort_files(detail.files);
  return detail;
}

bool same_files(const Detail& a, const Detail& b) {
  return a.mapping == b.mapping && a.source == b.source &&
         std::ranges::equal(a.files, b.files, [](const auto& one, const auto& other) {
           return one.hash == other.hash && one.kind == other.kind;
         });
}

/// A job for the files: one that was broken off, or a new one.
base::Result<store::ImportJob> job_for(store::Store& store, const ImportOptions& options,
                                       const Detail& detail, const base::Clock& clock) {
  const auto jobs = store.import_jobs(1'000);
  if (!jobs) return std::unexpected(jobs.error());
  for (const store::ImportJob& job : *jobs) {
    if (job.state != ImportState::kRunning && job.state != ImportState::kCancelled) continue;
    auto before = imports::read_detail(job.detail);
    if (!before || !same_files(*before, detail)) continue;
    // They may lie elsewhere now.
    for (std::size_t i = 0; i < detail.files.size(); ++i) {
      before->files[i].path = detail.files[i].path;
    }
    store::ImportJob next = job;
    next.detail = imports::detail_text(*before);
    return next;
  }
  store::ImportJob job{.state = ImportState::kRunning,
                       .name = detail.files.front().name,
                       .author = "command line",
                       .detail = imports::detail_text(detail),
                       .created_ms = clock.now_ms(),
                       .updated_ms = clock.now_ms()};
  if (detail.files.size() > 1) {
    job.name += " and " + std::to_string(detail.files.size() - 1) + " more";
  }
  const auto id = store.add_import_job(job);
  if (!id) return std::unexpected(id.error());
  job.id = *id;
  // A new account of the rejects.
  std::error_code ignored;
  if (!options.rejects.empty()) std::filesystem::remove(options.rejects, ignored);
  return job;
}

/// What a service writes when it is told to: the line stands before the first row moves.
base::Result<void> note(store::Store& store, std::string what, std::int64_t id,
                        const base::Clock& clock) {
  return store::Accounts(store).write([&](store::AccountRows& rows) -> base::Result<void> {
    access::append_audit(rows, {.at_ms = clock.now_ms(),
                                .who = command_line_actor().name,
                                .what = std::move(what),
                                .subject = std::to_string(id),
                                .address = {}});
    return {};
  });
}

base::Result<imports::ImportView> view_of(store::ImportJob job) {
  auto detail = imports::read_detail(job.detail);
  if (!detail) return std::unexpected(detail.error());
  return imports::ImportView{.job = std::move(job), .detail = std::move(*detail), .waits = false};
}

}  // namespace

base::Result<model::Policy> policy_in_force(const store::Store& store) {
  const auto version = store.current_policy();
  if (!version) return std::unexpected(version.error());
  if (!*version) return model::Policy{};
  return model::parse_policy((*version)->text, "policy in force");
}

Outcome<imports::ImportView> import_files(const ImportOptions& options, const base::Clock& clock,
                                          Progress& progress) {
  if (auto files = check_files(options); !files) return std::unexpected(files.error());
  const auto store = open(options.db, clock);
  if (!store) return std::unexpected(store.error());
  const auto policy = policy_of(**store, options.inputs.policy);
  if (!policy) return fail(ExitStatus::kInput, policy.error());
  const auto detail = detail_of(options, policy->funnel);
  if (!detail) return fail(ExitStatus::kInput, detail.error());
  const auto job = job_for(**store, options, *detail, clock);
  if (!job) return fail(ExitStatus::kInput, job.error());
  if (auto noted = note(**store, "imports.run", job->id, clock); !noted)
    return fail(ExitStatus::kInput, noted.error());
  progress.begin("importing");
  imports::Runner runner(policy->funnel, clock,
                         [&](std::vector<model::Entry> entries, const imports::JobAfter& after) {
                           return (*store)->append_import(entries, after, clock.now_ms());
                         },
                         {.rejects_path = options.rejects,
                          .limits = kOwnFiles,
                          .progress = [&](const store::ImportJob&, const Detail& now) {
                            if (now.at.file >= now.files.size()) return;
                            progress.update(now.files[now.at.file].name, now.at.part, now.at.parts,
                                            ProgressUnit::kNone);
                          }});
  auto done = runner.run(*job, {});
  progress.end();
  if (!done) return fail(ExitStatus::kInput, done.error());
  auto view = view_of(std::move(*done));
  if (!view) return fail(ExitStatus::kInput, view.error());
  return std::move(*view);
}

Outcome<std::vector<imports::DryRun>> try_import(const ImportOptions& options,
                                                 const base::Clock& clock, Progress& progress) {
  if (auto files = check_files(options); !files) return std::unexpected(files.error());
  const auto store = open(options.db, clock);
  if (!store) return std::unexpected(store.error());
  const auto policy = policy_of(**store, options.inputs.policy);
  if (!policy) return fail(ExitStatus::kInput, policy.error());
  const auto detail = detail_of(options, policy->funnel);
  if (!detail) return fail(ExitStatus::kInput, detail.error());
  progress.begin("reading");
  auto runs = imports::dry_run(
      *detail, policy->funnel,
      [&](const std::string& id) { return (*store)->lead(id).has_value(); }, kOwnFiles, {});
  progress.end();
  if (!runs) return fail(ExitStatus::kInput, runs.error());
  return std::move(*runs);
}

Outcome<std::vector<imports::ImportView>> list_imports(const std::string& db,
                                                       const base::Clock& clock) {
  const auto store = open(db, clock);
  if (!store) return std::unexpected(store.error());
  auto jobs = (*store)->import_jobs(100);
  if (!jobs) return fail(ExitStatus::kInput, jobs.error());
  std::vector<imports::ImportView> views;
  for (store::ImportJob& job : *jobs) {
    auto view = view_of(std::move(job));
    if (!view) return fail(ExitStatus::kInput, view.error());
    views.push_back(std::move(*view));
  }
  return views;
}

Outcome<imports::ImportView> undo_import(const std::string& db, std::int64_t id,
                                         const base::Clock& clock, Progress& progress) {
  const auto store = open(db, clock);
  if (!store) return std::unexpected(store.error());
  auto job = (*store)->import_job(id);
  if (!job) return fail(ExitStatus::kInput, job.error());
  auto view = view_of(std::move(*job));
  if (!view) return fail(ExitStatus::kInput, view.error());
  // Said again after a crash that came between the last step and its report: there it is.
  if (view->job.state == ImportState::kUndone) return std::move(*view);
  if (auto noted = note(**store, "imports.undo", id, clock); !noted)
    return fail(ExitStatus::kInput, noted.error());
  progress.begin("taking back");
  view->job.state = ImportState::kUndoing;
  const std::uint64_t total = imports::sum_of(view->detail).applied;
  for (bool more = true; more;) {
    const auto step = imports::take_back(**store, *view, clock.now_ms());
    if (!step) return fail(ExitStatus::kInput, step.error());
    more = *step;
    progress.update("rows", view->detail.undone, total, ProgressUnit::kRows);
  }
  view->job.state = ImportState::kUndone;
  if (auto kept = (*store)->update_import_job(view->job); !kept)
    return fail(ExitStatus::kInput, kept.error());
  progress.end();
  return std::move(*view);
}

}  // namespace pursuit::app
