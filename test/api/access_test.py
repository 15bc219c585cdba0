#!/usr/bin/env python3
"""People and access through HTTP: signing in, sessions, links, tokens, CSRF, the audit log.

access_test.py BINARY sqlite|postgres"""

import contextlib
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import requests

import contract
import server

PASSWORD = "seven green lanterns"
COOKIE = "__Host-pursuit"


class Browser:
    """A client that keeps a cookie, as a browser would."""

    def __init__(self, url):
        self.url = url
        self.cookie = None
        self.csrf = None

    def send(self, method, path, body=None, headers=None, operation=None):
        sent = dict(headers or {})
        if self.cookie:
            sent.setdefault("Cookie", f"{COOKIE}={self.cookie}")
        if self.csrf:
            sent.setdefault("X-CSRF-Token", self.csrf)
        data = None
        if body is not None:
            data = json.dumps(body)
            sent.setdefault("Content-Type", "application/json")
        with requests.Session() as session:
            session.trust_env = False
            answer = session.request(method, self.url + path, data=data, headers=sent,
                                     timeout=server.PATIENCE_S)
        if operation:
            contract.check_answer(contract.operation(operation), answer)
        set_cookie = answer.headers.get("Set-Cookie")
        if set_cookie:
            for part in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/"):
                assert part in set_cookie, set_cookie
            assert "Domain" not in set_cookie
            self.cookie = re.match(COOKIE + "=([^;]*)", set_cookie)[1] or None
            self.csrf = answer.json()["csrf"] if self.cookie else None
        return answer

    def sign_in(self, name, password, **more):
        return self.send("POST", "/api/v1/session", {"name": name, "password": password, **more},
                         operation="session.begin")


def expect(answer, status):
    assert answer.status_code == status, (
        f"{answer.request.method} {answer.url}: {answer.status_code}, not {status}: {answer.text}")
    return answer


def by_link(api, link, password=PASSWORD):
    browser = Browser(api.url)
    expect(browser.send("POST", "/api/v1/session/link", {"token": link, "password": password},
                        operation="session.link"), 200)
    return browser


def check_first_admin(binary, db, folder):
    """The first start prints a link; it is good once, and a link is printed no more."""
    with server.Server(binary, db, folder / "log", token="") as api:
        line = api.process.stdout.readline()
        link = re.search(r"/#/sign-in\?link=(\S+)", line)[1]
        browser = Browser(api.url)
        short = browser.send("POST", "/api/v1/session/link", {"token": link, "password": "short"},
                             operation="session.link")
        assert expect(short, 422).json()["errors"][0]["field"] == "password"
        browser = by_link(api, link)
        state = expect(browser.send("GET", "/api/v1/session", operation="session.read"), 200).json()
        assert state["user"]["name"] == "admin" and state["user"]["role"] == "admin"
        assert state["scope"]["everything"] and state["access"] == "on"
        again = Browser(api.url).send("POST", "/api/v1/session/link",
                                      {"token": link, "password": PASSWORD})
        expect(again, 401)
    with server.Server(binary, db, folder / "log", token="") as api:
        expect(Browser(api.url).sign_in("admin", PASSWORD), 200)
        expect(Browser(api.url).sign_in("Admin", PASSWORD), 200)  # capitals make no difference
    assert "link=" not in (folder / "log").read_text()


def check_denials(api):
    """A name that nobody has is told from a wrong password by nothing."""
    seen = set()
    for name in ("admin", "nobody", "x" * 300, "", "admin'--"):
        answer = expect(Browser(api.url).sign_in(name, "wrong password here"), 401)
        body = answer.json()
        seen.add((body["detail"], json.dumps(body.get("errors")),
                  answer.headers["WWW-Authenticate"]))
    assert len(seen) == 1, seen
    for path in ("/api/v1/queue", "/api/v1/session", "/api/v1/stream", "/metrics"):
        expect(Browser(api.url).send("GET", path), 401)
    for header in ("Bearer", "Bearer ", "Bearer nothing", "Basic YTpi", "nothing"):
        sent = {"Authorization": header}
        expect(Browser(api.url).send("GET", "/api/v1/queue", headers=sent), 401)
    for name in ("token", "access_token"):
        answer = expect(api.request("GET", f"/api/v1/queue?{name}=abc"), 400)
        assert "Authorization" in answer.json()["detail"]
    expect(Browser(api.url).send("GET", "/healthz"), 200)


