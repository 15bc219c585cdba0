"""Holds result CSV files against a golden folder.

By key, the columns that the golden folder has, numbers to 1e-9 relative.

compare.py RESULTS GOLDEN      of GOLDEN/expected; exit status 1 on a difference
"""

import csv
import gzip
import pathlib
import sys

KEYS = {
    "leads": ["lead_id"],
    "visits": ["lead_id", "visit"],
    "thresholds": ["stage", "rung", "region", "nameplate", "channel"],
    "channels": ["channel"],
    "load": ["dealer", "nameplate"],
    "load_daily": ["dealer", "nameplate", "day"],
    "funnel": ["stage"],
}
TOLERANCE = 1e-9


def rows(path: pathlib.Path) -> list[dict[str, str]]:
    opened = gzip.open(path, "rt", newline="") if path.suffix == ".gz" else open(path, newline="")
    with opened as file:
        return list(csv.DictReader(file))


def same(a: str, b: str) -> bool:
    if a == b:
        return True
    try:
        x, y = float(a), float(b)
    except ValueError:
        return False
    return abs(x - y) <= TOLERANCE * max(1.0, abs(x), abs(y))


def compare(table: str, got: list[dict[str, str]], want: list[dict[str, str]]) -> list[str]:
    """Differences, a line each."""
    keyed = {tuple(r[k] for k in KEYS[table]): r for r in got}
    found = []
    if len(got) != len(want):
        found.append(f"{table}: {len(got)} rows, {len(want)} expected")
    columns = [c for c in (want[0] if want else {}) if got and c in got[0]]
    missing = [c for c in (want[0] if want else {}) if c not in columns]
    if missing:
        print(f"{table}: not compared, absent here: {', '.join(missing)}")
    for row in want:
        key = tuple(row[k] for k in KEYS[table])
        if key not in keyed:
            found.append(f"{table} {key}: missing")
            continue
        found += [
            f"{table} {key} {c}: {keyed[key][c]!r}, expected {row[c]!r}"
            for c in columns
            if not same(keyed[key][c], row[c])
        ]
    return found


def main() -> int:
    results, golden = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]) / "expected"
    if not golden.is_dir():
        print(f"{golden}: no golden results here, nothing compared")
        return 0
    failed = False
    for table in KEYS:
        want = rows(next(golden.glob(f"{table}.csv*")))
        found = compare(table, rows(results / f"{table}.csv"), want)
        print(f"{table}: {len(want)} rows, {len(found)} differences")
        for line in found[:5]:
            print("  " + line)
        failed = failed or bool(found)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
