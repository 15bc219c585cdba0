#!/usr/bin/env python3
"""How a running server is looked after: its metrics, its limits, its answers to the impatient.

operation_test.py BINARY"""

import json
import pathlib
import re
import resource
import sqlite3
import sys
import tempfile

import server


def lead(number, dealer="Marina"):
    return json.dumps({"type": "lead", "source_key": f"lead {number}", "lead_id": f"L{number}",
                       "created_at": "2025-05-20T00:00:00Z", "dealer": dealer})


def metrics_of(api):
    values = {}
    for line in api.request("GET", "/metrics").text.splitlines():
        if not line.startswith("#"):
            name, value = line.rsplit(" ", 1)
            values[name] = float(value)
    return values


def check_metrics(api):
    """What is done is counted, by what became of it."""
    before = metrics_of(api)
    assert before["pursuit_store_commits_total"] == 0
    assert before["pursuit_engine_leads"] == 0
    lines = "\n".join([lead(1), lead(2), lead(2), json.dumps(
        {"type": "note", "source_key": "n", "lead_id": "nobody", "at": "2025-05-21T00:00:00Z"})])
    counts = api.post("/api/v1/changes", lines.encode(), source="crm", wait="visible")
    assert (counts["applied"], counts["repeated"], counts["unknown_lead"]) == (2, 1, 1), counts
    api.post("/api/v1/refresh")
    api.get("/api/v1/queue", as_of="2025-05-25T00:00:00Z")
    after = metrics_of(api)
    rows = 'pursuit_changes_rows_total{status="%s"}'
    wanted = {"pursuit_store_commits_total": 1, rows % "applied": 2, rows % "repeated": 1,
              rows % "unknown_lead": 1, rows % "conflict": 0, "pursuit_engine_rows_total": 2,
              "pursuit_changes_commit_seconds_count": 1, "pursuit_engine_leads": 2,
              "pursuit_replays": 1, "pursuit_changes_waiting_rows": 0,
              "pursuit_engine_waiting_rows": 0, "pursuit_store_disk_full": 0,
              'pursuit_store_errors_total{kind="disk_full"}': 0}
    for name, value in wanted.items():
        assert after[name] == value, f"{name} is {after[name]}, not {value}"
    assert after["pursuit_refresh_total"] >= 1
    assert after["pursuit_refresh_seconds_count"] == after["pursuit_refresh_total"]
    assert after["pursuit_changes_commit_seconds_sum"] > 0
    assert after["pursuit_engine_bytes"] > 0 and after["pursuit_events_kept_bytes"] > 0
    # Two leads, a load, a baseline.
    assert after["pursuit_events_kept"] == 4, after["pursuit_events_kept"]
    assert after["pursuit_refresh_age_seconds"] >= 0 and after["pursuit_engine_lag_seconds"] >= 0
    again = metrics_of(api)
    assert again["pursuit_store_commits_total"] == 1  # told once, however often it is asked


def check_descriptors(api):
    limits = pathlib.Path(f"/proc/{api.process.pid}/limits").read_text(encoding="utf-8")
    soft, hard = re.search(r"Max open files\s+(\S+)\s+(\S+)", limits).groups()
    assert soft == hard != "64", limits


def check_policy_is_kept(api):
    """A body that is lost on the way does not put the defaults in force."""
    put = api.request("PUT", "/api/v1/policy", data=b"[tier]\nhot = 71\nwarm = 40\n")
    assert put.status_code == 200, put.text
    for text in (b"", b"\n # nothing\n"):
        refused = api.request("PUT", "/api/v1/policy", data=text)
        assert refused.status_code == 422, refused.text
    assert "hot = 71" in api.get("/api/v1/policy")["text"]


def check_rate(binary, folder):
    """A caller that asks too fast is told for how long to wait; afterwards it is served."""
    arguments = ["--caller-rate", "1"]
    with server.Server(binary, folder / "rate.db", folder / "rate.log", arguments) as api:
        statuses = [api.request("GET", "/api/v1/queue") for _ in range(20)]
        refused = [answer for answer in statuses if answer.status_code == 429]
        assert refused and statuses[0].status_code == 200
        assert int(refused[0].headers["Retry-After"]) >= 1
        assert refused[0].headers["Content-Type"] == "application/problem+json"
        assert api.request("GET", "/healthz").status_code == 200  # of nobody: never refused


def check_lock(api, db):
    """While another program holds the database, changes are refused in time and lose nothing."""
    other = sqlite3.connect(db, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    refused = api.request("POST", "/api/v1/changes", data=lead(7).encode(),
                          params={"source": "crm"})
    assert refused.status_code == 503 and int(refused.headers["Retry-After"]) >= 1, refused.text
    assert api.request("GET", "/api/v1/queue").status_code == 200
    other.execute("ROLLBACK")
    other.close()
    # Sent again it is in once, whether that attempt was given up or went in after all.
    counts = api.post("/api/v1/changes", lead(7).encode(), source="crm", wait="visible")
    assert counts["applied"] + counts["repeated"] == 1, counts
    assert api.get("/api/v1/facets")["leads"] == 3
    values = metrics_of(api)
    assert values['pursuit_store_errors_total{kind="busy"}'] >= 1


def main():
    binary = sys.argv[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    with tempfile.TemporaryDirectory(prefix="pursuit-operation-") as name:
        folder = pathlib.Path(name)
        db = folder / "operation.db"
        with server.Server(binary, db, folder / "log") as api:
            for step in (check_metrics, check_descriptors, check_policy_is_kept):
                print(step.__name__, flush=True)
                step(api)
            print("check_lock", flush=True)
            check_lock(api, db)
        print("check_sound", flush=True)
        server.check_sound(binary, db)
        print("check_rate", flush=True)
        check_rate(binary, folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
