#!/usr/bin/env python3
"""What people do to leads, through HTTP: seen at once, kept, idempotent, and taken back without a
trace in any figure.

actions_test.py BINARY sqlite|postgres [SEED]"""

import contextlib
import datetime
import json
import pathlib
import subprocess
import sys
import tempfile
import time

import contract
import rows
import server

LEADS = 200
TABLES = ("funnel", "thresholds", "channels", "load", "load/daily", "alerts")


def load_network(api, binary, folder, seed):
    made = folder / "network"
    if not made.exists():
        subprocess.run([str(binary), "generate", "-n", str(LEADS), "--seed",
                        str(seed % 1_000_000), "--out", str(made), "--as-of",
                        "2026-06-01T00:00:00Z", "--outcomes"], check=True,
                       stdout=subprocess.DEVNULL)
    put = api.request("PUT", "/api/v1/policy", data=(made / "policy.toml").read_bytes())
    assert put.status_code == 200, put.text
    for kind in ("lead", "event", "outcome"):
        counts = rows.send(api, list(rows.read(made / f"{kind}s.csv", kind)), "network")
        assert not counts["invalid"] and not counts["unknown_lead"], counts
    api.post("/api/v1/refresh")


class People:
    """Acts on a server and holds each answer to the contract."""

    def __init__(self, api):
        self.api = api

    def call(self, status, operation, path, body=None, key=None):
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if key:
            headers["Idempotency-Key"] = key
        operation = contract.operation(operation)
        answer = self.api.request(operation.method, path, headers=headers,
                                  data=None if body is None else json.dumps(body))
        assert answer.status_code == status, f"{path} {body}: {answer.status_code} {answer.text}"
        contract.check_answer(operation, answer)
        return answer.json()

    def act(self, lead, kind, status=201, key=None, **more):
        return self.call(status, "lead.actions.write", f"/api/v1/leads/{lead}/actions",
                         {"kind": kind, **more}, key)

    def undo(self, action, status=200, key=None):
        return self.call(status, "actions.undo", f"/api/v1/actions/{action}/undo", key=key)

    def log(self, lead):
        return self.call(200, "lead.actions.read", f"/api/v1/leads/{lead}/actions")["items"]

    def lead(self, lead):
        return self.api.get(f"/api/v1/leads/{lead}")

    def queue(self, **parameters):
        return [item["lead_id"] for item in self.api.pages("/api/v1/queue", limit=500,
                                                           **parameters)]


def in_hours(hours):
    at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=hours)
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def figures(api, as_of):
    """Everything that is figured, as of one instant, which the server's clock has reached."""
    until = time.monotonic() + server.PATIENCE_S
    while api.request("GET", "/api/v1/facets", params={"as_of": as_of}).status_code != 200:
        assert time.monotonic() < until, f"the server's time does not reach {as_of}"
        time.sleep(0.05)
    out = {table: api.get(f"/api/v1/{table}", as_of=as_of, **({"limit": 1000}
                          if table == "alerts" else {})) for table in TABLES}
    for lead in api.pages("/api/v1/queue", as_of=as_of, limit=500, snoozed="show"):
        out[lead["lead_id"]] = lead
    for state in ("won", "lost"):
        out[state] = api.get("/api/v1/facets", as_of=as_of, state=state)
    return json.dumps(out, sort_keys=True)


def same(one, other, complaint):
    if one != other:
        one, other = json.loads(one), json.loads(other)
        for name in sorted(one.keys() | other.keys()):
            if one.get(name) != other.get(name):
                print(f"{name}:\n  {one.get(name)}\n  {other.get(name)}"[:4000])
        raise AssertionError(complaint)


