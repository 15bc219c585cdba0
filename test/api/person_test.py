#!/usr/bin/env python3
"""One person, told and erased: by HTTP and by the command line, from the store, the search, what
imports keep, and the log; with every figure as it was.

person_test.py BINARY sqlite|postgres [SEED]"""

import contextlib
import json
import pathlib
import random
import sqlite3
import subprocess
import sys
import tempfile

import contract
import server
from actions_test import figures, in_hours, same
from imports_test import Importer, files_of, network, put_policy

NAME = "Zahira Quasimodo"
PHONE = "+971 50 765 4321"
EMAIL = "Zahira.Q@example.com"
# Each tells of the person wherever it stands; what is searched for is written in one case.
TRACES = ("quasimodo", "507654321", "50 765 4321", "zahira.q", "balthazar", "wants a test drive")


def lowered(data):
    return data.lower() if isinstance(data, bytes) else data.lower().encode()


def traces_in(data):
    return [trace for trace in TRACES if trace.encode() in lowered(data)]


def without_contact(text):
    """Figures alone: the same JSON without what a list shows of a person beside them."""
    def strip(value):
        if isinstance(value, dict):
            return {name: strip(one) for name, one in value.items()
                    if not ("lead_id" in value and name in ("name", "phone", "email"))}
        return [strip(one) for one in value] if isinstance(value, list) else value
    return json.dumps(strip(json.loads(text)), sort_keys=True)


def ask(api, verb, status=200, **query):
    operation = contract.operation(f"person.{verb}")
    answer = api.request("POST", f"/api/v1/person/{verb}", data=json.dumps(query),
                         headers={"Content-Type": "application/json"})
    contract.check_answer(operation, answer)
    assert answer.status_code == status, f"{verb} {query}: {answer.status_code} {answer.text}"
    return answer.json()


def send(api, *sent, source="crm"):
    body = "\n".join(json.dumps(row) for row in sent)
    answer = api.post("/api/v1/changes", body.encode(), source=source, wait="visible")
    assert answer["applied"] == len(sent), answer


def person_rows(first, second):
    return [
        {"type": "lead", "source_key": "p1", "lead_id": first, "name": "Zahira Before",
         "phone": "050 765 4321", "email": EMAIL, "spouse": "Balthazar"},
        {"type": "lead", "source_key": "p2", "lead_id": first, "name": NAME},
        {"type": "lead", "source_key": "p3", "lead_id": second, "name": NAME, "phone": PHONE},
        {"type": "note", "source_key": "n1", "lead_id": first, "kind": "call",
         "at": "2026-05-01T10:00:00Z", "text": "Quasimodo wants a test drive"},
        {"type": "signal", "source_key": "s1", "lead_id": second, "kind": "engagement",
         "value": 0.7, "at": "2026-05-02T10:00:00Z", "text": f"{NAME} opened the offer"}]


def files_of_person(first):
    """A file that waits, and one whose rows were in part rejected."""
    waiting = (f"lead_id,created_at,name,phone\nW-1,2026-05-01,Somebody Else,0501111111\n"
               f"{first},2026-05-01,{NAME},{PHONE}\n")
    rejected = (f"lead_id,created_at,name,phone\nR-1,soon,{NAME},0507654321\n"
                f"R-2,later,Somebody Else,0501111111\nR-3,2026-05-01,Third Person,0502222222\n")
    return waiting.encode(), rejected.encode()


def everywhere(binary, db, cluster, folder, scrubbed=False):
    """All that is kept: rows of the database, where it was scrubbed its pages and journal; files of
    imports; the logs."""
    found = {}
    if cluster:
        dump = subprocess.run([cluster.programs / "pg_dump", "-d", db], check=True,
                              capture_output=True).stdout
        found["rows"] = traces_in(dump)
    else:
        with contextlib.closing(sqlite3.connect(db)) as connection:
            found["rows"] = traces_in("\n".join(connection.iterdump()))
        for tail in ("", "-wal") if scrubbed else ():
            path = pathlib.Path(str(db) + tail)
            if path.exists():
                found["pages" + tail] = traces_in(path.read_bytes())
    for path in (folder / "sent").rglob("*"):
        if path.is_file():
            found[str(path)] = traces_in(path.read_bytes())
    found["log"] = traces_in((folder / "log").read_bytes())
    told = subprocess.run([str(binary), "audit", "list", "--db", str(db)], check=True,
                          capture_output=True).stdout
    found["audit"] = traces_in(told)
    return {place: words for place, words in found.items() if words}


