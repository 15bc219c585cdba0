#!/usr/bin/env python3
"""Exports read back, by the standard library and by DuckDB, and held against the JSON of the same
question.

export_test.py BINARY"""

import csv
import ctypes
import io
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile
from datetime import datetime, timedelta, timezone
from xml.etree import ElementTree

import rows
import server

LEADS = 300
AS_OF = "2025-06-01T00:00:00Z"
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
FORMULAS = ["=1+1", "+971 50 000 0000", "-1", "@SUM(A1)", "\t=1", "  =1", "\u00a0=1",
            "\uff1d1", "=HYPERLINK(\"http://x\",\"y\")"]
PLAIN = ["Noura Ali", "نورة", "a,b", "quote \" here", "two\nlines", "1+1", "'=1"]
JSON_OF = {"funnel": "funnel", "thresholds": "thresholds", "channels": "channels", "load": "load",
           "load_daily": "load/daily"}


def export(api, table, **parameters):
    answer = api.request("GET", "/api/v1/export/" + table, params=parameters)
    assert answer.status_code == 200, f"{answer.url}: {answer.status_code} {answer.text}"
    kind = parameters.get("format", "csv")
    name = answer.headers["Content-Disposition"]
    pattern = rf'attachment; filename="pursuit-{table}-[-0-9TZ]+\.{kind}"'
    assert re.fullmatch(pattern, name), name
    return answer.content


def csv_rows(data):
    reader = csv.reader(io.StringIO(data.decode("utf-8"), newline=""))
    return [row for row in reader]


def column_number(reference):
    number = 0
    for letter in re.match("[A-Z]+", reference)[0]:
        number = number * 26 + ord(letter) - 64
    return number - 1


class Workbook:
    def __init__(self, data):
        book = zipfile.ZipFile(io.BytesIO(data))
        assert book.testzip() is None
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
        view = sheet.find(f"{SHEET}sheetViews/{SHEET}sheetView")
        self.right_to_left = view.get("rightToLeft") == "1"
        pane = view.find(f"{SHEET}pane")
        self.frozen_rows = int(float(pane.get("ySplit"))) if pane is not None else 0
        styles = ElementTree.fromstring(book.read("xl/styles.xml"))
        codes = {node.get("numFmtId"): node.get("formatCode")
                 for node in styles.iter(f"{SHEET}numFmt")}
        self.formats = [codes.get(node.get("numFmtId"), "")
                        for node in styles.find(f"{SHEET}cellXfs")]
        self.has_formulas = next(sheet.iter(f"{SHEET}f"), None) is not None
        self.rows = []
        for row in sheet.iter(f"{SHEET}row"):
            cells = {}
            for cell in row:
                cells[column_number(cell.get("r"))] = self.value(cell)
            self.rows.append(cells)

    def value(self, cell):
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            text = "".join(node.text or "" for node in cell.iter(f"{SHEET}t"))
            return re.sub("_x([0-9A-F]{4})_", lambda m: chr(int(m[1], 16)), text)
        node = cell.find(f"{SHEET}v")
        if node is None:
            return None
        if kind == "b":
            return node.text == "1"
        number = float(node.text)
        shown = self.formats[int(cell.get("s", "0"))]
        if shown.startswith("yyyy-mm-dd"):
            at = datetime(1899, 12, 30, tzinfo=timezone.utc) + timedelta(
                milliseconds=round(number * 86_400_000))
            return at.strftime("%Y-%m-%d") if "hh" not in shown else instant_text(at)
        return number

    def table(self):
        head = [self.rows[0][c] for c in range(len(self.rows[0]))]
        return head, [[row.get(c) for c in range(len(head))] for row in self.rows[1:]]


def instant_text(at):
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"


class DuckDb:
    """The library that the program links, asked over its C interface."""

    def __init__(self, folder):
        self.lib = ctypes.CDLL(str(server.TREE / ".deps/duckdb/libduckdb.so"))
        self.folder = folder
        database, self.connection = ctypes.c_void_p(), ctypes.c_void_p()
        assert self.lib.duckdb_open(None, ctypes.byref(database)) == 0
        assert self.lib.duckdb_connect(database, ctypes.byref(self.connection)) == 0

    def run(self, sql):
        assert self.lib.duckdb_query(self.connection, sql.encode(), None) == 0, sql

    def table(self, data):
        """Names, types and rows of a Parquet file; the rows as text, absent ones as None."""
        source, out = self.folder / "in.parquet", self.folder / "out.json"
        source.write_bytes(data)
        self.run(f"COPY (SELECT * FROM (DESCRIBE SELECT * FROM '{source}')) TO '{out}' "
                 "(FORMAT json, ARRAY true)")
        columns = json.loads(out.read_text(encoding="utf-8"))
        chosen = ", ".join(
            f"strftime(\"{c['column_name']}\" AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%gZ') AS "
            f"\"{c['column_name']}\"" if c["column_type"].startswith("TIMESTAMP")
            else f"\"{c['column_name']}\"" for c in columns)
        self.run(f"COPY (SELECT {chosen} FROM '{source}') TO '{out}' (FORMAT json, ARRAY true)")
        rows = json.loads(out.read_text(encoding="utf-8"))
        return ([c["column_name"] for c in columns], {c["column_name"]: c["column_type"]
                                                      for c in columns},
                [[row[c["column_name"]] for c in columns] for row in rows])