def check_each_kind(people, lead, owner):
    reasons = people.call(200, "actions.reasons", "/api/v1/actions/reasons")["lost"]
    assigned = people.act(lead, "assign", owner="Nour", text="knows the family")
    assert assigned["undo"] and people.lead(lead)["lead"]["owner"] == "Nour"
    assert lead in people.queue(owner="Nour")
    before = people.lead(lead)["lead"]["last_activity_at"]
    assert before < in_hours(-1), before
    called = people.act(lead, "call", text="Will come on Sunday")["action"]
    shown = people.lead(lead)
    assert shown["lead"]["last_activity_at"] == called["at"]
    assert [item for item in shown["timeline"] if item.get("action") == called["id"]] == [
        {"at": called["at"], "kind": "note", "what": "call", "text": "Will come on Sunday",
         "actor": called["author"], "action": called["id"]}]
    people.act(lead, "email", text="The offer", at="2026-05-01T10:00:00Z")
    assert people.lead(lead)["lead"]["last_activity_at"] == called["at"]
    people.act(lead, "note", status=400)
    people.act(lead, "note", status=400, text="x", at=in_hours(1))
    people.act(lead, "lost", status=400, reason="Bad weather")
    people.act(lead, "reopen", status=409)
    people.act(lead, "dance", status=400)
    people.act(lead, "call", status=400, owner="Nour")
    lost = people.act(lead, "lost", reason=reasons[2])["action"]
    assert people.lead(lead)["lead"]["state"] == "lost" and lead not in people.queue()
    people.act(lead, "lost", status=409, reason=reasons[0])
    people.act(lead, "snooze", status=409, until=in_hours(2))
    opened = people.act(lead, "reopen")["action"]
    assert people.lead(lead)["lead"]["state"] == "open"
    people.undo(lost["id"], status=409)
    assert [one["id"] for one in people.log(lead)][:2] == [opened["id"], lost["id"]]
    people.undo(opened["id"])
    assert people.lead(lead)["lead"]["state"] == "lost"
    people.undo(opened["id"], status=409)
    people.undo(lost["id"])
    assert people.lead(lead)["lead"]["state"] == "open"
    people.undo(assigned["action"]["id"])
    assert people.lead(lead)["lead"]["owner"] == owner
    assert people.log(lead)[-1]["undone"]["by"] == called["author"]


def check_snooze(people):
    open_leads = people.queue()
    lead = open_leads[-1]
    put_off = people.act(lead, "snooze", until=in_hours(30))["action"]
    page = people.api.get("/api/v1/queue", limit=500)
    assert page["hidden"] == 1 and page["total"] == len(open_leads) - 1
    assert people.queue() == open_leads[:-1]
    assert people.queue(snoozed="only") == [lead]
    assert sorted(people.queue(snoozed="show")) == sorted(open_leads)
    shown = people.api.get("/api/v1/queue", snoozed="only")["items"][0]
    assert shown["snoozed_until"] == put_off["until"]
    assert shown["next_step"] == {"what": "wait", "due_at": put_off["until"]}
    people.act(lead, "snooze", until=None)
    assert lead in people.queue()
    people.undo(people.log(lead)[0]["id"])
    assert lead not in people.queue()
    people.undo(put_off["id"])
    assert people.queue() == open_leads
    # A hot one past its threshold is shown, whoever put it off.
    hot = people.api.get("/api/v1/queue", tier="Hot", status="expired", limit=1)["items"]
    if hot:
        kept = people.act(hot[0]["lead_id"], "snooze", until=in_hours(30))["action"]
        assert hot[0]["lead_id"] in people.queue()
        people.undo(kept["id"])
    for wrong in (in_hours(-1), in_hours(24 * 400), "tomorrow"):
        people.act(lead, "snooze", status=400, until=wrong)


def check_keys(people, lead):
    first = people.act(lead, "note", text="once", key="abc")
    assert people.act(lead, "note", status=200, text="once", key="abc") == first
    people.act(lead, "note", status=409, text="twice", key="abc")
    assert len([one for one in people.log(lead) if one.get("text") == "once"]) == 1
    # Closing changes what may be done; the key is looked at first.
    lost = people.act(lead, "lost", reason="Price", key="close")
    assert people.act(lead, "lost", status=200, reason="Price", key="close") == lost
    undone = people.undo(lost["action"]["id"], key="undo")
    assert people.undo(lost["action"]["id"], key="undo") == undone
    again = people.act(lead, "lost", status=200, reason="Price", key="close")
    assert again["undo"] is False, "a request that was undone is not done anew"
    assert people.lead(lead)["lead"]["state"] == "open"
    people.undo(first["action"]["id"])