def check_nowhere(binary, db, cluster, folder, scrubbed=False):
    found = everywhere(binary, db, cluster, folder, scrubbed)
    assert not found, found


def check_export(api, first, second):
    told = ask(api, "export", lead_id=first)["leads"]
    assert [lead["lead_id"] for lead in told] == [first], told
    lead = told[0]
    assert (lead["name"], lead["phone"], lead["email"]) == (NAME, "050 765 4321", EMAIL), lead
    assert lead["attributes"]["spouse"] == "Balthazar" and lead["erased_at"] is None
    assert any(former.get("name") == "Zahira Before" for former in lead["former"]), lead["former"]
    assert any("test drive" in item.get("text", "") for item in lead["timeline"])
    assert any(action.get("text") == "Zahira Quasimodo is away" for action in lead["actions"])
    assert lead["same_contact"] == [second], lead["same_contact"]
    for query in ({"phone": PHONE}, {"phone": "0507654321"}, {"phone": "00971507654321"}):
        ids = sorted(lead["lead_id"] for lead in ask(api, "export", **query)["leads"])
        assert ids == sorted([first, second]), f"{query}: {ids}"
    for query in ({"email": EMAIL}, {"email": EMAIL.lower()}):
        assert [lead["lead_id"] for lead in ask(api, "export", **query)["leads"]] == [first]
    # The same number of another country is somebody else's; without a country it may be either's.
    told = ask(api, "export", phone="+966 50 765 4321")["leads"]
    assert [lead["lead_id"] for lead in told] == [first], told
    ask(api, "export", 404, lead_id="nobody")
    for query in ({}, {"lead_id": first, "email": EMAIL}, {"phone": "4321"}, {"email": "@"},
                  {"name": NAME}, {"lead_id": 5}):
        ask(api, "export", 400, **query)


def check_erased(api, importer, first, second, waiting, done, rejects):
    for lead_id in (first, second):
        lead = api.get(f"/api/v1/leads/{lead_id}")
        assert traces_in(json.dumps(lead)) == [], lead
        told = ask(api, "export", lead_id=lead_id)["leads"][0]
        assert told["erased_at"] is not None and traces_in(json.dumps(told)) == [], told
    for words in ("quasimodo", PHONE, EMAIL):
        assert api.get("/api/v1/search", q=words)["items"] == [], words
    assert [lead["lead_id"] for lead in api.get("/api/v1/search", q=first)["items"]] == [first]
    failed = importer.read(waiting)
    assert failed["state"] == "failed" and "erased" in failed["error"], failed
    importer.do("run", waiting)
    importer.wait(waiting, ("failed",))
    importer.call(409, "imports.guess", f"/{done}/guess")
    now = importer.call(200, "imports.rejects", f"/{done}/rejects.csv")
    assert len(now) == len(rejects) and "R-2,later,Somebody Else" in now, now
    assert "created_at" in now.splitlines()[1], "line and field of the blanked row are kept"


def check_audit(api, *leads):
    lines = api.get("/api/v1/audit", limit=1000)["items"]
    for what in ("person.export", "person.erase"):
        of = {line["subject"] for line in lines if line["what"] == what}
        assert set(leads) <= of, f"{what}: {of}"
    assert traces_in(json.dumps(lines)) == [], "the log keeps that it was done, not the data"
    assert api.get("/api/v1/audit/verify")["broken"] is None


