#!/usr/bin/env python3
"""Holds the running server to openapi.yaml: its routes, its examples, its answers, its refusals.

contract_test.py BINARY [SEED]"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import contract
import rows
import server

LEADS = 300
# What only somebody who signed in may do, or what would end the test's own token: access_test.py.
OF_A_SESSION = ("session.begin", "session.link", "session.end", "session.password",
                "session.totp_offer", "session.totp", "sessions.end", "session.revoke",
                "tokens.add")
TAKES_AWAY = ("person.erase", "user.change", "user.erase", "user.sign_out", "token.revoke")
EXAMPLES = 8  # of schemathesis, for each operation and phase
# One ends never, others want an action, an import in a state of its own, or a provider.
NOT_ALONE = ("stream", "actions.undo", "imports.files.add", "imports.run", "imports.cancel",
             "imports.undo", "imports.rejects", "session.oidc_start", "session.oidc_callback",
             "session.oidc_end", "session.oidc_logout")
SECONDS = 45  # of schemathesis
CHECKS = ("not_a_server_error,status_code_conformance,content_type_conformance,"
          "response_headers_conformance,response_schema_conformance,negative_data_rejection,"
          "unsupported_method,allow_header_conformance")


def check_routes(api):
    """The server's routes and the contract's operations are the same. The metrics name them all."""
    text = api.request("GET", "/metrics").text
    served = set(re.findall(r'pursuit_http_requests_total\{route="([^"]+)"', text))
    served -= {"none", "site"}  # no route, and the pages of the dashboard where it is built
    told = {operation.id for operation in contract.operations()}
    assert served == told, (f"not in openapi.yaml: {sorted(served - told)}; "
                            f"not served: {sorted(told - served)}")
    assert len(served) > 20


def load_network(api, binary, folder, seed):
    made = folder / "network"
    subprocess.run([str(binary), "generate", "-n", str(LEADS), "--seed", str(seed % 1_000_000),
                    "--out", str(made), "--as-of", "2025-06-01T00:00:00Z", "--outcomes",
                    "--details"], check=True, stdout=subprocess.DEVNULL)
    put = api.request("PUT", "/api/v1/policy", data=(made / "policy.toml").read_bytes())
    assert put.status_code == 200, put.text
    for kind in ("lead", "event", "outcome", "signal"):
        sent = list(rows.read(made / f"{kind}s.csv", kind))
        wrong = [error for row in sent for error in contract.errors_in(
            {"$ref": "#/components/schemas/ChangeRow"}, row)][:3] if kind != "event" else []
        assert not wrong, f"{kind}s: {wrong}"
        counts = rows.send(api, sent, "network")
        print(f"  {kind}s: {counts}")
        assert counts["applied"] > 0 and not counts["invalid"] and not counts["unknown_lead"]


def check_examples(api):
    """Every example is sent, in the contract's order, and answers 2xx in its shape."""
    for example in contract.examples_of_body("changes.write"):
        for row in contract.lines_of(example):
            wrong = contract.errors_in({"$ref": "#/components/schemas/ChangeRow"}, row)
            assert not wrong, f"{row}: {wrong}"
    sent = 0
    for operation in contract.operations():
        if operation.id in (*NOT_ALONE, *OF_A_SESSION, *TAKES_AWAY):
            continue
        for request in contract.example_requests(operation):
            answer = api.request(operation.method, contract.path_with_examples(operation),
                                 **request)
            sent += 1
            assert answer.status_code in (200, 201, 304), f"{answer.url} {request}: {answer.text}"
            contract.check_answer(operation, answer)
    print(f"  {sent} requests from examples")


def check_paging(api):
    """Pages hold each lead once, in the order of one big page."""
    for path, more in [("/api/v1/queue", {}), ("/api/v1/queue", {"sort": "time_left"}),
                       ("/api/v1/turnaround/leads", {"visit_stage": "Created"})]:
        as_of = {"as_of": "2025-05-30T00:00:00Z", **more}
        whole = [item["lead_id"] for item in api.get(path, limit=500, **as_of)["items"]]
        paged = [item["lead_id"] for item in api.pages(path, limit=7, **as_of)]
        assert whole == paged and len(set(paged)) == len(paged) > 7, f"{path}: {len(paged)}"


