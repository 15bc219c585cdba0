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

section setup ./x setup --bench
[ ${#failed[@]} = 0 ] || exit 1
section lint ./x lint --minutes 10
section "tests, release" ./x test release
section "tests, sanitizers" ./x test dev
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
