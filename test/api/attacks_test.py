#!/usr/bin/env python3
"""Attacks that others fell to, from outside: injection, smuggling, traversal, rebinding, forged
fields, deep nesting. docs/access.md lists what holds them, here and elsewhere.

attacks_test.py BINARY sqlite|postgres"""

import contextlib
import json
import pathlib
import socket
import sys
import tempfile

import requests

import rows
import server
from imports_test import network, put_policy

SQL = ["'", "' OR '1'='1", "'; DROP TABLE lead; --", '" OR ""="', "1) UNION SELECT password FROM "
       "app_user --", "\\'; SELECT pg_sleep(30); --", "stage; --", "%' ESCAPE '!", "$1", ":from0",
       "{0}", "lead.lead_id", "(SELECT count(*) FROM app_user)"]
BREAKS = ["a\r\nSet-Cookie: x=1", "a\nX-Evil: 1", "a%0d%0aX-Evil: 1", "\u560d\u560aX-Evil: 1"]


class Wire:
    """A connection that sends bytes as they are."""

    def __init__(self, url):
        port = int(url.rsplit(":", 1)[1])
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=server.PATIENCE_S)

    def ask(self, data):
        """Everything that comes until the server closes or is silent; it must not be silent."""
        self.socket.sendall(data)
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_WR)
        received = b""
        with contextlib.suppress(ConnectionResetError):
            while block := self.socket.recv(1 << 16):
                received += block
        self.socket.close()
        return received


def leads_of(api):
    return api.get("/api/v1/facets")["leads"]


def check_sql(api):
    """Names and values of filters, groups, orders, searches, ids are values, never statements."""
    before = leads_of(api)
    lists = ["region", "dealer_group", "dealer", "channel", "product", "nameplate", "owner"]
    for text in SQL:
        for path, name, statuses in (
                [("queue", one, (200,)) for one in lists] +
                [("search", "q", (200,)), ("turnaround", "by", (400,)), ("heatmap", "by", (400,)),
                 ("trends", "by", (400,)), ("leaderboard", "by", (400,)), ("queue", "sort", (400,)),
                 ("queue", "cursor", (400,)), ("queue", "stage", (400,)), ("queue", "tier", (400,)),
                 ("queue", "state", (400,)), ("queue", "as_of", (400,)), ("queue", text, (400,)),
                 ("export/leads", "dealer", (200,)), ("export/queue", "sort", (400,)),
                 ("audit", "before", (400,)), ("imports", "limit", (400,))]):
            answer = api.request("GET", f"/api/v1/{path}", params={name: text})
            where = f"{path} {name}={text}: {answer.status_code} {answer.text[:200]}"
            assert answer.status_code in statuses, where
            if path == "queue" and answer.status_code == 200:
                assert answer.json()["total"] == 0, where
        for path in ("leads", "actions", "users", "imports", "policies"):
            answer = api.request("GET", f"/api/v1/{path}/" + requests.utils.quote(text, safe=""))
            assert answer.status_code in (400, 404, 405), f"{path}/{text}: {answer.status_code}"
        row = {"type": "lead", "source_key": text, "lead_id": f"SQL {text}", "name": text,
               "created_at": "2026-05-01T00:00:00Z", "dealer": text, "owner": text}
        sent = api.post("/api/v1/changes", json.dumps(row).encode(), source=text, wait="visible")
        assert sent["applied"] == 1, sent
        found = api.get("/api/v1/leads/" + requests.utils.quote(f"SQL {text}", safe=""))["lead"]
        assert (found["name"], found["dealer"], found["owner"]) == (text, text, text), found
    assert leads_of(api) == before + len(SQL)


