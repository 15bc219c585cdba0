#!/usr/bin/env bash
# tools/run.sh [LEADS]: the main job on a sample network. Generates one (the same every time) below
# out/network and analyzes it into out/results.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

pursuit=build/release/exe/pursuit
network=out/network
as_of=2026-06-01T00:00:00Z
"$pursuit" generate --leads "${1:-20000}" --seed 7 --as-of $as_of --out $network
"$pursuit" analyze --leads $network/leads.csv --events $network/events.csv \
  --signals $network/signals.csv --policy $network/policy.toml --as-of $as_of --out out/results
