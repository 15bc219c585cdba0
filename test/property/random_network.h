// test/property/random_network.h: small random dealer networks and policies for property tests,
// full of what goes wrong: ties, duplicates, repeats, regressions, skips, re-opens, events before
// created_at and after T, empty dimensions. RapidCheck generators; they shrink.
#pragma once

#include <iosfwd>

#include <rapidcheck.h>

#include "reference/reference_model.h"

namespace pursuit::property {

/// A policy within the ranges that policy.toml allows, with rules that match the networks below.
[[nodiscard]] rc::Gen<model::Policy> any_policy();

/// A network with a policy and an as-of instant within it.
[[nodiscard]] rc::Gen<reference::Input> any_network();

/// An as-of instant near the end of the networks' time, often at midnight.
[[nodiscard]] rc::Gen<base::Millis> any_as_of();

/// An integer in [from, to), evenly, whatever the size of the case.
[[nodiscard]] rc::Gen<int> any_int(int from, int to);

/// The dimensions of a lead.
[[nodiscard]] rc::Gen<std::array<std::string, model::kDimensions>> any_dimensions();

/// `items` in an order that `seed` decides.
template <class T>
[[nodiscard]] std::vector<T> shuffled(std::vector<T> items, std::uint64_t seed) {
  for (std::size_t i = items.size(); i > 1; --i) {
    seed = seed * 6'364'136'223'846'793'005u + 1'442'695'040'888'963'407u;
    std::swap(items[i - 1], items[(seed >> 33) % i]);
  }
  return items;
}

}  // namespace pursuit::property

namespace pursuit::reference {
/// How RapidCheck shows a counterexample.
// NOLINTNEXTLINE(readability-identifier-naming): the name RapidCheck looks for
void showValue(const Input& input, std::ostream& out);
}  // namespace pursuit::reference
