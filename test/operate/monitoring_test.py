#!/usr/bin/env python3
"""The examples for Prometheus and Grafana ask for what a running server tells: every metric, every
label and every value of a label that they name is in its /metrics.

monitoring_test.py BINARY"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "api"))
import server  # noqa: E402

FOLDER = server.TREE / "packaging/monitoring"
OF_PROMETHEUS = {"up", "instance", "job"}  # which it adds itself


def told_by(text):
    """The labels, with their values, of every series of /metrics, by name."""
    told = {}
    for line in text.splitlines():
        if line and line[0] != "#":
            name, labels = re.match(r"([a-z_]+)(?:\{(.*)\})? ", line).groups()
            known = told.setdefault(name, {})
            for label, value in re.findall(r'(\w+)="([^"]*)"', labels or ""):
                known.setdefault(label, set()).add(value)
    return told


def check_expression(expression, where, told):
    """Returns the metrics that it names."""
    names = re.findall(r"\bpursuit_[a-z_]+", expression)
    assert names or re.search(r"\bup\b", expression), f"{where} names no metric: {expression}"
    for name in names:
        assert name in told, f"{where}: there is no {name}"
    for name, matchers in re.findall(r"\b(pursuit_[a-z_]+)\{([^}]*)\}", expression):
        for label, operation, value in re.findall(r'(\w+)(=~|=)"([^"]*)"', matchers):
            if label not in OF_PROMETHEUS:
                assert label in told[name], f"{where}: {name} has no label {label}"
                assert operation == "=" and value in told[name][label], \
                    f"{where}: no {label} of {name} is {value}"
    grouped = re.findall(r"\bby \(([^)]*)\)", expression)
    for label in {one.strip() for group in grouped for one in group.split(",")} - OF_PROMETHEUS:
        for name in names:
            assert label in told[name], f"{where}: {name} has no label {label}"
    return set(names)


def check_rules(told):
    rules = yaml.safe_load((FOLDER / "pursuit-alerts.yml").read_text(encoding="utf-8"))
    asked = set()
    for rule in (rule for group in rules["groups"] for rule in group["rules"]):
        asked |= check_expression(rule["expr"], rule["alert"], told)
        assert rule["labels"]["severity"] in ("page", "ticket") and rule["annotations"]["summary"]
        for label in re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"]):
            known = {label for name in re.findall(r"pursuit_[a-z_]+", rule["expr"])
                     for label in told[name]} | OF_PROMETHEUS
            assert label in known, f"{rule['alert']}: no label {label}"
    return asked


def check_dashboard(told):
    dashboard = json.loads((FOLDER / "grafana-dashboard.json").read_text(encoding="utf-8"))
    asked = set()
    for panel in dashboard["panels"]:
        for target in panel["targets"]:
            asked |= check_expression(target["expr"], panel["title"], told)
    ids = [panel["id"] for panel in dashboard["panels"]]
    assert len(ids) == len(set(ids)), ids
    for variable in dashboard["templating"]["list"]:
        if variable["type"] == "query":
            check_expression(variable["query"]["query"], variable["name"], told)
    return asked


def check_scrape(binary, db, api):
    """It gets in as prometheus.yml says, with the token in a header; and not without."""
    config = yaml.safe_load((FOLDER / "prometheus.yml").read_text(encoding="utf-8"))
    assert config["rule_files"] == ["pursuit-alerts.yml"]
    (job,) = config["scrape_configs"]
    assert job["job_name"] == "pursuit" and "credentials_file" in job["authorization"]
    assert job.get("metrics_path", "/metrics") == "/metrics"
    without = api.request("GET", "/metrics", headers={"Authorization": None})
    assert without.status_code == 401, without.status_code
    # The token of docs/operate.md, which is good for nothing else.
    token = server.make_token(binary, db, "robot", "--role", "monitor", "--name", "prometheus",
                              "--days", "365")
    sent = {"Authorization": f"Bearer {token}"}
    assert "pursuit_engine_leads" in api.request("GET", "/metrics", headers=sent).text
    for path in ("/api/v1/queue", "/api/v1/session", "/api/v1/tokens", "/api/v1/runs"):
        other = api.request("GET", path, headers=sent)
        assert other.status_code == 403, f"{path}: {other.status_code}"
    no_user = subprocess.run([str(binary), "user", "add", "probe", "--db", str(db), "--role",
                              "monitor"], capture_output=True, text=True, check=False)
    assert no_user.returncode == 3 and "role of tokens" in no_user.stderr, no_user


def main():
    binary = sys.argv[1]
    with tempfile.TemporaryDirectory(prefix="pursuit-monitoring-") as name:
        folder = pathlib.Path(name)
        db = folder / "store.db"
        with server.Server(binary, db, folder / "log") as api:
            check_scrape(binary, db, api)
            told = told_by(api.request("GET", "/metrics").text)
        assert "pursuit_engine_leads" in told, sorted(told)
        asked = check_rules(told) | check_dashboard(told)
    print(f"{len(asked)} series of {len(told)} asked for")
    return 0


if __name__ == "__main__":
    sys.exit(main())
