#!/usr/bin/env python3
"""Who may do and see what: every operation of openapi.yaml × role × scope, against a table of its
own and a plain filter of the data. What is refused leaves the store as it was, byte for byte.

access_matrix_test.py BINARY sqlite|postgres [SEED]"""

import collections
import contextlib
import csv
import io
import json
import pathlib
import random
import sys
import tempfile
import threading
import urllib.parse

import requests

import contract
import server
from access_matrix import AS_OF, DIMENSIONS, Caller, Store, load_network, scopes_of, whole_of

ROLES = ("admin", "analyst", "region_manager", "dealer_manager", "sales", "read_only")
EVERYBODY = set(ROLES)
ADMIN = {"admin"}
MANAGERS = {"admin", "region_manager", "dealer_manager"}
IMPORTS = tuple("imports." + name for name in (
    "list", "create", "mappings", "read", "files.add", "guess", "mapping.write", "dry_run", "run",
    "cancel", "undo", "rejects"))
# Operation → who may call it at all. An operation that is not here fails the test.
MAY = {
    "changes.write": ADMIN, "refresh": ADMIN, "runs.read": ADMIN, "metrics": ADMIN | {"monitor"},
    "policy.write": ADMIN, "users.read": ADMIN, "users.add": ADMIN, "user.read": ADMIN,
    "user.change": ADMIN, "user.erase": ADMIN, "user.link": ADMIN, "user.sessions": ADMIN,
    "user.sign_out": ADMIN, "audit.read": ADMIN, "audit.verify": ADMIN,
    "person.export": ADMIN, "person.erase": ADMIN,
    **{"export." + name: MANAGERS | {"analyst"} for name in (
        "queue", "leads", "visits", "alerts", "funnel", "thresholds", "channels", "load",
        "load_daily")},
    **dict.fromkeys(("lead.actions.write", "actions.write", "actions.undo"), MANAGERS | {"sales"}),
    **dict.fromkeys(("lead.actions.read", "actions.reasons"), EVERYBODY),
    **dict.fromkeys(IMPORTS, ADMIN),
    "policy.validate": {"admin", "analyst"}, "policy.what_if": {"admin", "analyst"},
    "policy.read": EVERYBODY - {"sales"}, "policies.read": EVERYBODY - {"sales"},
    "policies.version": EVERYBODY - {"sales"},
    **dict.fromkeys(("queue.read", "expiring.read", "leads.list", "lead.read", "lead.scores",
                     "search", "stream",
                     "turnaround.read", "heatmap.read", "trends.read", "leaderboard.read",
                     "turnaround.leads", "facets.read", "funnel.read", "load.read", "load.daily",
                     "alerts.read", "thresholds.read", "channels.read", "session.read",
                     "session.end", "session.password", "session.totp_offer", "session.totp",
                     "sessions.read", "sessions.end", "session.revoke", "tokens.read",
                     "tokens.add", "token.revoke"), EVERYBODY),
}
PUBLIC = {"healthz", "readyz", "session.begin", "session.link", "session.providers",
          "session.oidc_start", "session.oidc_callback", "session.oidc_end", "session.oidc_logout"}
WHOLE_NETWORK = {"thresholds.read", "channels.read", "policy.what_if", "export.thresholds",
                 "export.channels", "person.export", "person.erase", *IMPORTS}
NOT_BY_TOKEN = {"session.end", "session.password", "session.totp_offer", "session.totp",
                "sessions.end", "session.revoke", "tokens.add"}


def requests_of(operation):
    """One request of an operation, as its examples have it. Bodies that would take something away
    are replaced by ones that fit nobody."""
    path = contract.path_with_examples(operation)
    if operation.id in ("user.change", "user.erase", "user.sign_out", "user.link"):
        path = path.replace("/users/1", "/users/999999")
    if operation.id == "token.revoke":
        path = path.replace("/tokens/1", "/tokens/999999")
    return path, next(iter(contract.example_requests(operation)))


def may(caller, operation):
    whole = caller.scope.whole() or operation.id not in WHOLE_NETWORK
    return caller.role in MAY[operation.id] and whole and operation.id not in NOT_BY_TOKEN


