"""Sign-ins at Keycloak as a browser makes them."""

import json
import urllib.parse

import contract
import keycloak

START, CALLBACK = "/api/v1/session/oidc/start", "/api/v1/session/oidc/callback"
SESSION, BEGUN = "__Host-pursuit", "__Host-pursuit-oidc"


def begin(api, visitor, place="/today"):
    """Where the provider is asked; the cookie of the sign-in is kept."""
    answer = visitor.send("GET", f"{api.url}{START}?return={urllib.parse.quote(place, safe='')}")
    contract.check_answer(contract.operation("session.oidc_start"), answer)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def finish(api, visitor, url):
    """Where the page goes on, after a callback."""
    assert url.startswith(api.url + CALLBACK), url
    answer = visitor.send("GET", url)
    contract.check_answer(contract.operation("session.oidc_callback"), answer)
    assert answer.status_code == 303, answer.text
    assert any(text.startswith(f"{BEGUN}=;") and "Max-Age=0" in text
               for text in visitor.set_cookies), visitor.set_cookies
    return answer.headers["Location"]


def sign_in(api, user, place="/today", visitor=None):
    """Returns who signed in, and where they came out."""
    visitor = visitor or keycloak.Visitor()
    url = visitor.authenticate(begin(api, visitor, place), user)
    return visitor, finish(api, visitor, url)


def refused(api, user, problem, **more):
    visitor, where = sign_in(api, user, **more)
    assert f"/#/sign-in?problem={problem}" in where, f"{where}, not {problem}"
    assert SESSION not in visitor.cookies[api.url.removeprefix("http://")]
    return visitor


def session_of(api, visitor):
    answer = visitor.send("GET", f"{api.url}/api/v1/session")
    contract.check_answer(contract.operation("session.read"), answer)
    return answer.json() if answer.status_code == 200 else answer.status_code


def last_refusal(api):
    """What the audit log tells of the last sign-in that failed."""
    lines = api.get("/api/v1/audit", limit=50)["items"]
    line = next(one for one in lines if one["what"] == "sign_in.failed")
    detail = line["detail"]
    return json.loads(detail) if isinstance(detail, str) else detail
