#include "service/updater.h"

#include <algorithm>
#include <chrono>
#include <unordered_set>
#include <variant>

#include "service/change_of.h"

namespace pursuit::service {
namespace {

constexpr std::int64_t kNanosPerMilli = 1'000'000;
/// Moving the as-of instant may take one part in this many of the time: it keeps all threads of the
/// engine busy, and who asks for a page meanwhile waits.
constexpr std::int64_t kTickShare = 50;

std::string_view lead_id_of(const model::Row& row) {
  return std::visit(
      [](const auto& r) -> std::string_view {
        if constexpr (requires { r.lead_id; }) return r.lead_id;
        return {};
      },
      row);
}

Update update_of(const std::vector<Committed>& rows, const std::vector<model::Change>& changes) {
  Update update;
  std::unordered_set<std::string_view> seen;
  for (const Committed& row : rows) {
    const std::string_view id = lead_id_of(row.entry.row);
    if (!id.empty() && seen.insert(id).second) update.leads.emplace_back(id);
  }
  for (const model::Change& change : changes) {
    update.leads_moved |=
        change.kind == model::ChangeKind::kLead || change.kind == model::ChangeKind::kReplace;
    update.earliest_ms = update.earliest_ms == base::kNoInstant
                             ? change.at_ms
                             : std::min(update.earliest_ms, change.at_ms);
  }
  return update;
}

}  // namespace

Updater::Updater(LiveEngine& engine, store::Store& store, const base::Clock& clock,
                 UpdaterOptions options, std::function<void(const Update&)> listener)
    : engine_(engine),
      store_(store),
      clock_(clock),
      options_(options),
      listener_(std::move(listener)),
      visible_seq_(engine.read().seq()),
      last_tick_ns_(clock.monotonic_ns()),
      last_refresh_ns_(clock.monotonic_ns()) {
  status_.as_of_ms = engine_.read()->as_of_ms();
  visible_as_of_ms_ = status_.as_of_ms;
  thread_ = std::thread([this] { run(); });
}

Updater::~Updater() { stop(); }

void Updater::enqueue(std::vector<Committed> rows) {
  std::unique_lock lock(mutex_);
  done_.wait(lock, [&] {
    return ended_ || waiting_.empty() || waiting_.size() + rows.size() <= options_.max_waiting_rows;
  });
  std::ranges::move(rows, std::back_inserter(waiting_));
  wake_.notify_one();
}

base::Result<void> Updater::refresh_now() {
  std::unique_lock lock(mutex_);
  const std::uint64_t mine = ++refreshes_asked_;
  wake_.notify_one();
  done_.wait(lock, [&] { return refreshes_done_ >= mine || ended_; });
  if (refreshes_done_ < mine) return base::fail(base::ErrorCode::kBusy, "the service is stopping");
  return last_refresh_;
}

base::Result<void> Updater::between_steps(Work work) {
  std::future<base::Result<void>> result;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return base::fail(base::ErrorCode::kBusy, "the service is stopping");
    result =
        work_.emplace_back(std::move(work), std::promise<base::Result<void>>()).second.get_future();
  }
  wake_.notify_one();
  return result.get();
}

bool Updater::wait_for(std::int64_t seq) {
  std::unique_lock lock(mutex_);
  done_.wait(lock, [&] { return visible_seq_ >= seq || ended_; });
  return visible_seq_ >= seq;
}

bool Updater::wait_for(std::int64_t seq, base::Millis at_ms) {
  constexpr std::chrono::seconds kSoon(2);
  std::unique_lock lock(mutex_);
  const auto there = [&] { return visible_seq_ >= seq && visible_as_of_ms_ >= at_ms; };
  wanted_as_of_ms_ = std::max(wanted_as_of_ms_, at_ms);
  wake_.notify_one();
  done_.wait_for(lock, kSoon, [&] { return there() || ended_; });
  if (!there() && wanted_as_of_ms_ == at_ms) wanted_as_of_ms_ = base::kNoInstant;
  return there();
}

void Updater::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

std::size_t Updater::waiting_rows() const {
  const std::lock_guard lock(mutex_);
  return waiting_.size();
}

RefreshStatus Updater::refresh_status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

UpdateStats Updater::stats() const {
  const std::lock_guard lock(mutex_);
  return stats_;
}

void Updater::run() {
  while (true) {
    Step step = next_step();
    take(step);
    if (step.stop) break;
  }
  const std::lock_guard lock(mutex_);
  ended_ = true;
  done_.notify_all();
}

