#include "export/block_writer.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>

namespace pursuit::exporting {
namespace {

// Gives out places in the files in the order of the blocks: block k goes where k - 1 ended.
class Turns {
 public:
  explicit Turns(std::vector<FileExtent> extents) : extents_(std::move(extents)) {}

  // Waits for the blocks before `block`, then fills in where its text begins in each file.
  void take(std::size_t block, const std::vector<FileExtent>& added,
            std::vector<std::uint64_t>& begin, const std::function<void()>& in_order) {
    std::unique_lock lock(mutex_);
    turn_.wait(lock, [&] { return next_ == block; });
    for (std::size_t f = 0; f < extents_.size(); ++f) {
      begin[f] = extents_[f].bytes;
      extents_[f].bytes += added[f].bytes;
      extents_[f].rows += added[f].rows;
    }
    in_order();
    ++next_;
    lock.unlock();
    turn_.notify_all();
  }

  void fail(const base::Error& error) {
    const std::lock_guard lock(mutex_);
    if (!error_) error_ = error;
    failed_ = true;
  }
  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] const std::optional<base::Error>& error() const { return error_; }
  [[nodiscard]] const std::vector<FileExtent>& extents() const { return extents_; }

 private:
  std::mutex mutex_;
  std::condition_variable turn_;
  std::size_t next_ = 0;
  std::vector<FileExtent> extents_;
  std::optional<base::Error> error_;
  std::atomic<bool> failed_ = false;
};

// What one worker uses again for every block.
struct Workplace {
  explicit Workplace(std::size_t files) : texts(files), rows(files), added(files), begin(files) {}
  std::vector<TextBuffer> texts;
  std::vector<std::uint64_t> rows;
  std::vector<FileExtent> added;
  std::vector<std::uint64_t> begin;
};

}  // namespace

base::Result<std::vector<FileExtent>> write_blocks(const BlockJob& job, base::ThreadPool& pool) {
  const std::size_t files = job.files.size();
  std::vector<FileExtent> extents(files);
  for (std::size_t f = 0; f < files; ++f) {
    if (auto written = job.files[f]->write_at(job.headers[f], 0); !written)
      return std::unexpected(written.error());
    extents[f].bytes = job.headers[f].size();
  }
  Turns turns(std::move(extents));
  std::vector<Workplace> workplaces;
  for (unsigned w = 0; w < pool.size(); ++w) workplaces.emplace_back(files);

  const std::size_t blocks = (job.items + job.block_items - 1) / job.block_items;
  pool.parallel_for(blocks, [&](std::size_t block, unsigned worker) {
    Workplace& own = workplaces[worker];
    const std::size_t begin = block * job.block_items;
    const std::size_t end = std::min(begin + job.block_items, job.items);
    for (std::size_t f = 0; f < files; ++f) own.texts[f].clear();
    std::fill(own.rows.begin(), own.rows.end(), 0);
    if (!turns.failed()) job.format(begin, end, worker, own.texts, own.rows);
    for (std::size_t f = 0; f < files; ++f) own.added[f] = {own.rows[f], own.texts[f].size()};
    turns.take(block, own.added, own.begin, [&] {
      if (job.progress) job.progress(end, job.items);
    });
    for (std::size_t f = 0; f < files && !turns.failed(); ++f) {
      if (auto written = job.files[f]->write_at(own.texts[f].text(), own.begin[f]); !written)
        turns.fail(written.error());
    }
  });
  if (turns.error()) return std::unexpected(*turns.error());
  return turns.extents();
}

}  // namespace pursuit::exporting
