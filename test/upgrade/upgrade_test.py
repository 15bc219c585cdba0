#!/usr/bin/env python3
"""Stores of earlier schema versions, as the program of that version wrote them, opened by
today's: brought up to date, sound, with the same figures, and going on from where they were.

upgrade_test.py BINARY"""

import json
import pathlib
import sqlite3
import subprocess
import sys
import tempfile

import make_fixture
import server  # found beside the API's tests by make_fixture

FOLDER = pathlib.Path(__file__).resolve().parent


def differences(was, now, where=""):
    """What an earlier answer had and today's has otherwise; more fields than then are no fault."""
    if isinstance(was, dict) and isinstance(now, dict):
        for name, value in was.items():
            if name not in now:
                yield f"{where}.{name} is gone"
            else:
                yield from differences(value, now[name], f"{where}.{name}")
    elif isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
        for number, (one, other) in enumerate(zip(was, now)):
            yield from differences(one, other, f"{where}[{number}]")
    elif was != now or isinstance(was, bool) != isinstance(now, bool):
        yield f"{where} was {was!r}, is {now!r}"


def run(binary, *command):
    done = subprocess.run([binary, *map(str, command)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout


def restore_sqlite(version, folder, _):
    db = folder / f"{version}.db"
    connection = sqlite3.connect(db)
    connection.executescript((FOLDER / version / "sqlite.dump").read_text(encoding="utf-8"))
    connection.close()
    return str(db)


def restore_postgres(version, _, postgres):
    url = postgres.new_database()
    subprocess.run([postgres.programs / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url,
                    "-f", FOLDER / version / "postgres.dump"],
                   check=True, stdout=subprocess.DEVNULL)
    return url


def check_people(binary, db, path):
    known = json.loads(path.read_text(encoding="utf-8"))
    told = run(binary, "audit", "verify", "--db", db, "--expect", known["audit"])
    assert "whole" in told, told
    listed = run(binary, "user", "list", "--db", db).splitlines()
    users = {line.split()[1] for line in listed[1:]}
    assert known["users"] and set(known["users"]) <= users, users


def check_goes_on(api, leads):
    """A row that is in is known, a new one is taken."""
    row = make_fixture.NOTES[0]
    again = api.post("/api/v1/changes", json.dumps(row).encode(), source="fixture")
    assert again["repeated"] == 1, again
    new = {"type": "lead", "source_key": "new", "lead_id": "NEW",
           "created_at": "2026-05-01T00:00:00Z"}
    taken = api.post("/api/v1/changes", json.dumps(new).encode(), source="fixture", wait="visible")
    assert taken["applied"] == 1, taken
    assert api.get("/api/v1/facets")["leads"] == leads + 1


def check(binary, version, kind, folder, db):
    known = FOLDER / version / f"people.{kind}.json"
    if known.exists():
        check_people(binary, db, known)
    assert "sound" in run(binary, "check", "-q", "--db", db)
    was = json.loads((FOLDER / version / "figures.json").read_text(encoding="utf-8"))
    run(binary, "user", "add", "after", "--db", db, "--role", "admin", "--everything")
    token = server.make_token(binary, db, "after")
    with server.Server(binary, db, folder / "log", token=token) as api:
        now = make_fixture.figures(api)
        found = list(differences(was, now))
        assert not found, f"{version}, {kind}: {len(found)} differ\n" + "\n".join(found[:20])
        check_goes_on(api, was["facets"]["leads"])
    if was.get("imports"):
        told = run(binary, "import", "--db", db, "--undo", "1")
        assert f"{len(make_fixture.IMPORTED) - 1} changes taken back" in told, told
    assert "sound" in run(binary, "check", "-q", "--db", db)
    run(binary, "audit", "verify", "--db", db)


def main():
    binary = sys.argv[1]
    versions = sorted(path.name for path in FOLDER.glob("v*"))
    assert versions, "no stores to upgrade"
    with tempfile.TemporaryDirectory(prefix="pursuit-upgrade-") as name:
        folder = pathlib.Path(name)
        with server.Postgres() as postgres:
            for version in versions:
                for kind, restore in (("sqlite", restore_sqlite), ("postgres", restore_postgres)):
                    check(binary, version, kind, folder, restore(version, folder, postgres))
                    print(f"{version} of {kind}: sound, same figures", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