Updater::Step Updater::next_step() {
  std::unique_lock lock(mutex_);
  const std::int64_t next_tick_ns =
      last_tick_ns_ + std::max(options_.tick_ms * kNanosPerMilli, kTickShare * tick_cost_ns_);
  std::int64_t wait_ns = std::max<std::int64_t>(next_tick_ns - clock_.monotonic_ns(), 0);
  // Somebody waits for an instant that is just about to come.
  if (wanted_as_of_ms_ > visible_as_of_ms_) wait_ns = std::min(wait_ns, kNanosPerMilli);
  wake_.wait_for(lock, std::chrono::nanoseconds(wait_ns), [&] {
    return stopping_ || !waiting_.empty() || !work_.empty() || refreshes_asked_ > refreshes_done_ ||
           wants_tick();
  });
  Step step;
  step.rows = std::exchange(waiting_, {});
  step.work = std::exchange(work_, {});
  step.refreshes_asked = refreshes_asked_;
  step.asked = refreshes_asked_ > refreshes_done_;
  step.stop = stopping_;
  step.tick = wants_tick();
  done_.notify_all();  // there is room again
  return step;
}

std::vector<model::Change> Updater::changes_of(const std::vector<Committed>& rows,
                                               std::deque<model::LeadHistory>& histories) const {
  const LiveEngine::View view = engine_.read();
  std::vector<model::Change> changes;
  changes.reserve(rows.size());
  for (const Committed& row : rows) {
    if (row.story != nullptr) {
      const auto& undo = std::get<model::UndoRow>(row.entry.row);
      histories.push_back(history_of(*row.story, view->policy().funnel));
      changes.push_back(replacement_of(undo.lead_id, *row.story, histories.back()));
      continue;
    }
    const store::LeadState* state = row.state ? &*row.state : nullptr;
    if (auto change = change_of(row.entry.row, state, view->policy().funnel))
      changes.push_back(*change);
  }
  return changes;
}

void Updater::note_later(const std::vector<model::Change>& changes, base::Millis seen_ms,
                         Update& update) {
  // Over so many nobody is told of each: they are seen with the next baseline.
  constexpr std::size_t kMaxLater = 100'000;
  for (const model::Change& change : changes) {
    if (change.at_ms > seen_ms && later_.size() < kMaxLater)
      later_.emplace(change.at_ms, std::string(change.lead_id));
  }
  const auto due = later_.upper_bound(seen_ms);
  if (due == later_.begin()) return;
  std::unordered_set<std::string> told(update.leads.begin(), update.leads.end());
  for (auto next = later_.begin(); next != due; ++next) {
    if (told.insert(next->second).second) update.leads.push_back(next->second);
  }
  later_.erase(later_.begin(), due);
}

std::vector<Left> Updater::places_of(const std::vector<Committed>& rows) const {
  using model::Dimension;
  const LiveEngine::View view = engine_.read();
  std::vector<Left> places;
  std::unordered_set<std::string_view> seen;
  for (const Committed& row : rows) {
    const store::LeadState* const after = row.state   ? &*row.state
                                          : row.story ? &row.story->state
                                                      : nullptr;
    const std::string_view id = lead_id_of(row.entry.row);
    if (after == nullptr || seen.contains(id)) continue;
    const base::LeadId lead = view->leads().find(id);
    if (lead == base::kNoLead) continue;
    const auto was = [&](Dimension d) { return view->leads().text(lead, d); };
    const auto differs = [&](Dimension d) { return was(d) != after->dimensions[index_of(d)]; };
    if (!differs(Dimension::kRegion) && !differs(Dimension::kDealerGroup) &&
        !differs(Dimension::kDealer) && !differs(Dimension::kOwner)) {
      continue;
    }
    seen.insert(id);
    places.push_back({.lead_id = std::string(id),
                      .region = std::string(was(Dimension::kRegion)),
                      .dealer_group = std::string(was(Dimension::kDealerGroup)),
                      .dealer = std::string(was(Dimension::kDealer)),
                      .owner = std::string(was(Dimension::kOwner))});
  }
  return places;
}

