"""Compares the sums of several runs, each a JSON line of run_peer.py or of the engine's own bench.

compare_sums.py FILE...        exit status 1 where a sum differs by more than 1e-9 relative
"""

import json
import sys

TOLERANCE = 1e-9


def close(a: float | None, b: float | None) -> bool:
    # A sum over nothing is absent for SQL and may be 0 elsewhere.
    a, b = a or 0.0, b or 0.0
    return abs(a - b) <= TOLERANCE * max(1.0, abs(a), abs(b))


def main() -> int:
    runs = []
    for path in sys.argv[1:]:
        with open(path) as file:
            runs += [(path, json.loads(line)) for line in file if line.startswith("{")]
    first_path, first = runs[0]
    failed = False
    for path, run in runs[1:]:
        shared = [n for n in first["sums"] if n in run["sums"]]
        wrong = [n for n in shared if not close(first["sums"][n], run["sums"][n])]
        print(f"{path}: {len(shared)} sums shared with {first_path}, {len(wrong)} differ")
        for name in wrong:
            print(f"  {name}: {run['sums'][name]!r}, {first['sums'][name]!r}")
        failed = failed or bool(wrong) or not shared
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