def check_operations(callers, store):
    """Every operation by every caller: refused or not as the tables say, and when it is refused
    nothing has changed."""
    told = {operation.id for operation in contract.operations()}
    assert told == set(MAY) | PUBLIC, sorted(told ^ (set(MAY) | PUBLIC))
    store.settle()  # the audit log is a moment behind what was written before
    before = store.digest()
    allowed = []
    refused = 0
    for operation in contract.operations():
        if operation.id in PUBLIC or operation.id == "stream":
            continue
        path, request = requests_of(operation)
        for caller in callers:
            if may(caller, operation):
                allowed.append((caller, operation, path, request))
                continue
            answer = caller.send(operation.method, path, **request)
            where = f"{caller}: {operation.id}: {answer.status_code} {answer.text[:300]}"
            contract.check_answer(operation, answer)
            refused += 1
            assert answer.status_code == 403, where
        assert store.digest() == before, f"{operation.id}: refused, and something has changed"
    for caller, operation, path, request in allowed:
        if operation.method != "GET" and caller.scope.name != "everything":
            continue  # what they may write is looked at elsewhere
        answer = caller.send(operation.method, path, **request)
        contract.check_answer(operation, answer)
        assert answer.status_code not in (401, 403), f"{caller}: {operation.id}: {answer.text}"
    return refused


def check_strangers(api, store):
    before = store.digest()
    for operation in contract.operations():
        if operation.id in PUBLIC:
            continue
        path, request = requests_of(operation)
        for headers in ({}, {"Authorization": "Bearer pursuit_nobody"},
                        {"Cookie": "__Host-pursuit=nobody"}):
            sent = {**request, "headers": {**request["headers"], **headers}}
            with requests.Session() as session:
                session.trust_env = False
                answer = session.request(operation.method, api.url + path,
                                         timeout=server.PATIENCE_S, **sent)
            assert answer.status_code == 401, f"{operation.id} {headers}: {answer.status_code}"
            contract.check_answer(operation, answer)
    assert store.digest() == before


def check_lists(caller, leads, whole):
    """Lists and counts are those of a plain filter of what an admin gets."""
    seen = {lead["lead_id"] for lead in leads if caller.scope.sees(lead)}
    for path in ("/api/v1/queue", "/api/v1/turnaround/leads", "/api/v1/leads"):
        got = caller.pages(path, as_of=AS_OF, limit=37)
        wanted = [item for item in whole[path] if item["lead_id"] in seen]
        assert got == wanted, f"{caller}: {path}: {len(got)} items, {len(wanted)} wanted"
    page = caller.get("/api/v1/queue", as_of=AS_OF, limit=1)
    assert page["total"] == sum(item["lead_id"] in seen for item in whole["/api/v1/queue"])
    got = caller.get("/api/v1/expiring", as_of=AS_OF, within="30d", limit=10_000)
    wanted = [item for item in whole["/api/v1/expiring"] if item["lead_id"] in seen]
    assert got["items"] == wanted and got["total"] == len(wanted), f"{caller}: expiring"

    facets = caller.get("/api/v1/facets", as_of=AS_OF)
    mine = [whole["leads"][lead_id] for lead_id in sorted(seen) if lead_id in whole["leads"]]
    assert facets["leads"] == len(mine), f"{caller}: {facets['leads']} leads, {len(mine)} wanted"
    states = collections.Counter(lead["state"] for lead in mine)
    assert {k: v for k, v in facets["state"].items() if v} == states, caller
    for name in DIMENSIONS:
        counts = collections.Counter(lead[name] for lead in mine)
        assert {v["value"]: v["leads"] for v in facets[name]} == counts, f"{caller}: {name}"

    funnel = caller.get("/api/v1/funnel", as_of=AS_OF)["items"]
    stages = collections.Counter(lead["stage"] for lead in mine if lead["state"] == "open")
    for row in funnel[:-1]:
        assert row["open"] == stages[row["stage"]], f"{caller}: funnel {row}"
    assert funnel[0]["reached"] == len(mine), f"{caller}: {funnel[0]} of {len(mine)}"

    cells = collections.Counter()
    for cell in whole["cells"]:
        if caller.scope.sees(cell):
            for name in ("n", "open", "on_time", "delayed", "critical", "judged", "expired"):
                cells[cell["stage"], name] += cell[name]
    for cell in caller.get("/api/v1/turnaround", as_of=AS_OF, by="stage")["items"]:
        for name in ("n", "open", "on_time", "delayed", "critical", "judged", "expired"):
            assert cell[name] == cells[cell["stage"], name], f"{caller}: {cell} {name}"

    dealers = collections.defaultdict(list)
    for lead in leads:
        dealers[lead["dealer"]].append(caller.scope.sees(lead))
    all_mine = {dealer for dealer, flags in dealers.items()
                if all(flags) and not caller.scope.owner}
    for path in ("/api/v1/load", "/api/v1/load/daily"):
        got = caller.get(path, as_of=AS_OF)["items"]
        wanted = [row for row in whole[path] if caller.scope.whole() or row["dealer"] in all_mine]
        assert got == wanted, f"{caller}: {path}"
    wanted = [row for row in whole["/api/v1/alerts"]
              if caller.scope.whole() or row["lead_id"] in seen
              or (row["lead_id"] is None and row["dealer"] in all_mine)]
    got = caller.get("/api/v1/alerts", as_of=AS_OF, limit=10_000)
    assert got["items"] == wanted, f"{caller}: alerts"
    assert sum(got["totals"].values()) == len(wanted), f"{caller}: {got['totals']}"


