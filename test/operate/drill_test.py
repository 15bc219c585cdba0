#!/usr/bin/env python3
"""The drill of a backup and a restore (packaging/restore-drill), from a store that is served, of
either database; and that it does not pass where it must not.

drill_test.py BINARY"""

import json
import os
import pathlib
import sqlite3
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "api"))
import server  # noqa: E402

DRILL = server.TREE / "packaging/restore-drill"
LEADS = 200


def lines(first):
    """Leads, each with an event."""
    for number in range(first, first + LEADS):
        lead = {"lead_id": f"L{number}"}
        yield json.dumps(lead | {"type": "lead", "source_key": f"l{number}", "dealer": "Marina",
                                 "created_at": "2026-05-20T00:00:00Z"})
        yield json.dumps(lead | {"type": "event", "source_key": f"e{number}", "stage": "Contacted",
                                 "at": "2026-05-21T00:00:00Z"})


def send(api, first):
    counts = api.post("/api/v1/changes", "\n".join(lines(first)).encode(), source="crm",
                      wait="visible")
    assert counts["applied"] == 2 * LEADS, counts


def drill(binary, db, file, **more):
    return subprocess.run([DRILL, str(db), str(file)], capture_output=True, text=True, check=False,
                          env=os.environ | {"PURSUIT": str(binary)} | more)


def check_passes(binary, db, folder, **more):
    """While it is served; the backup is that of the instant, and says the same."""
    with server.Server(binary, db, folder / "log") as api:
        send(api, 0)
        file = folder / "backup.db"
        done = drill(binary, db, file, **more)
        assert done.returncode == 0 and "restores, is sound" in done.stdout, \
            done.stdout + done.stderr
        send(api, LEADS)
        queue = {"limit": 100, "as_of": "2026-06-01T00:00:00Z"}
        api.request("GET", "/api/v1/queue", params=queue)
    again = drill(binary, db, file)
    assert again.returncode != 0 and file.exists(), "a backup was written over"
    assert not list(folder.glob("restore-drill.*")), "the drill leaves its store behind"
    restored = folder / "restored.db"
    subprocess.run([binary, "restore", "--db", restored, file], check=True)
    with server.Server(binary, restored, folder / "log2",
                       token=server.make_token(binary, restored, "robot")) as api:
        assert api.get("/api/v1/facets")["leads"] == LEADS
        send(api, LEADS)  # it goes on where the backup was
    file.unlink()
    restored.unlink()


def check_refuses(binary, db, folder):
    """A store that lost rows, an audit log that was altered: no drill passes."""
    for number, damage in enumerate((
            "DELETE FROM stage_event WHERE lead = 1",
            "DROP TRIGGER audit_keeps_rows; UPDATE audit SET who = 'x' WHERE seq = 1")):
        copy = folder / f"damaged{number}.db"
        with sqlite3.connect(db) as whole, sqlite3.connect(copy) as damaged:
            whole.backup(damaged)
            damaged.executescript(damage)
        damaged.close()
        whole.close()
        done = drill(binary, copy, folder / f"backup{number}.db")
        assert done.returncode != 0, f"{damage}: the drill passed\n{done.stdout}"


def main():
    binary = sys.argv[1]
    with tempfile.TemporaryDirectory(prefix="pursuit-drill-") as name:
        folder = pathlib.Path(name)
        db = folder / "store.db"
        check_passes(binary, db, folder)
        check_refuses(binary, db, folder)
        print("of SQLite: passes and refuses", flush=True)
        with server.Postgres() as postgres:
            check_passes(binary, postgres.new_database(), folder)
            check_passes(binary, postgres.new_database(), folder,
                         DRILL_DB=postgres.new_database())
        print("of PostgreSQL, into SQLite and PostgreSQL: passes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