void Updater::take(Step& step) {
  const std::int64_t began_ns = clock_.monotonic_ns();
  const base::Millis now_ms = clock_.now_ms();
  std::int64_t seq = 0;
  base::Millis as_of_ms = 0;
  base::Millis seen_ms = 0;
  {
    const LiveEngine::View view = engine_.read();
    seen_ms = view->as_of_ms();
    seq = step.rows.empty() ? view.seq() : step.rows.back().seq;
    as_of_ms = std::max(view->as_of_ms(), now_ms);  // a clock set back changes nothing
  }
  const bool refreshes =
      step.asked || began_ns - last_refresh_ns_ >= options_.refresh_every_ms * kNanosPerMilli;
  // What has just come in is seen at once, if that is cheap.
  const std::int64_t tick_ns = step.rows.empty() ? options_.tick_ms * kNanosPerMilli : 0;
  const bool ticks =
      step.tick || began_ns - last_tick_ns_ >= std::max(tick_ns, kTickShare * tick_cost_ns_);
  std::deque<model::LeadHistory> histories;  // what some of the changes point at
  const std::vector<model::Change> changes = changes_of(step.rows, histories);
  std::vector<Left> left = places_of(step.rows);
  base::Result<void> result;
  const std::int64_t run = refreshes ? begin_run(as_of_ms) : 0;
  if (refreshes || ticks || !step.rows.empty()) {
    engine_.write(seq, [&](engine::Engine& engine) {
      engine.apply(changes);
      if (refreshes) {
        result = engine.refresh(as_of_ms);
      } else if (ticks) {
        result = engine.advance(as_of_ms);
      }
    });
  }
  const std::int64_t ended_ns = clock_.monotonic_ns();
  if (refreshes) end_run(run, as_of_ms, began_ns, result);
  if (refreshes || ticks) last_tick_ns_ = ended_ns;
  if (refreshes) last_refresh_ns_ = ended_ns;
  if (ticks && !refreshes) tick_cost_ns_ = ended_ns - began_ns;
  if ((refreshes || ticks) && result) seen_ms = as_of_ms;
  Update update = update_of(step.rows, changes);
  note_later(changes, seen_ms, update);
  update.left = std::move(left);
  bool replaced = false;
  for (auto& [work, done] : step.work) {
    auto worked = work();
    replaced = replaced || worked.has_value();
    done.set_value(std::move(worked));
  }
  update.seq = seq;
  update.as_of_ms = as_of_ms;
  update.baseline_swapped = replaced || (refreshes && result.has_value());
  // First: who waits for a change to be seen does not find a replay of before.
  if (listener_ && (update.baseline_swapped || !update.leads.empty())) listener_(update);
  {
    const std::lock_guard lock(mutex_);
    visible_seq_ = seq;
    if (refreshes || ticks) visible_as_of_ms_ = as_of_ms;
    stats_.rows += step.rows.size();
    if (!step.rows.empty() && !refreshes) stats_.step.add(ended_ns - began_ns);
    if (refreshes) {
      ++stats_.refreshes;
      if (!result) ++stats_.failed_refreshes;
      stats_.refresh.add(ended_ns - began_ns);
      refreshes_done_ = std::max(refreshes_done_, step.refreshes_asked);
      last_refresh_ = result;
    }
    done_.notify_all();
  }
}

std::int64_t Updater::begin_run(base::Millis as_of_ms) {
  // The log of runs is for people: a refresh does not fail because it cannot be noted.
  return store_.begin_run("refresh", as_of_ms, clock_.now_ms()).value_or(0);
}

void Updater::end_run(std::int64_t run, base::Millis as_of_ms, std::int64_t began_ns,
                      const base::Result<void>& result) {
  const base::Millis took_ms = (clock_.monotonic_ns() - began_ns) / kNanosPerMilli;
  {
    const std::lock_guard lock(mutex_);
    status_.took_ms = took_ms;
    ++status_.refreshes;
    status_.error = result ? std::string() : result.error().text();
    if (result) status_.as_of_ms = as_of_ms;
  }
  if (run == 0) return;
  store::Run row{.id = run,
                 .kind = "refresh",
                 .as_of_ms = as_of_ms,
                 .started_ms = clock_.now_ms() - took_ms,
                 .ended_ms = clock_.now_ms(),
                 .status = result ? store::RunStatus::kDone : store::RunStatus::kFailed,
                 .message = result ? "" : result.error().text(),
                 .counts = {}};
  const LiveEngine::View view = engine_.read();
  row.counts = {{"events", static_cast<std::int64_t>(view->event_count())},
                {"leads", static_cast<std::int64_t>(view->leads().size())}};
  [[maybe_unused]] const auto noted = store_.finish_run(row);
}

}  // namespace pursuit::service