def check_sessions(api, admin):
    """Sessions rotate at sign-in, end alone or all at once, and need their CSRF token."""
    first = Browser(api.url)
    expect(first.sign_in("admin", PASSWORD), 200)
    fixed = first.cookie
    expect(first.sign_in("admin", PASSWORD), 200)
    assert first.cookie != fixed
    thief = Browser(api.url)
    thief.cookie = fixed
    expect(thief.send("GET", "/api/v1/session"), 401)
    # A session id of the client's own choosing becomes none.
    chosen = Browser(api.url)
    chosen.cookie = "chosen"
    expect(chosen.sign_in("admin", PASSWORD), 200)
    assert chosen.cookie != "chosen"

    for wrong in ("", "x" * 64, chosen.csrf):
        answer = first.send("POST", "/api/v1/refresh", headers={"X-CSRF-Token": wrong})
        assert expect(answer, 403).json()["errors"][0]["field"] == "X-CSRF-Token"
    expect(first.send("POST", "/api/v1/refresh"), 200)
    expect(first.send("POST", "/api/v1/refresh", headers={"Sec-Fetch-Site": "cross-site"}), 403)
    foreign = first.send("POST", "/api/v1/session", {"name": "admin", "password": PASSWORD},
                         headers={"Sec-Fetch-Site": "cross-site"})
    expect(foreign, 403)
    form = first.send("POST", "/api/v1/session", {"name": "admin", "password": PASSWORD},
                      headers={"Content-Type": "text/plain"})
    expect(form, 415)

    listed = expect(first.send("GET", "/api/v1/sessions", operation="sessions.read"), 200).json()
    assert sum(item["current"] for item in listed["items"]) == 1 and len(listed["items"]) >= 2
    # One of them ends by its name; a name that is nobody's, or another user's, is not there.
    other = Browser(api.url)
    expect(other.sign_in("admin", PASSWORD), 200)
    name = next(item["id"] for item in other.send("GET", "/api/v1/sessions").json()["items"]
                if item["current"])
    end = f"/api/v1/sessions/{name}"
    expect(first.send("DELETE", end, operation="session.revoke"), 204)
    expect(other.send("GET", "/api/v1/session"), 401)
    expect(first.send("GET", "/api/v1/session"), 200)
    expect(first.send("DELETE", end, operation="session.revoke"), 404)

    cookie = first.cookie
    expect(first.send("DELETE", "/api/v1/session", operation="session.end"), 204)
    assert first.cookie is None
    first.cookie = cookie
    expect(first.send("GET", "/api/v1/session"), 401)
    csrf, cookie = chosen.csrf, chosen.cookie
    expect(chosen.send("DELETE", "/api/v1/sessions", operation="sessions.end"), 204)
    for browser in (chosen, admin):
        browser.cookie = browser.cookie or cookie
        browser.csrf = browser.csrf or csrf
        expect(browser.send("GET", "/api/v1/session"), 401)
    # Two cookies of the name are none: which of them is ours nobody can tell.
    expect(admin.sign_in("admin", PASSWORD), 200)
    both = admin.send("GET", "/api/v1/session",
                      headers={"Cookie": f"{COOKIE}={admin.cookie}; {COOKIE}=other"})
    expect(both, 401)


