#include "ingest/rejects.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <tuple>
#include <utility>

namespace pursuit::ingest {
namespace {

// Cuts between characters, so that what is kept is as valid as what came in.
std::string shortened(std::string_view text) {
  if (text.size() <= kMaxRejectTextBytes) return std::string(text);
  std::size_t end = kMaxRejectTextBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "…";
}

}  // namespace

void PartRejects::add(std::uint64_t line_in_part, Field field, RejectReason reason,
                      std::string_view text) {
  ++counts_[static_cast<std::size_t>(reason)];
  if (kept_.size() >= base::kMaxRejectsKept) return;
  kept_.push_back(
      {.line = line_in_part, .field = field, .reason = reason, .text = shortened(text)});
}

std::uint64_t PartRejects::total() const {
  return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0});
}

Rejects::Rejects(Rejects&& other) noexcept { *this = std::move(other); }

Rejects& Rejects::operator=(Rejects&& other) noexcept {
  limit_ = other.limit_;
  parts_ = std::move(other.parts_);
  in_parts_ = std::exchange(other.in_parts_, 0);
  kept_ = std::move(other.kept_);
  counts_ = other.counts_;
  return *this;
}

void Rejects::take(std::uint32_t file, std::size_t part, PartRejects&& rejects) {
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < kRejectReasons; ++i) counts_[i] += rejects.counts_[i];
  if (rejects.kept_.empty()) return;
  in_parts_ += rejects.kept_.size();
  parts_.push_back({file, part, std::move(rejects.kept_)});
  // Now and then, so that a file of nothing but bad rows does not fill the memory.
  if (in_parts_ >= 2 * limit_) drop_surplus();
}

// Keeps the parts that begin among the first `limit_` rejects of those there are: a part that is
// still to come can only push others out.
void Rejects::drop_surplus() {
  std::ranges::sort(parts_, {}, [](const Part& p) { return std::tuple(p.file, p.part); });
  std::size_t kept = 0;
  std::size_t parts = 0;
  for (; parts < parts_.size() && kept < limit_; ++parts) kept += parts_[parts].rejects.size();
  parts_.resize(parts);
  in_parts_ = kept;
}

void Rejects::add(Reject reject) {
  const std::lock_guard lock(mutex_);
  ++counts_[static_cast<std::size_t>(reject.reason)];
  reject.text = shortened(reject.text);
  kept_.push_back(std::move(reject));
}

void Rejects::finish(const std::vector<std::vector<std::uint64_t>>& first_lines) {
  for (Part& part : parts_) {
    for (Reject& reject : part.rejects) {
      reject.file = part.file;
      reject.line += first_lines[part.file][part.part];
    }
    std::ranges::move(part.rejects, std::back_inserter(kept_));
  }
  parts_.clear();
  in_parts_ = 0;
  std::ranges::stable_sort(kept_, {}, [](const Reject& r) { return std::tuple(r.file, r.line); });
  if (kept_.size() > limit_) kept_.resize(limit_);
}

std::uint64_t Rejects::total() const {
  return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0});
}

}  // namespace pursuit::ingest
