#include "sample/timeline.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>

namespace pursuit::sample {

namespace {

constexpr std::size_t kLeadsPerChunk = 16'384;
constexpr std::uint32_t kBucketS = 86'400;  // arrivals of a day are sorted at a time, in cache

template <class Row>
using Chunks = std::vector<std::vector<Row>>;

template <class Row, class Append>
Chunks<Row> draw_chunks(std::uint32_t leads, base::ThreadPool& pool, Append&& append) {
  Chunks<Row> chunks((leads + kLeadsPerChunk - 1) / kLeadsPerChunk);
  pool.parallel_ranges(leads, kLeadsPerChunk, [&](std::size_t begin, std::size_t end, unsigned) {
    std::vector<Row>& chunk = chunks[begin / kLeadsPerChunk];
    for (std::size_t i = begin; i < end; ++i) append(static_cast<std::uint32_t>(i), chunk);
  });
  return chunks;
}

/// The chunks one after the other; they are emptied.
template <class Row>
std::vector<Row> joined(Chunks<Row>& chunks, base::ThreadPool& pool) {
  std::vector<std::size_t> begin(chunks.size() + 1, 0);
  for (std::size_t c = 0; c < chunks.size(); ++c) begin[c + 1] = begin[c] + chunks[c].size();
  std::vector<Row> rows(begin.back());
  pool.parallel_for(chunks.size(), [&](std::size_t c, unsigned) {
    std::copy(chunks[c].begin(), chunks[c].end(),
              rows.begin() + static_cast<std::ptrdiff_t>(begin[c]));
    std::vector<Row>().swap(chunks[c]);
  });
  return rows;
}

std::pair<std::uint32_t, std::uint32_t> bucket_range(const Chunks<EventDraft>& chunks,
                                                     base::ThreadPool& pool) {
  std::vector<std::uint32_t> low(chunks.size(), UINT32_MAX);
  std::vector<std::uint32_t> high(chunks.size(), 0);
  pool.parallel_for(chunks.size(), [&](std::size_t c, unsigned) {
    for (const EventDraft& event : chunks[c]) {
      low[c] = std::min(low[c], event.arrival_s / kBucketS);
      high[c] = std::max(high[c], event.arrival_s / kBucketS);
    }
  });
  return {*std::min_element(low.begin(), low.end()), *std::max_element(high.begin(), high.end())};
}

/// By arrival, then lead, then number: one comparison settles most.
bool comes_before(const EventDraft& a, const EventDraft& b) {
  const std::uint64_t of_a = (std::uint64_t{a.arrival_s} << 32) | a.lead;
  const std::uint64_t of_b = (std::uint64_t{b.arrival_s} << 32) | b.lead;
  return of_a != of_b ? of_a < of_b : a.number < b.number;
}

/// Sorts the arrivals of one day: first by spans of a few seconds, then, almost in order already,
/// by insertion.
void sort_bucket(std::span<EventDraft> rows, std::vector<EventDraft>& scratch) {
  constexpr std::uint32_t kSpanS = 16;
  std::array<std::uint32_t, kBucketS / kSpanS> next{};
  const auto span_of = [](const EventDraft& row) { return row.arrival_s % kBucketS / kSpanS; };
  for (const EventDraft& row : rows) ++next[span_of(row)];
  std::exclusive_scan(next.begin(), next.end(), next.begin(), 0u);
  scratch.resize(rows.size());
  for (const EventDraft& row : rows) scratch[next[span_of(row)]++] = row;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::size_t at = i;
    for (; at > 0 && comes_before(scratch[i], rows[at - 1]); --at) rows[at] = rows[at - 1];
    rows[at] = scratch[i];
  }
}

/// A counting sort by day of arrival, then each day sorted by itself.
std::vector<EventDraft> by_arrival(Chunks<EventDraft>& chunks, base::ThreadPool& pool) {
  const auto [first, last] = bucket_range(chunks, pool);
  if (first > last) return {};
  const std::size_t buckets = last - first + 1;
  std::vector<std::vector<std::size_t>> begin(chunks.size(), std::vector<std::size_t>(buckets, 0));
  pool.parallel_for(chunks.size(), [&](std::size_t c, unsigned) {
    for (const EventDraft& event : chunks[c]) ++begin[c][event.arrival_s / kBucketS - first];
  });
  std::vector<std::size_t> bucket_begin(buckets + 1, 0);
  std::size_t total = 0;
  for (std::size_t b = 0; b < buckets; ++b) {
    bucket_begin[b] = total;
    for (auto& of_chunk : begin) total += std::exchange(of_chunk[b], total);
  }
  bucket_begin[buckets] = total;
  std::vector<EventDraft> rows(total);
  pool.parallel_for(chunks.size(), [&](std::size_t c, unsigned) {
    for (const EventDraft& event : chunks[c])
      rows[begin[c][event.arrival_s / kBucketS - first]++] = event;
    std::vector<EventDraft>().swap(chunks[c]);
  });
  std::vector<std::vector<EventDraft>> scratch(pool.size());
  pool.parallel_for(buckets, [&](std::size_t b, unsigned worker) {
    const std::size_t size = bucket_begin[b + 1] - bucket_begin[b];
    sort_bucket(std::span(rows).subspan(bucket_begin[b], size), scratch[worker]);
  });
  return rows;
}

}  // namespace

std::vector<EventDraft> make_timeline(const Network& network, const PathMaker& paths,
                                      const GenerateOptions& options, base::ThreadPool& pool) {
  auto chunks = draw_chunks<EventDraft>(options.leads, pool,
                                        [&](std::uint32_t lead, std::vector<EventDraft>& out) {
                                          paths.append_events(network.draw(lead), out);
                                        });
  return options.sorted ? joined(chunks, pool) : by_arrival(chunks, pool);
}

std::vector<SignalDraft> make_signals(const PathMaker& paths, const GenerateOptions& options,
                                      base::ThreadPool& pool) {
  auto chunks = draw_chunks<SignalDraft>(
      options.leads, pool,
      [&](std::uint32_t lead, std::vector<SignalDraft>& out) { paths.append_signals(lead, out); });
  return joined(chunks, pool);
}

}  // namespace pursuit::sample