def check_headers(api):
    """No text of a client breaks a header line in two."""
    for text in BREAKS:
        with requests.Session() as session:
            session.trust_env = False
            asked = api.url + "/api/v1/queue?dealer=" + requests.utils.quote(text)
            answer = session.get(asked, headers={"Authorization": f"Bearer {api.token}"},
                                 timeout=server.PATIENCE_S)
        assert "X-Evil" not in answer.headers and "Set-Cookie" not in answer.headers
        made = api.request("POST", "/api/v1/imports", params={"name": text},
                           data=b"lead_id,created_at\nH,2026-05-01\n")
        assert made.status_code == 201 and "X-Evil" not in made.headers, made.text
        assert "\n" not in made.json()["files"][0]["name"]
    head = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
    for line in ("X-Request-Id: a b\r\n", "X-Request-Id: a\tb\r\n", f"X-Request-Id: {'a' * 65}\r\n",
                 "X-Request-Id: a,X-Evil:1\r\n", "X-Request-Id: \u00e9\r\n"):
        answer = Wire(api.url).ask((head + line + "\r\n").encode("utf-8"))
        value = line.split(": ", 1)[1].strip().encode("utf-8")
        assert answer.startswith(b"HTTP/1.1 ") and value not in answer, answer


def check_smuggling(api):
    """What a proxy and the server could read differently ends the connection unread, so that no
    second request hides in a first one."""
    row = json.dumps({"type": "lead", "source_key": "s", "lead_id": "SMUGGLED",
                      "created_at": "2026-05-01T00:00:00Z"})
    hidden = (f"POST /api/v1/changes?source=x HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
              f"{api.token}\r\nContent-Type: application/x-ndjson\r\nContent-Length: {len(row)}"
              f"\r\n\r\n{row}")
    start = (f"POST /api/v1/changes?source=y HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
             f"{api.token}\r\nContent-Type: application/x-ndjson\r\n")
    length = len(hidden) + 5
    chunk = f"{len(hidden):x}\r\n{hidden}\r\n0\r\n\r\n"
    for name, text in {
            "both, length first": f"{start}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
                                  f"0\r\n\r\n{hidden}",
            "both, chunks first": f"{start}Transfer-Encoding: chunked\r\nContent-Length: {length}"
                                  f"\r\n\r\n0\r\n\r\n{hidden}",
            "two lengths": f"{start}Content-Length: 0\r\nContent-Length: {len(hidden)}\r\n\r\n"
                           f"{hidden}",
            "a list of lengths": f"{start}Content-Length: 0, {len(hidden)}\r\n\r\n{hidden}",
            "a signed length": f"{start}Content-Length: +0\r\n\r\n{hidden}",
            "a length in hex": f"{start}Content-Length: 0x0\r\n\r\n{hidden}",
            "a coding unheard of": f"{start}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n{hidden}",
            "two codings": f"{start}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n{hidden}",
            "chunked twice": f"{start}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"
                             f"\r\n\r\n0\r\n\r\n{hidden}",
            "a folded line": f"{start}Transfer-Encoding:\r\n chunked\r\nContent-Length: 0\r\n\r\n"
                             f"{hidden}",
            "a blank before the colon": f"{start}Transfer-Encoding : chunked\r\nContent-Length: 0"
                                        f"\r\n\r\n{hidden}",
            "a tab for a blank": f"{start}Transfer-Encoding:\x0bchunked\r\nContent-Length: 0\r\n"
                                 f"\r\n{hidden}",
            "lines that end in LF": f"{start}Content-Length: 0\nX: 1\r\n\r\n{hidden}",
            "a CR alone": f"{start}X: 1\rContent-Length: 0\r\n\r\n{hidden}",
            "a NUL": f"{start}Content-Length: 0\r\nX: \0\r\n\r\n{hidden}",
            "a chunk too long": f"{start}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n"
                                f"{hidden}",
            "a chunk below nothing": f"{start}Transfer-Encoding: chunked\r\n\r\n-1\r\n{hidden}",
            "a chunk without its end": f"{start}Transfer-Encoding: chunked\r\n\r\n1\r\nab{hidden}",
            "two hosts": f"{start}Host: other\r\nContent-Length: 0\r\n\r\n{hidden}"}.items():
        answer = Wire(api.url).ask(text.encode("utf-8"))
        assert answer.count(b"HTTP/1.") == 1, f"{name}: {answer}"
        assert answer.split(b" ", 2)[1] in (b"400", b"501"), f"{name}: {answer[:200]}"
        assert b"onnection: close" in answer, f"{name}: {answer[:400]}"
    assert api.request("GET", "/api/v1/leads/SMUGGLED").status_code == 404
    # In a body that is one to both, it is the body: six lines, of which one is a row.
    answer = Wire(api.url).ask(f"{start}Transfer-Encoding: chunked\r\n\r\n{chunk}".encode())
    assert answer.count(b"HTTP/1.") == 1 and b'"rows":6,"applied":1' in answer, answer