def check_people(api, admin):
    """Users are added, changed, disabled and taken out; the last admin stays."""
    added = expect(admin.send("POST", "/api/v1/users", {
        "name": "Sara", "display_name": "Sara Haddad", "role": "sales",
        "scope": {"dealers": ["Marina"], "owner": "sara"}}, operation="users.add"), 201).json()
    assert added["user"]["name"] == "sara" and not added["user"]["has_password"]
    expect(admin.send("POST", "/api/v1/users", {"name": "sara"}, operation="users.add"), 409)
    for wrong in ({}, {"name": "a b"}, {"name": "x", "role": "king"}, {"name": 5}, {"name": "x",
                  "scope": {"dealers": "Marina"}}, {"name": "x", "more": 1}, {"name": "x" * 65}):
        answer = expect(admin.send("POST", "/api/v1/users", wrong, operation="users.add"), 400)
        assert answer.json()["errors"], wrong
    path = f"/api/v1/users/{added['user']['id']}"
    sara = by_link(api, added["link"])
    expect(sara.send("GET", "/api/v1/users", operation="users.read"), 403)
    expect(sara.send("GET", "/api/v1/audit", operation="audit.read"), 403)
    expect(sara.send("POST", "/api/v1/changes", headers={"Content-Type": "application/x-ndjson"}),
           403)
    expect(sara.send("PUT", "/api/v1/policy"), 403)
    # What an admin changes holds at once.
    changed = admin.send("PATCH", path, {"role": "read_only", "language": "ar"},
                         operation="user.change")
    assert expect(changed, 200).json()["language"] == "ar"
    assert sara.send("GET", "/api/v1/session").json()["user"]["role"] == "read_only"
    expect(sara.send("POST", "/api/v1/session/password",
                     {"old_password": "not this one", "password": "another one of length"},
                     operation="session.password"), 401)
    for bad in ("password1234", "aaaaaaaaaaaa", "sara12345678"):
        expect(sara.send("POST", "/api/v1/session/password",
                         {"old_password": PASSWORD, "password": bad},
                         operation="session.password"), 422)
    expect(sara.send("POST", "/api/v1/session/password",
                     {"old_password": PASSWORD, "password": "another one of length"},
                     operation="session.password"), 204)
    expect(sara.send("GET", "/api/v1/session"), 200)
    expect(Browser(api.url).sign_in("sara", PASSWORD), 401)
    reset = expect(admin.send("POST", path + "/reset-link", operation="user.link"), 201).json()
    older = reset["link"]
    reset = expect(admin.send("POST", path + "/reset-link", operation="user.link"), 201).json()
    expect(Browser(api.url).send("POST", "/api/v1/session/link", {"token": older}), 401)
    again = by_link(api, reset["link"])
    expect(sara.send("GET", "/api/v1/session"), 401)  # a new password ends the other sessions
    sessions = expect(admin.send("GET", path + "/sessions", operation="user.sessions"), 200)
    assert len(sessions.json()["items"]) == 1
    expect(admin.send("DELETE", path + "/sessions", operation="user.sign_out"), 204)
    expect(again.send("GET", "/api/v1/session"), 401)
    expect(again.sign_in("sara", PASSWORD), 200)
    expect(admin.send("PATCH", path, {"active": False}, operation="user.change"), 200)
    expect(again.send("GET", "/api/v1/session"), 401)
    expect(Browser(api.url).sign_in("sara", PASSWORD), 401)
    expect(admin.send("DELETE", path, operation="user.erase"), 204)
    expect(admin.send("GET", path, operation="user.read"), 404)
    me = admin.send("GET", "/api/v1/session").json()["user"]["id"]
    for other in expect(admin.send("GET", "/api/v1/users", operation="users.read"),
                        200).json()["items"]:
        if other["role"] == "admin" and other["id"] != me:
            expect(admin.send("PATCH", f"/api/v1/users/{other['id']}", {"role": "analyst"}), 200)
    expect(admin.send("PATCH", f"/api/v1/users/{me}", {"role": "sales"},
                      operation="user.change"), 409)
    expect(admin.send("DELETE", f"/api/v1/users/{me}", operation="user.erase"), 409)


def check_tokens(api, admin):
    """A token is told once, is never more than its user, and ends."""
    made = expect(admin.send("POST", "/api/v1/tokens", {"name": "report", "role": "analyst"},
                             operation="tokens.add"), 201).json()
    program = {"Authorization": f"Bearer {made['token']}"}
    plain = Browser(api.url)
    expect(plain.send("GET", "/api/v1/queue", headers=program), 200)
    expect(plain.send("POST", "/api/v1/refresh", headers=program), 403)
    expect(plain.send("GET", "/api/v1/users", headers=program), 403)
    expect(plain.send("POST", "/api/v1/tokens", {"name": "more"}, headers=program), 403)
    expect(plain.send("DELETE", "/api/v1/sessions", headers=program), 403)
    expect(plain.send("DELETE", "/api/v1/sessions/0123456789abcdef", headers=program), 403)
    listed = admin.send("GET", "/api/v1/tokens", operation="tokens.read").json()["items"]
    assert made["token"] not in json.dumps(listed)
    added = admin.send("POST", "/api/v1/users", {"name": "omar", "role": "dealer_manager",
                                                 "scope": {"dealers": ["Marina"]}}).json()
    omar = by_link(api, added["link"])
    for wrong in ({"role": "admin"}, {"scope": {"everything": True}}, {"scope": {"dealers": ["X"]}},
                  {"expires_in_days": 1000}):
        expect(omar.send("POST", "/api/v1/tokens", {"name": "x", **wrong},
                         operation="tokens.add"), 400)
    expect(omar.send("POST", "/api/v1/tokens", {"name": "x", "user_id": 1},
                     operation="tokens.add"), 403)
    own = expect(omar.send("POST", "/api/v1/tokens", {"name": "own"}, operation="tokens.add"), 201)
    assert own.json()["scope"]["dealers"] == ["Marina"]
    expect(omar.send("DELETE", f"/api/v1/tokens/{made['id']}", operation="token.revoke"), 404)
    bearer = {"Authorization": f"Bearer {own.json()['token']}"}
    # A user who became less: so did the token.
    admin.send("PATCH", f"/api/v1/users/{added['user']['id']}", {"scope": {"dealers": ["Other"]}})
    state = expect(plain.send("GET", "/api/v1/session", headers=bearer), 200).json()
    assert state["scope"]["dealers"] == [] and not state["scope"]["everything"]
    admin.send("PATCH", f"/api/v1/users/{added['user']['id']}", {"role": "read_only"})
    expect(plain.send("GET", "/api/v1/session", headers=bearer), 401)
    expect(admin.send("DELETE", f"/api/v1/tokens/{made['id']}", operation="token.revoke"), 204)
    expect(plain.send("GET", "/api/v1/queue", headers=program), 401)


