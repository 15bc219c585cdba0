#!/usr/bin/env python3
"""Imports through HTTP: what columns mean, dry runs, runs that are killed and go on, what cannot be
taken in, and taking all of it back.

imports_test.py BINARY sqlite|postgres [SEED]"""

import contextlib
import csv
import gzip
import io
import json
import os
import pathlib
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
import zipfile

import contract
import rows
import server
from actions_test import figures, in_hours, same

LEADS = 400
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


class Importer:
    """Works with imports and holds each answer to the contract."""

    def __init__(self, api):
        self.api = api

    def call(self, status, operation, path, **more):
        operation = contract.operation(operation)
        answer = self.api.request(operation.method, "/api/v1/imports" + path, **more)
        assert answer.status_code == status, f"{path}: {answer.status_code} {answer.text}"
        contract.check_answer(operation, answer)
        return answer.json() if "json" in answer.headers.get("Content-Type", "") else answer.text

    def send(self, *files, status=201):
        """A new import of (name, bytes) or (name, bytes, kind)."""
        made = None
        for name, data, *kind in files:
            asked = {"name": name, **({"kind": kind[0]} if kind else {})}
            path = f"/{made['id']}/files" if made else ""
            operation = "imports.files.add" if made else "imports.create"
            made = self.call(status, operation, path, params=asked, data=data)
        return made

    def do(self, step, id_, status=202):
        return self.call(status, f"imports.{step}", f"/{id_}/{step}")

    def read(self, id_):
        return self.call(200, "imports.read", f"/{id_}")

    def wait(self, id_, states=("done",)):
        until = time.monotonic() + server.PATIENCE_S
        while (now := self.read(id_))["state"] in ("waiting", "running", "undoing"):
            assert time.monotonic() < until, now
            time.sleep(0.02)
        assert now["state"] in states, now
        return now

    def run(self, *files):
        made = self.send(*files)
        self.do("run", made["id"])
        return self.wait(made["id"])


def network(binary, folder, seed):
    made = folder / "network"
    subprocess.run([str(binary), "generate", "-n", str(LEADS), "--seed", str(seed % 1_000_000),
                    "--out", str(made), "--as-of", "2026-06-01T00:00:00Z", "--outcomes",
                    "--details"], check=True, stdout=subprocess.DEVNULL)
    return made


def put_policy(api, made):
    put = api.request("PUT", "/api/v1/policy", data=(made / "policy.toml").read_bytes())
    assert put.status_code == 200, put.text


def files_of(made):
    return [(f"{kind}s.csv", (made / f"{kind}s.csv").read_bytes(), f"{kind}s")
            for kind in ("lead", "event", "outcome")]


def check_files_give_what_rows_give(importer, made, sent):
    """As if every row had been sent to /changes."""
    done = importer.run(*files_of(made))
    assert done["counts"]["rejected"] == 0 and done["progress"] == 1, done
    assert done["counts"]["read"] == done["counts"]["applied"] + done["counts"]["repeated"]
    as_of = in_hours(0)
    same(figures(importer.api, as_of), figures(sent, as_of), "files differ from rows")
    again = importer.run(*files_of(made))
    assert again["counts"]["applied"] == 0, "the same files again change nothing"
    importer.do("run", again["id"], status=409)
    return done["id"], as_of


def check_undo(importer, id_, empty, as_of):
    """Everything goes but what others have built on."""
    api = importer.api
    leads = [item["lead_id"] for item in api.get("/api/v1/queue", limit=3)["items"]]
    note = {"type": "note", "source_key": "n", "lead_id": leads[0], "at": "2026-05-01T00:00:00Z"}
    assert api.post("/api/v1/changes", json.dumps(note), source="crm")["applied"] == 1
    importer.do("undo", id_)
    undone = importer.wait(id_, ("undone",))
    assert undone["kept"] == [leads[0]] and undone["kept_total"] == 1, undone["kept"]
    kept = api.get(f"/api/v1/leads/{leads[0]}")
    assert [item["kind"] for item in kept["timeline"]] == ["note"], kept["timeline"]
    assert api.request("GET", f"/api/v1/leads/{leads[1]}").status_code == 404
    assert api.get("/api/v1/search", q=leads[1])["items"] == []
    assert api.get("/api/v1/facets")["leads"] == 1
    importer.do("undo", id_, status=409)