def check_traversal(api, folder):
    """No path leads out of the pages or the folder of files that were sent."""
    for path in ("/../../../../etc/passwd", "/..%2f..%2fetc/passwd", "/%2e%2e/%2e%2e/etc/passwd",
                 "/assets/../../../../etc/passwd", "/assets/..%5c..%5cetc/passwd", "//etc/passwd",
                 "/assets/%2e%2e%2f%2e%2e%2fetc%2fpasswd", "/etc/passwd%00.js", "/.git/config",
                 "/assets/%c0%ae%c0%ae/etc/passwd", "/file:///etc/passwd",
                 "/api/v1/../../../../etc/passwd", "/api/v1/leads/..%2f..%2f..%2fetc%2fpasswd"):
        sent = (f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {api.token}"
                f"\r\nConnection: close\r\n\r\n")
        answer = Wire(api.url).ask(sent.encode())
        assert answer.split(b" ", 2)[1] in (b"400", b"404"), f"{path}: {answer[:200]}"
        assert b"root:" not in answer, path
    before = {path for path in folder.parent.rglob("*") if path.is_file()}
    for name in ("../../escaped.csv", "/var/escaped.csv", "..\\..\\escaped.csv", "escaped.csv\0.gz",
                 ".ssh/escaped.csv", "a" * 190 + "/../escaped.csv"):
        made = api.request("POST", "/api/v1/imports", params={"name": name},
                           data=b"lead_id,created_at\nT,2026-05-01\n")
        assert made.status_code in (201, 400), made.text
    new = {path for path in folder.parent.rglob("*") if path.is_file()} - before
    assert all(folder in path.parents for path in new), new


def check_rebinding(api):
    """A page that points its own name at the service gets nothing from it."""
    for host in ("evil.example", "evil.example:8080", "localhost.evil.example", "127.0.0.1.nip.io",
                 "[::2]", "0.0.0.0"):
        answer = api.request("GET", "/api/v1/queue", headers={"Host": host})
        assert answer.status_code == 421, f"{host}: {answer.status_code}"
        answer = api.request("GET", "/api/v1/session", headers={"X-Forwarded-Host": host})
        assert answer.status_code == 200 and host not in answer.text
    answer = api.request("GET", "/api/v1/queue", headers={"Origin": "https://evil.example"})
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]


