"""Runs one peer once and prints one JSON line: seconds per phase, peak memory, sums of every table.

The peer computes the tables of `pursuit analyze` from plain leads and events (bench/README.md).
"""

import argparse
import importlib
import json
import os
import pathlib
import resource
import shutil
import sys
import tempfile
import time

import common
import policy as pol


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", required=True, choices=("duckdb", "chdb", "polars"))
    parser.add_argument("--mode", required=True, choices=("memory", "csv", "parquet"))
    parser.add_argument("--data", required=True, help="folder of leads.* and events.*")
    parser.add_argument("--policy", help="policy.toml; default: no rules")
    parser.add_argument("--as-of", required=True)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--layout", default="plain", choices=("plain", "sorted", "arrays"))
    parser.add_argument("--km", action="store_true", help="Kaplan-Meier percentiles as well")
    parser.add_argument("--repeat", type=int, default=1, help="memory mode: computes; best is kept")
    parser.add_argument("--out", help="folder of the results; default: a temporary one")
    options = parser.parse_args()
    if options.mode != "memory" and options.layout != "plain":
        parser.error("a layout can be shaped in memory mode only")
    return options


def main() -> int:
    options = arguments()
    made = None if options.out else tempfile.mkdtemp(prefix="pursuit-peer-")
    options.out = options.out or made
    options.temp = made
    pathlib.Path(options.out).mkdir(parents=True, exist_ok=True)
    os.environ["POLARS_MAX_THREADS"] = str(options.threads)
    try:
        module = importlib.import_module(f"{options.peer}_peer")
        peer = module.Peer(pol.load(options.policy), common.instant_ms(options.as_of), options)
        report = run(peer, options)
    finally:
        if made:
            shutil.rmtree(made)
    print(json.dumps(report))
    return 0


def run(peer, options: argparse.Namespace) -> dict:
    begun = time.perf_counter()
    peer.read()
    if options.mode == "memory":
        peer.shape()
        best = None
        for _ in range(options.repeat):
            peer.clock = common.Clock()
            begun, cpu = time.perf_counter(), time.process_time()
            peer.compute()
            total = time.perf_counter() - begun
            if best is None or total < best[0]:
                best = (total, time.process_time() - cpu, peer.clock.seconds)
        total, cpu, seconds = best
    else:
        peer.compute()
        peer.write()
        total, cpu = time.perf_counter() - begun, time.process_time()
        seconds = peer.clock.seconds
    compute = sum(s for n, s in seconds.items() if n != "read" and not n.startswith("write_"))
    return {
        "peer": options.peer,
        "mode": options.mode,
        "layout": options.layout,
        "threads": options.threads,
        "km": options.km,
        "total_seconds": round(total, 4),
        "compute_seconds": round(compute, 4),
        "cpu_seconds": round(cpu, 4),
        "phases": {n: round(s, 4) for n, s in seconds.items()},
        "peak_rss_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "sums": peer.sums(),
    }


if __name__ == "__main__":
    sys.exit(main())