def check_it_may_come_again(importer, made, sent, as_of):
    importer.run(*files_of(made))
    leads = [item["lead_id"] for item in sent.get("/api/v1/queue", limit=500)["items"]]
    assert sorted(leads) == sorted(
        item["lead_id"] for item in importer.api.get("/api/v1/queue", limit=500)["items"])
    del as_of


def check_updates_are_taken_back(importer):
    """An import that changes leads that are there: undone, each field is what it would be without,
    also where others have set it since."""
    api = importer.api

    def row(key, **fields):
        body = {"type": "lead", "source_key": key, "lead_id": "U-1", **fields}
        assert api.post("/api/v1/changes", json.dumps(body), source="crm",
                        wait="visible")["applied"] == 1

    row("u1", created_at="2026-05-01T00:00:00Z", dealer="A", owner="x", phone="1", name="Old")
    done = importer.run(("u.csv", b"lead_id,created_at,dealer,owner,name,extra\n"
                                  b"U-1,2026-05-02T00:00:00Z,B,y,New,more\n", "leads"))
    assert done["counts"]["applied"] == 1
    row("u2", owner="z", phone="2")
    importer.do("undo", done["id"])
    importer.wait(done["id"], ("undone",))
    lead = api.get("/api/v1/leads/U-1")["lead"]
    assert (lead["dealer"], lead["owner"], lead["phone"], lead["name"], lead["attributes"]) == \
        ("A", "z", "2", "Old", {}), lead
    assert lead["created_at"] == "2026-05-01T00:00:00.000Z"
    assert [found["lead_id"] for found in api.get("/api/v1/search", q="old")["items"]] == ["U-1"]
    assert api.get("/api/v1/search", q="new")["items"] == []


def check_guess_and_mapping(importer):
    text = ("رقم العميل,Created Date,الوكيل,Model,الجوال,Contact,Shade\n"
            "G-1,2026-05-01 09:00,Marina,Terra,+971501234567,a@example.com,red\n"
            "G-2,2026-05-02 09:00,Marina,Reem,+971501234568,b@example.com,blue\n")
    made = importer.send(("weekly drop.csv", text.encode()))
    guess = importer.call(200, "imports.guess", f"/{made['id']}/guess")
    fields = {column["name"]: column["field"] for column in guess["files"][0]["columns"]}
    assert fields == {"رقم العميل": "lead_id", "Created Date": "created_at", "الوكيل": "dealer",
                      "Model": "nameplate", "الجوال": "phone", "Contact": "email",
                      "Shade": None}, fields
    assert guess["files"][0]["missing"] == []
    path = f"/{made['id']}/mapping"
    for wrong, status in [({"mapping": "[leads]\nx = 1"}, 422), ({"kinds": {"a": "b"}}, 400),
                          ({"saved": "nothing"}, 404), ({"other": "x"}, 400)]:
        importer.call(status, "imports.mapping.write", path, data=json.dumps(wrong))
    importer.call(200, "imports.mapping.write", path,
                  data=json.dumps({"mapping": guess["mapping"], "save_as": "weekly"}))
    saved = importer.call(200, "imports.mappings", "/mappings")["items"]
    assert [one["mapping"] for one in saved if one["name"] == "weekly"] == [guess["mapping"]]
    dry = importer.call(200, "imports.dry_run", f"/{made['id']}/dry-run")["files"][0]
    assert dry["counts"]["applied"] == 2 and dry["rows"][0]["email"] == "a@example.com", dry
    assert importer.api.request("GET", "/api/v1/leads/G-1").status_code == 404, "only a dry run"
    importer.do("run", made["id"])
    importer.wait(made["id"])
    lead = importer.api.get("/api/v1/leads/G-2")["lead"]
    assert lead["nameplate"] == "Reem" and lead["attributes"] == {"Shade": "blue"}, lead


