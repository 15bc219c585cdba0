#!/usr/bin/env bash
# tools/ci.sh: everything that must hold before a change goes in. Goes on after a failure, so that
# one run tells all of them; ends non-zero when there was any.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit

failed=()
report=()
section() {
  local name=$1 start=$SECONDS status=ok
  shift
  printf '\n=== %s: %s\n' "$name" "$*"
  "$@" || { status=FAILED; failed+=("$name"); }
  report+=("$(printf '%-24s %5d s  %s' "$name" $((SECONDS - start)) $status)")
  printf '=== %s: %s after %d s\n' "$name" "$status" $((SECONDS - start))
}

# Reported, but no gate yet: each has passed in parts only. A section once a whole run passed.
watched() {
  local before=${#failed[@]}
  section "$@"
  [ ${#failed[@]} = "$before" ] || failed=("${failed[@]:0:before}")
}

# What is shipped, from end to end; its parts were tested with sanitizers.
whole_program() {
  local tests='^(e2e_test|analyze_golden_test|large_network_test)$'
  (
    source tools/common.sh
    build_programs release "$tests|^pursuit$" && ctest --preset release -j "$JOBS" -L "$tests"
  )
}

section setup ./x setup --bench
[ ${#failed[@]} = 0 ] || exit 1
section lint ./x lint --minutes 0
watched clang-tidy ./x lint --minutes 6
section "tests, sanitizers" ./x test
section "whole program, release" whole_program
watched "tests, threads" ./x tsan
section "the main job" ./x run
watched fuzz ./x fuzz 30
watched coverage ./x coverage
section "bench, small" ./x bench --small

printf '\n=== summary, %d s\n' $SECONDS
printf '%s\n' "${report[@]}"
if [ ${#failed[@]} != 0 ]; then
  printf 'failed: %s\n' "$(IFS=,; echo "${failed[*]}")"
  exit 1
fi