def check_policy_tags(api):
    operation = contract.operation("policy.write")
    first = api.request("GET", "/api/v1/policy")
    tag = first.headers["ETag"]
    again = api.request("GET", "/api/v1/policy", headers={"If-None-Match": tag})
    assert again.status_code == 304
    body = first.json()["text"] + "\n# another\n"
    put = api.request("PUT", "/api/v1/policy", data=body.encode(), headers={"If-Match": tag})
    assert put.status_code == 200, put.text
    contract.check_answer(operation, put)
    assert put.headers["ETag"] == api.request("GET", "/api/v1/policy").headers["ETag"] != tag
    stale = api.request("PUT", "/api/v1/policy", data=body.encode(), headers={"If-Match": tag})
    assert stale.status_code == 412, stale.text
    contract.check_answer(operation, stale)


def check_problems(api):
    """Refusals: the status and the shape of each."""
    many = b'{"type":"note"}\n' * 10_001
    later = "2299-01-01T00:00:00Z"
    changes, policy = "/api/v1/changes", "/api/v1/policy"
    wanted = [
        (404, "GET", "/api/v1/nothing", {}),
        (404, "GET", "/api/v1/leads/nobody", {}),
        (404, "GET", "/api/v1/policies/99999", {}),
        (405, "DELETE", policy, {}),
        (400, "GET", "/api/v1/queue", {"params": {"limt": "5"}}),
        (400, "GET", "/api/v1/queue", {"params": {"limit": "501"}}),
        (400, "GET", "/api/v1/queue?limit=1&limit=2", {}),
        (400, "GET", "/api/v1/queue", {"params": {"cursor": "x" * 40}}),
        (400, "GET", "/api/v1/queue", {"params": {"sort": "name"}}),
        (400, "GET", "/api/v1/queue", {"params": {"stage": "Nowhere"}}),
        (400, "GET", "/api/v1/queue", {"params": {"as_of": later}}),
        (400, "GET", "/api/v1/queue", {"params": {"as_of": "yesterday"}}),
        (400, "GET", "/api/v1/expiring", {"params": {"within": "soon"}}),
        (400, "GET", "/api/v1/search", {}),
        (400, "GET", "/api/v1/turnaround", {"params": {"by": "colour"}}),
        (400, "GET", "/api/v1/turnaround", {"params": {"from": "2025-01-02", "to": "2025-01-01"}}),
        (400, "GET", "/api/v1/leaderboard", {}),
        (400, "GET", "/api/v1/alerts", {"params": {"rule": "nothing"}}),
        (400, "POST", "/api/v1/actions", {"data": b"[]"}),
        (400, "POST", "/api/v1/leads/L-1001/actions", {"data": b'{"kind":"note"}'}),
        (404, "POST", "/api/v1/leads/nobody/actions", {"data": b'{"kind":"call"}'}),
        (404, "POST", "/api/v1/actions/1/undo", {}),
        (409, "POST", "/api/v1/leads/L-1001/actions", {"data": b'{"kind":"reopen"}'}),
        (400, "POST", changes, {"params": {"wait": "long"}, "data": b""}),
        (400, "POST", changes, {"params": {"source": "s" * 257}, "data": b"{}"}),
        (413, "POST", changes, {"data": many}),
        (413, "POST", policy + "/validate", {"data": b"#" * ((4 << 20) + 1)}),
        (414, "GET", "/api/v1/search?q=" + "a" * 9_000, {}),
        (415, "POST", changes, {"data": b"{}", "headers": {"Content-Type": "text/csv"}}),
        (415, "POST", changes, {"data": b"{}", "headers": {"Content-Encoding": "gzip"}}),
        (421, "GET", "/healthz", {"headers": {"Host": "elsewhere.example"}}),
        (422, "POST", policy + "/validate", {"data": b"[tier]\nhot = 'x'"}),
        (422, "PUT", policy, {"data": b"[nothing]\n"}),
        (422, "PUT", policy, {"data": b""}),
        (422, "PUT", policy, {"data": b"# nothing but a comment\n"}),
        (400, "PUT", policy, {"data": b"", "params": {"defaults": "no"}}),
        (400, "GET", "/api/v1/stream", {"params": {"kinds": "nothing"}}),
        (422, "POST", policy + "/what-if", {"data": b"= 1"}),
        (431, "GET", "/healthz", {"headers": {"X-Long": "a" * 17_000}}),
    ]
    for status, method, path, more in wanted:
        answer = api.request(method, path, **more)
        where = f"{method} {path[:80]}: {answer.status_code} {answer.text[:300]}"
        assert answer.status_code == status, f"{where}; {status} was expected"
        assert answer.headers["Content-Type"] == "application/problem+json", where
        wrong = contract.errors_in({"$ref": "#/components/schemas/Problem"}, answer.json())
        assert not wrong and answer.json()["status"] == status, f"{where}: {wrong}"
    assert "PUT" in api.request("DELETE", policy).headers["Allow"]