def check_command_line(binary, db, api, folder, lead):
    """The same by `pursuit person`, while the service runs."""
    def run(*command, status=0):
        done = subprocess.run([str(binary), "person", *command, "--db", str(db)],
                              capture_output=True, text=True, check=False)
        assert done.returncode == status, f"{command}: {done.returncode}\n{done.stderr}"
        return done.stdout

    send(api, {"type": "lead", "source_key": "c1", "lead_id": lead, "name": NAME,
               "email": "zq@example.com"})
    told = json.loads(run("export", "--email", "ZQ@example.com"))["leads"]
    assert [one["lead_id"] for one in told] == [lead] and told[0]["name"] == NAME
    run("export", "--lead", "nobody", status=3)
    run("export", "--phone", "1", status=2)
    run("export", status=2)
    run("export", "--lead", lead, "--email", "x@example.com", status=2)
    imports = ("--imports", str(folder / "sent"))
    assert f"{lead}: contact erased" in run("erase", "--email", "zq@example.com", *imports)
    assert run("erase", "--email", "zq@example.com", *imports) == "no lead has it\n"
    assert f"{lead}: no contact left" in run("erase", "--lead", lead, "--scrub", *imports)
    assert api.get(f"/api/v1/leads/{lead}")["lead"]["name"] == ""


def run(binary, db, cluster, folder, seed):
    made = network(binary, folder, seed)
    with server.Server(binary, db, folder / "log", ["--imports", folder / "sent"]) as api:
        put_policy(api, made)
        importer = Importer(api)
        importer.run(*files_of(made))
        leads = [item["lead_id"] for item in api.get("/api/v1/queue", limit=100)["items"]]
        first, second, third = random.Random(seed).sample(leads, 3)
        send(api, *person_rows(first, second))
        for lead_id, wish in ((first, {"kind": "note", "text": "Zahira Quasimodo is away"}),
                              (second, {"kind": "call", "text": f"Call {PHONE}"})):
            acted = api.request("POST", f"/api/v1/leads/{lead_id}/actions", data=json.dumps(wish),
                                headers={"Content-Type": "application/json"})
            assert acted.status_code == 201, acted.text
        waiting, rejected = files_of_person(first)
        waiting = importer.send(("waiting.csv", waiting, "leads"))["id"]
        done = importer.run(("rejected.csv", rejected, "leads"))["id"]
        rejects = importer.call(200, "imports.rejects", f"/{done}/rejects.csv")
        assert traces_in(rejects) and everywhere(binary, db, cluster, folder)
        assert api.request("POST", "/api/v1/refresh").status_code == 200
        as_of = in_hours(0)
        before = without_contact(figures(api, as_of))

        print("check_export", flush=True)
        check_export(api, first, second)
        print("check_erased", flush=True)
        gone = ask(api, "erase", phone=PHONE)
        assert {lead["lead_id"] for lead in gone["leads"]} == {first, second}, gone
        assert all(lead["contact"] for lead in gone["leads"]), gone
        assert gone["imports"] == {"rejects": 1, "failed": [waiting], "running": []}, gone
        check_erased(api, importer, first, second, waiting, done, rejects)
        check_nowhere(binary, db, cluster, folder)
        same(without_contact(figures(api, as_of)), before, "a figure has changed")
        print("again", flush=True)
        assert ask(api, "erase", phone=PHONE)["leads"] == []
        again = ask(api, "erase", lead_id=first)
        assert not again["leads"][0]["contact"] and again["imports"]["failed"] == [], again
        ask(api, "erase", 404, lead_id="nobody")
        # A source that sends all it has again, under keys of its own, brings nobody back.
        send(api, *person_rows(first, second), source="copy")
        check_nowhere(binary, db, cluster, folder)
        check_audit(api, first, second)
        print("check_command_line", flush=True)
        check_command_line(binary, db, api, folder, third)
        check_nowhere(binary, db, cluster, folder, scrubbed=True)
        same(without_contact(figures(api, as_of)), before, "a figure has changed")
    # A service that starts anew has the same figures.
    with server.Server(binary, db, folder / "log", ["--imports", folder / "sent"]) as api:
        lead = api.get(f"/api/v1/leads/{first}")
        assert traces_in(json.dumps(lead)) == []
    server.check_sound(binary, db)


def main():
    binary, kind = sys.argv[1:3]
    seed = server.announced_seed(3, kind)
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pursuit-")))
        cluster = stack.enter_context(server.Postgres()) if kind == "postgres" else None
        db = cluster.new_database() if cluster else folder / "person.db"
        run(binary, db, cluster, folder, seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
