"""What every peer shares: parameters of the SQL texts, section-wise running, output names, sums."""

import datetime as dt
import pathlib
import re
import time

import policy as pol

HERE = pathlib.Path(__file__).resolve().parent
TABLES = ("leads", "visits", "thresholds", "channels", "load", "load_daily", "funnel")
DIMENSION_COLUMNS = ("region", "dealer_group", "dealer", "channel", "product", "nameplate", "owner")
COLUMNS = {
    "leads": """lead_id state stage entered_at time_in_stage_hours threshold_hours threshold_rung
        threshold_n status dormant last_activity_at overall_hours overall_sla_hours overall_category
        sla_hours effective_sla_hours deviation_hours category score c_conversion c_volume c_recency
        c_stage tier rank region dealer_group dealer channel product nameplate owner""",
    "visits": """lead_id visit stage entered_at left_at kind hours sla_hours effective_sla_hours
        deviation_hours category""",
    "thresholds": "stage rung region nameplate channel n p90_hours km_p90_hours",
    "channels": "channel leads closed won rate smoothed_rate volume_share conversion volume",
    "load": "dealer nameplate open in_load_stages load_factor band relaxation",
    "load_daily": "dealer nameplate day open in_load_stages load_factor band relaxation",
    "funnel": """stage reached advanced regressed lost open median_hours p90_hours compliance
        expired""",
}
ORDER = {
    "leads": "lead",
    "visits": "lead, visit",
    "thresholds": "stage, rung, region, nameplate, channel",
    "channels": "channel",
    "load": "dealer, nameplate",
    "load_daily": "dealer, nameplate, day",
    "funnel": "stage",
}


class Clock:
    """Seconds per named phase, in order."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def add(self, name: str, begun: float) -> None:
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - begun

    def run(self, name: str, work):
        begun = time.perf_counter()
        result = work()
        self.add(name, begun)
        return result


def instant_ms(text: str) -> int:
    """UTC milliseconds of an ISO 8601 instant; a naive one is UTC."""
    at = dt.datetime.fromisoformat(text.replace("Z", "+00:00"))
    if at.tzinfo is None:
        at = at.replace(tzinfo=dt.timezone.utc)
    return round(at.timestamp() * 1000)


def number(value) -> str:
    """A literal that SQL reads as a double, where a plain `0.3` would be a decimal."""
    return f"{value!r}" if isinstance(value, int) else f"{value:.17g}e0"


def parameters(policy: pol.Policy, as_of_ms: int) -> dict[str, str]:
    """Names that the SQL texts may use, `{t}` for T, the policy's constants by their names."""
    names = (
        "grace",
        "percentile",
        "min_samples",
        "smoothing",
        "inflow_periods",
        "recency_k",
        "recency_m",
        "fallback_hours",
        "hot",
        "warm",
        "cap",
        "load_k",
        "mid",
        "min_open",
    )
    found = {name: number(getattr(policy, name)) for name in names}
    found["t"] = str(as_of_ms)
    found["last_day"] = str(as_of_ms // pol.DAY_MS)
    found["lookback_from"] = str(as_of_ms - policy.lookback_days * pol.DAY_MS)
    found["channel_from"] = str(as_of_ms - policy.channel_lookback_days * pol.DAY_MS)
    found["inflow_period_ms"] = str(policy.inflow_period_days * pol.DAY_MS)
    found["dormant_ms"] = str(policy.dormant_days * pol.DAY_MS)
    for name, weight in zip(("conversion", "volume", "recency", "stage"), policy.weights):
        found[f"w_{name}"] = number(weight)
    found["w_sum"] = number(sum(policy.weights))
    return found


def source(table: str) -> str:
    """The name of a result table inside a database, where `leads` is the input."""
    return "leads_out" if table == "leads" else table


def fill(text: str, values: dict[str, str]) -> str:
    """Puts `{name}` in; a name without a value is a mistake."""
    return re.sub(r"\{(\w+)\}", lambda m: values[m[1]], text)


def sections(name: str, values: dict[str, str]) -> list[tuple[str, list[str]]]:
    """(section, statements) of sql/NAME, which marks sections by `-- @ section`."""
    text = (HERE / "sql" / name).read_text()
    found = []
    for part in re.split(r"^-- @ ", text, flags=re.M)[1:]:
        title, body = part.split("\n", 1)
        body = re.sub(r"--[^\n]*", "", fill(body, values))
        found.append((title.strip(), [s.strip() for s in body.split(";") if s.strip()]))
    return found


def sums(query, km: bool) -> dict[str, float]:
    """Checks of bench/README.md by one query per table; `query(sql)` gives the one row."""
    found = {}
    for table, checks in read_sums().items():
        if km and table == "thresholds":
            checks.append(("thresholds.km_p90", "sum(km_p90_hours)"))
        row = query(f"SELECT {', '.join(e for _, e in checks)} FROM {source(table)}")
        for (name, _), value in zip(checks, row):
            found[name] = None if value is None else float(value)
    return found


def read_sums() -> dict[str, list[tuple[str, str]]]:
    """The rows `| name | table | expression |` of bench/README.md, by table."""
    found: dict[str, list[tuple[str, str]]] = {}
    for line in (HERE.parent / "README.md").read_text().splitlines():
        if match := re.match(r"\| `([a-z_0-9.]+)` \| `(\w+)` \| `(.+)` \|$", line):
            found.setdefault(match[2], []).append((match[1], match[3]))
    return found