def check_rejects(importer):
    text = ("lead_id,stage,at\nG-1,Contacted,2026-05-03\nnobody,Contacted,2026-05-03\n"
            "G-1,Nowhere,2026-05-03\nG-1,Contacted,soon\n=cmd,Contacted,2026-05-03\nG-2,too\n")
    done = importer.run(("events.csv", text.encode(), "events"))
    assert done["counts"] == {"read": 6, "applied": 1, "repeated": 0, "rejected": 5, "ignored": 0}
    text = importer.call(200, "imports.rejects", f"/{done['id']}/rejects.csv")
    rejected = list(csv.DictReader(io.StringIO(text)))
    assert [row["line"] for row in rejected] == ["3", "4", "5", "6", "7"], rejected
    assert rejected[3]["text"].startswith("'="), "a formula stays a text"
    assert ("imports.rejects", str(done["id"])) in [
        (line["what"], line["subject"]) for line in importer.api.get("/api/v1/audit")["items"]]
    clean = importer.run(("e.csv", b"lead_id,stage,at\nG-2,Contacted,2026-05-03\n", "events"))
    importer.call(404, "imports.rejects", f"/{clean['id']}/rejects.csv")


def workbook(sheet, strings="", more=""):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml",
                         f'<workbook xmlns="{SHEET}" xmlns:r="{RELATIONS}">{more}'
                         '<sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>')
        archive.writestr("xl/_rels/workbook.xml.rels",
                         '<Relationships xmlns="x"><Relationship Id="r1" Type="t" '
                         'Target="worksheets/sheet1.xml"/></Relationships>')
        archive.writestr("xl/styles.xml", f'<styleSheet xmlns="{SHEET}"><cellXfs><xf numFmtId="0"/>'
                         '<xf numFmtId="22"/></cellXfs></styleSheet>')
        archive.writestr("xl/sharedStrings.xml", f'<sst xmlns="{SHEET}">{strings}</sst>')
        archive.writestr("xl/worksheets/sheet1.xml",
                         f'<worksheet xmlns="{SHEET}"><sheetData>{sheet}</sheetData></worksheet>')
    return out.getvalue()


def check_workbooks(importer):
    names = ["lead_id", "created_at", "dealer", "X-1", "Nakheel, \"Auto\""]
    strings = "".join(f"<si><t>{name}</t></si>" for name in names)
    sheet = ('<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c>'
             '<c r="C1" t="s"><v>2</v></c><c r="D1" t="inlineStr"><is><t>value</t></is></c></row>'
             '<row r="2"><c r="A2" t="s"><v>3</v></c><c r="B2" s="1"><v>46143.375</v></c>'
             '<c r="C2" t="s"><v>4</v></c><c r="D2"><v>90000.5</v></c></row>')
    done = importer.run(("leads.xlsx", workbook(sheet, strings)))
    assert done["counts"]["applied"] == 1, done
    lead = importer.api.get("/api/v1/leads/X-1")["lead"]
    assert lead["created_at"] == "2026-05-01T09:00:00.000Z" and lead["value"] == 90000.5, lead
    assert lead["dealer"] == 'Nakheel, "Auto"'
    bomb = workbook("", "<si><t>" + "a" * (1 << 26) + "</t></si>")
    assert len(bomb) < 1 << 20
    importer.send(("bomb.xlsx", bomb), status=413)
    laughs = io.BytesIO()
    with zipfile.ZipFile(laughs, "w") as archive:
        archive.writestr("xl/workbook.xml",
                         '<!DOCTYPE x [<!ENTITY a "b">]><workbook>&a;</workbook>')
    importer.send(("laughs.xlsx", laughs.getvalue()), status=400)
    importer.send(("cut.xlsx", workbook(sheet, strings)[:-30]), status=400)