def events_of(answer):
    """Yields (name, id, data) of a stream, comments and ids alone left out."""
    fields = {}
    for line in answer.iter_lines(chunk_size=1, decode_unicode=True):
        if line:
            name, _, value = line.partition(":")
            fields[name] = value.removeprefix(" ")
            continue
        if "data" in fields:
            yield fields["event"], fields["id"], json.loads(fields["data"])
        fields = {}


def check_stream(api):
    """Events arrive, in their shape, only those asked for, and again after a reconnection."""
    schemas = {"lead": "StreamLead", "many": "StreamMany", "load": "StreamLoad",
               "left": "StreamLeft", "baseline": "StreamBaseline", "reset": "StreamReset"}

    def until(events, name, lead=None):
        for event, id_, data in events:
            wrong = contract.errors_in({"$ref": f"#/components/schemas/{schemas[event]}"}, data)
            assert not wrong, f"{event} {data}: {wrong}"
            assert event != "lead" or data["owner"] == "omar", data
            if event == name and (lead is None or data["lead_id"] == lead):
                return id_
        raise AssertionError(f"the stream ended without {name}")

    def note(lead, key):
        row = {"type": "note", "source_key": key, "lead_id": lead, "at": "2024-12-05T00:00:00Z"}
        assert api.post("/api/v1/changes", json.dumps(row), source="stream")["applied"] == 1

    asked = {"params": {"owner": "omar"}, "stream": True}
    with api.request("GET", "/api/v1/stream", **asked) as answer:
        assert answer.headers["Content-Type"] == "text/event-stream"
        events = events_of(answer)
        note("L-1001", "1")  # sara's
        note("L-1002", "2")
        last = until(events, "lead", "L-1002")
    note("L-1002", "3")
    again = {**asked, "headers": {"Last-Event-ID": last}}
    with api.request("GET", "/api/v1/stream", **again) as answer:
        events = events_of(answer)
        until(events, "lead", "L-1002")
        api.post("/api/v1/refresh")
        until(events, "baseline")


def run_schemathesis(api, seed, folder):
    """Answers to requests that nobody thought of. Whether a request of the right shape is accepted
    is not asked: an instant may be to come, a stage not of the policy; the examples ask that."""
    here = pathlib.Path(__file__).resolve().parent
    command = [str(pathlib.Path(sys.executable).parent / "st"), "run", str(contract.PATH),
               "--url", api.url, "--checks", CHECKS, "--seed", str(seed),
               "--max-examples", str(EXAMPLES), "--max-time", str(SECONDS),
               "--phases", "coverage,fuzzing",
               *[part for name in ("stream", *TAKES_AWAY)
                 for part in ("--exclude-operation-id", name)],
               "--header", f"Authorization: Bearer {api.token}", "--suppress-health-check", "all",
               "--generation-database", "none", "--no-color", "--warnings", "off",
               "--request-timeout", "60"]
    path = os.pathsep.join([str(here), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(command, cwd=folder, check=False,
                          env={**os.environ, "SCHEMATHESIS_HOOKS": "schemathesis_hooks",
                               "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"})
    assert done.returncode == 0, f"schemathesis ended with {done.returncode}"


def main():
    binary = sys.argv[1]
    seed = server.announced_seed(2)
    with tempfile.TemporaryDirectory(prefix="pursuit-contract-") as name:
        folder = pathlib.Path(name)
        with server.Server(binary, folder / "contract.db", folder / "log") as api:
            steps = [(check_routes, (api,)), (load_network, (api, binary, folder, seed)),
                     (check_examples, (api,)), (check_paging, (api,)), (check_policy_tags, (api,)),
                     (check_problems, (api,)), (check_stream, (api,)),
                     (run_schemathesis, (api, seed, folder))]
            for step, arguments in steps:
                print(step.__name__, flush=True)
                step(*arguments)
    return 0


if __name__ == "__main__":
    sys.exit(main())
