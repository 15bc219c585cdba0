"""What attackers try: answers to other sign-ins, tokens that were altered or are of others."""

import base64
import hashlib
import hmac
import re

import contract
import keycloak
from oidc_visit import CALLBACK, begin, finish, last_refusal, refused, session_of, sign_in

FORM = "application/x-www-form-urlencoded"


def check_replays(api):
    """A sign-in ends once, in the browser where it began, by the answer to it."""
    visitor = keycloak.Visitor()
    url = visitor.authenticate(begin(api, visitor), "sara")
    kept = dict(visitor.cookies[api.url.removeprefix("http://")])
    thief = keycloak.Visitor()
    assert "problem=over" in finish(api, thief, url), "without the cookie"
    begin(api, thief)
    assert "problem=over" in finish(api, thief, url), "with the cookie of another sign-in"
    wrong = keycloak.with_query(url, state="x" * 43)
    assert "problem=over" in finish(api, visitor, wrong)
    visitor.cookies[api.url.removeprefix("http://")] = dict(kept)
    assert finish(api, visitor, url) == "/#/today"
    visitor.cookies[api.url.removeprefix("http://")] = dict(kept)
    assert "problem=over" in finish(api, visitor, url), "a second time"
    # The code of a sign-in that ended, in one that begins now.
    fresh = keycloak.Visitor()
    state = keycloak.query_of(begin(api, fresh))["state"]
    where = finish(api, fresh, keycloak.with_query(url, state=state))
    assert "problem=answer" in where, where
    assert "invalid_grant" in last_refusal(api)["why"], last_refusal(api)
    # An answer that does not say whose it is (Keycloak's do), and one of another provider.
    for issuer in ("", "https://evil.example.com"):
        answer = keycloak.with_query(url, iss=issuer,
                                     state=keycloak.query_of(begin(api, fresh))["state"])
        assert "problem=answer" in finish(api, fresh, answer)
        assert "(iss)" in last_refusal(api)["why"], last_refusal(api)
    # What the provider refused.
    state = keycloak.query_of(begin(api, fresh))["state"]
    where = finish(api, fresh, f"{api.url}{CALLBACK}?error=access_denied&state={state}")
    assert "problem=refused" in where, where
    where = finish(api, fresh, f"{api.url}{CALLBACK}?error=access_denied&state=1")
    assert "problem=over" in where, where


def altered(change):
    """An `on_token` that gives `change` the parts of the token; it returns another token."""
    def on_token(ask, headers, form):
        status, kept, content = ask(headers, form)
        content["id_token"] = change(*keycloak.parts_of(content["id_token"]), content["id_token"])
        return status, kept, content
    return on_token


def check_tokens(api, between, provider):
    """Tokens that Keycloak did not make, or not for this."""
    key = provider_key(provider)
    honest = between.on_token
    signature = between.tokens[-1].split(".")[2]
    as_admin = {"groups": ["admins"]}

    def by_hmac(header, claims, _):
        text = f"{keycloak.encode(header | {'alg': 'HS256'})}.{keycloak.encode(claims | as_admin)}"
        mac = hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()
        return f"{text}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"

    before = between.tokens[-1]
    attempts = {
        "claims altered": (lambda header, claims, token: ".".join(
            [token.split(".")[0], keycloak.encode(claims | as_admin), token.split(".")[2]]),
            "signature"),
        "alg none": (lambda header, claims, _:
                     f"{keycloak.encode({'alg': 'none'})}.{keycloak.encode(claims)}.", "signed"),
        "alg none, signed": (lambda header, claims, _: ".".join(
            [keycloak.encode(header | {"alg": "none"}), keycloak.encode(claims), signature]),
            "signed"),
        "the public key as a secret": (by_hmac, "signed"),
        "the signature of another": (lambda header, claims, token: ".".join(
            [*token.split(".")[:2], signature]), "signature"),
        "a token of before": (lambda header, claims, _: before, "nonce"),
        "no token": (lambda header, claims, _: "", "no id_token"),
    }
    for name, (change, why) in attempts.items():
        between.on_token = altered(change)
        refused(api, "omar", "answer")
        told = last_refusal(api)["why"]
        assert why in told, f"{name}: {told}"
    between.on_token = honest
    sign_in(api, "omar")


