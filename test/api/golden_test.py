#!/usr/bin/env python3
"""The golden sets through the API: loaded by POST /api/v1/changes, held exactly against the files
that `pursuit analyze` writes for the same input.

golden_test.py BINARY SET [SEED]    a SET that is not there is skipped (status 77)"""

import pathlib
import random
import sys
import tempfile

import figures
import rows
import server

SHARED = server.TREE.parent / "shared"
LEADS = 300


def inputs(name):
    """Where a set lies, its instant and its mapping."""
    golden = SHARED / "golden" / name
    if name == "bpic2012":
        data = SHARED / "data" / name
        return {"as_of": "2011-12-15T00:00:00Z", "policy": golden / "policy.toml",
                "mapping": golden / "mapping.toml", "leads": data / "cases.csv.gz",
                "events": data / "events.csv.gz"}
    found = {"as_of": "2026-06-01T00:00:00Z", "policy": golden / "policy.toml",
             "leads": golden / "leads.csv.gz", "events": golden / "events.csv.gz"}
    for more in ("outcomes", "signals"):
        path = golden / f"{more}.csv.gz"
        if path.exists():
            found[more] = path
    return found


def load(api, found):
    mapping = rows.read_mapping(found["mapping"]) if "mapping" in found else {}
    counts = {}
    for files, kind in [("leads", "lead"), ("events", "event"), ("outcomes", "outcome"),
                        ("signals", "signal")]:
        if files in found:
            sent = rows.read(found[files], kind, mapping.get(files))
            counts[files] = rows.send(api, sent, "golden." + files)
    return counts


def run(binary, name, seed, folder):
    found = inputs(name)
    arguments = []
    for option in ("leads", "events", "outcomes", "signals", "policy", "mapping"):
        if option in found:
            arguments += [f"--{option}", found[option]]
    as_of = found["as_of"]
    tables = figures.analyze(binary, folder / "out", [*arguments, "--as-of", as_of])
    with server.Server(binary, folder / "golden.db", folder / "log") as api:
        put = api.request("PUT", "/api/v1/policy", data=found["policy"].read_bytes(),
                          headers={"Content-Type": "application/toml"})
        assert put.status_code == 200, put.text
        print(f"{name}: {load(api, found)}")
        differences = figures.Differences()
        figures.compare_tables(differences, api, tables, as_of)
        figures.compare_queue(differences, api, tables, as_of)
        figures.compare_lists(differences, api, tables, as_of)
        visits = {}
        for row in tables["visits"]:
            visits.setdefault(row["lead_id"], []).append(row)
        leads = random.Random(seed).sample(tables["leads"], min(LEADS, len(tables["leads"])))
        for row in leads:
            figures.compare_lead(differences, api, (row, visits.get(row["lead_id"], [])), as_of)
        print(f"{name}: {differences.compared} values, {len(differences.found)} differ")
        differences.check(name)


def main():
    binary, name = sys.argv[1:3]
    seed = server.announced_seed(3, name)
    missing = [path for path in inputs(name).values()
               if isinstance(path, pathlib.Path) and not path.exists()]
    if missing:
        print("skipped: the golden set is not beside the tree")
        return 77
    with tempfile.TemporaryDirectory(prefix="pursuit-golden-") as folder:
        run(binary, name, seed, pathlib.Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