def unmarked(text):
    """A cell of CSV without the mark that keeps it from being a formula."""
    return text[1:] if text.startswith("'") and text != "'=1" else text


def same(wanted, cell, kind):
    """A value of JSON against a cell of a file."""
    if isinstance(wanted, list):
        wanted = " ".join(wanted)
    if wanted is None or wanted == "":
        return cell in ("", None)
    if isinstance(wanted, bool):
        return cell == (("true" if wanted else "false") if kind == "csv" else wanted)
    if isinstance(wanted, (int, float)):
        if cell in ("", None):
            return False
        # A sheet has numbers of up to 16 digits; the other two are exact.
        return float(cell) == wanted or (kind == "xlsx" and
                                         abs(float(cell) - wanted) <= 1e-14 * abs(wanted))
    return (unmarked(cell) if kind == "csv" else cell) == wanted


def read(data, kind, duckdb):
    if kind == "csv":
        rows = csv_rows(data)
        return rows[0], rows[1:]
    if kind == "xlsx":
        return Workbook(data).table()
    names, _, rows = duckdb.table(data)
    return names, rows


def compare(where, kind, head, rows, items):
    assert len(rows) == len(items), f"{where}: {len(rows)} rows, {len(items)} in JSON"
    for row, item in zip(rows, items):
        assert len(row) == len(head), f"{where}: {row}"
        for name, cell in zip(head, row):
            wanted = item.get(name)
            assert same(wanted, cell, kind), f"{where}, {name}: {cell!r}, not {wanted!r} ({item})"


def flat(item):
    """A lead of JSON with the columns of a row."""
    made = dict(item)
    for component, points in made.pop("contributions", {}).items():
        made["c_" + component] = points
    return made


def check_queue(api, duckdb):
    for narrowed in ({}, {"region": "UAE"}, {"tier": "Hot,Warm", "sort": "time_left"}):
        items = [flat(item) for item in
                 api.pages("/api/v1/queue", limit=500, as_of=AS_OF, **narrowed)]
        assert items
        for kind in ("csv", "xlsx", "parquet"):
            data = export(api, "queue", format=kind, as_of=AS_OF, **narrowed)
            head, rows = read(data, kind, duckdb)
            assert {"lead_id", "score", "expires_at", "name", "phone", "email"} <= set(head)
            compare(f"queue.{kind} {narrowed}", kind, head, rows, items)


def check_leads(api, duckdb):
    """Every lead and every visit of those of one state."""
    for kind in ("csv", "xlsx", "parquet"):
        for state in ("open", "won"):
            head, rows = read(export(api, "leads", format=kind, as_of=AS_OF, state=state), kind,
                              duckdb)
            visit_head, visits = read(
                export(api, "visits", format=kind, as_of=AS_OF, state=state), kind, duckdb)
            wanted_leads, wanted_visits = [], []
            for row in rows:
                id_ = row[head.index("lead_id")]
                answer = api.get(f"/api/v1/leads/{id_}", as_of=AS_OF)
                assert answer["lead"]["state"] == state
                wanted_leads.append(flat(answer["lead"]))
                wanted_visits += [{"lead_id": id_, **visit}
                                  for visit in answer["explanation"]["visits"]]
            assert wanted_leads
            compare(f"leads.{kind}", kind, head, rows, wanted_leads)
            compare(f"visits.{kind}", kind, visit_head, visits, wanted_visits)
    facets = api.get("/api/v1/facets", as_of=AS_OF)
    assert len(csv_rows(export(api, "leads", as_of=AS_OF))) - 1 == facets["leads"]


def check_tables(api, duckdb):
    for table, path in JSON_OF.items():
        items = api.get("/api/v1/" + path, as_of=AS_OF)["items"]
        assert items
        for kind in ("csv", "xlsx", "parquet"):
            head, rows = read(export(api, table, format=kind, as_of=AS_OF), kind, duckdb)
            assert set(items[0]) <= set(head), head
            compare(f"{table}.{kind}", kind, head, rows, items)
    dealer = api.get("/api/v1/load", as_of=AS_OF)["items"][0]["dealer"]
    items = api.get("/api/v1/load", as_of=AS_OF, dealer=dealer)["items"]
    head, rows = read(export(api, "load", as_of=AS_OF, dealer=dealer), "csv", duckdb)
    compare("load of a dealer", "csv", head, rows, items)
    for rule in (None, "expiry"):
        more = {"rule": rule} if rule else {}
        items = api.get("/api/v1/alerts", as_of=AS_OF, limit=10_000, **more)["items"]
        assert items
        for kind in ("csv", "xlsx", "parquet"):
            head, rows = read(export(api, "alerts", format=kind, as_of=AS_OF, **more), kind, duckdb)
            compare(f"alerts.{kind}", kind, head, rows, items)


