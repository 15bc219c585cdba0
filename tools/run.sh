#!/usr/bin/env bash
# tools/run.sh [--once] [LEADS]: the main job on a sample network. Generates one (the same every
# time) below out/network, analyzes it into out/results; then serves a network that ends now with
# its dashboard: until Ctrl-C, or, where there is no terminal, in the background. --once: not this.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

once=
if [ "${1:-}" = --once ]; then
  once=yes
  shift
fi
leads=${1:-20000}

pursuit=build/release/exe/pursuit
network=out/network
as_of=2026-06-01T00:00:00Z
"$pursuit" generate --leads "$leads" --seed 7 --as-of $as_of --out $network
"$pursuit" analyze --leads $network/leads.csv --events $network/events.csv \
  --signals $network/signals.csv --policy $network/policy.toml --as-of $as_of --out out/results

[ -z "$once" ] || exit 0
# The history of a network that lives has to end now.
live=out/live
if [ -f $live/pid ] && grep -q demo.py "/proc/$(<$live/pid)/cmdline" 2>/dev/null; then
  kill "$(<$live/pid)"
  sleep 1
fi
rm -rf "$live"
"$pursuit" generate --leads "$leads" --seed 7 --details --as-of "$(date -u +%FT%TZ)" \
  --out "$live/network" --quiet
demo=(python3 tools/demo.py "$pursuit" "$live/network" "$live/pursuit.db")
[ ! -t 0 ] || [ ! -t 1 ] || exec "${demo[@]}" Ctrl-C

# Without a terminal nobody could stop it there: it goes on behind, and this ends when it serves.
setsid "${demo[@]}" "kill \$(cat $live/pid)" >"$live/log" 2>&1 </dev/null &
echo $! >"$live/pid"
until grep -q 'stops it' "$live/log"; do
  kill -0 $! 2>/dev/null || { cat "$live/log" >&2; exit 1; }
  sleep 0.2
done
cat "$live/log"
