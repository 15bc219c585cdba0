#!/usr/bin/env python3
"""Sign-in by OpenID Connect at a real Keycloak (./x setup --oidc), and what attackers try.

oidc_test.py BINARY"""

import pathlib
import re
import subprocess
import sys
import tempfile

import contract
import keycloak
import oidc_attacks as attacks
import rows
import server
from oidc_visit import START, begin, finish, last_refusal, refused, session_of, sign_in

RULES = """
[[rule]]
group = "admins"
role = "admin"
everything = true

[[rule]]
group = "uae-managers"
role = "region_manager"
markets = ["UAE"]

[[rule]]
group = "sales"
role = "sales"
owner_claim = "preferred_username"
"""
LOGOUT = "/api/v1/session/oidc/logout"
LOCAL_PASSWORD = "seven green lanterns"
EVIL = ("//evil.example.com", "https://evil.example.com", "/\\evil.example.com", "evil",
        "javascript:alert(1)", "/%0d%0aX-Evil: 1", "/#/x")


class Place:
    """A Pursuit whose people sign in at `issuer`."""

    def __init__(self, binary, folder, issuer, port, name="pursuit"):
        self.binary, self.folder = binary, folder
        self.db, self.log = folder / f"{name}.db", folder / f"{name}.log"
        (folder / "roles.toml").write_text(RULES)
        (folder / "secret").write_text(keycloak.SECRET + "\n")
        self.arguments = ["--listen", f"127.0.0.1:{port}", "--log", "info",
                          "--public-url", f"http://127.0.0.1:{port}", "--oidc-issuer", issuer,
                          "--oidc-client-id", keycloak.CLIENT, "--oidc-label", "Keycloak",
                          "--oidc-client-secret-file", str(folder / "secret"),
                          "--oidc-roles", str(folder / "roles.toml")]

    def start(self):
        return server.Server(self.binary, self.db, self.log, self.arguments)


def check_leads(api):
    changes = []
    for lead, market, owner in (("L1", "UAE", "omar"), ("L2", "KSA", "omar"),
                                ("L3", "UAE", "zaid")):
        changes.append({"type": "lead", "source_key": lead, "lead_id": lead, "region": market,
                        "created_at": "2026-01-01T00:00:00Z", "dealer": "Marina", "owner": owner,
                        "nameplate": "Terra", "channel": "web", "name": "Noura"})
    assert rows.send(api, changes, "test")["applied"] == 3


def leads_of(api, visitor):
    answer = visitor.send("GET", f"{api.url}/api/v1/queue")
    assert answer.status_code == 200, answer.text
    return {item["lead_id"] for item in answer.json()["items"]}


def check_sign_in(api):
    """A role and a scope by group; the same user at every sign-in; cookies as they must be."""
    told = keycloak.Visitor().send("GET", f"{api.url}/api/v1/session/providers")
    contract.check_answer(contract.operation("session.providers"), told)
    assert told.json()["items"] == [{"kind": "oidc", "label": "Keycloak", "start": START}]

    visitor = keycloak.Visitor()
    url = begin(api, visitor, "/leads?tier=hot")
    assert keycloak.query_of(url)["code_challenge_method"] == "S256"
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=600"):
        assert part in visitor.set_cookies[0], visitor.set_cookies
    where = finish(api, visitor, visitor.authenticate(url, "sara"))
    assert where == "/#/leads?tier=hot", where
    for part in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/"):
        assert part in visitor.set_cookies[0], visitor.set_cookies
    state = session_of(api, visitor)
    assert state["user"]["name"] == "sara" and state["user"]["display_name"] == "Sara Ali"
    assert state["user"]["role"] == "region_manager" and state["scope"]["markets"] == ["UAE"]
    assert leads_of(api, visitor) == {"L1", "L3"}
    foreign = visitor.send("GET", f"{api.url}/api/v1/leads/L2")
    assert foreign.status_code == 404, foreign.text
    again, _ = sign_in(api, "sara")
    assert session_of(api, again)["user"]["id"] == state["user"]["id"]
    omar, _ = sign_in(api, "omar")
    assert session_of(api, omar)["scope"]["owner"] == "omar"
    assert leads_of(api, omar) == {"L1", "L2"}
    root, _ = sign_in(api, "root")
    assert leads_of(api, root) == {"L1", "L2", "L3"}
    users = {one["name"]: one for one in api.get("/api/v1/users")["items"]}
    assert users["sara"]["subject"].split(" ")[0].endswith("/realms/net")
    assert not users["sara"]["has_password"]
    return visitor


def check_places(api):
    """Nobody is sent elsewhere after a sign-in."""
    for place in EVIL:
        _, where = sign_in(api, "sara", place=place)
        assert where == "/#/today", f"{place}: {where}"


