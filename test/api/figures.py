"""Holds what the API answers against the files of `pursuit analyze`: every value, exactly."""

import csv
import pathlib
import subprocess

VISIT = ["visit", "stage", "entered_at", "left_at", "kind", "hours", "sla_hours",
         "effective_sla_hours", "deviation_hours", "category"]


def analyze(binary, out, arguments):
    subprocess.run([str(binary), "analyze", "-q", "--out", str(out), *map(str, arguments)],
                   check=True)
    tables = {}
    for path in pathlib.Path(out).glob("*.csv"):
        with open(path, encoding="utf-8", newline="") as file:
            tables[path.stem] = list(csv.DictReader(file))
    return tables


def same(cell, value):
    """A cell of a file against a value of JSON. Numbers are compared as numbers, exactly."""
    if value is None:
        return cell == ""
    if isinstance(value, bool):
        return cell == ("true" if value else "false")
    if isinstance(value, (int, float)):
        return cell != "" and float(cell) == value
    return cell == value


class Differences:
    """Collects what differs; says so at the end."""

    def __init__(self):
        self.found = []
        self.compared = 0

    def compare(self, where, row, item, columns=None):
        for column in columns or row:
            self.compared += 1
            if not same(row[column], item.get(column)):
                self.found.append(f"{where}: {column}: {row[column]!r} in the file, "
                                  f"{item.get(column)!r} over HTTP")

    def expect(self, where, wanted, got):
        self.compared += 1
        if wanted != got:
            self.found.append(f"{where}: {wanted!r} in the file, {got!r} over HTTP")

    def table(self, name, rows, items):
        self.expect(f"{name}: rows", len(rows), len(items))
        for number, (row, item) in enumerate(zip(rows, items)):
            self.compare(f"{name}, row {number}", row, item)

    def lead(self, row, item):
        """A row of leads.csv."""
        flat = dict(item)
        for component, points in flat.pop("contributions", {}).items():
            flat["c_" + component] = points
        self.compare(f"lead {row['lead_id']}", row, flat)

    def check(self, what):
        shown = "\n".join(self.found[:20])
        assert not self.found, f"{what}: {len(self.found)} differences\n{shown}"
        assert self.compared > 0, f"{what}: nothing was compared"


def queue_order(row):
    return (-float(row["score"]), row["entered_at"], row["lead_id"])


def compare_tables(differences, server, tables, as_of):
    for name, path in [("funnel", "funnel"), ("thresholds", "thresholds"),
                       ("channels", "channels"), ("load", "load"), ("load_daily", "load/daily")]:
        items = server.get("/api/v1/" + path, as_of=as_of)["items"]
        differences.table(name, tables[name], items)
    items = []
    while True:
        page = server.get("/api/v1/alerts", as_of=as_of, limit=1000, offset=len(items))
        items += page["items"]
        if not page["items"]:
            break
    differences.table("alerts", tables["alerts"], items)


def compare_queue(differences, server, tables, as_of):
    """All pages of the queue: every open lead, in order, with every figure."""
    rows = sorted((row for row in tables["leads"] if row["state"] == "open"), key=queue_order)
    items = server.pages("/api/v1/queue", as_of=as_of, limit=500)
    differences.expect("queue", [row["lead_id"] for row in rows],
                       [item["lead_id"] for item in items])
    for row, item in zip(rows, items):
        differences.lead(row, item)


def compare_lists(differences, server, tables, as_of):
    """The leads behind the counts of the funnel and of channels, all pages of them."""
    def list_of(**filters):
        total = server.get("/api/v1/leads", as_of=as_of, limit=1, **filters)["total"]
        items = server.pages("/api/v1/leads", as_of=as_of, limit=500, **filters)
        differences.expect(f"leads, {filters}", total, len({item["lead_id"] for item in items}))
        return items

    items = {item["lead_id"]: item for item in list_of()}
    differences.expect("leads", len(tables["leads"]), len(items))
    for row in tables["leads"]:
        differences.lead(row, items[row["lead_id"]])
    for row in tables["funnel"]:
        reached = list_of(reached=row["stage"])
        differences.expect(f"reached {row['stage']}", int(row["reached"]), len(reached))
        if row["lost"]:
            lost = server.get("/api/v1/turnaround/leads", as_of=as_of, visit_stage=row["stage"],
                              kind="lost", **{"from": "1970-01-01"})
            differences.expect(f"lost in {row['stage']}", int(row["lost"]), lost["visits"])
    since = server.get("/api/v1/channels", as_of=as_of)
    for row in tables["channels"]:
        channel = row["channel"].replace("\\", "\\\\").replace(",", "\\,")
        for column, filters in [("leads", {}), ("closed", {"state": "won,lost"}),
                                ("won", {"state": "won"})]:
            if filters:
                filters["closed_after"] = since["closed_after"]
            differences.expect(f"{column} of {channel}", int(row[column]),
                               len(list_of(channel=channel, **filters)))


def compare_lead(differences, server, tables_of_lead, as_of):
    """One lead whole: its row of leads.csv and its rows of visits.csv."""
    row, visits = tables_of_lead
    answer = server.get(f"/api/v1/leads/{row['lead_id']}", as_of=as_of)
    differences.lead(row, answer["lead"])
    shown = answer["explanation"]["visits"]
    differences.expect(f"visits of {row['lead_id']}", len(visits), len(shown))
    for wanted, visit in zip(visits, shown):
        differences.compare(f"visit {wanted['visit']} of {row['lead_id']}", wanted, visit, VISIT)
