"""The parts of access_matrix_test.py: scopes, callers, a network, and what an admin gets of it."""

import contextlib
import csv
import hashlib
import sqlite3
import subprocess
import time
import urllib.parse

import requests

import rows
import server

LEADS = 240
AS_OF = "2025-06-01T00:00:00Z"
DIMENSIONS = ("region", "dealer_group", "dealer", "owner")


class Scope:
    """A scope as the command line takes it, and as a plain filter."""

    def __init__(self, name, everything=False, owner=None, **lists):
        self.name = name
        self.everything = everything
        self.owner = owner
        self.lists = lists

    def options(self):
        out = ["--everything"] if self.everything else []
        for name, values in self.lists.items():
            option = {"region": "--market", "dealer_group": "--dealer-group",
                      "dealer": "--dealer"}[name]
            for value in values:
                out += [option, value]
        return out + (["--owner", self.owner] if self.owner else [])

    def whole(self):
        return self.everything and not self.owner

    def sees(self, lead):
        if self.owner and lead["owner"] != self.owner:
            return False
        if self.everything or (self.owner and not self.lists):
            return True
        return any(lead[name] in values for name, values in self.lists.items())


def scopes_of(leads, pick):
    a, b = pick.sample(leads, 2)
    other = pick.choice([lead for lead in leads if lead["region"] != a["region"]])
    return [Scope("everything", everything=True), Scope("nothing"),
            Scope("market", region=[a["region"]]),
            Scope("group", dealer_group=[a["dealer_group"]]),
            Scope("dealers", dealer=sorted({a["dealer"], b["dealer"]})),
            Scope("union", region=[a["region"]], dealer=[other["dealer"]]),
            Scope("owner", owner=b["owner"]),
            Scope("own-at-dealer", owner=a["owner"], dealer=[a["dealer"]]),
            Scope("unheard-of", dealer=["No Such Dealer"])]


class Store:
    """The content of a database, as one digest."""

    def __init__(self, db, postgres):
        self.db = db
        self.postgres = postgres
        named = ("SELECT tablename FROM pg_tables WHERE schemaname = 'public'" if postgres else
                 "SELECT name FROM sqlite_master WHERE type = 'table'")
        self.tables = sorted(row[0] for row in self._rows(named))
        assert "lead" in self.tables and "audit" in self.tables

    def _rows(self, sql):
        if self.postgres:
            return self.postgres.query(self.db, sql)
        with contextlib.closing(sqlite3.connect(f"file:{self.db}?mode=ro", uri=True)) as db:
            return db.execute(sql).fetchall()

    def digest(self, but=()):
        tables = [table for table in self.tables if table not in but]
        whole = hashlib.sha256()
        if self.postgres:
            # One question: each is a process.
            rows = self._rows(" UNION ALL ".join(
                f"SELECT '{table}', md5(string_agg(t::text, ';' ORDER BY t::text)) FROM {table} t"
                for table in tables))
            whole.update(repr(sorted(rows)).encode())
        else:
            for table in tables:
                lines = sorted(map(repr, self._rows(f"SELECT * FROM {table}")))
                whole.update("\n".join([table, *lines]).encode())
        return whole.hexdigest()

    def settle(self):
        """Returns once nothing is written any more that an earlier request left to be."""
        before, now = None, self.digest()
        while before != now:
            time.sleep(1)
            before, now = now, self.digest()


class Caller:
    def __init__(self, api, role, scope, token):
        self.api = api
        self.role = role
        self.scope = scope
        self.headers = {"Authorization": f"Bearer {token}"}

    def __str__(self):
        return f"{self.role}/{self.scope.name}"

    def send(self, method, path, headers=None, **more):
        with requests.Session() as session:
            session.trust_env = False
            return session.request(method, self.api.url + path, timeout=server.PATIENCE_S,
                                   headers={**self.headers, **(headers or {})}, **more)

    def get(self, path, **parameters):
        answer = self.send("GET", path, params=parameters)
        assert answer.status_code == 200, f"{self}: {answer.url}: {answer.text}"
        return answer.json()

    def pages(self, path, **parameters):
        return server.pages(self.get, path, parameters)


def load_network(api, binary, folder, seed):
    made = folder / "network"
    subprocess.run([str(binary), "generate", "-n", str(LEADS), "--seed", str(seed % 1_000_000),
                    "--out", str(made), "--as-of", AS_OF, "--outcomes", "--details"], check=True,
                   stdout=subprocess.DEVNULL)
    put = api.request("PUT", "/api/v1/policy", data=(made / "policy.toml").read_bytes())
    assert put.status_code == 200, put.text
    for kind in ("lead", "event", "outcome", "signal"):
        rows.send(api, list(rows.read(made / f"{kind}s.csv", kind)), "network")
    with open(made / "leads.csv", encoding="utf-8", newline="") as file:
        return [{name: lead.get(name, "") for name in ("lead_id", *DIMENSIONS)}
                for lead in csv.DictReader(file)]


def whole_of(admin, leads):
    """What there is, as an admin gets it."""
    whole = {path: admin.pages(path, as_of=AS_OF, limit=500)
             for path in ("/api/v1/queue", "/api/v1/turnaround/leads", "/api/v1/leads")}
    whole["/api/v1/expiring"] = admin.get("/api/v1/expiring", as_of=AS_OF, within="30d",
                                          limit=10_000)["items"]
    for path in ("/api/v1/load", "/api/v1/load/daily"):
        whole[path] = admin.get(path, as_of=AS_OF)["items"]
    whole["/api/v1/alerts"] = admin.get("/api/v1/alerts", as_of=AS_OF, limit=10_000)["items"]
    whole["cells"] = []
    for dealer in sorted({lead["dealer"] for lead in leads}):
        quoted = dealer.replace("\\", "\\\\").replace(",", "\\,")
        whole["cells"] += [{"dealer": dealer, **cell} for cell in admin.get(
            "/api/v1/turnaround", as_of=AS_OF, dealer=quoted,
            by="stage,region,dealer_group,owner")["items"]]
    whole["leads"] = {}
    for lead in leads:
        answer = admin.send("GET", "/api/v1/leads/" + urllib.parse.quote(lead["lead_id"], safe=""),
                            params={"as_of": AS_OF})
        if answer.status_code == 200:
            whole["leads"][lead["lead_id"]] = answer.json()["lead"]
    assert len(whole["leads"]) > LEADS // 2
    return whole
