#!/usr/bin/env python3
"""Kills `pursuit import`, and the undo of it, with SIGKILL at random moments and says the same
again: in the end the store is that of an import that nobody killed, and after the undo the one from
before, which holds other values of some of the same leads.

import_kills.py BINARY sqlite|postgres [LEADS [KILLS [SEED]]]    20,000 leads, 5 kills of each"""

import contextlib
import hashlib
import json
import pathlib
import random
import sqlite3
import subprocess
import sys
import tempfile
import time

import server

TABLES = ("word", "stage_event", "outcome", "signal", "note", "cost", "lead_edit")
# Whose numbers stay when they are taken back: leads without an instant, changes without a key.
TAKEN_BACK = -(1 << 63)
CONTENT = {name: f"SELECT * FROM {name}" for name in TABLES} | {
    "lead": f"SELECT * FROM lead WHERE created_at > {TAKEN_BACK}",
    "contact": "SELECT * FROM contact WHERE name <> '' OR phone <> '' OR email <> '' "
               "OR consent <> '' OR attributes <> ''",
    "change_log": "SELECT seq, source, source_key, kind, lead, digest FROM change_log WHERE source "
                  "NOT IN (SELECT id FROM source WHERE name = 'pursuit:withdrawn')",
    "store_state": "SELECT events, outcomes, signals, costs, notes FROM store_state"}
BASE_PART = 20  # of the leads, one in so many was there before
RUNS_S = 1_800


class Store:
    def __init__(self, db, query):
        self.db, self.query = db, query

    def digest(self):
        """Of every table's rows, in any order."""
        out = {}
        for table, rows in CONTENT.items():
            total = 0
            for row in self.query(self.db, rows):
                one = hashlib.blake2b(repr(tuple(row)).encode(), digest_size=16).digest()
                total = (total + int.from_bytes(one, "big")) % (1 << 128)
            out[table] = total
        return out


def sqlite_rows(db, sql):
    with contextlib.closing(sqlite3.connect(db)) as connection:
        yield from connection.execute(sql)


def run(binary, *arguments):
    done = subprocess.run([str(binary), *map(str, arguments), "-q"], capture_output=True,
                          text=True, check=False, timeout=RUNS_S)
    assert done.returncode == 0, f"{arguments}: {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout


def same_rows(stores, wanted, when):
    for store in stores:
        got = store.digest()
        differ = [name for name, value in wanted.items() if value != got[name]]
        assert not differ, f"{store.db} has other rows {when}: {differ}"


def until_done(binary, arguments, kills, longest_s, random_):
    """Starts it again after each kill; how many of them met it at work."""
    met = 0
    for _ in range(kills):
        process = subprocess.Popen([str(binary), *map(str, arguments), "-q"],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            process.wait(random_.random() * longest_s)
        except subprocess.TimeoutExpired:
            met += 1
        process.kill()
        process.wait()
    run(binary, *arguments)
    return met


def import_of(folder, db):
    return ["import", "--db", db, "--leads", folder / "leads.csv", "--events",
            folder / "events.csv", "--signals", folder / "signals.csv"]


def newest_that_brought(binary, db):
    """The last import that took rows in, as `pursuit import` tells of it. Those after it brought
    nothing: a kill between an import's last step and the end of its process is not told from one
    that came too late, and the command said again finds every row there."""
    listed = subprocess.run([str(binary), "import", "--db", db, "--list", "--json"], check=True,
                            capture_output=True, text=True).stdout
    for told in json.loads(listed)["items"]:
        counts = told["counts"]
        if counts["applied"] > 0:
            return told
        assert told["state"] == "done" and counts["repeated"] == counts["read"] > 0, told
    raise AssertionError(f"{db} has no import that took rows in: {listed}")


def try_store(binary, stores, data, kills, random_):
    plain, killed = stores
    for store in stores:
        run(binary, *import_of(data["base"], store.db))
    before = killed.digest()
    started = time.monotonic()
    run(binary, *import_of(data["all"], plain.db))
    took_s = time.monotonic() - started
    met = until_done(binary, import_of(data["all"], killed.db), kills, took_s / 2, random_)
    told = newest_that_brought(binary, killed.db)
    assert told["state"] == "done", told
    same_rows([killed], plain.digest(), "after kills")
    run(binary, "check", "--db", killed.db)
    print(f"import: {took_s:.0f} s unkilled; {met} of {kills} kills met it at work; the same rows",
          flush=True)
    started = time.monotonic()
    undo_plain = ["import", "--db", plain.db, "--undo", newest_that_brought(binary, plain.db)["id"],
                  "--json"]
    undone = run(binary, *undo_plain)
    took_s = time.monotonic() - started
    assert run(binary, *undo_plain) == undone, "the undo of what is undone tells otherwise"
    met = until_done(binary, ["import", "--db", killed.db, "--undo", told["id"]], kills,
                     took_s / 2, random_)
    same_rows(stores, before, "than before the import")
    told = [newest_that_brought(binary, store.db) for store in stores]
    assert told[0]["undone"] == told[0]["counts"]["applied"] > 0, told[0]
    for name in ("state", "undone", "kept", "kept_total"):
        assert told[0][name] == told[1][name], f"{name}: {told}"
    run(binary, "check", "--db", killed.db)
    print(f"undo: {took_s:.0f} s unkilled; {met} of {kills} kills met it at work; as it was before",
          flush=True)


def main():
    binary, kind = sys.argv[1:3]
    leads, kills, seed = [int(text) for text in sys.argv[3:6]] + [
        20_000, 5, random.SystemRandom().randrange(2**32)][len(sys.argv) - 3:]
    print(f"import_kills.py {kind}, {leads} leads, {kills} kills, seed {seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="pursuit-import-") as name:
        folder = pathlib.Path(name)
        data = {"base": folder / "base", "all": folder / "all"}
        run(binary, "generate", "--leads", leads // BASE_PART, "--seed", 2, "--out", data["base"])
        run(binary, "generate", "--leads", leads, "--seed", 1, "--out", data["all"])
        if kind == "sqlite":
            stores = [Store(folder / f"{which}.db", sqlite_rows)
                      for which in ("plain", "killed")]
            try_store(binary, stores, data, kills, random.Random(seed))
        else:
            with server.Postgres() as postgres:
                stores = [Store(postgres.new_database(), postgres.query) for _ in range(2)]
                try_store(binary, stores, data, kills, random.Random(seed))
    return 0


if __name__ == "__main__":
    sys.exit(main())
