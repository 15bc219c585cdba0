#!/usr/bin/env python3
"""Kills the server with SIGKILL while changes come in, again and again. Whatever was acknowledged
is in the store once, nothing is in it twice or unasked, and the engine that comes up is the one
that its rows make.

kill_rounds.py BINARY sqlite|postgres [ROUNDS [SEED]]    50 rounds; 500 with PURSUIT_SLOW=1"""

import contextlib
import csv
import datetime
import json
import os
import pathlib
import random
import sqlite3
import sys
import tempfile
import threading
import time

import requests

import figures
import server

AS_OF = "2025-06-01T00:00:00Z"
STAGES = ["Created", "Contacted", "Experiencing", "Deciding"]
CHECK_EVERY = 10  # rounds between two looks at the store
LONGEST_S = 0.25  # from readiness to the kill
TEST_SOURCE = "kills"


def instant(random_, first=datetime.datetime(2024, 6, 1), days=420):
    """Some of them after AS_OF."""
    return (first + datetime.timedelta(seconds=random_.randrange(days * 86_400))).strftime(
        "%Y-%m-%dT%H:%M:%S.000Z")


class Plan:
    """Makes batches of changes, each row with a key that no other has."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.leads = []
        self.keys = 0
        self.stage_events = set()

    def _row(self, leads):
        self.keys += 1
        row = {"source_key": f"k{self.keys}"}
        kind = self.random.choices(["lead", "event", "outcome", "signal"], [3, 10, 2, 1])[0]
        if kind == "lead" or not leads:
            lead = f"L{len(leads)}"
            leads.append(lead)
            pick = self.random.choice
            return row | {"type": "lead", "lead_id": lead, "created_at": instant(self.random),
                          "region": pick(["UAE", "KSA"]), "dealer": pick(["D1", "D2", "D3"]),
                          "channel": pick(["web", "walk-in", ""]), "nameplate": pick(["N1", "N2"]),
                          "owner": pick(["a", "b"])}
        row |= {"type": kind, "lead_id": self.random.choice(leads), "at": instant(self.random)}
        if kind == "event":
            row["stage"] = self.random.choice(STAGES)
            name = (row["lead_id"], row["at"], row["stage"])
            if name in self.stage_events:  # an equal event under another key counts as a repeat
                return self._row(leads)
            self.stage_events.add(name)
        elif kind == "outcome":
            row |= {"outcome": self.random.choice(["won", "lost"]), "reason": "r"}
        else:
            row |= {"kind": "engagement", "value": self.random.random()}
        return row

    def batch(self):
        return [self._row(self.leads) for _ in range(self.random.randrange(1, 40))]


def post(session, url, batch):
    body = "\n".join(json.dumps(row) for row in batch).encode()
    return session.post(url + "/api/v1/changes", data=body, timeout=60,
                        params={"source": TEST_SOURCE},
                        headers={"Content-Type": "application/x-ndjson"})


class Writer(threading.Thread):
    """Posts batches until the server is gone. `unsure` is the batch without an answer."""

    def __init__(self, api, plan, unsure, old):
        super().__init__()
        self.api = api
        self.url = api.url
        self.plan = plan
        self.unsure = unsure
        self.old = old
        self.acknowledged = []
        self.wrong = None

    def _post(self, session, batch, allowed):
        answer = post(session, self.url, batch)
        if answer.status_code != 200:
            self.wrong = f"{answer.status_code} {answer.text}"
            return False
        statuses = {result["status"] for result in answer.json()["results"]}
        if not statuses <= allowed or len(answer.json()["results"]) != len(batch):
            self.wrong = f"{statuses} where {allowed} were expected"
        return self.wrong is None

    def run(self):
        with self.api.new_session() as session:
            with contextlib.suppress(requests.RequestException):
                # What is not known to be in is sent again, as a client must; and so is what is.
                if self.unsure:
                    if not self._post(session, self.unsure, {"applied", "repeated"}):
                        return
                    self.acknowledged.append(self.unsure)
                    self.unsure = None
                if self.old and not self._post(session, self.old, {"repeated"}):
                    return
                while self.wrong is None:
                    self.unsure = self.plan.batch()
                    if self._post(session, self.unsure, {"applied"}):
                        self.acknowledged.append(self.unsure)
                        self.unsure = None


class Sqlite:
    """Looked into from another process while the server has it open."""

    def __init__(self, folder):
        self.db = folder / "kill.db"
        self.journal = folder / "kill.db-wal"

    def query(self, sql):
        with contextlib.closing(sqlite3.connect(self.db)) as connection:
            rows = [["" if cell is None else str(cell) for cell in row]
                    for row in connection.execute(sql)]
        # Removed by us, it takes with it what the server goes on to write there.
        assert self.journal.exists(), "the server's locks did not keep its journal"
        return rows


class PostgresDatabase:
    def __init__(self, postgres):
        self.postgres = postgres
        self.db = postgres.new_database()

    def query(self, sql):
        return self.postgres.query(self.db, sql)


def check_store(database, acknowledged, unsure):
    """Everything acknowledged once, and nothing but it and perhaps what no answer came for."""
    keys = [row[0] for row in database.query(
        "SELECT c.source_key FROM change_log c JOIN source s ON s.id = c.source "
        f"WHERE s.name = '{TEST_SOURCE}'")]
    stored = set(keys)
    assert len(stored) == len(keys), "a change is in the log twice"
    wanted = {row["source_key"] for row in acknowledged}
    lost = wanted - stored
    assert not lost, f"acknowledged and lost: {sorted(lost)[:10]}"
    foreign = stored - wanted - {row["source_key"] for row in unsure or []}
    assert not foreign, f"in the store, never acknowledged: {sorted(foreign)[:10]}"
    pending = [row for row in unsure or [] if row["source_key"] in stored]
    assert not pending or len(pending) == len(unsure), "half of a batch is in the store"
    return acknowledged + pending



def rows_of(database):
    """What the store holds, as the rows of input files."""
    def at(text):
        moment = datetime.datetime.fromtimestamp(int(text) / 1000, datetime.timezone.utc)
        return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{int(text) % 1000:03}Z"

    leads = [[r[0], at(r[1]), *r[2:]] for r in database.query(
        "SELECT lead_id, created_at, region, dealer, channel, nameplate, owner FROM lead")]
    events = [[r[0], r[1], at(r[2])] for r in database.query(
        "SELECT l.lead_id, s.name, e.at FROM stage_event e JOIN lead l ON l.id = e.lead "
        "JOIN stage s ON s.id = e.stage")]
    outcomes = [[r[0], "won" if r[1] == "1" else "lost", at(r[2])] for r in database.query(
        "SELECT l.lead_id, o.won, o.at FROM outcome o JOIN lead l ON l.id = o.lead")]
    signals = [[r[0], r[1], at(r[2]), r[3]] for r in database.query(
        "SELECT l.lead_id, s.kind, s.at, s.value FROM signal s JOIN lead l ON l.id = s.lead")]
    return {"leads": ("lead_id created_at region dealer channel nameplate owner", leads),
            "events": ("lead_id stage at", events),
            "outcomes": ("lead_id outcome at", outcomes),
            "signals": ("lead_id kind at value", signals)}


def check_content(tables, rows):
    """The rows of the store are those that were sent, field by field."""
    wanted = {
        "leads": [[r["lead_id"], r["created_at"], r["region"], r["dealer"], r["channel"],
                   r["nameplate"], r["owner"]] for r in rows if r["type"] == "lead"],
        "events": [[r["lead_id"], r["stage"], r["at"]] for r in rows if r["type"] == "event"],
        "outcomes": [[r["lead_id"], r["outcome"], r["at"]] for r in rows
                     if r["type"] == "outcome"],
        "signals": [[r["lead_id"], r["kind"], r["at"], r["value"]] for r in rows
                    if r["type"] == "signal"]}
    for name, (_, stored) in tables.items():
        if name == "signals":
            stored = [[*row[:3], float(row[3])] for row in stored]
        assert sorted(stored) == sorted(wanted[name]), f"{name} are not those that were sent"


def check_figures(binary, database, api, rows, folder, as_of=AS_OF):
    """The engine that came up against `pursuit analyze` of the store's rows, value by value."""
    api.post("/api/v1/refresh")
    tables = rows_of(database)
    check_content(tables, rows)
    arguments = ["--as-of", as_of]
    for name, (columns, stored) in tables.items():
        path = folder / f"{name}.csv"
        with open(path, "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(columns.split())
            writer.writerows(stored)
        arguments += [f"--{name}", path]
    wanted = figures.analyze(binary, folder / "out", arguments)
    differences = figures.Differences()
    figures.compare_tables(differences, api, wanted, as_of)
    figures.compare_queue(differences, api, wanted, as_of)
    differences.check("after a restart")
    return differences.compared


def run(binary, database, rounds, seed, folder):
    random_ = random.Random(seed)
    plan = Plan(seed)
    acknowledged = []  # batches
    unsure = None
    compared = kept = 0
    for number in range(rounds):
        api = server.Server(binary, database.db, folder / "log")
        try:
            if number % CHECK_EVERY == CHECK_EVERY - 1:
                flat = [row for batch in acknowledged for row in batch]
                rows = check_store(database, flat, unsure)
                compared += check_figures(binary, database, api, rows, folder)
            old = random_.choice(acknowledged) if acknowledged else None
            writer = Writer(api, plan, unsure, old)
            writer.start()
            time.sleep(random_.random() * LONGEST_S)
        finally:
            api.kill()
        writer.join()
        assert writer.wrong is None, f"round {number}: {writer.wrong}"
        acknowledged += writer.acknowledged
        unsure = writer.unsure
    with server.Server(binary, database.db, folder / "log") as api:
        rows = check_store(database, [row for batch in acknowledged for row in batch], unsure)
        kept = len(rows)
        compared += check_figures(binary, database, api, rows, folder)
    print(f"{rounds} kills, {len(acknowledged)} batches and {kept} rows acknowledged, "
          f"{compared} values compared", flush=True)


def main():
    binary, kind = sys.argv[1:3]
    usual = 500 if os.environ.get("PURSUIT_SLOW") else 50
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else usual
    seed = server.announced_seed(4, f"{kind} {rounds} rounds")
    with tempfile.TemporaryDirectory(prefix="pursuit-kill-") as name:
        folder = pathlib.Path(name)
        if kind == "sqlite":
            run(binary, Sqlite(folder), rounds, seed, folder)
        else:
            with server.Postgres() as postgres:
                run(binary, PostgresDatabase(postgres), rounds, seed, folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
