#!/usr/bin/env python3
"""Makes the store that upgrade_test.py keeps of one schema version: by the program of that version,
which must be built from the commit before the next one. Never made again afterwards. (The commit of
version 3 does not build by itself: its program had a scan that passes snoozes over, and the right
to act on the routes of actions. What is stored is as it stands there.)

make_fixture.py BINARY VERSION    writes sqlite.dump, postgres.dump, figures.json into vVERSION/"""

import json
import pathlib
import sqlite3
import subprocess
import sys
import tempfile

FOLDER = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent / "api"))
import rows  # noqa: E402
import server  # noqa: E402

LEADS = 60
POLICY = "[tier]\nhot = 71\nwarm = 42\n"
NOTES = [{"type": "note", "source_key": f"note {number}", "lead_id": f"L{number:09}",
          "kind": "call", "at": "2026-05-30T09:00:00Z", "text": "Wants a test drive: سيارة"}
         for number in range(1, 6)]
COSTS = [{"type": "cost", "source_key": "cost", "channel": "web", "from": "2026-01-01",
          "to": "2026-02-01", "amount": 1234.5, "currency": "AED"}]
PATHS = ["queue?limit=50", "funnel", "thresholds", "channels", "load", "alerts", "facets",
         "turnaround?by=stage,region", "heatmap?by=region"]
IMPORTED = ["lead_id,created_at,region,dealer,nameplate,channel,name",
            *(f"IMPORTED-{number},2026-05-01T08:00:00Z,UAE,Marina,Nimr,web,سارة {number}"
              for number in range(1, 6))]
AS_OF = "2026-06-01T00:00:00Z"


def fill(api, folder, binary):
    """Rows of every kind, a policy, a refresh."""
    subprocess.run([binary, "generate", "-q", "--leads", str(LEADS), "--seed", "7", "--details",
                    "--outcomes", "--out", folder / "network"], check=True)
    put = api.request("PUT", "/api/v1/policy", data=POLICY.encode(),
                      headers={"Content-Type": "application/toml"})
    assert put.status_code == 200, put.text
    for kind in ("lead", "event", "outcome", "signal"):
        found = list(rows.read(folder / f"network/{kind}s.csv", kind))
        for number, row in enumerate(found):
            row.setdefault("source_key", f"{kind} {number}")
        counts = rows.send(api, found, "fixture")
        assert counts["applied"] > 0 and counts["invalid"] == 0, counts
    assert rows.send(api, NOTES + COSTS, "fixture")["applied"] == len(NOTES + COSTS)
    assert api.request("POST", "/api/v1/refresh").status_code == 200


def import_file(binary, db, folder):
    path = folder / "imported.csv"
    path.write_text("\n".join(IMPORTED) + "\n", encoding="utf-8")
    subprocess.run([binary, "import", "-q", "--db", db, "--leads", path], check=True)


def act(api):
    """Something that stays, and something that was taken back."""
    lead = NOTES[0]["lead_id"]
    for kind, more in (("assign", {"owner": "Huda"}), ("call", {"text": "No answer"}),
                       ("note", {"text": "Taken back"})):
        answer = api.request("POST", f"/api/v1/leads/{lead}/actions", json={"kind": kind, **more})
        assert answer.status_code == 201, answer.text
    undone = api.request("POST", f"/api/v1/actions/{answer.json()['action']['id']}/undo")
    assert undone.status_code == 200, undone.text


def figures(api, has_imports=True):
    """What the API tells of one instant: that of the whole network, and of the five noted leads."""
    told = {}
    for path in PATHS + [f"leads/{row['lead_id']}" for row in NOTES]:
        told[path] = api.get("/api/v1/" + path, as_of=AS_OF)
    # Values that as many leads have come in either order.
    told["facets"] = {name: sorted(found, key=lambda one: one["value"])
                      if isinstance(found, list) else found
                      for name, found in told["facets"].items()}
    told["policy"] = api.get("/api/v1/policy")
    log = api.get(f"/api/v1/leads/{NOTES[0]['lead_id']}/actions")["items"]
    told["actions"] = [{"kind": one["kind"], "text": one.get("text"), "owner": one.get("owner"),
                        "undone": one.get("undone") is not None} for one in log]
    if has_imports:
        told["imports"] = [{"name": one["name"], "state": one["state"]}
                           for one in api.get("/api/v1/imports")["items"]]
    return told


def dump_sqlite(db, path):
    with sqlite3.connect(db) as connection:
        path.write_text("\n".join(connection.iterdump()) + "\n", encoding="utf-8")


def dump_postgres(postgres, url, path):
    text = subprocess.run([postgres.programs / "pg_dump", "--no-owner", "--no-privileges",
                           "--inserts", "--rows-per-insert=100", "-d", url],
                          check=True, capture_output=True, text=True).stdout
    lines = [line for line in text.splitlines()
             if line and not line.startswith(("--", "\\restrict", "\\unrestrict"))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def people(binary, db):
    """Who is known, and the end of the audit log."""
    def told(*command):
        return subprocess.run([binary, *command, "--db", db], check=True, capture_output=True,
                              text=True).stdout
    return {"users": sorted(line.split()[1] for line in told("user", "list").splitlines()[1:]),
            "audit": told("audit", "verify").split(": ")[1].strip()}


def hide(folder, path):
    """No fixture names a folder of the machine that made it."""
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(str(folder), "/srv/pursuit"), encoding="utf-8")


def write(path, version, told):
    """A line for each answer: a change of one shows as one."""
    lines = [f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}"
             for name, value in told.items()]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    print(f"version {version}: {len(told)} answers")


def main():
    binary, version = sys.argv[1:3]
    out = FOLDER / f"v{version}"
    out.mkdir()
    has_people = int(version) >= 2  # before, nobody had to sign in
    has_actions = int(version) >= 3
    has_imports = int(version) >= 4
    told = []
    with tempfile.TemporaryDirectory(prefix="pursuit-fixture-") as name:
        folder = pathlib.Path(name)
        with server.Postgres() as postgres:
            for kind, db in (("sqlite", str(folder / "store.db")),
                             ("postgres", postgres.new_database())):
                token = None if has_people else ""
                if has_imports:
                    import_file(binary, db, folder)
                with server.Server(binary, db, folder / "log", token=token) as api:
                    fill(api, folder, binary)
                    if has_actions:
                        act(api)
                    told.append(figures(api, has_imports))
                if has_people:
                    path = out / f"people.{kind}.json"
                    path.write_text(json.dumps(people(binary, db)) + "\n", encoding="utf-8")
                if kind == "sqlite":
                    dump_sqlite(db, out / "sqlite.dump")
                else:
                    dump_postgres(postgres, db, out / "postgres.dump")
                hide(folder, out / f"{kind}.dump")
    assert told[0] == told[1]
    write(out / "figures.json", version, told[0])


if __name__ == "__main__":
    main()
