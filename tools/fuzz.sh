#!/usr/bin/env bash
# tools/fuzz.sh [SECONDS] [TARGET]: runs each libFuzzer target (or one). Starts from the inputs in
# fuzz/corpus/TARGET; new ones stay in build/fuzz/corpus/TARGET, crashes in fuzz/crashes/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source tools/common.sh

seconds=${1:-30}
only=${2:-}
build_programs fuzz "^fuzz_${only:-[a-z_]*}$"
mkdir -p fuzz/crashes
ran=0
for program in build/fuzz/fuzz/fuzz_*; do
  if [ ! -f "$program" ] || [ ! -x "$program" ]; then continue; fi
  target=${program##*/fuzz_}
  [ -z "$only" ] || [ "$only" = "$target" ] || continue
  echo "fuzz: $target for $seconds s"
  found=build/fuzz/corpus/$target
  mkdir -p "$found" "fuzz/corpus/$target"
  dictionary=()
  [ ! -f "fuzz/$target.dict" ] || dictionary=(-dict="fuzz/$target.dict")
  log=build/fuzz/$target.log
  # -verbosity=0 would hide the last line, which says how much was tried.
  if ! LSAN_OPTIONS=suppressions=tools/lsan.supp UBSAN_OPTIONS=print_stacktrace=1 "$program" \
    "$found" "fuzz/corpus/$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
    -print_final_stats=1 -artifact_prefix="fuzz/crashes/$target-" "${dictionary[@]}" \
    >"$log" 2>&1 </dev/null; then
    tail -n 40 "$log"
    echo "fuzz: $target FAILED; the input is in fuzz/crashes/" >&2
    exit 1
  fi
  grep -E 'number_of_executed_units|peak_rss' "$log" || true
  ran=$((ran + 1))
done
[ "$ran" != 0 ] || { echo "fuzz: no target ${only:-at all}" >&2; exit 1; }
echo "fuzz: $ran targets, no crash"
