// base/huge_array.h: a growable column of plain values in pages of its own, huge where the system
// allows: a pass over gigabytes pays for cache misses, not for page faults. One writer; reads from
// any thread while nobody writes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>

#include "base/huge_vector.h"

namespace pursuit::base {

template <class T>
class HugeArray {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);

 public:
  HugeArray() = default;
  explicit HugeArray(std::size_t size) { resize(size); }
  HugeArray(const HugeArray& other) {
    resize(other.size_);
    std::copy_n(other.data_, size_, data_);
  }
  HugeArray& operator=(const HugeArray&) = delete;
  HugeArray(HugeArray&& other) noexcept { swap(other); }
  HugeArray& operator=(HugeArray&& other) noexcept {
    swap(other);
    return *this;
  }
  ~HugeArray() { release(); }

  void swap(HugeArray& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_bytes_, other.capacity_bytes_);
  }

  /// New values are zero the first time their memory is used, else what was there before.
  void resize(std::size_t size) {
    reserve(size);
    size_ = size;
  }

  /// Makes room; what is there keeps its values and may move.
  void reserve(std::size_t size) {
    const std::size_t wanted = round_up(size * sizeof(T));
    if (wanted <= capacity_bytes_) return;
    const std::size_t grown = std::max(wanted, round_up(capacity_bytes_ + capacity_bytes_ / 4));
    const PageKind kind = grown >= kHugePageBytes ? PageKind::kHuge : PageKind::kSmall;
    void* const memory = capacity_bytes_ == 0 ? allocate_pages(grown, kind)
                                              : grow_pages(data_, capacity_bytes_, grown, kind);
    data_ = static_cast<T*>(memory);
    capacity_bytes_ = grown;
  }

  void push_back(T value) {
    if ((size_ + 1) * sizeof(T) > capacity_bytes_) [[unlikely]]
      reserve(size_ + 1);
    data_[size_++] = value;
  }

  /// push_back() where `wanted`, without a branch on it; there must be room for one more.
  void push_back_if(bool wanted, T value) {
    data_[size_] = value;
    size_ += wanted;
  }

  /// Gives the memory back to the system.
  void release() {
    if (data_ != nullptr) deallocate_pages(data_, capacity_bytes_);
    data_ = nullptr;
    size_ = 0;
    capacity_bytes_ = 0;
  }

  [[nodiscard]] T& operator[](std::size_t i) { return data_[i]; }
  [[nodiscard]] const T& operator[](std::size_t i) const { return data_[i]; }
  [[nodiscard]] T* data() { return data_; }
  [[nodiscard]] const T* data() const { return data_; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::span<T> span() { return {data_, size_}; }
  [[nodiscard]] std::span<const T> span() const { return {data_, size_}; }
  [[nodiscard]] std::size_t memory_bytes() const { return size_ * sizeof(T); }

 private:
  static constexpr std::size_t kPage = 4096;

  static std::size_t round_up(std::size_t bytes) {
    const std::size_t unit = bytes >= kHugePageBytes ? kHugePageBytes : kPage;
    return (bytes + unit - 1) / unit * unit;
  }

  T* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_bytes_ = 0;
};

}  // namespace pursuit::base
