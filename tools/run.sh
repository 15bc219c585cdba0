#!/usr/bin/env bash
# tools/run.sh [LEADS]: the main job on a sample network. Generates one (the same every time) below
# out/network and analyzes it into out/results.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

pursuit=build/release/exe/pursuit
"$pursuit" generate --leads "${1:-20000}" --seed 7 --out out/network
"$pursuit" analyze --leads out/network/leads.csv --events out/network/events.csv \
  --as-of 2026-06-01T00:00:00Z --out out/results