def check_exports(caller, leads, whole):
    """Rows of files, too, are those of a plain filter."""
    seen = {lead["lead_id"] for lead in leads if caller.scope.sees(lead)} & set(whole["leads"])
    queue = {item["lead_id"] for item in whole["/api/v1/queue"]} & seen
    for table, wanted in (("leads", seen), ("queue", queue), ("visits", seen)):
        answer = caller.send("GET", f"/api/v1/export/{table}", params={"as_of": AS_OF})
        assert answer.status_code == 200, answer.text
        got = {row["lead_id"] for row in csv.DictReader(io.StringIO(answer.text))}
        assert got == wanted, f"{caller}: export of {table}: {len(got)}, {len(wanted)} wanted"
    dealers = {lead["dealer"] for lead in leads if caller.scope.sees(lead)}
    for table in ("load", "load_daily"):
        answer = caller.send("GET", f"/api/v1/export/{table}", params={"as_of": AS_OF})
        rows = list(csv.DictReader(io.StringIO(answer.text)))
        assert {row["dealer"] for row in rows} <= dealers, f"{caller}: export of {table}"
        told = caller.get("/api/v1/" + table.replace("_", "/"), as_of=AS_OF)["items"]
        assert len(rows) == len(told), f"{caller}: {len(rows)} rows of {table}, {len(told)} told"
    answer = caller.send("GET", "/api/v1/export/funnel", params={"as_of": AS_OF})
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    told = caller.get("/api/v1/funnel", as_of=AS_OF)["items"]
    assert [(row["stage"], row["reached"], row["open"]) for row in rows] == [
        (item["stage"], str(item["reached"]), str(item.get("open", ""))) for item in told], (
            f"{caller}: export of funnel: {rows}, {told}")
    answer = caller.send("GET", "/api/v1/export/alerts", params={"as_of": AS_OF})
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    told = caller.get("/api/v1/alerts", as_of=AS_OF, limit=10_000)["items"]
    assert len(rows) == len(told), f"{caller}: {len(rows)} alerts exported, {len(told)} told"


def check_leads(caller, leads, pick):
    """A lead outside is answered as one that is not there, in every word."""
    nobody = caller.send("GET", "/api/v1/leads/nobody")
    for lead in pick.sample(leads, 25):
        answer = caller.send("GET", "/api/v1/leads/" + urllib.parse.quote(lead["lead_id"], safe=""))
        sees = caller.scope.sees(lead)
        assert answer.status_code == (200 if sees else 404), f"{caller}: {lead}"
        if not sees:
            told = [json.loads(other.text.replace(name, "X")) for other, name in
                    ((answer, lead["lead_id"]), (nobody, "nobody"))]
            for one in told:
                del one["instance"]
            assert told[0] == told[1], told
        found = {item["lead_id"]: item for item in
                 caller.get("/api/v1/search", q=lead["lead_id"], limit=100)["items"]}
        assert (lead["lead_id"] in found) == sees, f"{caller}: search {lead}"


def check_writing(caller, leads, store, pick):
    """Rows of leads outside are unknown leads, and nothing of them is written; those inside are."""
    name = f"{caller}-{pick.randrange(10**9)}"

    def post(row):
        answer = caller.send("POST", "/api/v1/changes", params={"source": name, "wait": "visible"},
                             data=json.dumps(row), headers={"Content-Type": "application/x-ndjson"})
        assert answer.status_code == 200, answer.text
        return answer.json()["results"][0]["status"]

    for lead in pick.sample(leads, 12):
        sees = caller.scope.sees(lead)
        before = store.digest(but=("audit",))
        row = {"type": "note", "source_key": lead["lead_id"], "lead_id": lead["lead_id"],
               "at": "2025-05-01T00:00:00Z", "text": "x"}
        assert post(row) == ("applied" if sees else "unknown_lead"), f"{caller}: {lead}"
        assert (store.digest(but=("audit",)) == before) != sees
        if not sees:
            taken = {"type": "lead", "source_key": "t" + lead["lead_id"],
                     "lead_id": lead["lead_id"], "region": "Taken", "owner": "taken"}
            for part, values in caller.scope.lists.items():
                taken[part] = values[0]
            assert post(taken) == "unknown_lead", f"{caller} took {lead}"
            assert store.digest(but=("audit",)) == before
    if caller.scope.whole():
        return
    before = store.digest(but=("audit",))
    for row in ({"type": "lead", "source_key": "new", "lead_id": name, "dealer": "Elsewhere",
                 "created_at": "2025-05-01T00:00:00Z"},
                {"type": "cost", "source_key": "cost", "channel": "web", "from": "2025-05-01",
                 "to": "2025-05-02", "amount": 1, "currency": "AED"}):
        assert post(row) == "unknown_lead", f"{caller}: {row}"
    mine = [lead for lead in leads if caller.scope.sees(lead)]
    if mine:
        gone = {"type": "lead", "source_key": "gone", "lead_id": mine[0]["lead_id"],
                "region": "Elsewhere", "dealer_group": "Elsewhere", "dealer": "Elsewhere",
                "owner": "elsewhere"}
        assert post(gone) == "unknown_lead", f"{caller} gave {mine[0]} away"
    assert store.digest(but=("audit",)) == before


