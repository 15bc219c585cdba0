"""What the polars peer starts from: events in order, visits, thresholds.

One sort of all events, then shifts and running sums over the sorted frame."""

import math
import pathlib

import polars as pl

import common
import policy as pol

DIMENSIONS = [d for d in common.DIMENSION_COLUMNS if d != "owner"]
DAY = pol.DAY_MS
OPEN = pol.OPEN_STAGES
STAGE_TYPE = pl.Enum(pol.STAGES)
LEADS = {
    "lead_id": pl.String,
    "created_at": pl.String,
    "owner": pl.String,
    **{d: pl.String for d in DIMENSIONS},
}
EVENTS = {"lead_id": pl.String, "stage": STAGE_TYPE, "at": pl.String}


class Book:
    def __init__(self, policy: pol.Policy, as_of_ms: int, options) -> None:
        if options.km:
            raise SystemExit("polars: no Kaplan-Meier here")
        if options.layout != "plain":
            raise SystemExit("polars: the layout is plain")
        self.clock = common.Clock()
        self.options = options
        self.policy = policy
        self.t = as_of_ms
        self.from_ms = as_of_ms - policy.lookback_days * DAY
        self.tables: dict[str, pl.DataFrame] = {}

    # ── in ────────────────────────────────────────────────────────────────────────────────────
    def read(self) -> None:
        self.clock.run("read", self._read)

    def _read(self) -> None:
        folder, mode = pathlib.Path(self.options.data), self.options.mode
        if mode == "parquet" or (mode == "memory" and (folder / "leads.parquet").exists()):
            leads = pl.scan_parquet(folder / "leads.parquet").with_columns(
                pl.col(DIMENSIONS).cast(pl.Categorical)
            )
            events = pl.scan_parquet(folder / "events.parquet").with_columns(
                pl.col("stage").cast(STAGE_TYPE)
            )
            instant = lambda c: pl.col(c).dt.epoch("ms")
        else:
            opened = {n: next(folder.glob(f"{n}.csv*")) for n in ("leads", "events")}
            leads = pl.scan_csv(opened["leads"], schema_overrides=LEADS)
            leads = leads.with_columns(pl.col(DIMENSIONS).fill_null("").cast(pl.Categorical))
            events = pl.scan_csv(opened["events"], schema_overrides=EVENTS)
            instant = (
                lambda c: pl.col(c)
                .str.to_datetime("%Y-%m-%dT%H:%M:%S%.fZ", time_unit="ms")
                .dt.epoch("ms")
            )
        self.leads = (
            leads.with_columns(created_ms=instant("created_at")).drop("created_at").collect()
        )
        self.events = events.select(
            "lead_id", code=pl.col("stage").to_physical().cast(pl.UInt8), ms=instant("at")
        ).collect()

    def shape(self) -> None:
        """Only the plain layout here."""

    # ── events in order, visits, thresholds ───────────────────────────────────────────────────
    def _key(self, dimensions) -> pl.Expr:
        """One integer of up to four dimensions, 16 bits each."""
        if len(dimensions) > 4:
            return pl.struct(dimensions).hash()
        key = pl.lit(0, pl.UInt64)
        for i, d in enumerate(dimensions):
            key = key + pl.col(d).to_physical().cast(pl.UInt64) * (1 << 16 * i)
        return key

    def _book(self) -> None:
        named = self.policy.rule_dimensions()
        self.profile = (
            self.leads.lazy()
            .sort("lead_id")
            .with_row_index("lead")
            .with_columns(
                seg=self._key(("region", "nameplate", "channel")),
                pair=self._key(("nameplate", "dealer")),
                rkey=self._key(named),
            )
            .collect()
        )
        self.segments = self.profile.select("seg", "region", "nameplate", "channel").unique("seg")
        self.pairs = self.profile.select("pair", "dealer", "nameplate").unique("pair")
        self.rule_keys = self.profile.select("rkey", *named).unique("rkey")
        events = (
            self.events.lazy()
            .filter(pl.col("ms") <= self.t)
            .join(self.profile.lazy().select("lead_id", "lead"), on="lead_id")
            .select("lead", "ms", "code")
        )
        created = (
            self.profile.lazy()
            .filter(pl.col("created_ms") <= self.t)
            .select("lead", ms="created_ms", code=pl.lit(7, pl.UInt8))
        )
        self.ordered = self._sorted(pl.concat([events, created]).collect())
        lead, code = pl.col("lead"), pl.col("code")
        first = (lead != lead.shift(1)).fill_null(True)
        last = (lead != lead.shift(-1)).fill_null(True)
        activity = (
            self.ordered.lazy()
            .filter((code != 7) | first)
            .select("lead", "ms")
            .filter(last)
            .collect()
        )
        # created_at counts only where it comes first; a repeat of the current stage is no visit.
        run = (
            self.ordered.lazy()
            .filter((code != 7) | first)
            .with_columns(code=pl.when(code == 7).then(0).otherwise(code).cast(pl.UInt8))
            .filter(first | (code != code.shift(1)))
            .with_columns(first=first, last=last)
            .collect()
        )
        self.run = run
        # `lead * 8 + what was reached + 1` only grows within a lead and starts anew with the next.
        reach = (
            lead.cast(pl.UInt64) * 8 + pl.when(code == pol.LOST).then(0).otherwise(code + 1)
        ).cum_max()
        ends = run.lazy().with_columns(reach=(reach % 8).cast(pl.Int8) - 1).filter("last").collect()
        self.book = (
            self.profile[ends["lead"]]
            .lazy()
            .with_columns(
                stage=ends["code"],
                entered_ms=ends["ms"],
                reach=ends["reach"],
                first_ms=run.filter("first")["ms"],
                last_activity_ms=activity["ms"],
            )
            .collect()
        )

    def _sorted(self, rows: pl.DataFrame) -> pl.DataFrame:
        """By lead, instant, code: as one integer where the range of instants lets it fit."""
        low = rows["ms"].min()
        bits = (rows["ms"].max() - low).bit_length() + 3
        if bits + math.ceil(math.log2(self.profile.height + 1)) > 64:
            return rows.sort("lead", "ms", "code")
        key = (
            (pl.col("lead").cast(pl.UInt64) * (1 << bits))
            + (pl.col("ms") - low).cast(pl.UInt64) * 8
            + pl.col("code")
        )
        key = rows.lazy().select(k=key).sort("k")
        return key.select(
            lead=(pl.col("k") // (1 << bits)).cast(pl.UInt32),
            ms=((pl.col("k") % (1 << bits)) // 8).cast(pl.Int64) + low,
            code=(pl.col("k") % 8).cast(pl.UInt8),
        ).collect()

    def _visits_base(self) -> None:
        code, is_open = pl.col("code"), pl.col("code") < OPEN
        seen = is_open.cast(pl.UInt32).cum_sum()
        before = pl.when("first").then(seen - is_open.cast(pl.UInt32)).forward_fill()
        nxt = pl.when("last").then(None).otherwise(code.shift(-1))
        self.base = (
            self.run.lazy()
            .with_columns(
                visit=(seen - before).cast(pl.UInt16),
                nxt=nxt,
                left_ms=pl.when("last").then(None).otherwise(pl.col("ms").shift(-1)),
            )
            .filter(is_open)
            .select(
                "lead",
                "visit",
                stage="code",
                entered_ms="ms",
                left_ms="left_ms",
                kind=pl.when(pl.col("nxt").is_null())
                .then(3)
                .when(pl.col("nxt") == pol.LOST)
                .then(2)
                .when(pl.col("nxt") > code)
                .then(0)
                .otherwise(1)
                .cast(pl.UInt8),
            )
            .collect()
        )
        carried = self.profile.select("seg", "pair", "rkey")[self.base["lead"]]
        self.base = self.base.hstack(carried.get_columns())

    def _thresholds(self) -> None:
        sample = (
            self.base.lazy()
            .filter((pl.col("kind") == 0) & (pl.col("left_ms") > self.from_ms))
            .select("stage", "seg", ms=pl.col("left_ms") - pl.col("entered_ms"))
            .join(self.segments.lazy(), on="seg")
            .collect()
        )
        keys = ("region", "nameplate", "channel")
        rungs = []
        for rung in range(4):
            used = keys[: 3 - rung]
            grouped = (
                sample.lazy()
                .group_by("stage", *used)
                .agg(
                    n=pl.len(),
                    p90_hours=pl.col("ms").quantile(self.policy.percentile, "linear") / pol.HOUR_MS,
                    median_hours=pl.col("ms").median() / pol.HOUR_MS,
                )
            )
            blank = [pl.lit(None, pl.Categorical).alias(k) for k in keys[3 - rung :]]
            rungs.append(
                grouped.with_columns(*blank, rung=pl.lit(rung, pl.UInt8)).select(
                    "stage", "rung", *keys, "n", "p90_hours", "median_hours"
                )
            )
        rungs = pl.collect_all(rungs)
        self.tables["thresholds"] = pl.concat(rungs)
        # The rung that each segment × stage uses: the finest with enough samples, else ().
        found = []
        for rung, grouped in enumerate(rungs):
            used = list(keys[: 3 - rung])
            enough = (
                grouped if rung == 3 else grouped.filter(pl.col("n") >= self.policy.min_samples)
            )
            enough = enough.select(
                "stage", *used, threshold_hours="p90_hours", threshold_rung="rung", threshold_n="n"
            )
            found.append(
                self.segments.join(enough, on=used)
                if used
                else self.segments.join(enough, how="cross")
            )
        self.segment_threshold = (
            pl.concat(
                f.select("seg", "stage", "threshold_hours", "threshold_rung", "threshold_n")
                for f in found
            )
            .sort("threshold_rung")
            .unique(["seg", "stage"], keep="first")
        )
