// base/huge_vector.h: vectors for big columns: not cleared before they are filled, and given back
// to the system as soon as they are freed. As thread safe as std::vector.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

namespace pursuit::base {

enum class PageKind : std::uint8_t {
  kSmall,  // for what is walked in order: the first touch costs the same everywhere
  kHuge,  // for what is looked up all over: fewer misses of the address cache. On a virtual machine
          // that gave its free memory back, the first touch costs the host seconds a gigabyte.
};

/// Memory from the system, in huge pages if they are wanted and there are some, aligned to one.
/// Never null.
[[nodiscard]] void* allocate_pages(std::size_t bytes, PageKind kind);
/// Like allocate_pages, with what `memory` (of `bytes`) held; frees `memory`. New bytes are zero.
[[nodiscard]] void* grow_pages(void* memory, std::size_t bytes, std::size_t new_bytes,
                               PageKind kind);
void deallocate_pages(void* memory, std::size_t bytes) noexcept;

inline constexpr std::size_t kHugePageBytes = 2u << 20;
inline constexpr std::size_t kPagesFromBytes = 4u << 20;  // below, the usual memory

template <class T, PageKind kKind>
class PageAllocator {
 public:
  using value_type = T;
  template <class U>
  struct rebind {                           // NOLINT(readability-identifier-naming): the standard's
    using other = PageAllocator<U, kKind>;  // NOLINT(readability-identifier-naming): names
  };
  PageAllocator() = default;
  template <class U>
  PageAllocator(const PageAllocator<U, kKind>&) {}  // NOLINT: allocators convert

  T* allocate(std::size_t n) {
    static_assert(alignof(T) <= kHugePageBytes);
    const std::size_t bytes = n * sizeof(T);
    if (bytes >= kPagesFromBytes) return static_cast<T*>(allocate_pages(bytes, kKind));
    return static_cast<T*>(::operator new(bytes, std::align_val_t{alignof(T)}));
  }
  void deallocate(T* memory, std::size_t n) noexcept {
    const std::size_t bytes = n * sizeof(T);
    if (bytes >= kPagesFromBytes) {
      deallocate_pages(memory, bytes);
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
  friend bool operator==(const PageAllocator&, const PageAllocator&) { return true; }
};

template <class T>
using PageVector = std::vector<T, PageAllocator<T, PageKind::kSmall>>;
template <class T>
using HugeVector = std::vector<T, PageAllocator<T, PageKind::kHuge>>;

}  // namespace pursuit::base
