#include "export/block_writer.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "base/assert.h"

namespace pursuit::exporting {
namespace {

// What one worker uses again for every block.
struct Workplace {
  explicit Workplace(std::size_t files) : texts(files), rows(files) {}
  std::vector<TextBuffer> texts;
  std::vector<std::uint64_t> rows;
};

// Appends blocks to the files in their order: block k waits until k - 1 has been appended. Copying
// in turn limits all workers together to the speed of memory, which no disk has.
class Turns {
 public:
  Turns(const BlockJob& job, DiskWriter& writer) : rows_(job.files.size()) {
    for (std::size_t f = 0; f < job.files.size(); ++f) {
      appenders_.emplace_back(*job.files[f], writer);
      appenders_.back().append(job.headers[f]);
    }
  }

  void take(std::size_t block, const Workplace& made, const std::function<void()>& in_order) {
    std::unique_lock lock(mutex_);
    turn_.wait(lock, [&] { return next_ == block; });
    for (std::size_t f = 0; f < appenders_.size(); ++f) {
      appenders_[f].append(made.texts[f].text());
      rows_[f] += made.rows[f];
    }
    in_order();
    ++next_;
    lock.unlock();
    turn_.notify_all();
  }

  std::vector<FileExtent> finish(const BlockJob& job) {
    std::vector<FileExtent> extents;
    for (std::size_t f = 0; f < appenders_.size(); ++f) {
      if (job.tail) appenders_[f].append(job.tail(f));
      appenders_[f].finish();
      extents.push_back({.rows = rows_[f], .bytes = appenders_[f].bytes()});
    }
    return extents;
  }

 private:
  std::mutex mutex_;
  std::condition_variable turn_;
  std::size_t next_ = 0;
  std::vector<FileAppender> appenders_;
  std::vector<std::uint64_t> rows_;
};

}  // namespace

base::Result<std::vector<FileExtent>> write_blocks(const BlockJob& job, base::ThreadPool& pool,
                                                   DiskWriter& writer) {
  const std::size_t files = job.files.size();
  PURSUIT_ASSERT(files <= DiskWriter::kMaxFiles);
  Turns turns(job, writer);
  std::vector<Workplace> workplaces;
  for (unsigned w = 0; w < pool.size(); ++w) workplaces.emplace_back(files);

  const std::size_t blocks = (job.items + job.block_items - 1) / job.block_items;
  pool.parallel_for(blocks, [&](std::size_t block, unsigned worker) {
    Workplace& own = workplaces[worker];
    const std::size_t begin = block * job.block_items;
    const std::size_t end = std::min(begin + job.block_items, job.items);
    for (TextBuffer& text : own.texts) text.clear();
    std::ranges::fill(own.rows, 0);
    if (!writer.failed()) job.format(begin, end, worker, own.texts, own.rows);
    turns.take(block, own, [&] {
      if (job.progress) job.progress(end, job.items);
    });
  });
  std::vector<FileExtent> extents;
  if (!writer.failed()) extents = turns.finish(job);
  if (auto written = writer.drain(); !written) return std::unexpected(written.error());
  return extents;
}

}  // namespace pursuit::exporting
