// The thread of imports: runs, undoing, and the watched folder.
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <system_error>

#include "imports/imports.h"
#include "imports/safe_name.h"

namespace pursuit::imports {
namespace {

namespace fs = std::filesystem;
using store::ImportState;

/// Adds what one step of undoing did; the first thousand leads that stay are named.
void note_undone(Detail& detail, const store::UndoStep& step) {
  constexpr std::size_t kMostNamed = 1'000;
  detail.undone += static_cast<std::uint64_t>(step.rows);
  detail.kept_total += step.kept.size();
  for (const std::string& lead : step.kept) {
    if (detail.kept.size() < kMostNamed) detail.kept.push_back(lead);
  }
}

}  // namespace

base::Result<bool> take_back(store::Store& store, ImportView& view, base::Millis now_ms) {
  ImportView after;
  const auto step = store.undo_import(view.job.id, now_ms, [&](const store::UndoStep& done) {
    after = view;
    note_undone(after.detail, done);
    after.job.detail = detail_text(after.detail);
    after.job.updated_ms = now_ms;
    return after.job;
  });
  if (!step) return std::unexpected(step.error());
  view = std::move(after);
  return step->more;
}

// ── the thread ────────────────────────────────────────────────────────────────────────────────

void Imports::work(const std::stop_token& stop) {
  ending_ = stop;
  while (!stop.stop_requested()) {
    std::int64_t id = 0;
    std::stop_token cancelled;
    {
      std::unique_lock lock(mutex_);
      const auto pause = std::chrono::milliseconds(options_.watch_every_ms);
      wake_.wait_for(lock, stop, pause, [&] { return !waiting_.empty(); });
      if (stop.stop_requested()) return;
      if (!waiting_.empty()) {
        id = waiting_.front();
        waiting_.pop_front();
        running_ = id;
        cancel_ = std::stop_source();
        cancelled = cancel_.get_token();
      }
    }
    if (id != 0) {
      do_job(id, cancelled);
      const std::lock_guard lock(mutex_);
      running_ = 0;
    } else if (!options_.watched.empty()) {
      look_for_files();
    }
  }
}

void Imports::do_job(std::int64_t id, const std::stop_token& stop) {
  auto view = get(id);
  if (!view) return;
  view->waits = false;
  if (view->job.state == ImportState::kRunning)
    run_job(*view, stop);
  else if (view->job.state == ImportState::kUndoing)
    undo_job(std::move(*view), stop);
}

Commit Imports::commit_by_service() {
  return [this](std::vector<model::Entry> entries, const JobAfter& after) {
    auto results = service_.committer().commit_import(std::move(entries), after);
    if (!results) return results;
    // What is done is seen, and no more waits for the engine than a part.
    std::int64_t last_seq = 0;
    for (const store::AppendResult& result : *results) {
      if (result.status == store::AppendStatus::kApplied) last_seq = result.seq;
    }
    if (last_seq > 0) service_.updater().wait_for(last_seq);
    return results;
  };
}

void Imports::run_job(const ImportView& view, const std::stop_token& stop) {
  const std::int64_t id = view.job.id;
  std::error_code error;
  fs::create_directories(folder_of(id), error);
  const model::FunnelPolicy funnel = this->funnel();
  Runner runner(funnel, clock_, commit_by_service(),
                {.rejects_path = folder_of(id) + "/rejects.csv",
                 .limits = options_.limits,
                 .progress = [&](const store::ImportJob& job, const Detail& detail) {
                   tell({.job = job, .detail = detail, .waits = false});
                 }});
  const auto done = runner.run(view.job, stop);
  if (ending_.stop_requested()) return;  // it goes on at the next start
  if (done && done->state == ImportState::kDone) return forget_files(folder_of(id));
  // What the store says of it is true, whatever the answer to the last commit was.
  auto now = get(id);
  if (!now) return;
  now->job.state = done ? ImportState::kCancelled : ImportState::kFailed;
  if (!done) now->detail.error = done.error().text();
  [[maybe_unused]] const auto kept = keep(std::move(*now));
}

void Imports::undo_job(ImportView view, const std::stop_token&) {
  bool more = true;
  while (more && !ending_.stop_requested()) {
    const auto step = take_back(store_, view, clock_.now_ms());
    if (!step) {
      view.job.state = ImportState::kFailed;
      view.detail.error = step.error().text();
      [[maybe_unused]] const auto kept = keep(std::move(view));
      return;
    }
    more = *step;
    if (more) tell(view);
  }
  if (more) return;  // it goes on at the next start
  view.job.state = ImportState::kUndone;
  forget_files(folder_of(view.job.id));
  if (const auto reloaded = service_.reload(); !reloaded) {
    view.detail.error = reloaded.error().text();
  }
  [[maybe_unused]] const auto kept = keep(std::move(view));
}

void Imports::look_for_files() {
  std::error_code error;
  std::map<std::string, std::uintmax_t> now;
  for (const auto& entry : fs::directory_iterator(options_.watched, error)) {
    if (entry.is_symlink(error) || !entry.is_regular_file(error)) continue;
    const std::string path = entry.path();
    if (entry.path().filename().string().starts_with('.')) continue;
    const std::uintmax_t bytes = entry.file_size(error);
    now[path] = bytes;
    const auto before = seen_.find(path);
    // Only when it has stopped growing; and by its content each file once, whatever its name.
    if (before == seen_.end() || before->second != bytes || bytes == 0) continue;
    // Read once, as long as it is not written again.
    const auto written = entry.last_write_time(error).time_since_epoch().count();
    if (!looked_at_.insert({path, written}).second) continue;
    const auto hash = hash_file(path);
    const auto jobs = list(1'000);
    if (!hash || !jobs) continue;
    const bool known = std::ranges::any_of(*jobs, [&](const ImportView& view) {
      return std::ranges::any_of(view.detail.files,
                                 [&](const ImportFile& file) { return file.origin == *hash; });
    });
    if (known) continue;
    const std::string name = entry.path().filename();
    auto view = create(name, "watched folder");
    if (!view) continue;
    const std::int64_t id = view->job.id;
    std::unique_lock lock(change_);
    auto added =
        add(std::move(*view),
            {.name = safe_name(name), .path = path, .hash = {}, .origin = {}, .counts = {}}, {});
    auto found = added ? guesses(id) : std::unexpected(added.error());
    if (!found) {
      lock.unlock();
      discard(id);
      continue;
    }
    added->detail.mapping = mapping_text(*found, funnel());
    [[maybe_unused]] const auto queued = enqueue(std::move(*added), ImportState::kRunning);
  }
  const std::lock_guard lock(mutex_);
  seen_ = std::move(now);
}

}  // namespace pursuit::imports
