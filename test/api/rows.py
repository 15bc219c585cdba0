"""Rows of files as the lines of POST /api/v1/changes."""

import csv
import gzip
import json
import tomllib

ROWS_PER_REQUEST = 10_000
NUMBERS = {"lead": {"value"}, "outcome": {"revenue"}, "signal": {"value"}, "cost": {"amount"}}
KNOWN = {
    "event": {"lead_id", "stage", "at", "actor", "source_key"},
    "outcome": {"lead_id", "outcome", "at", "reason", "revenue", "transaction_id", "source_key"},
    "signal": {"lead_id", "kind", "at", "value", "text", "source_key"},
}


def _open(path):
    if str(path).endswith(".gz"):
        return gzip.open(path, "rt", encoding="utf-8", newline="")
    return open(path, encoding="utf-8", newline="")


def read(path, kind, mapping=None):
    """Yields a row of a CSV file as an object. What `mapping` (of mapping.toml) does not rename
    keeps its name; a stage that it does not name is left out."""
    mapping = mapping or {}
    theirs = mapping.get("columns", {})
    stages = mapping.get("stages")
    renamed = set(theirs.values())
    with _open(path) as file:
        for record in csv.DictReader(file):
            row = {ours: record[column] for ours, column in theirs.items()}
            row |= {name: text for name, text in record.items() if name not in renamed}
            row |= mapping.get("constants", {})
            if stages is not None:
                if row["stage"] not in stages:
                    continue
                row["stage"] = stages[row["stage"]]
            if kind in KNOWN:
                row = {name: text for name, text in row.items() if name in KNOWN[kind]}
            for name in NUMBERS.get(kind, ()):
                if name in row:
                    row[name] = float(row[name]) if row[name] else None
            yield {"type": kind, **row}


def read_mapping(path):
    with open(path, "rb") as file:
        return tomllib.load(file)


def send(server, rows, source):
    """Posts all rows and returns the counts of what became of them."""
    counts = {}
    lines = [json.dumps(row) for row in rows]
    for begin in range(0, len(lines), ROWS_PER_REQUEST):
        body = "\n".join(lines[begin:begin + ROWS_PER_REQUEST]).encode()
        answer = server.post("/api/v1/changes", body, source=source, wait="visible")
        for status in ("applied", "repeated", "conflict", "unknown_lead", "invalid"):
            counts[status] = counts.get(status, 0) + answer[status]
    return counts
