// base/huge_vector.h: vectors for big columns: in huge pages where the system has them (a first
// touch of fresh small pages costs as much as the work on them), and not cleared before they are
// filled. As thread safe as std::vector.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

namespace pursuit::base {

/// Memory from the system, aligned to a huge page from kHugeFromBytes on. Never null.
[[nodiscard]] void* allocate_huge(std::size_t bytes);
void deallocate_huge(void* memory, std::size_t bytes) noexcept;

inline constexpr std::size_t kHugePageBytes = 2u << 20;
inline constexpr std::size_t kHugeFromBytes = 4u << 20;

template <class T>
class HugeAllocator {
 public:
  using value_type = T;
  HugeAllocator() = default;
  template <class U>
  HugeAllocator(const HugeAllocator<U>&) {}  // NOLINT: allocators convert

  T* allocate(std::size_t n) {
    static_assert(alignof(T) <= kHugePageBytes);
    const std::size_t bytes = n * sizeof(T);
    if (bytes >= kHugeFromBytes) return static_cast<T*>(allocate_huge(bytes));
    return static_cast<T*>(::operator new(bytes, std::align_val_t{alignof(T)}));
  }
  void deallocate(T* memory, std::size_t n) noexcept {
    const std::size_t bytes = n * sizeof(T);
    if (bytes >= kHugeFromBytes) {
      deallocate_huge(memory, bytes);
    } else {
      ::operator delete(memory, std::align_val_t{alignof(T)});
    }
  }
  /// resize(n) leaves new elements as they are.
  template <class U>
  void construct(U* place) noexcept(std::is_nothrow_default_constructible_v<U>) {
    ::new (static_cast<void*>(place)) U;
  }
  template <class U, class... Args>
  void construct(U* place, Args&&... args) {
    ::new (static_cast<void*>(place)) U(std::forward<Args>(args)...);
  }
  friend bool operator==(const HugeAllocator&, const HugeAllocator&) { return true; }
};

template <class T>
using HugeVector = std::vector<T, HugeAllocator<T>>;

}  // namespace pursuit::base