def check_forged_fields(binary, db, api):
    """Nobody becomes more by a field that they add, a header, or a name of ours."""
    server.make_user(binary, db, "sara", "sales", ["--owner", "sara"])
    sara = {"Authorization": f"Bearer {server.make_token(binary, db, 'sara')}"}
    as_json = {**sara, "Content-Type": "application/json"}
    me = api.request("GET", "/api/v1/session", headers=sara).json()["user"]
    for method, path, body, statuses in [
            ("PATCH", f"/api/v1/users/{me['id']}", {"role": "admin"}, (403,)),
            ("POST", "/api/v1/users", {"name": "root", "role": "admin"}, (403,)),
            ("POST", "/api/v1/tokens", {"name": "x", "role": "admin"}, (400, 403)),
            ("POST", "/api/v1/tokens", {"name": "x", "user_id": 1}, (400, 403)),
            ("POST", "/api/v1/person/erase", {"lead_id": "x"}, (403,)),
            ("PUT", "/api/v1/policy", {}, (403,))]:
        answer = api.request(method, path, data=json.dumps(body), headers=as_json)
        assert answer.status_code in statuses, f"{method} {path} {body}: {answer.status_code}"
    for field in ("id", "password", "totp", "active", "subject", "created_at", "__proto__"):
        answer = api.request("POST", "/api/v1/users", headers={"Content-Type": "application/json"},
                             data=json.dumps({"name": "forged", "role": "sales", field: 1}))
        assert answer.status_code == 400, f"{field}: {answer.status_code}"
    for name in ("X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"):
        answer = api.request("GET", "/api/v1/users/1", headers={name: "DELETE"})
        assert answer.status_code == 200 and api.get("/api/v1/users/1")["id"] == 1
    for name in ("X-User", "X-Remote-User", "X-Original-URL", "X-Rewrite-URL", "Forwarded"):
        answer = api.request("GET", "/api/v1/users", headers={**sara, name: "admin"})
        assert answer.status_code == 403, f"{name}: {answer.status_code}"
    for source in ("pursuit:action", "pursuit:withdrawn"):
        row = {"type": "note", "source_key": "1", "lead_id": "x", "at": "2026-05-01T00:00:00Z"}
        told = api.post("/api/v1/changes", json.dumps(row).encode(), source=source)
        assert told["invalid"] == 1, told


def check_scripts(api):
    """Markup that somebody stored comes back as data that no browser takes for a page."""
    script = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    row = {"type": "lead", "source_key": "xss", "lead_id": script, "name": script,
           "created_at": "2026-05-01T00:00:00Z"}
    assert api.post("/api/v1/changes", json.dumps(row).encode(), source="crm",
                    wait="visible")["applied"] == 1
    quoted = requests.utils.quote(script, safe="")
    for path, status in ((f"/api/v1/leads/{quoted}", 200), (f"/api/v1/leads/x{quoted}", 404),
                         (f"/api/v1/queue?sort={quoted}", 400), (f"/{quoted}", 404),
                         (f"/api/v1/search?q={quoted}", 200)):
        answer = api.request("GET", path)
        assert answer.status_code == status, f"{path}: {answer.status_code}"
        assert "json" in answer.headers["Content-Type"], answer.headers
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] in ("no-store", "private, no-cache")


def check_nesting(api):
    """What is nested a hundred thousand deep is refused; the stack is not used up by it."""
    deep = 100_000
    for text in ("[" * deep, '{"a":' * deep, "[" * deep + "]" * deep,
                 '{"name":' + "[" * deep + "]" * deep + "}"):
        for method, path in (("POST", "/api/v1/session"), ("POST", "/api/v1/users"),
                             ("POST", "/api/v1/leads/x/actions"), ("POST", "/api/v1/actions"),
                             ("PUT", "/api/v1/imports/1/mapping"), ("PUT", "/api/v1/policy"),
                             ("POST", "/api/v1/person/export"),
                             ("POST", "/api/v1/policy/validate")):
            answer = api.request(method, path, data=text,
                                 headers={"Content-Type": "application/json"})
            assert 400 <= answer.status_code < 500, f"{path} {text[:9]}: {answer.status_code}"
        told = api.post("/api/v1/changes", text.encode(), source="deep")
        assert told["applied"] == 0 and told["invalid"] >= 1, told
    toml = "x = " + "[" * deep + "]" * deep
    answer = api.request("PUT", "/api/v1/policy", data=toml.encode())
    assert answer.status_code == 422, answer.status_code
    assert api.request("GET", "/readyz").status_code == 200


