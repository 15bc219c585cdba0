// model/event_scatter.h: the events of a bulk load, dealt out by lead while they are being read, so
// that grouping them later happens in cache (events in time order cost more to group by lead than
// to evaluate). One Writer per thread; the partitions are read when all writers are done.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/huge_vector.h"
#include "base/ids.h"
#include "model/event.h"

namespace pursuit::model {

/// An event and whose it is. Packed to 12 bytes: there are tens of millions for a moment.
struct [[gnu::packed]] LeadEvent {
  std::int64_t packed;
  std::uint32_t lead;
};

class EventScatter {
 public:
  static constexpr std::uint32_t kBlockEvents = 1024;
  static constexpr std::uint32_t kLeadsPerPartitionLog2 = 14;

  struct Block {
    LeadEvent* events = nullptr;  // kBlockEvents of them, in a slab of the writer
    std::uint32_t used = 0;
  };

  class Writer {
   public:
    explicit Writer(std::uint32_t partitions) : open_(partitions), full_(partitions) {}
    Writer(const Writer&) = delete;  // blocks point into slabs
    Writer& operator=(const Writer&) = delete;
    Writer(Writer&&) = default;
    Writer& operator=(Writer&&) = default;
    ~Writer() = default;
    void add(base::LeadId lead, Event event) {
      Block& block = open_[lead.v >> kLeadsPerPartitionLog2];
      if (block.used == kBlockEvents || block.events == nullptr) [[unlikely]]
        turn_over(lead.v);
      block.events[block.used++] = LeadEvent{event.packed, lead.v};
    }

   private:
    friend class EventScatter;
    void turn_over(std::uint32_t lead);
    LeadEvent* new_block();
    std::vector<Block> open_;
    std::vector<std::vector<Block>> full_;
    // Blocks side by side; a slab never changes its size.
    std::vector<base::PageVector<LeadEvent>> slabs_;
    std::size_t slab_used_ = 0;  // events handed out of the last slab
  };

  /// For leads 0 … lead_count-1 and `writers` threads.
  EventScatter(std::uint32_t lead_count, unsigned writers);

  [[nodiscard]] Writer& writer(unsigned i) { return writers_[i]; }
  [[nodiscard]] unsigned writer_count() const { return static_cast<unsigned>(writers_.size()); }
  [[nodiscard]] std::uint32_t partition_count() const { return partitions_; }
  /// All blocks of a partition, in no particular order.
  [[nodiscard]] std::vector<std::span<const LeadEvent>> partition(std::uint32_t p) const;
  /// Forgets a partition once it has been read; different ones from different threads at once. The
  /// memory, which partitions share, goes back with the scatter.
  void release(std::uint32_t p);
  [[nodiscard]] std::uint64_t event_count() const;

 private:
  std::uint32_t partitions_;
  std::vector<Writer> writers_;
};

}  // namespace pursuit::model