def check_groups(api, provider):
    """What the provider says of somebody counts at every sign-in, and nobody else's word."""
    refused(api, "guest", "no_role")
    assert "guest" not in {one["name"] for one in api.get("/api/v1/users")["items"]}
    before, _ = sign_in(api, "omar")
    provider.move("omar", "admins", True)
    after, _ = sign_in(api, "omar")
    assert session_of(api, after)["user"]["role"] == "admin"
    assert session_of(api, before)["user"]["role"] == "admin", "the one user in both browsers"
    provider.move("omar", "admins", False)
    provider.move("omar", "sales", False)
    refused(api, "omar", "no_role")
    assert session_of(api, before) == session_of(api, after) == 401
    user = next(one for one in api.get("/api/v1/users")["items"] if one["name"] == "omar")
    assert user["role"] == "read_only" and not any(user["scope"].values())
    provider.move("omar", "sales", True)
    back, _ = sign_in(api, "omar")
    assert session_of(api, back)["user"]["role"] == "sales"

    changed = api.request("PATCH", f"/api/v1/users/{user['id']}", json={"active": False})
    assert changed.status_code == 200, changed.text
    assert session_of(api, back) == 401
    refused(api, "omar", "disabled")


def check_names(binary, api, place):
    """A name is no proof: a local user of the name is somebody else until an admin says so."""
    server.make_user(binary, place.db, "lina", "admin")
    refused(api, "lina", "name_taken")
    subject = last_refusal(api)["subject"]
    command = [binary, "user", "identity", "lina", subject, "--db", place.db]
    subprocess.run(command, check=True)
    visitor, _ = sign_in(api, "lina")
    state = session_of(api, visitor)
    assert state["user"]["name"] == "lina" and state["user"]["role"] == "sales"
    other = subprocess.run([binary, "user", "identity", "sara", subject, "--db", place.db],
                           check=False, capture_output=True, text=True)
    assert other.returncode != 0 and "another user" in other.stderr, other


def local_sign_in(binary, api, place):
    """By name and password, whatever the provider does."""
    link = server.make_user(binary, place.db, "local", "admin")
    body = {"token": link, "password": LOCAL_PASSWORD}
    assert api.request("POST", "/api/v1/session/link", json=body).status_code == 200
    body = {"name": "local", "password": LOCAL_PASSWORD}
    answer = api.request("POST", "/api/v1/session", json=body)
    assert answer.status_code == 200 and answer.json()["user"]["role"] == "admin", answer.text


def check_sign_out(api, visitor, between):
    state = session_of(api, visitor)
    done = visitor.send("DELETE", f"{api.url}/api/v1/session",
                        headers={"X-CSRF-Token": state["csrf"]})
    assert done.status_code == 204, done.text
    assert session_of(api, visitor) == 401
    # Another site's page that sends somebody there has no hint: the provider asks them.
    other = keycloak.Visitor().send("GET", api.url + state["sign_out_at"])
    assert "id_token_hint" not in other.headers["Location"], other.headers
    on = visitor.send("GET", api.url + state["sign_out_at"])
    contract.check_answer(contract.operation("session.oidc_end"), on)
    assert on.headers["Location"].startswith(f"{between.issuer}/protocol/openid-connect/logout?")
    assert keycloak.query_of(on.headers["Location"])["id_token_hint"] in between.tokens
    # With it the provider asks nothing and sends them back, signed out there as well.
    page = visitor.send("GET", on.headers["Location"])
    assert page.status_code == 302 and page.headers["Location"] == f"{api.url}/", page.text[:2000]
    asked = visitor.send("GET", begin(api, visitor))
    assert asked.status_code == 200 and "password" in asked.text, asked.text[:2000]


def check_signed_out_there(api, provider, between):
    """What ends at the provider ends here, by its word: that session, and no other."""
    provider.change_client(keycloak.CLIENT, **{
        "backchannel.logout.url": f"{api.url}{LOGOUT}",
        "backchannel.logout.session.required": "true"})
    visitors = [sign_in(api, user)[0] for user in ("sara", "sara", "root")]
    names = [keycloak.parts_of(token)[1]["sid"] for token in between.tokens[-3:]]
    for ended in (1, 0):
        provider.end_session(names[ended], between.url)
        assert session_of(api, visitors[ended]) == 401, api.log.read_text()[-1500:]
        assert session_of(api, visitors[0] if ended else visitors[2]) != 401
    lines = [one for one in api.get("/api/v1/audit", limit=50)["items"]
             if one["what"] == "sign_out.provider"]
    assert lines and {one["subject"] for one in lines} == {"sara"}, lines


