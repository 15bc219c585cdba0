// base/prefetch.h: asking for memory ahead of its use. Pure functions, any thread.
#pragma once

namespace pursuit::base {

/// Asks for the cache line at `place`; any address will do.
inline void prefetch(const void* place) {
  __builtin_prefetch(place);
  // g++ takes a function that does nothing but prefetch for one without effect and drops the calls
  // of it; this line is an effect.
  asm volatile("");
}

}  // namespace pursuit::base
