// base/limits.h: the limits on everything that comes from outside. Over a limit is a clear error,
// nothing half-done.
#pragma once

#include <cstddef>
#include <cstdint>

namespace pursuit::base {

inline constexpr std::size_t kMaxLineBytes = 16u << 20;          // one CSV record or JSON line
inline constexpr std::size_t kMaxFieldBytes = 1u << 20;          // one field that is kept
inline constexpr std::size_t kMaxIdBytes = 256;                  // a lead id
inline constexpr std::size_t kMaxDimensionBytes = 512;           // a dimension value
inline constexpr std::size_t kMaxColumns = 1'024;                // of one file
inline constexpr std::size_t kMaxConfigBytes = 4u << 20;         // policy.toml, mapping.toml
inline constexpr std::uint64_t kMaxInflatedBytes = 64ull << 30;  // of one gzip file
inline constexpr std::uint32_t kMaxLeads = 0xFFFF'FFF0u;
inline constexpr std::uint32_t kMaxEvents = 0xFFFF'FFF0u;
inline constexpr std::size_t kMaxStages = 64;  // open stages of a funnel
inline constexpr std::size_t kMaxSlaRules = 10'000;
inline constexpr std::size_t kMaxOverrides = 1'000;
inline constexpr std::size_t kMaxCalendars = 1'000;
inline constexpr std::size_t kMaxCalendarPeriods = 1'000;  // of one calendar
// rows written to rejects.csv; the rest is only counted
inline constexpr std::size_t kMaxRejectsKept = 1'000'000;

}  // namespace pursuit::base