def check_away(binary, place, between):
    """Without the provider: words, and the way in by password; with it again, all is well."""
    with place.start() as api:
        visitor = keycloak.Visitor()
        answer = visitor.send("GET", f"{api.url}{START}?return=%2Fload")
        assert answer.headers["Location"] == "/#/sign-in?problem=away&return=/load", answer.headers
        local_sign_in(binary, api, place)
    between.open()
    with place.start() as api:
        visitor = keycloak.Visitor()
        url = visitor.authenticate(begin(api, visitor), "sara")
        between.close()
        assert "problem=away" in finish(api, visitor, url)
        between.open()
        assert sign_in(api, "sara")[1] == "/#/today"


def check_traces(binary, place, between):
    """No secret is in the log, and the audit log is whole."""
    log = place.log.read_text()
    assert "session.oidc_callback" in log
    for secret in (keycloak.SECRET, "a-s%3Acret", *between.tokens[-5:]):
        assert secret not in log, secret
    assert not re.search(r"[?&](code|state)=", log)
    subprocess.run([binary, "audit", "verify", "--db", place.db], check=True,
                   stdout=subprocess.DEVNULL)
    shown = subprocess.run([binary, "config", "--oidc-client-secret", "hidden-word"], check=True,
                           capture_output=True, text=True).stdout
    assert 'oidc_client_secret = "***"' in shown and "hidden-word" not in shown


def check_settings(binary, folder):
    """What is missing is told at the start."""
    good = ["--oidc-issuer", "https://id.example.com", "--oidc-client-id", "pursuit",
            "--oidc-roles", str(folder / "roles.toml"), "--public-url", "https://p.example.com"]
    for name, value, why in (("--oidc-issuer", "http://id.example.com", "oidc_issuer"),
                             ("--oidc-client-id", "", "oidc_client_id"),
                             ("--oidc-roles", "", "oidc_roles"),
                             ("--oidc-roles", "/nowhere", "/nowhere"),
                             ("--public-url", "", "public_url"),
                             ("--public-url", "http://p.example.com", "public_url"),
                             ("--public-url", "https://p.example.com/path", "public_url"),
                             ("--oidc-scopes", "profile", "oidc_scopes"),
                             ("--oidc-hosts", "keys.example.com, https://b.example.com",
                              "oidc_hosts"),
                             ("--oidc-client-secret-file", "/nowhere", "/nowhere"),
                             ("--access", "open", "oidc_issuer")):
        arguments = list(good)
        if name in arguments:
            arguments[arguments.index(name) + 1] = value
        else:
            arguments += [name, value]
        done = subprocess.run([binary, "serve", "--db", folder / "none.db", *arguments],
                              check=False, capture_output=True, text=True)
        assert done.returncode != 0 and why in done.stderr, f"{name} {value}: {done.stderr}"


def main():
    binary = sys.argv[1]
    if not keycloak.HOME.is_dir():
        print("no Keycloak here: ./x setup --oidc")
        return 77
    with (tempfile.TemporaryDirectory(prefix="pursuit-oidc-") as name,
          keycloak.Keycloak() as provider):
        folder = pathlib.Path(name)
        port = keycloak.free_port()
        provider.admin("POST", "", keycloak.realm([f"http://127.0.0.1:{port}/*"]))
        for kind, algorithm in (("ecdsa-generated", "ES256"), ("rsa-generated", "PS256")):
            config = {"ecdsaEllipticCurveKey": ["P-256"], "algorithm": [algorithm],
                      "priority": ["50"]}
            provider.admin("POST", f"/{keycloak.REALM}/components",
                           {"name": algorithm, "providerId": kind, "config": config,
                            "providerType": "org.keycloak.keys.KeyProvider"})
        between = keycloak.Between(provider.url)
        place = Place(binary, folder, between.issuer, port)
        check_settings(binary, folder)
        check_away(binary, place, between)
        with place.start() as api:
            check_leads(api)
            visitor = check_sign_in(api)
            for step, arguments in ((check_places, (api,)), (attacks.check_replays, (api,)),
                                    (attacks.check_tokens, (api, between, provider)),
                                    (attacks.check_audience, (api, between)),
                                    (attacks.check_expired, (api, provider)),
                                    (attacks.check_algorithms, (api, provider)),
                                    (check_groups, (api, provider)),
                                    (check_names, (binary, api, place)),
                                    (check_sign_out, (api, visitor, between)),
                                    (check_signed_out_there, (api, provider, between)),
                                    (attacks.check_logout_tokens, (api, between))):
                print(step.__name__, flush=True)
                step(*arguments)
        check_traces(binary, place, between)
    return 0


if __name__ == "__main__":
    sys.exit(main())
