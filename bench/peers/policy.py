"""policy.toml as the peers use it: the constants of semantics.md and their defaults, SLA rules.

The peers cover what the bench compares: elapsed durations and the completed estimator. A policy
that asks for more (working time, overrides, rules by tier or date) is refused, never ignored.
"""

import tomllib
from dataclasses import dataclass, field

DIMENSIONS = ("region", "dealer_group", "dealer", "channel", "product", "nameplate")
STAGES = ("Created", "Contacted", "Experiencing", "Deciding", "Converted", "Lost")
OPEN_STAGES = 4
WON, LOST = 4, 5
OVERALL = 6  # stage = "*" of an SLA rule
HOUR_MS = 3_600_000
DAY_MS = 86_400_000


@dataclass
class Rule:
    stage: int
    hours: float
    match: dict[str, str] = field(default_factory=dict)


@dataclass
class Policy:
    rules: list[Rule]
    grace: float = 0.5
    percentile: float = 0.90
    lookback_days: int = 365
    min_samples: int = 30
    dormant_days: int = 14
    channel_lookback_days: int = 365
    smoothing: float = 20.0
    inflow_periods: int = 3
    inflow_period_days: int = 30
    weights: tuple[float, float, float, float] = (0.30, 0.15, 0.25, 0.30)
    recency_k: float = 6.0
    recency_m: float = 1.0
    fallback_hours: float = 168.0
    hot: float = 70.0
    warm: float = 40.0
    cap: float = 0.20
    load_k: float = 30.0
    mid: float = 0.70
    min_open: int = 5

    def rule_dimensions(self) -> list[str]:
        """Dimensions that some rule names, in the order of DIMENSIONS."""
        return [d for d in DIMENSIONS if any(d in r.match for r in self.rules)]


# policy.toml key -> field of Policy
_KEYS = {
    ("sla", "grace"): "grace",
    ("expiry", "percentile"): "percentile",
    ("expiry", "lookback_days"): "lookback_days",
    ("expiry", "min_samples"): "min_samples",
    ("expiry", "dormant_days"): "dormant_days",
    ("channel", "lookback_days"): "channel_lookback_days",
    ("channel", "smoothing"): "smoothing",
    ("channel", "inflow_periods"): "inflow_periods",
    ("channel", "inflow_period_days"): "inflow_period_days",
    ("tier", "hot"): "hot",
    ("tier", "warm"): "warm",
    ("load", "cap"): "cap",
    ("load", "k"): "load_k",
    ("load", "mid"): "mid",
    ("load", "min_open"): "min_open",
}
# What may stand in a policy because it is the default, which is all that the peers compute.
_FIXED = {
    ("funnel", "stages"): list(STAGES[:OPEN_STAGES]),
    ("funnel", "won"): STAGES[WON],
    ("funnel", "lost"): STAGES[LOST],
    ("funnel", "load"): ["Experiencing", "Deciding"],
    ("time", "duration"): "elapsed",
    ("expiry", "estimator"): "completed",
}


def _rule(table: dict) -> Rule:
    table = dict(table)
    name, hours = table.pop("stage"), float(table.pop("hours"))
    if extra := set(table) - set(DIMENSIONS):
        raise SystemExit(f"policy: the peers do not know SLA rules by {', '.join(sorted(extra))}")
    return Rule(OVERALL if name == "*" else STAGES.index(name), hours, table)


def _score(policy: Policy, table: dict) -> None:
    for key, value in table.items():
        if key == "weights":
            names = ("conversion", "volume", "recency", "stage")
            if any(v for n, v in value.items() if n not in names):
                raise SystemExit("policy: the peers do not know optional score components")
            policy.weights = tuple(float(value.get(n, 0.0)) for n in names)
        elif key == "recency":
            policy.recency_k = float(value.get("k", policy.recency_k))
            policy.recency_m = float(value.get("m", policy.recency_m))
            policy.fallback_hours = float(value.get("fallback_hours", policy.fallback_hours))
        else:
            raise SystemExit(f"policy: the peers do not know score.{key}")


def load(path: str | None) -> Policy:
    """The policy of a file; the defaults, without a rule, when there is none."""
    policy = Policy(rules=[])
    if path is None:
        return policy
    with open(path, "rb") as file:
        document = tomllib.load(file)
    for section, table in document.items():
        if section in ("trigger", "calendar"):  # no alerts here; calendars rest in elapsed time
            continue
        if not isinstance(table, dict):
            raise SystemExit(f"policy: the peers do not know [[{section}]]")
        for key, value in table.items():
            if (section, key) == ("sla", "rule"):
                policy.rules = [_rule(r) for r in value]
            elif section == "score":
                _score(policy, {key: value})
            elif (section, key) in _KEYS:
                name = _KEYS[section, key]
                setattr(policy, name, type(getattr(policy, name))(value))
            elif _FIXED.get((section, key)) != value:
                raise SystemExit(f"policy: the peers do not know {section}.{key} = {value!r}")
    return policy