def check_lock_out(api):
    """Guessing is stopped; the user's own way in is not, from where they signed in before."""
    victim = Browser(api.url)
    expect(victim.sign_in("omar", PASSWORD), 200)
    statuses = [Browser(api.url).sign_in("nobody-at-all", f"guess number {n} of many").status_code
                for n in range(10)]
    assert statuses[0] == 401 and statuses[-1] == 429, statuses
    answer = Browser(api.url).sign_in("nobody-at-all", "one more guess here")
    assert int(expect(answer, 429).headers["Retry-After"]) > 0
    expect(Browser(api.url).sign_in("omar", PASSWORD), 200)


def check_audit(binary, db, api, admin):
    """What was done is in the log, without secrets; a line that is altered shows."""
    answer = admin.send("GET", "/api/v1/audit?limit=1000", operation="audit.read")
    lines = expect(answer, 200).json()
    what = {line["what"] for line in lines["items"]}
    assert {"sign_in", "sign_in.link", "sign_in.failed", "sign_out", "user.add", "user.change",
            "token.add", "token.revoke", "password.change", "refresh"} <= what, what
    assert [line["seq"] for line in lines["items"]] == list(range(len(lines["items"]), 0, -1))
    text = json.dumps(lines)
    assert PASSWORD not in text and "nobody-at-all" not in text and "pursuit_" not in text
    page = admin.send("GET", "/api/v1/audit?limit=3&before=50", operation="audit.read").json()
    more = admin.send("GET", f"/api/v1/audit?limit=3&before={page['next']}").json()
    assert [line["seq"] for line in page["items"] + more["items"]] == list(range(49, 43, -1))
    verdict = expect(admin.send("GET", "/api/v1/audit/verify", operation="audit.verify"), 200)
    assert verdict.json()["broken"] is None
    done = subprocess.run([binary, "audit", "verify", "--db", db], check=True, capture_output=True,
                          text=True)
    head = re.fullmatch(r"whole: (\d+:[0-9a-f]{64})\n", done.stdout)[1]
    subprocess.run([binary, "audit", "verify", "--db", db, "--expect", head], check=True,
                   capture_output=True)
    wrong = subprocess.run([binary, "audit", "verify", "--db", db, "--expect",
                            head.split(":")[0] + ":" + "0" * 64], check=False, capture_output=True)
    assert wrong.returncode == 3


def check_open_access(binary, folder):
    """Open access is for loopback alone, and even there not for pages of other sites."""
    refused = subprocess.run([binary, "serve", "--access", "open", "--listen", "0.0.0.0:0",
                              "--db", folder / "none.db"], check=False, capture_output=True)
    assert refused.returncode == 2 and b"loopback" in refused.stderr, refused.stderr
    with server.Server(binary, folder / "open.db", folder / "log", ["--access", "open"]) as api:
        state = api.get("/api/v1/session")
        assert state["access"] == "open" and state["user"]["role"] == "admin"
        foreign = {"Sec-Fetch-Site": "cross-site"}
        expect(api.request("POST", "/api/v1/refresh", headers=foreign), 403)
        expect(api.request("POST", "/api/v1/refresh"), 200)


def main():
    binary, kind = sys.argv[1:3]
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(
            tempfile.TemporaryDirectory(prefix="pursuit-access-")))
        db = str(server.database_maker(stack, kind, folder)("access"))
        check_first_admin(binary, db, folder)
        with server.Server(binary, db, folder / "log") as api:
            admin = Browser(api.url)
            expect(admin.sign_in("admin", PASSWORD), 200)
            for step, arguments in [
                    (check_denials, (api,)), (check_sessions, (api, admin)),
                    (check_people, (api, admin)), (check_tokens, (api, admin)),
                    (check_lock_out, (api,)), (check_audit, (binary, db, api, admin))]:
                print(step.__name__, flush=True)
                step(*arguments)
        print("check_open_access", flush=True)
        check_open_access(binary, folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