def check_what_is_refused(importer, folder):
    """Paths that lead elsewhere, packed nothing, names that are paths."""
    allowed = folder / "drop"
    (folder / "secret.csv").write_text("lead_id,created_at\nS-1,2026-05-01\n")
    (allowed / "way.csv").symlink_to(folder / "secret.csv")
    (allowed / "good.csv").write_text("lead_id,created_at\nD-1,2026-05-01\n")
    for path in ("../secret.csv", "way.csv", str(folder / "secret.csv"), "/etc/passwd", "..", "x"):
        importer.call(404, "imports.create", "", params={"path": path})
    made = importer.call(201, "imports.create", "", params={"path": "good.csv"})
    assert made["files"][0]["name"] == "good.csv"
    importer.do("run", made["id"])
    importer.wait(made["id"])
    assert importer.api.get("/api/v1/leads/D-1")["lead"]["state"] == "open"
    bomb = gzip.compress(b"lead_id,created_at\n" + b"0" * (1 << 28))
    importer.send(("bomb.csv.gz", bomb), status=413)
    named = importer.send(("../../../x.csv", b"lead_id,created_at\nN-1,2026-05-01\n"))
    assert "/" not in named["files"][0]["name"]
    importer.send(("nothing.csv", b"\0\0\0"), status=400)
    importer.call(400, "imports.create", "", params={"name": "x", "kind": "cats"}, data=b"a")
    importer.call(404, "imports.read", "/999999")
    empty = importer.call(201, "imports.create", "", params={"name": "later"})
    importer.do("run", empty["id"], status=409)


def check_names(importer, folder):
    """A name is cut between letters, one that is no text refused: the file is found again."""
    for name in ("x" + "\u0633" * 70 + ".csv", "\u0633" * 71 + " 1.csv"):
        text = f"lead_id,created_at\nNAME-{len(name)},2026-05-01\n"
        done = importer.run((name, text.encode()))
        assert done["counts"]["applied"] == 1, done
        told = done["files"][0]["name"]
        assert len(told.encode()) <= 120 and told == name.replace(" ", "_")[-len(told):], told
    with open(os.fsencode(folder / "drop") + b"/caf\xe9.csv", "wb") as out:
        out.write(b"lead_id,created_at\nNAME-X,2026-05-01\n")
    importer.call(404, "imports.create", "", params={"path": "caf\ufffd.csv"})
    done = subprocess.run([importer.api.process.args[0], "import", "--db", folder / "names.db",
                           "--leads", os.fsencode(folder / "drop") + b"/caf\xe9.csv"],
                          capture_output=True, text=True, check=False)
    assert done.returncode == 3 and "its name is not UTF-8" in done.stderr, done


def check_watched(importer, folder):
    watched = folder / "watched"
    text = "Lead ID,Created Date\nW-1,2026-05-01T09:00:00Z\n"
    (watched / "one.csv").write_text(text)
    (watched / "same.csv").write_text(text)
    until = time.monotonic() + server.PATIENCE_S
    while importer.api.request("GET", "/api/v1/leads/W-1").status_code != 200:
        assert time.monotonic() < until
        time.sleep(0.1)
    mine = [one for one in importer.call(200, "imports.list", "")["items"]
            if one["author"] == "watched folder"]
    assert len(mine) == 1 and mine[0]["counts"]["applied"] == 1, "each file once, by its content"