def check_many(people, leads):
    body = {"kind": "assign", "owner": "Rana", "leads": [*leads, "nobody"]}
    answer = people.call(200, "actions.write", "/api/v1/actions", body, key="many")
    assert answer["done"] == len(leads) and answer["refused"] == 1
    assert answer["results"][-1]["status"] == "unknown_lead"
    assert sorted(people.queue(owner="Rana", snoozed="show")) == sorted(leads)
    again = people.call(200, "actions.write", "/api/v1/actions", body, key="many")
    assert {one["status"] for one in again["results"]} == {"repeated", "unknown_lead"}
    people.call(400, "actions.write", "/api/v1/actions", {**body, "leads": leads[:1] * 2})
    people.call(400, "actions.write", "/api/v1/actions", {**body, "leads": []})
    people.call(400, "actions.write", "/api/v1/actions",
                {**body, "leads": [str(i) for i in range(1001)]})
    for one in answer["results"][:-1]:
        people.undo(one["action"])
    assert people.queue(owner="Rana") == []


def check_stream(people, lead):
    with people.api.request("GET", "/api/v1/stream", stream=True) as answer:
        lines = answer.iter_lines(chunk_size=1, decode_unicode=True)
        put_off = people.act(lead, "snooze", until=in_hours(3))["action"]
        until = time.monotonic() + server.PATIENCE_S
        for line in lines:  # a heartbeat is a line too
            assert time.monotonic() < until, "the stream does not tell of it"
            # What was done to the lead before may still be told first.
            if line.startswith("data:") and lead in line:
                if json.loads(line.removeprefix("data:"))["snoozed_until"] is not None:
                    break
    people.undo(put_off["id"])


def check_later_owner(people, lead):
    """An owner that somebody else set since stays."""
    assigned = people.act(lead, "assign", owner="Huda")["action"]
    row = {"type": "lead", "source_key": "crm-1", "lead_id": lead, "owner": "Huda"}
    people.api.post("/api/v1/changes", json.dumps(row), source="crm", wait="visible")
    assert "owner" in people.undo(assigned["id"], status=409)["detail"]
    own = {**row, "source": "pursuit:action"}
    assert people.api.post("/api/v1/changes", json.dumps(own))["invalid"] == 1


def main():
    binary, database = sys.argv[1:3]
    seed = server.announced_seed(3, database)
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pursuit-")))
        new_database = server.database_maker(stack, database, folder)
        urls = [new_database("acted"), new_database("untouched")]
        with server.Server(binary, urls[1], folder / "log") as untouched:
            load_network(untouched, binary, folder, seed)
            with server.Server(binary, urls[0], folder / "log") as api:
                load_network(api, binary, folder, seed)
                people = People(api)
                leads = [item["lead_id"] for item in api.get("/api/v1/queue", limit=9)["items"]]
                owner = people.lead(leads[0])["lead"]["owner"]
                for step, arguments in [(check_each_kind, (leads[0], owner)), (check_snooze, ()),
                                        (check_keys, (leads[1],)), (check_many, (leads,)),
                                        (check_stream, (leads[2],))]:
                    print(step.__name__, flush=True)
                    step(people, *arguments)
                for lead in leads:
                    for one in people.log(lead):
                        if one["undone"] is None:
                            people.undo(one["id"])
                as_of = in_hours(0)
                expected = figures(untouched, as_of)
                same(figures(api, as_of), expected, "an undone action left a trace")
                log = people.log(leads[0])
                check_later_owner(people, leads[3])
                people.act(leads[4], "lost", reason="Other")
                people.act(leads[5], "snooze", until=in_hours(30))
                as_of = in_hours(0)
                changed = figures(api, as_of)
                assert changed != expected
            with server.Server(binary, urls[0], folder / "log") as api:
                same(figures(api, as_of), changed, "a restart changed figures")
                people = People(api)
                assert people.log(leads[0]) == log
                assert people.queue(snoozed="only") == [leads[5]]
        server.check_sound(binary, urls[0])
    return 0


if __name__ == "__main__":
    sys.exit(main())
