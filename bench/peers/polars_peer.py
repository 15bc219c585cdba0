"""polars as a peer: the run, loads, SLA and the tables out, over polars_scores.py."""

import pathlib

import polars as pl

import common
import policy as pol
from polars_book import DAY, OPEN
from polars_scores import Scores

INSTANT = "%Y-%m-%dT%H:%M:%S%.3fZ"


def names(column: str, values: list[str]) -> pl.Expr:
    """A code column as text."""
    return (
        pl.col(column)
        .replace_strict(list(range(len(values))), values, return_dtype=pl.Enum(values))
        .alias(column)
    )


class Peer(Scores):
    # ── the figures ───────────────────────────────────────────────────────────────────────────
    def compute(self) -> None:
        for step in (
            self._book,
            self._visits_base,
            self._thresholds,
            self._load,
            self._sla,
            self._visits,
            self._channels,
            self._leads,
            self._funnel,
        ):
            self.clock.run(step.__name__.strip("_"), step)

    def _load_columns(self) -> list[pl.Expr]:
        p, factor = self.policy, pl.col("in_load_stages") / pl.col("open")
        return [
            factor.alias("load_factor"),
            pl.when(factor < 0.5)
            .then(0)
            .when(factor <= 0.6)
            .then(1)
            .when(factor <= 0.8)
            .then(2)
            .otherwise(3)
            .cast(pl.UInt8)
            .alias("band"),
            pl.when(pl.col("open") < p.min_open)
            .then(0.0)
            .otherwise(p.cap / (1 + (-p.load_k * (factor - p.mid)).exp()))
            .alias("relaxation"),
        ]

    def _load(self) -> None:
        last_day = self.t // DAY
        lead_pair = self.profile["pair"]
        code = pl.col("code")
        loaded = code.is_between(2, 3).cast(pl.Int64)
        opened = (code < OPEN).cast(pl.Int64)
        before = lambda e: pl.when("first").then(0).otherwise(e.shift(1))
        change = (opened - before(opened)) + (loaded - before(loaded)) * (1 << 32)
        changes = (
            self.run.lazy()
            .with_columns(pair=lead_pair[self.run["lead"]], change=change)
            .filter(pl.col("change") != 0)
            .select(
                k=pl.col("pair") * 65536 + ((pl.col("ms") + DAY - 1) // DAY).cast(pl.UInt64),
                change="change",
            )
        )
        asked = (
            self.base.lazy()
            .filter(pl.col("left_ms").is_not_null())
            .select(
                k=pl.col("pair") * 65536 + (pl.col("left_ms") // DAY).cast(pl.UInt64),
                change=pl.lit(0, pl.Int64),
            )
            .unique("k")
        )
        days = pl.LazyFrame({"day": range(last_day - 89, last_day + 1)}, {"day": pl.UInt64})
        grid = (
            self.pairs.lazy()
            .select("pair")
            .join(days, how="cross")
            .select(k=pl.col("pair") * 65536 + pl.col("day"), change=pl.lit(0, pl.Int64))
        )
        total = pl.col("change").cum_sum()
        pair = pl.col("k") // 65536
        start = (
            pl.when((pair != pair.shift(1)).fill_null(True))
            .then(total - pl.col("change"))
            .forward_fill()
        )
        step = (
            pl.concat([changes, asked, grid])
            .group_by("k")
            .agg(pl.col("change").sum())
            .sort("k")
            .select("k", total=total - start)
            .select(
                "k", open=pl.col("total") % (1 << 32), in_load_stages=pl.col("total") // (1 << 32)
            )
            .filter(pl.col("open") > 0)
            .collect()
        )
        now = (
            self.book.lazy()
            .filter(pl.col("stage") < OPEN)
            .group_by("pair")
            .agg(
                open=pl.len().cast(pl.Int64),
                in_load_stages=(pl.col("stage") >= 2).sum().cast(pl.Int64),
            )
            .with_columns(self._load_columns())
            .collect()
        )
        self.tables["load"] = now.join(self.pairs, on="pair").drop("pair")
        self.tables["load_daily"] = (
            step.lazy()
            .with_columns(day=(pl.col("k") % 65536).cast(pl.Int32), pair=pl.col("k") // 65536)
            .filter(pl.col("day").is_between(last_day - 89, last_day))
            .with_columns(self._load_columns())
            .join(self.pairs.lazy(), on="pair")
            .drop("pair", "k")
            .collect()
        )
        # R by pair and day where it is not 0; day 65535 means "at T".
        relaxed = pl.col("open") >= self.policy.min_open
        step = (
            step.lazy()
            .filter(relaxed)
            .with_columns(self._load_columns())
            .select("k", r="relaxation")
        )
        self.relax = pl.concat(
            [
                step,
                now.lazy().filter(relaxed).select(k=pl.col("pair") * 65536 + 65535, r="relaxation"),
            ]
        ).collect()

    def _sla(self) -> None:
        """Rules, once per combination of what they name: most dimensions, then first in file."""
        rows = [{"rkey": pl.Series([0], dtype=pl.UInt64)[0], "stage": 0, "sla_hours": 0.0}][:0]
        for key in self.rule_keys.cast(
            {d: pl.String for d in self.policy.rule_dimensions()}
        ).to_dicts():
            best: dict[int, pol.Rule] = {}
            for rule in self.policy.rules:
                if all(key[d] == v for d, v in rule.match.items()):
                    held = best.get(rule.stage)
                    if held is None or len(rule.match) > len(held.match):
                        best[rule.stage] = rule
            rows += [
                {"rkey": key["rkey"], "stage": s, "sla_hours": r.hours} for s, r in best.items()
            ]
        self.sla = pl.DataFrame(
            rows, {"rkey": pl.UInt64, "stage": pl.UInt8, "sla_hours": pl.Float64}
        )

    def _visits(self) -> None:
        day = pl.when(pl.col("left_ms").is_null()).then(65535).otherwise(pl.col("left_ms") // DAY)
        self.tables["visits"] = (
            self.base.lazy()
            .with_columns(
                k=pl.col("pair") * 65536 + day.cast(pl.UInt64),
                hours=(pl.col("left_ms").fill_null(self.t) - pl.col("entered_ms")) / pol.HOUR_MS,
            )
            .join(self.sla.lazy(), on=["rkey", "stage"], how="left", maintain_order="left")
            .join(self.relax.lazy(), on="k", how="left", maintain_order="left")
            .with_columns(
                effective_sla_hours=pl.col("sla_hours") * (1 + pl.col("r").fill_null(0.0))
            )
            .with_columns(self._judged("hours"))
            .select(
                "lead",
                "visit",
                "stage",
                "entered_ms",
                "left_ms",
                "kind",
                "hours",
                "sla_hours",
                "effective_sla_hours",
                "deviation_hours",
                "category",
            )
            .collect()
        )

    # ── out ───────────────────────────────────────────────────────────────────────────────────
    def write(self) -> None:
        for table in common.TABLES:
            self.clock.run(f"write_{table}", lambda t=table: self._write(t))

    def _write(self, table: str) -> None:
        frame = self.tables[table].lazy()
        held = set(self.tables[table].columns)
        texts = {
            "stage": list(pol.STAGES),
            "kind": ["advance", "regress", "lost", "open"],
            "category": ["none", "on_time", "delayed", "critical"],
            "overall_category": ["none", "on_time", "delayed", "critical"],
            "band": ["low", "moderate", "elevated", "critical"],
            "tier": ["Hot", "Warm", "Cold"],
            "state": ["open", "won", "lost"],
        }
        order = [c.strip() for c in common.ORDER[table].split(",")]
        if table not in ("leads", "visits"):  # those two are in order
            frame = frame.with_columns(pl.col(pl.Categorical).cast(pl.String)).sort(order)
        frame = frame.with_columns(names(c, v) for c, v in texts.items() if c in held)
        for column in ("entered", "left", "last_activity"):
            if f"{column}_ms" in held:
                frame = frame.with_columns(
                    pl.from_epoch(f"{column}_ms", "ms").alias(f"{column}_at")
                )
        if "lead" in held:
            ids = self.profile["lead_id"]
            frame = frame.with_columns(lead_id=ids[self.tables[table]["lead"]])
        if "expired" in held and table == "leads":
            frame = frame.with_columns(
                status=pl.when("expired")
                .then(pl.lit("expired"))
                .when(pl.col("expired").is_not_null())
                .then(pl.lit("active"))
            )
        if "day" in held:
            frame = frame.with_columns(pl.col("day").cast(pl.Date))
        frame = frame.select(c for c in common.COLUMNS[table].split() if c != "km_p90_hours")
        path = pathlib.Path(self.options.out) / table
        if self.options.mode == "csv":
            frame.sink_csv(path.with_suffix(".csv"), datetime_format=INSTANT)
        else:
            frame.sink_parquet(path.with_suffix(".parquet"))

    def sums(self) -> dict:
        """Through DuckDB, which reads the frames in place; not timed."""
        import duckdb

        db = duckdb.connect()
        for table, frame in self.tables.items():
            db.register(common.source(table), frame.to_arrow())
        return common.sums(lambda sql: db.execute(sql).fetchone(), False)
