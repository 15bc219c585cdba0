// model/event_scatter.h: the events of a bulk load, dealt out by lead while they are being read, so
// that grouping them later happens in cache (events in time order cost more to group by lead than
// to evaluate). One Writer per thread; the partitions are read when all writers are done.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

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
    std::unique_ptr<LeadEvent[]> events;
    std::uint32_t used = 0;
  };

  class Writer {
   public:
    explicit Writer(std::uint32_t partitions) : open_(partitions), full_(partitions) {}
    void add(base::LeadId lead, Event event) {
      Block& block = open_[lead.v >> kLeadsPerPartitionLog2];
      if (block.used == kBlockEvents || !block.events) [[unlikely]]
        turn_over(lead.v);
      block.events[block.used++] = LeadEvent{event.packed, lead.v};
    }

   private:
    friend class EventScatter;
    void turn_over(std::uint32_t lead);
    std::vector<Block> open_;
    std::vector<std::vector<Block>> full_;
  };

  /// For leads 0 … lead_count-1 and `writers` threads.
  EventScatter(std::uint32_t lead_count, unsigned writers);

  [[nodiscard]] Writer& writer(unsigned i) { return writers_[i]; }
  [[nodiscard]] unsigned writer_count() const { return static_cast<unsigned>(writers_.size()); }
  [[nodiscard]] std::uint32_t partition_count() const { return partitions_; }
  /// All blocks of a partition, in no particular order.
  [[nodiscard]] std::vector<std::span<const LeadEvent>> partition(std::uint32_t p) const;
  /// Gives the memory of a partition back once it has been read.
  void release(std::uint32_t p);
  [[nodiscard]] std::uint64_t event_count() const;

 private:
  std::uint32_t partitions_;
  std::vector<Writer> writers_;
};

}  // namespace pursuit::model