def provider_key(provider):
    """The realm's public key in PEM."""
    keys = provider.admin("GET", f"/{keycloak.REALM}/keys")["keys"]
    key = next(one for one in keys if one["algorithm"] == "RS256" and "publicKey" in one)
    lines = re.findall(".{1,64}", key["publicKey"])
    return "\n".join(["-----BEGIN PUBLIC KEY-----", *lines, "-----END PUBLIC KEY-----", ""])


def check_audience(api, between):
    """A token that Keycloak made for another application, with the right nonce."""
    def as_other(ask, headers, form):
        secret = f"{keycloak.OTHER_CLIENT}:{keycloak.OTHER_SECRET}".encode()
        basic = ("Authorization", "Basic " + base64.b64encode(secret).decode())
        return ask([one for one in headers if one[0] != "Authorization"] + [basic], form)

    honest, between.on_token = between.on_token, as_other
    visitor = keycloak.Visitor()
    url = keycloak.with_query(begin(api, visitor), client_id=keycloak.OTHER_CLIENT)
    where = finish(api, visitor, visitor.authenticate(url, "root"))
    between.on_token = honest
    assert "problem=answer" in where, where
    assert keycloak.parts_of(between.tokens[-1])[1]["azp"] == keycloak.OTHER_CLIENT
    assert last_refusal(api)["why"].startswith("aud"), last_refusal(api)


def check_expired(api, provider):
    provider.change_client(keycloak.CLIENT, **{"access.token.lifespan": "-300"})
    refused(api, "sara", "answer")
    assert last_refusal(api)["why"].startswith("exp"), last_refusal(api)
    provider.change_client(keycloak.CLIENT, **{"access.token.lifespan": ""})
    sign_in(api, "sara")


def check_algorithms(api, provider):
    for algorithm in ("ES256", "PS256", "RS256"):
        provider.change_client(keycloak.CLIENT,
                               **{"id.token.signed.response.alg": algorithm})
        visitor, where = sign_in(api, "sara")
        assert where == "/#/today", f"{algorithm}: {where}: {last_refusal(api)}"
        assert session_of(api, visitor)["user"]["name"] == "sara"


def check_logout_tokens(api, between):
    """Nobody but the provider ends a session: not by a forged token, nor by its other tokens."""
    visitor, _ = sign_in(api, "root")
    logout = "/api/v1/session/oidc/logout"
    operation = contract.operation("session.oidc_logout")
    header, claims = keycloak.parts_of(between.tokens[-1])
    forged = {key: value for key, value in claims.items() if key != "nonce"}
    forged |= {"jti": "forged", "events": {
        "http://schemas.openid.net/event/backchannel-logout": {}}}
    signature = between.tokens[-1].split(".")[2]
    for token in ("", "x", "a.b.c", between.tokens[-1], between.tokens[-1] + "x",
                  ".".join((keycloak.encode(header), keycloak.encode(forged), signature)),
                  ".".join((keycloak.encode({"alg": "none"}), keycloak.encode(forged), ""))):
        answer = api.new_session().post(api.url + logout, data={"logout_token": token},
                                        timeout=60)
        contract.check_answer(operation, answer)
        assert answer.status_code == 400, f"{token}: {answer.status_code} {answer.text}"
    for content, kind, status in (("{}", "application/json", 415), ("a=b", FORM, 400),
                                  ("logout_token=%ff", FORM, 400),
                                  ("x" * 70_000, FORM, 413)):
        answer = api.request("POST", logout, data=content, headers={"Content-Type": kind})
        assert answer.status_code == status, f"{content[:40]}: {answer.status_code}"
    answer = api.request("POST", logout, data={"logout_token": "a.b.c"},
                         headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403, answer.text
    assert session_of(api, visitor)["user"]["name"] == "root"
