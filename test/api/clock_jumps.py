#!/usr/bin/env python3
"""Sets the server's wall clock back and forth while changes come in (libfaketime). Nothing that was
acknowledged is lost, the instant that answers are as of never goes back, and nothing shows before
its instant: every figure is that of `pursuit analyze` at the instant that the server names.

clock_jumps.py BINARY sqlite|postgres [ROUNDS [SEED]]    8 rounds; 80 with PURSUIT_SLOW=1"""

import datetime
import math
import os
import pathlib
import random
import subprocess
import sys
import tempfile

import kill_rounds
import server

SKIPPED = 77
# The instants of the changes (kill_rounds.instant) lie on both sides of where the clock is set.
FIRST = datetime.datetime(2024, 9, 1, tzinfo=datetime.timezone.utc)
LAST = datetime.datetime(2025, 9, 1, tzinfo=datetime.timezone.utc)


def library():
    found = sorted(pathlib.Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    return found[0] if found else None


def is_sanitized(binary):
    """Such a program has clocks of its own under it, and wants to be the first to be loaded."""
    linked = subprocess.run(["ldd", binary], check=True, capture_output=True, text=True).stdout
    return "libasan" in linked or "libtsan" in linked


class Clock:
    """The wall clock of one server; its monotonic clock goes on as it is."""

    def __init__(self, folder):
        self.file = folder / "clock"
        self.environment = {"LD_PRELOAD": str(library()), "FAKETIME_NO_CACHE": "1",
                            "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1",
                            "FAKETIME_TIMESTAMP_FILE": str(self.file)}

    def set(self, moment):
        """Goes on from there. In one step: the server reads the file whenever it looks."""
        offset = (moment - datetime.datetime.now(datetime.timezone.utc)).total_seconds()
        part = self.file.with_suffix(".part")
        part.write_text(f"{math.ceil(offset):+d}\n")
        part.replace(self.file)


def any_moment(random_):
    return FIRST + random_.random() * (LAST - FIRST)


def instant_of(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def send_batches(api, plan, count):
    rows = []
    with api.new_session() as session:
        for _ in range(count):
            batch = plan.batch()
            answer = kill_rounds.post(session, api.url, batch)
            assert answer.status_code == 200, f"{answer.status_code} {answer.text}"
            statuses = {result["status"] for result in answer.json()["results"]}
            assert statuses == {"applied"}, statuses
            rows += batch
    return rows


def check(binary, database, api, acknowledged, folder, no_earlier):
    """Returns the instant that answers are as of, and how many values were compared."""
    rows = kill_rounds.check_store(database, acknowledged, None)
    api.post("/api/v1/refresh")
    queue = api.get("/api/v1/queue", limit=500)
    as_of = queue["as_of"]
    for item in queue["items"]:
        for name in ("entered_at", "last_activity_at"):
            assert item[name] <= as_of, f"{item} at {as_of}"
    assert instant_of(as_of) >= no_earlier, f"{as_of} is before {no_earlier}"
    return instant_of(as_of), kill_rounds.check_figures(binary, database, api, rows, folder, as_of)


def run(binary, database, rounds, seed, folder):
    random_ = random.Random(seed)
    plan = kill_rounds.Plan(seed)
    clock = Clock(folder)
    clock.set(any_moment(random_))
    acknowledged = []
    compared = back = 0
    number = 0
    while number < rounds:
        # A server that is started anew begins where the clock is; one that runs never goes back.
        last = FIRST
        api = server.Server(binary, database.db, folder / "log",
                            ["--tick-ms", "10"], clock.environment)
        with api:
            for _ in range(random_.randrange(2, 5)):
                acknowledged += send_batches(api, plan, 3)
                moment = any_moment(random_)
                back += moment < last
                clock.set(moment)
                acknowledged += send_batches(api, plan, 3)
                last, values = check(binary, database, api, acknowledged, folder, last)
                assert last >= moment, f"{last}, and the clock was set to {moment}"
                compared += values
                number += 1
    print(f"{rounds} jumps of the clock, {back} of them back, {len(acknowledged)} rows "
          f"acknowledged, {compared} values compared", flush=True)


def main():
    binary, kind = sys.argv[1:3]
    if library() is None or is_sanitized(binary):
        print("no libfaketime, or not for this build")
        return SKIPPED
    usual = 80 if os.environ.get("PURSUIT_SLOW") else 8
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else usual
    seed = server.announced_seed(4, f"{kind} {rounds} rounds")
    with tempfile.TemporaryDirectory(prefix="pursuit-clock-") as name:
        folder = pathlib.Path(name)
        if kind == "sqlite":
            run(binary, kill_rounds.Sqlite(folder), rounds, seed, folder)
        else:
            with server.Postgres() as postgres:
                run(binary, kill_rounds.PostgresDatabase(postgres), rounds, seed, folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