def check_kills(binary, database, made, expected, as_of, folder, seed):
    """Killed at any moment and started again, it ends where one that was not killed does."""
    big = folder / "big.csv"
    with open(big, "w", encoding="utf-8") as out:
        out.write("lead_id,created_at,dealer,name\n")
        for i in range(60_000):
            out.write(f"K-{i},2026-0{1 + i % 5}-01T00:00:00Z,Dealer {i % 7},Name {i}\n")
    chance = random.Random(seed)
    url = database("killed")
    api = server.Server(binary, url, folder / "log")
    put_policy(api, made)
    importer = Importer(api)
    id_ = importer.send(("big.csv", big.read_bytes(), "leads"), *files_of(made))["id"]
    importer.do("run", id_)
    kills = 0
    for _ in range(6):
        time.sleep(chance.random() * 0.8)
        kills += importer.read(id_)["state"] in ("running", "waiting")
        api.kill()
        api = server.Server(binary, url, folder / "log")
        importer = Importer(api)
    with api:
        done = importer.wait(id_)
        assert done["counts"]["applied"] + done["counts"]["repeated"] == done["counts"]["read"]
        assert done["files"][0]["counts"]["applied"] == 60_000, done["files"][0]
        assert api.get("/api/v1/facets", dealer="Dealer 0")["leads"] == 8_572
        print(f"  {kills} kills while it ran")
        undo_at = chance.random() * 0.5
        importer.do("undo", id_)
        time.sleep(undo_at)
        api.kill()
        with server.Server(binary, url, folder / "log") as last:
            importer = Importer(last)
            importer.wait(id_, ("undone",))
            same(figures(last, as_of), expected, "undoing left something")
    server.check_sound(binary, url)


def check_half_undone(binary, folder):
    """An undo that failed half way is gone on with, and the import not: what went would not come
    again."""
    db = folder / "half.db"
    with server.Server(binary, db, folder / "log") as api:
        id_ = Importer(api).run(("half.csv", b"lead_id,created_at\nH-1,2026-05-01\n"))["id"]
    with contextlib.closing(sqlite3.connect(db)) as store, store:
        detail = json.loads(store.execute("SELECT detail FROM import_job").fetchone()[0])
        store.execute("UPDATE import_job SET state = 3, detail = ?",
                      [json.dumps(detail | {"undone": 1, "error": "no space left"})])
    with server.Server(binary, db, folder / "log") as api:
        importer = Importer(api)
        assert importer.read(id_)["state"] == "failed"
        importer.do("run", id_, status=409)
        importer.do("undo", id_)
        assert importer.wait(id_, ("undone",))["undone"] == 2


def main():
    binary, kind = sys.argv[1:3]
    seed = server.announced_seed(3, kind)
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pursuit-")))
        os.chdir(folder)
        database = server.database_maker(stack, kind, folder)
        for name in ("drop", "watched"):
            (folder / name).mkdir()
        made = network(binary, folder, seed)
        log = folder / "log"
        sent = stack.enter_context(server.Server(binary, database("sent"), log))
        put_policy(sent, made)
        empty = stack.enter_context(server.Server(binary, database("empty"), log))
        put_policy(empty, made)
        for one in ("lead", "event", "outcome"):
            rows.send(sent, list(rows.read(made / f"{one}s.csv", one)), "network")
        options = ["--import-from", folder / "drop", "--import-watch", folder / "watched",
                   "--imports", folder / "sent"]
        with server.Server(binary, database("main"), log, options) as api:
            put_policy(api, made)
            importer = Importer(api)
            print("check_files_give_what_rows_give", flush=True)
            id_, as_of = check_files_give_what_rows_give(importer, made, sent)
            for step, arguments in [(check_undo, (id_, empty, as_of)),
                                    (check_it_may_come_again, (made, sent, as_of)),
                                    (check_updates_are_taken_back, ()),
                                    (check_guess_and_mapping, ()), (check_rejects, ()),
                                    (check_workbooks, ()), (check_what_is_refused, (folder,)),
                                    (check_names, (folder,)), (check_watched, (folder,))]:
                print(step.__name__, flush=True)
                step(importer, *arguments)
        print("check_half_undone", flush=True)
        check_half_undone(binary, folder)
        print("check_kills", flush=True)
        as_of = in_hours(0)
        check_kills(binary, database, made, figures(empty, as_of), as_of, folder, seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
