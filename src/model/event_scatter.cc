#include "model/event_scatter.h"

#include <algorithm>

#include "base/assert.h"

namespace pursuit::model {
namespace {

constexpr std::size_t kFirstSlabBlocks = 4;
constexpr std::size_t kMaxSlabBlocks = 1'024;  // 12 MB: few system calls, little left over

std::uint32_t partitions_for(std::uint32_t leads) {
  return static_cast<std::uint32_t>(
      (static_cast<std::uint64_t>(leads) + (1u << EventScatter::kLeadsPerPartitionLog2) - 1) >>
      EventScatter::kLeadsPerPartitionLog2);
}

}  // namespace

EventScatter::EventScatter(std::uint32_t lead_count, unsigned writers)
    : partitions_(partitions_for(lead_count)) {
  writers_.reserve(writers);
  for (unsigned i = 0; i < writers; ++i) writers_.emplace_back(partitions_);
}

void EventScatter::Writer::turn_over(std::uint32_t lead) {
  const std::uint32_t partition = lead >> kLeadsPerPartitionLog2;
  PURSUIT_ASSERT(partition < open_.size());
  Block& block = open_[partition];
  if (block.used > 0) full_[partition].push_back(block);
  block = Block{.events = new_block(), .used = 0};
}

LeadEvent* EventScatter::Writer::new_block() {
  if (slabs_.empty() || slab_used_ == slabs_.back().size()) {
    const std::size_t blocks =
        slabs_.empty() ? kFirstSlabBlocks
                       : std::min(2 * slabs_.back().size() / kBlockEvents, kMaxSlabBlocks);
    slabs_.emplace_back(blocks * kBlockEvents);
    slab_used_ = 0;
  }
  LeadEvent* const block = slabs_.back().data() + slab_used_;
  slab_used_ += kBlockEvents;
  return block;
}

std::vector<std::span<const LeadEvent>> EventScatter::partition(std::uint32_t p) const {
  std::vector<std::span<const LeadEvent>> out;
  for (const Writer& writer : writers_) {
    for (const Block& block : writer.full_[p]) out.emplace_back(block.events, block.used);
    const Block& open = writer.open_[p];
    if (open.used > 0) out.emplace_back(open.events, open.used);
  }
  return out;
}

void EventScatter::release(std::uint32_t p) {
  for (Writer& writer : writers_) {
    std::vector<Block>().swap(writer.full_[p]);
    writer.open_[p] = Block{};
  }
}

std::uint64_t EventScatter::event_count() const {
  std::uint64_t count = 0;
  for (const Writer& writer : writers_) {
    for (const auto& blocks : writer.full_) {
      for (const Block& block : blocks) count += block.used;
    }
    for (const Block& block : writer.open_) count += block.used;
  }
  return count;
}

}  // namespace pursuit::model
