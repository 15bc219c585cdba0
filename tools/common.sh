# tools/common.sh: what ./x and the scripts beside this one share. Sourced, from the tree's root.
# shellcheck shell=bash

# Another checkout of the same sources hits the same cache entries.
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
JOBS=$(nproc)

# What setup made is good as long as what setup reads is the same.
setup_hash() {
  cat tools/setup.sh tools/packages.txt tools/checksums.txt tools/*-requirements.txt \
    web/package-lock.json |
    sha256sum | cut -c1-16
}

need_setup() {
  local stamp=.deps/setup.stamp
  [ "${1:-}" = --bench ] && stamp=.deps/bench.stamp
  [ "$(cat $stamp 2>/dev/null)" = "$(setup_hash)" ] || tools/setup.sh "$@"
}

build() {
  local preset=$1
  shift
  [ -f "build/$preset/build.ninja" ] || cmake --preset "$preset"
  cmake --build "build/$preset" -j "$JOBS" "$@"
}

# build_programs PRESET REGEX: builds the programs with such names, and no others.
build_programs() {
  local targets
  # Configured anew first: a folder from before a program came in does not know it.
  build "$1" --target build.ninja
  targets=$(ninja -C "build/$1" -t targets all | sed -n 's/: phony$//p' | grep -E "$2") ||
    { echo "build: $1 has no program like $2" >&2; return 1; }
  # shellcheck disable=SC2086
  build "$1" --target $targets
}

# What is shipped, from end to end and in a browser; its parts are tested with sanitizers.
test_whole_program() {
  local servers='api_clock|slow_kill'
  local tests="^(e2e_test|analyze_golden_test|large_network_test|browser|$servers)\$"
  build_programs release "$tests|^pursuit\$"
  ctest --preset release -j "$JOBS" -L "$tests"
}

# run_tests [PRESET] [--slow] [CTEST ARGUMENTS]
run_tests() {
  local preset=dev whole=
  [[ $# = 0 || $* = --slow ]] && whole=yes
  if [[ ${1:-} =~ ^(dev|release|tsan|coverage)$ ]]; then
    preset=$1
    shift
  fi
  if [ "${1:-}" = --slow ]; then
    export PURSUIT_SLOW=1
    shift
  fi
  # Only what starts threads, or is used by more than one, can have a race.
  local engines='engine|incremental|advance|query|large'
  local threaded="^($engines|base|ingest|export|sample|service|app|http).*_test\$"
  if [ "$preset" = tsan ]; then
    # A race shows in a few cases of a property as well as in a hundred.
    export RC_PARAMS=${RC_PARAMS:-max_success=25}
    build_programs tsan "$threaded"
    set -- -L "$threaded" "$@"
  else
    build "$preset"
    tools/web.sh build
  fi
  # g++ 12's TSan cannot map its shadow where a kernel spreads addresses widely.
  local plain=()
  [ "$preset" = tsan ] && setarch -R true 2>/dev/null && plain=(setarch -R)
  "${plain[@]}" ctest --preset "$preset" -j "$JOBS" "$@" || return
  [ -z "$whole" ] || test_whole_program
}

our_sources() {
  git ls-files -co --exclude-standard '*.h' '*.cc' |
    while read -r file; do if [ -f "$file" ]; then echo "$file"; fi; done
}

our_scripts() {
  echo x
  git ls-files -co --exclude-standard '*.sh' .ci
}
