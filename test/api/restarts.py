#!/usr/bin/env python3
"""Restarts PostgreSQL under the server while changes come in, again and again: as an administrator
does (fast) and as a failing machine does (immediate). Whatever was acknowledged is in the store
once, nothing is in it twice or unasked, the server goes on by itself, and its engine is the one
that the rows make.

restarts.py BINARY [ROUNDS [SEED]]    12 rounds; 120 with PURSUIT_SLOW=1"""

import os
import pathlib
import random
import sys
import tempfile
import threading
import time

import requests

import kill_rounds
import server

LONGEST_S = 0.3  # from an acknowledged change to the restart, and that the database is away
CHECK_EVERY = 6


class Client(threading.Thread):
    """Posts batches; what is refused for now is sent again until it is in, as a client must."""

    def __init__(self, api, plan):
        super().__init__()
        self.api = api
        self.url = api.url
        self.plan = plan
        self.acknowledged = []  # rows
        self.sent_again = 0
        self.batches = 0
        self.wrong = None
        self.ended = threading.Event()

    def _send(self, session, batch):
        """Until the answer is about the rows."""
        first = True
        while True:
            answer = kill_rounds.post(session, self.url, batch)
            if answer.status_code == 200:
                allowed = {"applied"} if first else {"applied", "repeated"}
                results = answer.json()["results"]
                statuses = {result["status"] for result in results}
                if not statuses <= allowed or len(results) != len(batch):
                    self.wrong = f"{statuses} where {allowed} were expected"
                return
            if answer.status_code != 503 or "Retry-After" not in answer.headers:
                self.wrong = f"{answer.status_code} {answer.text}"
                return
            first = False
            self.sent_again += 1
            time.sleep(0.02)

    def run(self):
        try:
            with self.api.new_session() as session:
                while self.wrong is None and not self.ended.is_set():
                    batch = self.plan.batch()
                    self._send(session, batch)
                    if self.wrong is None:
                        self.acknowledged += batch
                        self.batches += 1
        except requests.RequestException as error:
            self.wrong = repr(error)

    def wait_for_batches(self, more):
        wanted = self.batches + more
        until = time.monotonic() + server.PATIENCE_S
        while self.batches < wanted and self.wrong is None:
            assert time.monotonic() < until, "the server does not come back by itself"
            time.sleep(0.01)

    def end(self):
        self.ended.set()
        self.join()
        assert self.wrong is None, self.wrong


def run(binary, postgres, rounds, seed, folder):
    random_ = random.Random(seed)
    plan = kill_rounds.Plan(seed)
    database = kill_rounds.PostgresDatabase(postgres)
    acknowledged = []
    compared = sent_again = 0
    with server.Server(binary, database.db, folder / "log") as api:
        for number in range(rounds):
            client = Client(api, plan)
            client.start()
            try:
                client.wait_for_batches(1)
                time.sleep(random_.random() * LONGEST_S)
                postgres.stop(random_.choice(["fast", "immediate"]))
                time.sleep(random_.random() * LONGEST_S)
                postgres.start()
                client.wait_for_batches(2)
            finally:
                client.end()
            acknowledged += client.acknowledged
            sent_again += client.sent_again
            if number % CHECK_EVERY == CHECK_EVERY - 1 or number == rounds - 1:
                rows = kill_rounds.check_store(database, acknowledged, None)
                compared += kill_rounds.check_figures(binary, database, api, rows, folder)
        assert api.process.poll() is None, "the server ended"
    print(f"{rounds} restarts of PostgreSQL, {len(acknowledged)} rows acknowledged, "
          f"{sent_again} requests sent again, {compared} values compared", flush=True)


def main():
    binary = sys.argv[1]
    usual = 120 if os.environ.get("PURSUIT_SLOW") else 12
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else usual
    seed = server.announced_seed(3, f"{rounds} rounds")
    with tempfile.TemporaryDirectory(prefix="pursuit-restarts-") as name:
        with server.Postgres() as postgres:
            run(binary, postgres, rounds, seed, pathlib.Path(name))
    return 0


if __name__ == "__main__":
    sys.exit(main())
