#!/usr/bin/env python3
"""tools/demo.py PURSUIT NETWORK DB HOW: loads a generated network into a new store and serves it
with its dashboard, with changes trickling in, until Ctrl-C or SIGTERM. HOW: what to tell of how to
stop it."""

import csv
import json
import pathlib
import random
import re
import signal
import subprocess
import sys
import time
import urllib.request
from datetime import datetime, timezone

BATCH = 5_000
PAUSE_S = (1.5, 6.0)
STAGES = ["Contacted", "Experiencing", "Deciding"]
NOTES = ["Wants a test drive on Thursday", "Asked for the price with the winter tyres",
         "Compares with last year's model", "Will bring the family", "Prefers e-mail"]


class Service:
    """The server, and requests to it."""

    def __init__(self, pursuit, db):
        command = [pursuit, "serve", "--db", db, "--log", "error"]
        self.link = None
        self.process = self._start(command + ["--listen", "127.0.0.1:8080"])
        self.url = self._url()
        if self.url is None:  # the port is taken
            self.process = self._start(command + ["--listen", "127.0.0.1:0"])
            self.url = self._url()
        if self.url is None:
            sys.exit("run: the server did not start")
        made = subprocess.run([pursuit, "token", "add", "admin", "--db", db, "--name", "feed"],
                              capture_output=True, text=True, check=True)
        self.token = made.stdout.split()[-1]

    @staticmethod
    def _start(command):
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def _url(self):
        url = None
        for line in self.process.stdout:
            if found := re.match(r"Serving (http://\S+)", line):
                url = found[1]
            elif found := re.search(r"http://\S+/#/sign-in\S+", line):
                self.link = found[0]
                return url
        self.process.wait()
        return None

    def ask(self, method, path, body=b"", content_type="application/x-ndjson"):
        request = urllib.request.Request(
            self.url + path, data=body, method=method,
            headers={"Content-Type": content_type, "Authorization": f"Bearer {self.token}"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def get(self, path):
        return self.ask("GET", path, None)

    def send(self, rows, source):
        self.ask("POST", f"/api/v1/changes?source={source}",
                 "\n".join(json.dumps(row) for row in rows).encode())


def rows_of(network):
    """The rows of the files as changes. Read whole, they are named alike at every start."""
    for name, kind in (("leads", "lead"), ("events", "event"), ("signals", "signal")):
        with open(network / f"{name}.csv", encoding="utf-8", newline="") as file:
            for number, record in enumerate(csv.DictReader(file)):
                row = {"type": kind, "source_key": f"{kind}-{number}"}
                row.update({key: text for key, text in record.items() if text != ""})
                if "value" in row:
                    row["value"] = float(row["value"])
                yield row


def fill(service, network):
    batch = []
    for row in rows_of(network):
        batch.append(row)
        if len(batch) == BATCH:
            service.send(batch, "sample")
            batch = []
    if batch:
        service.send(batch, "sample")
    service.ask("PUT", "/api/v1/policy?note=The%20sample%20network",
                (network / "policy.toml").read_bytes(), "application/toml")
    service.ask("POST", "/api/v1/refresh")


def change(service, chance, number):
    """One thing that happens: a new lead, a step, a call, a sale."""
    now = datetime.now(timezone.utc).isoformat(timespec="seconds")
    key = f"{now}-{number}"
    open_leads = service.get("/api/v1/queue?limit=200")["items"]
    lead = chance.choice(open_leads)
    what = chance.random()
    if what < 0.35:
        new = {name: lead[name] for name in ("region", "dealer_group", "dealer", "channel",
                                             "product", "nameplate", "owner")}
        person = f"{chance.choice(open_leads)['name'].split()[0]} {lead['name'].split()[-1]}"
        return {"type": "lead", "source_key": key, "lead_id": f"N{now[2:19]}-{number}".replace(
            ":", "").replace("T", ""), "created_at": now, "name": person, **new}
    if what < 0.65 and lead["stage"] in STAGES[:-1]:
        return {"type": "event", "source_key": key, "lead_id": lead["lead_id"],
                "stage": STAGES[STAGES.index(lead["stage"]) + 1], "at": now,
                "actor": lead["owner"]}
    if what < 0.75:
        return {"type": "outcome", "source_key": key, "lead_id": lead["lead_id"],
                "outcome": "won", "at": now}
    return {"type": "note", "source_key": key, "lead_id": lead["lead_id"], "kind": "call",
            "at": now, "text": chance.choice(NOTES), "actor": lead["owner"]}


def stop(*_):
    raise KeyboardInterrupt


def main():
    signal.signal(signal.SIGTERM, stop)
    pursuit, network, db = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
    service = Service(pursuit, db)
    try:
        fill(service, network)
        print(f"\nThe dashboard of this network, for its admin (the link is good once):\n"
              f"  {service.link}\nChanges trickle in; {sys.argv[4]} stops it.", flush=True)
        chance = random.Random()
        for number in range(1, sys.maxsize):
            time.sleep(chance.uniform(*PAUSE_S))
            service.send([change(service, chance, number)], "demo")
    except KeyboardInterrupt:
        pass
    finally:
        # A second one would leave the server behind.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if service.process.poll() is None:
            service.process.send_signal(signal.SIGTERM)
        service.process.wait()
    print()


if __name__ == "__main__":
    main()
