"""Channels, scored leads and the funnel of the polars peer, over polars_book.py."""

import math

import polars as pl

import common
import policy as pol
from polars_book import DAY, OPEN, Book


class Scores(Book):
    def _judged(self, hours: str) -> list[pl.Expr]:
        deviation = pl.col(hours) - pl.col("effective_sla_hours")
        return [
            deviation.alias("deviation_hours"),
            pl.when(deviation.is_null())
            .then(0)
            .when(deviation <= 0)
            .then(1)
            .when(deviation <= self.policy.grace * pl.col("effective_sla_hours"))
            .then(2)
            .otherwise(3)
            .cast(pl.UInt8)
            .alias("category"),
        ]

    def _channels(self) -> None:
        p = self.policy
        close = (pl.col("stage") >= OPEN) & (
            pl.col("entered_ms") > self.t - p.channel_lookback_days * DAY
        )
        c = (
            self.book.lazy()
            .group_by("channel")
            .agg(
                leads=pl.len().cast(pl.Int64),
                closed=close.sum().cast(pl.Int64),
                won=(close & (pl.col("stage") == pol.WON)).sum().cast(pl.Int64),
            )
            .collect()
        )
        period = (self.t - pl.col("created_ms")) // (p.inflow_period_days * DAY)
        inflow = (
            self.book.lazy()
            .filter(pl.col("created_ms") <= self.t)
            .with_columns(period=period)
            .filter(pl.col("period") < p.inflow_periods)
            .group_by("channel", "period")
            .agg(created=pl.len())
            .collect()
        )
        periods = max(inflow["period"].n_unique(), 1)
        share = (
            inflow.with_columns(s=pl.col("created") / pl.col("created").sum().over("period"))
            .group_by("channel")
            .agg(volume_share=pl.col("s").sum() / periods)
        )
        closed, won = c["closed"].sum(), c["won"].sum()
        mean = won / closed if closed else 0.0
        s = c.join(share, on="channel", how="left").with_columns(
            pl.col("volume_share").fill_null(0.0),
            rate=pl.when(pl.col("closed") > 0).then(pl.col("won") / pl.col("closed")),
            smoothed_rate=(pl.col("won") + p.smoothing * mean) / (pl.col("closed") + p.smoothing),
        )
        over = (
            lambda x: pl.when(pl.col(x).max() > 0).then(pl.col(x) / pl.col(x).max()).otherwise(0.0)
        )
        self.tables["channels"] = s.with_columns(
            conversion=over("smoothed_rate"), volume=over("volume_share")
        )

    def _leads(self) -> None:
        p, weights, total = self.policy, self.policy.weights, sum(self.policy.weights)
        rho = (
            pl.col("idle_ms")
            / pol.HOUR_MS
            / pl.coalesce("threshold_hours", "effective_sla_hours", pl.lit(p.fallback_hours))
        )
        recency = (1 + math.exp(-p.recency_k * p.recency_m)) / (
            1 + (p.recency_k * (rho - p.recency_m)).exp()
        )
        parts = {
            "c_conversion": (weights[0], pl.col("conversion")),
            "c_volume": (weights[1], pl.col("volume")),
            "c_recency": (weights[2], recency),
            "c_stage": (weights[3], (pl.col("stage") + 1) / OPEN),
        }
        score = pl.sum_horizontal("c_conversion", "c_volume", "c_recency", "c_stage")
        scored = (
            self.book.lazy()
            .filter(pl.col("stage") < OPEN)
            .with_columns(
                k=pl.col("pair") * 65536 + 65535,
                idle_ms=self.t - pl.col("last_activity_ms"),
                time_in_stage_hours=(self.t - pl.col("entered_ms")) / pol.HOUR_MS,
            )
            .join(self.segment_threshold.lazy(), on=["seg", "stage"], how="left")
            .join(self.sla.lazy(), on=["rkey", "stage"], how="left")
            .join(self.relax.lazy(), on="k", how="left")
            .join(
                self.tables["channels"].lazy().select("channel", "conversion", "volume"),
                on="channel",
            )
            .with_columns(
                effective_sla_hours=pl.col("sla_hours") * (1 + pl.col("r").fill_null(0.0))
            )
            .with_columns(self._judged("time_in_stage_hours"))
            .with_columns((100 * w * c / total).alias(n) for n, (w, c) in parts.items())
            .with_columns(score=score)
            .with_columns(
                expired=(pl.col("time_in_stage_hours") > pl.col("threshold_hours")).fill_null(
                    False
                ),
                dormant=pl.col("idle_ms") >= p.dormant_days * DAY,
                tier=pl.when(pl.col("score") >= p.hot)
                .then(0)
                .when(pl.col("score") >= p.warm)
                .then(1)
                .otherwise(2)
                .cast(pl.UInt8),
            )
            .sort("dealer", "score", "entered_ms", "lead", descending=[False, True, False, False])
        )
        dealer, row = pl.col("dealer").to_physical(), pl.int_range(pl.len(), dtype=pl.UInt32)
        start = pl.when((dealer != dealer.shift(1)).fill_null(True)).then(row).forward_fill()
        columns = [
            "time_in_stage_hours",
            "threshold_hours",
            "threshold_rung",
            "threshold_n",
            "expired",
            "dormant",
            "sla_hours",
            "effective_sla_hours",
            "deviation_hours",
            "category",
            "score",
            "c_conversion",
            "c_volume",
            "c_recency",
            "c_stage",
            "tier",
            "rank",
        ]
        scored = scored.with_columns(rank=row - start + 1).select("lead", *columns)
        carried = common.DIMENSION_COLUMNS if self.options.mode != "memory" else ()
        until = pl.when(pl.col("stage") < OPEN).then(self.t).otherwise(pl.col("entered_ms"))
        day = pl.when(pl.col("stage") < OPEN).then(65535).otherwise(pl.col("entered_ms") // DAY)
        out = (
            self.book.lazy()
            .join(scored, on="lead", how="left", maintain_order="left")
            .with_columns(
                state=pl.when(pl.col("stage") < OPEN)
                .then(0)
                .otherwise(pl.col("stage") - 3)
                .cast(pl.UInt8),
                overall_hours=(until - pl.col("first_ms")) / pol.HOUR_MS,
                k=pl.col("pair") * 65536 + day.cast(pl.UInt64),
            )
        )
        overall = (
            self.sla.lazy()
            .filter(pl.col("stage") == pol.OVERALL)
            .select("rkey", overall_sla_hours="sla_hours")
        )
        if any(r.stage == pol.OVERALL for r in p.rules):
            limit = pl.col("overall_sla_hours") * (1 + pl.col("r").fill_null(0.0))
            out = (
                out.join(overall, on="rkey", how="left", maintain_order="left")
                .join(self.relax.lazy(), on="k", how="left", maintain_order="left")
                .with_columns(
                    overall_category=pl.when(limit.is_null())
                    .then(0)
                    .when(pl.col("overall_hours") <= limit)
                    .then(1)
                    .when(pl.col("overall_hours") <= (1 + p.grace) * limit)
                    .then(2)
                    .otherwise(3)
                    .cast(pl.UInt8)
                )
            )
        else:
            out = out.with_columns(
                overall_sla_hours=pl.lit(None, pl.Float64), overall_category=pl.lit(0, pl.UInt8)
            )
        self.tables["leads"] = out.select(
            "lead",
            "state",
            "stage",
            "entered_ms",
            "last_activity_ms",
            "overall_hours",
            "overall_sla_hours",
            "overall_category",
            *columns,
            *carried,
        ).collect()

    def _funnel(self) -> None:
        recent = pl.col("left_ms").is_null() | (pl.col("left_ms") > self.from_ms)
        category, kind = pl.col("category"), pl.col("kind")
        v = (
            self.tables["visits"]
            .lazy()
            .group_by("stage")
            .agg(
                advanced=(kind == 0).sum(),
                regressed=(kind == 1).sum(),
                lost=(kind == 2).sum(),
                open=(kind == 3).sum(),
                kept=((category == 1) & recent & (kind != 3)).sum(),
                broken=((category > 1) & recent).sum(),
            )
        )
        x = (
            self.tables["leads"]
            .lazy()
            .filter(pl.col("stage") < OPEN)
            .group_by("stage")
            .agg(expired=pl.col("expired").sum())
        )
        reach = self.book.group_by("reach").len().to_dict(as_series=False)
        reached = [sum(n for r, n in zip(reach["reach"], reach["len"]) if r >= s) for s in range(5)]
        q = (
            self.tables["thresholds"]
            .lazy()
            .filter(pl.col("rung") == 3)
            .select("stage", "median_hours", "p90_hours")
        )
        base = pl.LazyFrame(
            {"stage": range(5), "reached": reached}, {"stage": pl.UInt8, "reached": pl.Int64}
        )
        judged = pl.col("kept") + pl.col("broken")
        self.tables["funnel"] = (
            base.join(v, on="stage", how="left")
            .join(q, on="stage", how="left")
            .join(x, on="stage", how="left")
            .with_columns(compliance=pl.when(judged > 0).then(pl.col("kept") / judged))
            .collect()
        )