def check_stream(callers, admin, leads, pick):
    """Each caller hears of their leads and of no others."""
    chosen = pick.sample(leads, 40)
    heard = {}
    threads = []
    ready = threading.Barrier(len(callers) + 1)

    def listen(caller):
        got = heard[caller] = []
        with caller.send("GET", "/api/v1/stream", stream=True) as answer:
            assert answer.status_code == 200, answer.text
            lines = answer.iter_lines(decode_unicode=True)
            next(lines)
            ready.wait(server.PATIENCE_S)
            event = None
            for line in lines:
                if line.startswith("event: "):
                    event = line[len("event: "):]
                elif line.startswith("data: ") and event == "lead":
                    got.append(json.loads(line[len("data: "):]))
                elif line.startswith("data: ") and event == "baseline":
                    return

    for caller in callers:
        threads.append(threading.Thread(target=listen, args=(caller,), daemon=True))
        threads[-1].start()
    ready.wait(server.PATIENCE_S)
    body = "\n".join(json.dumps({"type": "signal", "source_key": lead["lead_id"], "kind": "visit",
                                 "lead_id": lead["lead_id"], "at": "2025-05-20T00:00:00Z"})
                     for lead in chosen)
    answer = admin.send("POST", "/api/v1/changes", params={"source": "stream", "wait": "visible"},
                        data=body, headers={"Content-Type": "application/x-ndjson"})
    assert answer.json()["applied"] == len(chosen), answer.text
    assert admin.send("POST", "/api/v1/refresh").status_code == 200  # ends the listening
    for thread in threads:
        thread.join(server.PATIENCE_S)
        assert not thread.is_alive()
    by_id = {lead["lead_id"]: lead for lead in leads}
    for caller in callers:
        got = {data["lead_id"] for data in heard[caller]}
        wanted = {lead["lead_id"] for lead in chosen if caller.scope.sees(lead)}
        assert wanted <= got, f"{caller}: did not hear of {sorted(wanted - got)[:3]}"
        foreign = [lead for lead in got if not caller.scope.sees(by_id[lead])]
        assert not foreign, f"{caller}: heard of {foreign[:3]}"


def run(binary, db, postgres, folder, seed):
    pick = random.Random(seed)
    with server.Server(binary, db, folder / "log", ["--refresh-minutes", "10000"]) as api:
        store = Store(db, postgres)
        leads = load_network(api, binary, folder, seed)
        callers = []
        for scope in scopes_of(leads, pick):
            for role in ROLES:
                if role not in ("admin", "sales") and scope.name not in ("everything", "union"):
                    continue  # what they see does not hang on the role
                name = f"{role}.{scope.name}"
                server.make_user(binary, db, name, role, scope.options())
                callers.append(Caller(api, role, scope, server.make_token(binary, db, name)))
        admin = callers[0]
        whole = whole_of(admin, leads)
        print("check_strangers", flush=True)
        check_strangers(api, store)
        of_every_scope = [caller for caller in callers if caller.role in ("admin", "sales")]
        print("check_lists", flush=True)
        for caller in of_every_scope:
            check_lists(caller, leads, whole)
            check_leads(caller, leads, pick)
            if caller.role in MAY["export.leads"]:
                check_exports(caller, leads, whole)
        print("check_stream", flush=True)
        check_stream(of_every_scope, admin, leads, pick)
        print("check_writing", flush=True)
        for caller in callers:
            if caller.role == "admin":
                check_writing(caller, leads, store, pick)
        print("check_operations", flush=True)
        token = server.make_token(binary, db, "admin.everything", "--role", "monitor")
        monitor = Caller(api, "monitor", admin.scope, token)  # reads the metrics, and nothing else
        refused = check_operations([*callers, monitor], store)
        print(f"{len(callers)} callers, {refused} refusals", flush=True)


def main():
    binary, kind = sys.argv[1:3]
    seed = server.announced_seed(3, kind)
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(
            tempfile.TemporaryDirectory(prefix="pursuit-matrix-")))
        postgres = stack.enter_context(server.Postgres()) if kind == "postgres" else None
        db = postgres.new_database() if postgres else str(folder / "matrix.db")
        run(binary, db, postgres, folder, seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
