#!/usr/bin/env python3
"""What each channel cost and brought: costs shared out by days, the last sale of each lead that is
won, both within the look-back; in the answer and in its export.

channels_test.py BINARY sqlite|postgres"""

import contextlib
import csv
import datetime
import io
import json
import pathlib
import sys
import tempfile
import tomllib

import contract
import server

AS_OF = datetime.datetime(2026, 6, 1, tzinfo=datetime.timezone.utc)
MONEY = ("cost", "cost_per_won", "revenue", "return_on_cost")
MANY = "cost_currencies"


def days_ago(days):
    return (AS_OF - datetime.timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


def lead(name, channel, *story):
    """A lead of twenty days, or of as many as its story has; what became of it, by days ago."""
    oldest = max(days for days, _, _ in story)
    yield {"type": "lead", "source_key": name, "lead_id": name, "channel": channel,
           "created_at": days_ago(oldest + 20)}
    for number, (days, what, revenue) in enumerate(story):
        row = {"source_key": f"{name}-{number}", "lead_id": name, "at": days_ago(days)}
        if what in ("won", "lost"):
            row |= {"type": "outcome", "outcome": what}
            if revenue is not None:
                row["revenue"] = revenue
        else:
            row |= {"type": "event", "stage": what}
        yield row


def cost(name, channel, first, last, amount, currency="AED"):
    return {"type": "cost", "source_key": name, "channel": channel, "from": days_ago(first)[:10],
            "to": days_ago(last)[:10], "amount": amount, "currency": currency}


def rows(lookback):
    yield from lead("again", "web", (5, "won", 300), (4, "Contacted", None), (3, "won", 500))
    yield from lead("once", "web", (2, "won", 250.5))
    yield from lead("given back", "web", (6, "won", 900), (5, "Contacted", None), (4, "lost", None))
    yield from lead("long ago", "web", (lookback + 100, "won", 1_000_000))
    yield from lead("no cost", "walk-in", (1, "won", 400))
    yield from lead("no revenue", "fleet", (1, "won", None))
    yield cost("month", "web", 9, 0, 1_000)
    # Half of its days are before the look-back.
    yield cost("old", "web", lookback + 9, lookback - 10, 500)
    yield cost("fleet", "fleet", 3, 1, 60, "")
    # Amounts in several currencies have no sum.
    yield from lead("two markets", "event", (2, "won", 700))
    yield cost("stand", "event", 2, 2, 100)
    yield cost("tent", "event", 2, 2, 100, "SAR")
    yield cost("another currency", "web", lookback + 9, lookback + 5, 100, "SAR")


def check(api):
    policy = tomllib.loads(api.get("/api/v1/policy")["resolved"])
    lookback = policy["channel"]["lookback_days"]
    body = "\n".join(json.dumps(row) for row in rows(lookback))
    told = api.post("/api/v1/changes", body.encode(), source="crm", wait="visible")
    assert told["applied"] == len(body.splitlines()), told
    as_of = {"as_of": days_ago(0)}
    operation = contract.operation("channels.read")
    answer = api.request("GET", "/api/v1/channels", params=as_of)
    contract.check_answer(operation, answer)
    found = {row["channel"]: row for row in answer.json()["items"]}
    expected = {"web": (1_250, 1_250 / 2, 750.5, 750.5 / 1_250),
                "walk-in": (None, None, 400, None),
                "fleet": (60, 60, None, None),
                "event": (None, None, 700, None)}
    currencies = {"web": ["AED"], "walk-in": [], "fleet": [], "event": ["AED", "SAR"]}
    for channel, money in expected.items():
        assert tuple(found[channel][name] for name in MONEY) == money, (channel, found[channel])
        assert found[channel][MANY] == currencies[channel], (channel, found[channel])
    text = api.request("GET", "/api/v1/export/channels", params={"format": "csv", **as_of}).text
    for row in csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))):
        money = tuple(float(row[name]) if row[name] else None for name in MONEY)
        assert money == expected[row["channel"]], row
        assert row[MANY].split() == currencies[row["channel"]], row


def main():
    binary, kind = sys.argv[1:3]
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pursuit-")))
        db = server.database_maker(stack, kind, folder)("channels")
        check(stack.enter_context(server.Server(binary, db, folder / "log")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
