#!/usr/bin/env bash
# tools/lint.sh [--changed] [--minutes N]: everything that is checked without running anything.
# Tells all findings before it ends. --minutes: how long clang-tidy may begin new files.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit
source tools/common.sh

failed=0
check() {
  echo "lint: $1"
  shift
  "$@" || failed=1
}

our_sources | xargs -r clang-format-19 --dry-run -Werror || {
  echo "lint: ./x fmt formats the sources"
  failed=1
}
check "rooms, sizes, places" python3 tools/check_tree.py
mapfile -t scripts < <(our_scripts)
check "scripts" shellcheck -x "${scripts[@]}"
check "dashboard" tools/web.sh lint
# Always configured anew: it takes a second, and a new source file must not be missed.
check "compile commands" cmake --preset tidy --log-level=ERROR
check "clang-tidy" python3 tools/tidy.py "$@"

[ $failed = 0 ] && echo "lint: clean"
exit $failed
