#include "store/store.h"

#include <algorithm>

#include "store/migrate.h"
#include "store/schema.h"
#include "store/store_impl.h"

namespace pursuit::store {

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::~Store() = default;

base::Result<std::unique_ptr<Store>> Store::open(const StoreOptions& options) {
  auto impl = std::make_unique<Impl>(options);
  auto opened = guarded(
      impl->place.shown(),
      [&] {
        impl->writer =
            std::make_unique<Connection>(impl->place, Use::kWrite, options.busy_timeout_ms, true);
        migrate(*impl->writer, migrations(), options.opened_at_ms);
      },
      [](Fault) {});
  if (!opened) {
    if (opened.error().where.empty()) opened.error().where = impl->place.shown();
    return std::unexpected(std::move(opened.error()));
  }
  return std::unique_ptr<Store>(new Store(std::move(impl)));  // NOLINT: the constructor is private
}

base::Result<std::vector<AppendResult>> Store::append(std::span<const model::Entry> entries,
                                                      base::Millis received_at_ms) {
  return append(std::span(&entries, 1), received_at_ms);
}

base::Result<std::vector<AppendResult>> Store::append(
    std::span<const std::span<const model::Entry>> parts, base::Millis received_at_ms) {
  std::vector<const model::Entry*> entries;
  for (const std::span<const model::Entry> part : parts) {
    for (const model::Entry& entry : part) entries.push_back(&entry);
  }
  return impl_->write([&](Connection& connection) {
    return append_entries(connection, impl_->names, entries, received_at_ms);
  });
}

base::Result<BulkResult> Store::append_bulk(std::span<const model::Entry> entries,
                                            base::Millis received_at_ms,
                                            std::size_t rows_per_commit) {
  BulkResult total;
  const std::size_t step = std::max<std::size_t>(rows_per_commit, 1);
  for (std::size_t from = 0; from < entries.size(); from += step) {
    const auto part = entries.subspan(from, std::min(step, entries.size() - from));
    auto results = append(part, received_at_ms);
    if (!results) return std::unexpected(std::move(results.error()));
    for (std::size_t i = 0; i < results->size(); ++i) {
      AppendResult& result = (*results)[i];
      total.last_seq = std::max(total.last_seq, result.seq);
      if (result.status == AppendStatus::kApplied) {
        ++total.applied;
      } else if (result.status == AppendStatus::kRepeated) {
        ++total.repeated;
      } else if (++total.refused; total.refusals.size() < BulkResult::kMaxRefusals) {
        total.refusals.push_back({from + i, result.status, std::move(result.reason)});
      }
    }
  }
  return total;
}

bool Store::disk_full() const { return impl_->disk_full; }

bool Store::is_postgres() const { return impl_->place.postgres; }

base::Result<StoreCounts> Store::counts() const {
  return impl_->readers.read([](Connection& connection) { return read_counts(connection); });
}

}  // namespace pursuit::store
