#include "imports/imports.h"

#include <algorithm>
#include <ranges>

namespace pursuit::imports {
namespace {

using store::ImportState;

base::Result<ImportView> view_of(store::ImportJob job) {
  auto detail = read_detail(job.detail);
  if (!detail) return std::unexpected(detail.error());
  return ImportView{.job = std::move(job), .detail = std::move(*detail)};
}

constexpr std::string_view kNoFiles = "the import is at its end: its files are not kept";

bool may_change(ImportState state) { return state == ImportState::kReady; }

std::unexpected<base::Error> at_odds(std::string why) {
  return base::fail(base::ErrorCode::kConflict, std::move(why));
}

}  // namespace

Imports::Imports(service::Service& service, store::Store& store, const base::Clock& clock,
                 ImportsOptions options, Listener listener)
    : service_(service),
      store_(store),
      clock_(clock),
      options_(std::move(options)),
      listener_(std::move(listener)) {
  if (const auto jobs = store_.import_jobs(1'000)) {
    for (const store::ImportJob& job : std::views::reverse(*jobs)) {
      const bool under_way =
          job.state == ImportState::kRunning || job.state == ImportState::kUndoing;
      if (under_way) waiting_.push_back(job.id);
      if (has_ended(job.state)) forget_files(folder_of(job.id));
    }
  }
  thread_ = std::jthread([this](const std::stop_token& stop) { work(stop); });
}

Imports::~Imports() { stop(); }

void Imports::stop() {
  thread_.request_stop();
  {
    const std::lock_guard lock(mutex_);
    cancel_.request_stop();
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

std::string Imports::folder_of(std::int64_t id) const {
  return options_.folder + "/" + std::to_string(id);
}

model::FunnelPolicy Imports::funnel() const { return service_.live()->policy().funnel; }

bool Imports::is_waiting(std::int64_t id) const {
  const std::lock_guard lock(mutex_);
  return std::ranges::find(waiting_, id) != waiting_.end();
}

void Imports::tell(const ImportView& view) const {
  if (listener_) listener_(view);
}

base::Result<ImportView> Imports::keep(ImportView view) {
  view.job.detail = detail_text(view.detail);
  view.job.updated_ms = clock_.now_ms();
  if (auto kept = store_.update_import_job(view.job); !kept) return std::unexpected(kept.error());
  tell(view);
  return view;
}

// ── what the columns mean ─────────────────────────────────────────────────────────────────────

base::Result<std::vector<Guess>> Imports::guesses(std::int64_t id) const {
  const auto view = get(id);
  if (!view) return std::unexpected(view.error());
  if (has_ended(view->job.state)) return at_odds(std::string(kNoFiles));
  const model::FunnelPolicy funnel = this->funnel();
  std::vector<Guess> out;
  for (const ImportFile& file : view->detail.files) {
    auto columns = look_at(file.path, options_.limits);
    if (!columns) return std::unexpected(columns.error());
    out.push_back(guess(std::move(*columns), file.name, funnel, file.kind));
  }
  return out;
}

base::Result<ImportView> Imports::set_mapping(std::int64_t id, const std::string& mapping,
                                              const std::map<std::string, ingest::FileKind>& kinds,
                                              const std::string& source) {
  const std::lock_guard lock(change_);
  auto view = get(id);
  if (!view) return view;
  if (!may_change(view->job.state)) return at_odds("the import has begun");
  if (!mapping.empty()) {
    const auto parsed = ingest::parse_mapping(mapping, "mapping", funnel());
    if (!parsed) {
      return base::fail(base::ErrorCode::kInvalidPolicy, parsed.error().message,
                        parsed.error().where);
    }
  }
  for (ImportFile& file : view->detail.files) {
    if (const auto kind = kinds.find(file.name); kind != kinds.end()) file.kind = kind->second;
  }
  sort_files(view->detail.files);
  view->detail.mapping = mapping;
  view->detail.source = source;
  return keep(std::move(*view));
}

base::Result<void> Imports::save_mapping(store::SavedMapping mapping) {
  mapping.at_ms = clock_.now_ms();
  return store_.save_mapping(mapping);
}

base::Result<std::vector<store::SavedMapping>> Imports::saved_mappings() const {
  return store_.mappings();
}

base::Result<store::SavedMapping> Imports::saved_mapping(const std::string& name) const {
  auto all = store_.mappings();
  if (!all) return std::unexpected(all.error());
  const auto found = std::ranges::find(*all, name, &store::SavedMapping::name);
  if (found == all->end()) {
    return base::fail(base::ErrorCode::kNotFound, "no mapping of that name", "saved");
  }
  return std::move(*found);
}

base::Result<std::vector<DryRun>> Imports::dry_run(std::int64_t id,
                                                   const std::stop_token& stop) const {
  const auto view = get(id);
  if (!view) return std::unexpected(view.error());
  if (has_ended(view->job.state)) return at_odds(std::string(kNoFiles));
  const auto known = [&](const std::string& lead_id) {
    const auto live = service_.live();
    const base::LeadId lead = live->leads().find(lead_id);
    return lead != base::kNoLead;
  };
  return imports::dry_run(view->detail, funnel(), known, options_.limits, stop);
}

// ── doing it ──────────────────────────────────────────────────────────────────────────────────

base::Result<ImportView> Imports::enqueue(ImportView view, ImportState state) {
  view.job.state = state;
  view.detail.error.clear();
  auto kept = keep(std::move(view));
  if (!kept) return kept;
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(kept->job.id);
  }
  wake_.notify_all();
  kept->waits = true;
  return kept;
}

base::Result<ImportView> Imports::run(std::int64_t id) {
  const std::lock_guard lock(change_);
  auto view = get(id);
  if (!view) return view;
  const ImportState state = view->job.state;
  if (state != ImportState::kReady && state != ImportState::kCancelled &&
      state != ImportState::kFailed) {
    return at_odds("the import has run, or is running");
  }
  if (view->detail.files.empty()) return at_odds("the import has no files");
  // What was taken back would not come again: the import is past it.
  if (view->detail.undone > 0) return at_odds("the import is partly taken back: undo it");
  return enqueue(std::move(*view), ImportState::kRunning);
}

base::Result<ImportView> Imports::cancel(std::int64_t id) {
  const std::lock_guard lock(change_);
  auto view = get(id);
  if (!view) return view;
  if (view->job.state != ImportState::kRunning) return at_odds("the import is not running");
  {
    const std::lock_guard inner(mutex_);
    if (running_ == id) {
      cancel_.request_stop();
      return view;  // it says itself when it has stopped
    }
    std::erase(waiting_, id);
  }
  view->job.state = ImportState::kCancelled;
  return keep(std::move(*view));
}

base::Result<ImportView> Imports::undo(std::int64_t id) {
  const std::lock_guard lock(change_);
  auto view = get(id);
  if (!view) return view;
  const ImportState state = view->job.state;
  if (state != ImportState::kDone && state != ImportState::kCancelled &&
      state != ImportState::kFailed) {
    return at_odds(state == ImportState::kUndone ? "the import is undone"
                                                 : "the import has not come to an end");
  }
  return enqueue(std::move(*view), ImportState::kUndoing);
}

base::Result<ImportView> Imports::get(std::int64_t id) const {
  auto job = store_.import_job(id);
  if (!job) return std::unexpected(job.error());
  auto view = view_of(std::move(*job));
  if (view) view->waits = is_waiting(id);
  return view;
}

base::Result<std::vector<ImportView>> Imports::list(std::size_t limit) const {
  auto jobs = store_.import_jobs(limit);
  if (!jobs) return std::unexpected(jobs.error());
  std::vector<ImportView> views;
  for (store::ImportJob& job : *jobs) {
    auto view = view_of(std::move(job));
    if (!view) return std::unexpected(view.error());
    view->waits = is_waiting(view->job.id);
    views.push_back(std::move(*view));
  }
  return views;
}

base::Result<ErasedFiles> Imports::erase_person(std::span<const store::LeadRecord> person) {
  const std::lock_guard lock(change_);
  return erase_from_files({.store = store_,
                           .folder = options_.folder,
                           .funnel = funnel(),
                           .limits = options_.limits,
                           .now_ms = clock_.now_ms()},
                          person);
}

base::Result<std::string> Imports::rejects_path(std::int64_t id) const {
  const auto view = get(id);
  if (!view) return std::unexpected(view.error());
  if (view->detail.at.rejects_bytes == 0) {
    return base::fail(base::ErrorCode::kNotFound, "no row was rejected");
  }
  return folder_of(id) + "/rejects.csv";
}

}  // namespace pursuit::imports