def check_types(api, duckdb):
    """Cells are of their type; the header stays; Arabic goes from right to left."""
    book = Workbook(export(api, "queue", format="xlsx", as_of=AS_OF))
    assert book.frozen_rows == 1 and not book.right_to_left and not book.has_formulas
    assert Workbook(export(api, "queue", format="xlsx", lang="ar", as_of=AS_OF)).right_to_left
    assert not Workbook(export(api, "queue", format="xlsx", lang="en", as_of=AS_OF)).right_to_left
    head, rows = book.table()
    first = dict(zip(head, rows[0]))
    assert isinstance(first["score"], float) and isinstance(first["dormant"], bool), first
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", first["entered_at"]), first
    _, types, _ = duckdb.table(export(api, "queue", format="parquet", as_of=AS_OF))
    assert types["score"] == "DOUBLE" and types["dormant"] == "BOOLEAN", types
    assert types["entered_at"] == "TIMESTAMP WITH TIME ZONE" and types["rank"] == "BIGINT", types
    assert not export(api, "funnel", as_of=AS_OF).startswith(b"\xef\xbb\xbf")
    assert export(api, "funnel", bom="true", as_of=AS_OF).startswith(b"\xef\xbb\xbfstage,")


def check_formulas(api, duckdb):
    """Text that a spreadsheet would run is marked in CSV, and plain text in the others."""
    names = FORMULAS + PLAIN
    lines = [json.dumps({"type": "lead", "source_key": f"f{i}", "lead_id": f"F-{i}",
                         "created_at": "2025-05-20T00:00:00Z", "dealer": "=cmd|' /C calc'!A0",
                         "name": name}) for i, name in enumerate(names)]
    lines += [json.dumps({"type": "event", "source_key": f"e{i}", "lead_id": f"F-{i}",
                          "stage": api.get("/api/v1/funnel")["items"][0]["stage"],
                          "at": "2025-05-20T01:00:00Z"}) for i in range(len(names))]
    answer = api.post("/api/v1/changes", "\n".join(lines).encode(), source="formulas",
                      wait="visible")
    assert answer["applied"] == len(lines), answer
    wanted = {f"F-{i}": name for i, name in enumerate(names)}
    dealer = {"dealer": "=cmd|' /C calc'!A0"}
    for kind in ("csv", "xlsx", "parquet"):
        head, rows = read(export(api, "queue", format=kind, **dealer), kind, duckdb)
        found = {row[head.index("lead_id")]: row[head.index("name")] for row in rows}
        assert found.keys() == wanted.keys(), found
        for id_, name in wanted.items():
            marked = "'" + name if kind == "csv" and name in FORMULAS else name
            assert found[id_] == marked, f"{kind}: {found[id_]!r}, not {marked!r}"
        for row in rows:
            cell = row[head.index("dealer")]
            assert cell == ("'" if kind == "csv" else "") + dealer["dealer"], cell
    # Numbers keep their sign.
    head, rows = read(export(api, "visits"), "csv", duckdb)
    assert any(row[head.index("deviation_hours")].startswith("-") for row in rows)


def check_refusals(api):
    for path, parameters in [("queue", {"format": "pdf"}), ("queue", {"bom": "maybe"}),
                             ("queue", {"lang": "fr"}), ("queue", {"limit": "5"}),
                             ("queue", {"sort": "name"}), ("queue", {"stage": "Nowhere"}),
                             ("funnel", {"tier": "Hot"}), ("alerts", {"rule": "none"}),
                             ("leads", {"as_of": "2299-01-01T00:00:00Z"})]:
        answer = api.request("GET", "/api/v1/export/" + path, params=parameters)
        assert answer.status_code == 400, f"{answer.url}: {answer.status_code}"
        assert answer.headers["Content-Type"] == "application/problem+json"
    assert api.request("GET", "/api/v1/export/policy").status_code == 404
    head = api.request("HEAD", "/api/v1/export/queue", params={"format": "xlsx"})
    assert head.status_code == 200 and "Content-Disposition" in head.headers


def main():
    binary = sys.argv[1]
    with tempfile.TemporaryDirectory(prefix="pursuit-export-") as name:
        folder = pathlib.Path(name)
        made = folder / "network"
        subprocess.run([binary, "generate", "-n", str(LEADS), "--seed", "7", "--out", str(made),
                        "--as-of", AS_OF, "--outcomes", "--details"], check=True,
                       stdout=subprocess.DEVNULL)
        duckdb = DuckDb(folder)
        arguments = ["--policy", made / "policy.toml"]
        with server.Server(binary, folder / "export.db", folder / "log", arguments) as api:

            for kind in ("lead", "event", "outcome", "signal"):
                rows.send(api, rows.read(made / f"{kind}s.csv", kind), "network")
            for step in (check_queue, check_leads, check_tables, check_types, check_formulas):
                print(step.__name__, flush=True)
                step(api, duckdb)
            check_refusals(api)
    return 0


if __name__ == "__main__":
    sys.exit(main())