def check_texts(binary, db, api):
    """Bytes that a database cannot keep are refused by field, or kept as text; they are no fault of
    the store, and nobody is kept out by what their browser calls itself."""
    nul = "a\0b"
    headers = {"Content-Type": "application/json"}
    for method, path, body, field in [
            ("POST", "session", {"name": nul, "password": "x"}, "name"),
            ("POST", "session", {"name": "x", "password": nul}, "password"),
            ("POST", "session/link", {"token": nul}, "token"),
            ("POST", "users", {"name": "nul", "display_name": nul}, "display_name"),
            ("POST", "users", {"name": "nul", "scope": {"markets": [nul]}}, "scope.markets"),
            ("POST", "person/export", {"lead_id": nul}, "lead_id"),
            ("POST", "person/export", {"email": nul}, "email"),
            ("POST", "person/erase", {"phone": "1234567\0"}, "phone"),
            ("PUT", "imports/1/mapping", {"source": nul}, "source"),
            ("PUT", "imports/1/mapping", {"save_as": nul}, "save_as")]:
        answer = api.request(method, f"/api/v1/{path}", data=json.dumps(body), headers=headers)
        assert answer.status_code == 400, f"{path} {body}: {answer.status_code} {answer.text}"
        assert field in [one["field"] for one in answer.json()["errors"]], answer.text
    password = "seven green lanterns"
    for number, agent in enumerate([b"caf\xe9", "\u0633".encode() * 150, b"x" * 4_000]):
        link = server.make_user(binary, db, f"agent{number}", "sales")
        for path, body in (("session/link", {"token": link, "password": password}),
                           ("session", {"name": f"agent{number}", "password": password})):
            answer = requests.post(f"{api.url}/api/v1/{path}", json=body,
                                   headers={"User-Agent": agent}, timeout=server.PATIENCE_S)
            assert answer.status_code == 200, f"{agent[:9]}: {answer.status_code} {answer.text}"


def check_places(db, api):
    """What is not there is told without where the store lies."""
    for method, path, body in [
            ("GET", "imports/999", None), ("PUT", "imports/999/mapping", {}),
            ("POST", "imports/999/run", None), ("GET", "policies/999", None),
            ("POST", "actions/999/undo", None), ("GET", "users/999", None),
            ("DELETE", "tokens/999", None), ("GET", "leads/nobody", None),
            ("POST", "person/export", {"lead_id": "nobody"}),
            ("POST", "person/erase", {"lead_id": "nobody"})]:
        answer = api.request(method, f"/api/v1/{path}",
                             **({} if body is None else {"json": body}))
        assert answer.status_code == 404, f"{path}: {answer.status_code} {answer.text}"
        for word in (str(db), "postgres", ".db"):
            assert word not in answer.text, f"{path}: {answer.text}"


def run(binary, db, folder):
    made = network(binary, folder, 11)
    sent = folder / "kept" / "sent"
    sent.mkdir(parents=True)
    with server.Server(binary, db, folder / "log", ["--imports", sent]) as api:
        put_policy(api, made)
        rows.send(api, list(rows.read(made / "leads.csv", "lead")), "network")
        for step, arguments in [(check_sql, ()), (check_headers, ()), (check_smuggling, ()),
                                (check_traversal, (sent,)), (check_rebinding, ()),
                                (check_scripts, ()), (check_nesting, ())]:
            print(step.__name__, flush=True)
            step(api, *arguments)
        print("check_forged_fields", flush=True)
        check_forged_fields(binary, db, api)
        print("check_texts", flush=True)
        check_texts(binary, db, api)
        print("check_places", flush=True)
        check_places(db, api)
    server.check_sound(binary, db)


def main():
    binary, kind = sys.argv[1:3]
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(
            tempfile.TemporaryDirectory(prefix="pursuit-attacks-")))
        run(binary, server.database_maker(stack, kind, folder)("attacks"), folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
