#!/usr/bin/env bash
# tools/coverage.sh: line coverage of the formulas and the engine by their own tests; fails under
# 95 %. The pages per file are in build/coverage/html.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source tools/common.sh

tests='^(metrics|engine|incremental|advance|query|large).*_test$'
build_programs coverage "$tests"
find build/coverage -name '*.gcda' -delete
# Notes of a source that is no more would make gcovr look for it.
find build/coverage -path '*/CMakeFiles/*.gcno' | while read -r note; do
  source=$(sed -E 's#build/coverage/(.*/)CMakeFiles/[^/]*/(.*)\.gcno#\1\2#' <<<"$note")
  [ -f "$source" ] || rm "$note"
done
status=0
ctest --preset coverage -j "$JOBS" -L "$tests" "$@" || status=1
mkdir -p build/coverage/html
gcovr -r . --object-directory build/coverage -j "$JOBS" \
  --filter 'src/metrics/' --filter 'src/engine/' --exclude '.*_test\.cc' \
  --exclude-throw-branches --html-details build/coverage/html/index.html \
  --txt --print-summary --fail-under-line 95 || status=1
exit $status
