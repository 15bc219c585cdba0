"""polars as a peer: one sort of all events, then shifts and running sums over the sorted frame."""
import math
import pathlib

import polars as pl

import common
import policy as pol

DIMENSIONS = [d for d in common.DIMENSION_COLUMNS if d != "owner"]
DAY = pol.DAY_MS
OPEN = pol.OPEN_STAGES
STAGE_TYPE = pl.Enum(pol.STAGES)
LEADS = {"lead_id": pl.String, "created_at": pl.String, "owner": pl.String,
         **{d: pl.String for d in DIMENSIONS}}
EVENTS = {"lead_id": pl.String, "stage": STAGE_TYPE, "at": pl.String}
INSTANT = "%Y-%m-%dT%H:%M:%S%.3fZ"


def names(column: str, values: list[str]) -> pl.Expr:
    """A code column as text."""
    return pl.col(column).replace_strict(list(range(len(values))), values,
                                         return_dtype=pl.Enum(values)).alias(column)


class Peer:
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
                pl.col(DIMENSIONS).cast(pl.Categorical))
            events = pl.scan_parquet(folder / "events.parquet").with_columns(
                pl.col("stage").cast(STAGE_TYPE))
            instant = lambda c: pl.col(c).dt.epoch("ms")
        else:
            opened = {n: next(folder.glob(f"{n}.csv*")) for n in ("leads", "events")}
            leads = pl.scan_csv(opened["leads"], schema_overrides=LEADS)
            leads = leads.with_columns(pl.col(DIMENSIONS).fill_null("").cast(pl.Categorical))
            events = pl.scan_csv(opened["events"], schema_overrides=EVENTS)
            instant = lambda c: pl.col(c).str.to_datetime(
                "%Y-%m-%dT%H:%M:%S%.fZ", time_unit="ms").dt.epoch("ms")
        self.leads = leads.with_columns(created_ms=instant("created_at")).drop("created_at").collect()
        self.events = events.select(
            "lead_id", code=pl.col("stage").to_physical().cast(pl.UInt8), ms=instant("at")).collect()

    def shape(self) -> None:
        """Only the plain layout here."""

    # ── the figures ───────────────────────────────────────────────────────────────────────────
    def compute(self) -> None:
        for step in (self._book, self._visits_base, self._thresholds, self._load, self._sla,
                     self._visits, self._channels, self._leads, self._funnel):
            self.clock.run(step.__name__.strip("_"), step)

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
        self.profile = self.leads.lazy().sort("lead_id").with_row_index("lead").with_columns(
            seg=self._key(("region", "nameplate", "channel")), pair=self._key(("nameplate", "dealer")),
            rkey=self._key(named)).collect()
        self.segments = self.profile.select("seg", "region", "nameplate", "channel").unique("seg")
        self.pairs = self.profile.select("pair", "dealer", "nameplate").unique("pair")
        self.rule_keys = self.profile.select("rkey", *named).unique("rkey")
        events = (self.events.lazy().filter(pl.col("ms") <= self.t)
                  .join(self.profile.lazy().select("lead_id", "lead"), on="lead_id")
                  .select("lead", "ms", "code"))
        created = (self.profile.lazy().filter(pl.col("created_ms") <= self.t)
                   .select("lead", ms="created_ms", code=pl.lit(7, pl.UInt8)))
        self.ordered = self._sorted(pl.concat([events, created]).collect())
        lead, code = pl.col("lead"), pl.col("code")
        first = (lead != lead.shift(1)).fill_null(True)
        last = (lead != lead.shift(-1)).fill_null(True)
        activity = (self.ordered.lazy().filter((code != 7) | first).select("lead", "ms")
                    .filter(last).collect())
        # created_at counts only where it comes first; then a repeat of the current stage is no visit.
        run = (self.ordered.lazy().filter((code != 7) | first)
               .with_columns(code=pl.when(code == 7).then(0).otherwise(code).cast(pl.UInt8))
               .filter(first | (code != code.shift(1)))
               .with_columns(first=first, last=last).collect())
        self.run = run
        # `lead * 8 + what was reached + 1` only grows within a lead and starts anew with the next.
        reach = (lead.cast(pl.UInt64) * 8 + pl.when(code == pol.LOST).then(0).otherwise(code + 1)).cum_max()
        ends = run.lazy().with_columns(reach=(reach % 8).cast(pl.Int8) - 1).filter("last").collect()
        self.book = (self.profile[ends["lead"]].lazy().with_columns(
            stage=ends["code"], entered_ms=ends["ms"], reach=ends["reach"],
            first_ms=run.filter("first")["ms"], last_activity_ms=activity["ms"]).collect())

    def _sorted(self, rows: pl.DataFrame) -> pl.DataFrame:
        """By lead, instant, code: as one integer where the range of instants lets it fit."""
        low = rows["ms"].min()
        bits = (rows["ms"].max() - low).bit_length() + 3
        if bits + math.ceil(math.log2(self.profile.height + 1)) > 64:
            return rows.sort("lead", "ms", "code")
        key = ((pl.col("lead").cast(pl.UInt64) * (1 << bits)) + (pl.col("ms") - low).cast(pl.UInt64) * 8
               + pl.col("code"))
        key = rows.lazy().select(k=key).sort("k")
        return key.select(lead=(pl.col("k") // (1 << bits)).cast(pl.UInt32),
                          ms=((pl.col("k") % (1 << bits)) // 8).cast(pl.Int64) + low,
                          code=(pl.col("k") % 8).cast(pl.UInt8)).collect()

    def _visits_base(self) -> None:
        code, is_open = pl.col("code"), pl.col("code") < OPEN
        seen = is_open.cast(pl.UInt32).cum_sum()
        before = pl.when("first").then(seen - is_open.cast(pl.UInt32)).forward_fill()
        nxt = pl.when("last").then(None).otherwise(code.shift(-1))
        self.base = (
            self.run.lazy()
            .with_columns(visit=(seen - before).cast(pl.UInt16), nxt=nxt,
                          left_ms=pl.when("last").then(None).otherwise(pl.col("ms").shift(-1)))
            .filter(is_open)
            .select("lead", "visit", stage="code", entered_ms="ms", left_ms="left_ms",
                    kind=pl.when(pl.col("nxt").is_null()).then(3).when(pl.col("nxt") == pol.LOST).then(2)
                    .when(pl.col("nxt") > code).then(0).otherwise(1).cast(pl.UInt8)).collect())
        carried = self.profile.select("seg", "pair", "rkey")[self.base["lead"]]
        self.base = self.base.hstack(carried.get_columns())

    def _thresholds(self) -> None:
        sample = (self.base.lazy().filter((pl.col("kind") == 0) & (pl.col("left_ms") > self.from_ms))
                  .select("stage", "seg", ms=pl.col("left_ms") - pl.col("entered_ms"))
                  .join(self.segments.lazy(), on="seg").collect())
        keys = ("region", "nameplate", "channel")
        rungs = []
        for rung in range(4):
            used = keys[:3 - rung]
            grouped = sample.lazy().group_by("stage", *used).agg(
                n=pl.len(), p90_hours=pl.col("ms").quantile(self.policy.percentile, "linear") / pol.HOUR_MS,
                median_hours=pl.col("ms").median() / pol.HOUR_MS)
            blank = [pl.lit(None, pl.Categorical).alias(k) for k in keys[3 - rung:]]
            rungs.append(grouped.with_columns(*blank, rung=pl.lit(rung, pl.UInt8)).select(
                "stage", "rung", *keys, "n", "p90_hours", "median_hours"))
        rungs = pl.collect_all(rungs)
        self.tables["thresholds"] = pl.concat(rungs)
        # The rung that each segment × stage uses: the finest with enough samples, else () if it has any.
        found = []
        for rung, grouped in enumerate(rungs):
            used = list(keys[:3 - rung])
            enough = grouped if rung == 3 else grouped.filter(pl.col("n") >= self.policy.min_samples)
            enough = enough.select("stage", *used, threshold_hours="p90_hours", threshold_rung="rung",
                                   threshold_n="n")
            found.append(self.segments.join(enough, on=used) if used else
                         self.segments.join(enough, how="cross"))
        self.segment_threshold = pl.concat(f.select("seg", "stage", "threshold_hours", "threshold_rung",
                                                    "threshold_n") for f in found
                                           ).sort("threshold_rung").unique(["seg", "stage"], keep="first")

    def _load_columns(self) -> list[pl.Expr]:
        p, factor = self.policy, pl.col("in_load_stages") / pl.col("open")
        return [factor.alias("load_factor"),
                pl.when(factor < 0.5).then(0).when(factor <= 0.6).then(1).when(factor <= 0.8).then(2)
                .otherwise(3).cast(pl.UInt8).alias("band"),
                pl.when(pl.col("open") < p.min_open).then(0.0)
                .otherwise(p.cap / (1 + (-p.load_k * (factor - p.mid)).exp())).alias("relaxation")]

    def _load(self) -> None:
        last_day = self.t // DAY
        lead_pair = self.profile["pair"]
        code = pl.col("code")
        loaded = code.is_between(2, 3).cast(pl.Int64)
        opened = (code < OPEN).cast(pl.Int64)
        before = lambda e: pl.when("first").then(0).otherwise(e.shift(1))
        change = (opened - before(opened)) + (loaded - before(loaded)) * (1 << 32)
        changes = (self.run.lazy().with_columns(pair=lead_pair[self.run["lead"]], change=change)
                   .filter(pl.col("change") != 0)
                   .select(k=pl.col("pair") * 65536 + ((pl.col("ms") + DAY - 1) // DAY).cast(pl.UInt64),
                           change="change"))
        asked = (self.base.lazy().filter(pl.col("left_ms").is_not_null())
                 .select(k=pl.col("pair") * 65536 + (pl.col("left_ms") // DAY).cast(pl.UInt64),
                         change=pl.lit(0, pl.Int64)).unique("k"))
        days = pl.LazyFrame({"day": range(last_day - 89, last_day + 1)}, {"day": pl.UInt64})
        grid = self.pairs.lazy().select("pair").join(days, how="cross").select(
            k=pl.col("pair") * 65536 + pl.col("day"), change=pl.lit(0, pl.Int64))
        total = pl.col("change").cum_sum()
        pair = pl.col("k") // 65536
        start = pl.when((pair != pair.shift(1)).fill_null(True)).then(
            total - pl.col("change")).forward_fill()
        step = (pl.concat([changes, asked, grid]).group_by("k").agg(pl.col("change").sum()).sort("k")
                .select("k", total=total - start)
                .select("k", open=pl.col("total") % (1 << 32), in_load_stages=pl.col("total") // (1 << 32))
                .filter(pl.col("open") > 0).collect())
        now = (self.book.lazy().filter(pl.col("stage") < OPEN).group_by("pair")
               .agg(open=pl.len().cast(pl.Int64), in_load_stages=(pl.col("stage") >= 2).sum().cast(pl.Int64))
               .with_columns(self._load_columns()).collect())
        self.tables["load"] = now.join(self.pairs, on="pair").drop("pair")
        self.tables["load_daily"] = (
            step.lazy().with_columns(day=(pl.col("k") % 65536).cast(pl.Int32), pair=pl.col("k") // 65536)
            .filter(pl.col("day").is_between(last_day - 89, last_day)).with_columns(self._load_columns())
            .join(self.pairs.lazy(), on="pair").drop("pair", "k").collect())
        # R by pair and day where it is not 0; day 65535 means "at T".
        relaxed = pl.col("open") >= self.policy.min_open
        step = step.lazy().filter(relaxed).with_columns(self._load_columns()).select("k", r="relaxation")
        self.relax = pl.concat([step, now.lazy().filter(relaxed).select(
            k=pl.col("pair") * 65536 + 65535, r="relaxation")]).collect()

    def _sla(self) -> None:
        """Rules resolved once per combination of what they name: most dimensions, then first in file."""
        rows = [{"rkey": pl.Series([0], dtype=pl.UInt64)[0], "stage": 0, "sla_hours": 0.0}][:0]
        for key in self.rule_keys.cast({d: pl.String for d in self.policy.rule_dimensions()}).to_dicts():
            best: dict[int, pol.Rule] = {}
            for rule in self.policy.rules:
                if all(key[d] == v for d, v in rule.match.items()):
                    held = best.get(rule.stage)
                    if held is None or len(rule.match) > len(held.match):
                        best[rule.stage] = rule
            rows += [{"rkey": key["rkey"], "stage": s, "sla_hours": r.hours} for s, r in best.items()]
        self.sla = pl.DataFrame(rows, {"rkey": pl.UInt64, "stage": pl.UInt8, "sla_hours": pl.Float64})

    def _judged(self, hours: str) -> list[pl.Expr]:
        deviation = pl.col(hours) - pl.col("effective_sla_hours")
        return [deviation.alias("deviation_hours"),
                pl.when(deviation.is_null()).then(0).when(deviation <= 0).then(1)
                .when(deviation <= self.policy.grace * pl.col("effective_sla_hours")).then(2)
                .otherwise(3).cast(pl.UInt8).alias("category")]

    def _visits(self) -> None:
        day = pl.when(pl.col("left_ms").is_null()).then(65535).otherwise(pl.col("left_ms") // DAY)
        self.tables["visits"] = (
            self.base.lazy().with_columns(
                k=pl.col("pair") * 65536 + day.cast(pl.UInt64),
                hours=(pl.col("left_ms").fill_null(self.t) - pl.col("entered_ms")) / pol.HOUR_MS)
            .join(self.sla.lazy(), on=["rkey", "stage"], how="left", maintain_order="left")
            .join(self.relax.lazy(), on="k", how="left", maintain_order="left")
            .with_columns(effective_sla_hours=pl.col("sla_hours") * (1 + pl.col("r").fill_null(0.0)))
            .with_columns(self._judged("hours"))
            .select("lead", "visit", "stage", "entered_ms", "left_ms", "kind", "hours", "sla_hours",
                    "effective_sla_hours", "deviation_hours", "category").collect())

    def _channels(self) -> None:
        p = self.policy
        close = (pl.col("stage") >= OPEN) & (pl.col("entered_ms") > self.t - p.channel_lookback_days * DAY)
        c = self.book.lazy().group_by("channel").agg(
            leads=pl.len().cast(pl.Int64), closed=close.sum().cast(pl.Int64),
            won=(close & (pl.col("stage") == pol.WON)).sum().cast(pl.Int64)).collect()
        period = (self.t - pl.col("created_ms")) // (p.inflow_period_days * DAY)
        inflow = (self.book.lazy().filter(pl.col("created_ms") <= self.t).with_columns(period=period)
                  .filter(pl.col("period") < p.inflow_periods).group_by("channel", "period")
                  .agg(created=pl.len()).collect())
        periods = max(inflow["period"].n_unique(), 1)
        share = inflow.with_columns(s=pl.col("created") / pl.col("created").sum().over("period")
                                    ).group_by("channel").agg(volume_share=pl.col("s").sum() / periods)
        closed, won = c["closed"].sum(), c["won"].sum()
        mean = won / closed if closed else 0.0
        s = c.join(share, on="channel", how="left").with_columns(
            pl.col("volume_share").fill_null(0.0),
            rate=pl.when(pl.col("closed") > 0).then(pl.col("won") / pl.col("closed")),
            smoothed_rate=(pl.col("won") + p.smoothing * mean) / (pl.col("closed") + p.smoothing))
        over = lambda x: pl.when(pl.col(x).max() > 0).then(pl.col(x) / pl.col(x).max()).otherwise(0.0)
        self.tables["channels"] = s.with_columns(conversion=over("smoothed_rate"),
                                                 volume=over("volume_share"))

    def _leads(self) -> None:
        p, weights, total = self.policy, self.policy.weights, sum(self.policy.weights)
        rho = pl.col("idle_ms") / pol.HOUR_MS / pl.coalesce("threshold_hours", "effective_sla_hours",
                                                           pl.lit(p.fallback_hours))
        recency = (1 + math.exp(-p.recency_k * p.recency_m)) / (1 + (p.recency_k * (rho - p.recency_m)).exp())
        parts = {"c_conversion": (weights[0], pl.col("conversion")), "c_volume": (weights[1], pl.col("volume")),
                 "c_recency": (weights[2], recency), "c_stage": (weights[3], (pl.col("stage") + 1) / OPEN)}
        score = pl.sum_horizontal("c_conversion", "c_volume", "c_recency", "c_stage")
        scored = (
            self.book.lazy().filter(pl.col("stage") < OPEN)
            .with_columns(k=pl.col("pair") * 65536 + 65535, idle_ms=self.t - pl.col("last_activity_ms"),
                          time_in_stage_hours=(self.t - pl.col("entered_ms")) / pol.HOUR_MS)
            .join(self.segment_threshold.lazy(), on=["seg", "stage"], how="left")
            .join(self.sla.lazy(), on=["rkey", "stage"], how="left")
            .join(self.relax.lazy(), on="k", how="left")
            .join(self.tables["channels"].lazy().select("channel", "conversion", "volume"), on="channel")
            .with_columns(effective_sla_hours=pl.col("sla_hours") * (1 + pl.col("r").fill_null(0.0)))
            .with_columns(self._judged("time_in_stage_hours"))
            .with_columns((100 * w * c / total).alias(n) for n, (w, c) in parts.items())
            .with_columns(score=score)
            .with_columns(expired=(pl.col("time_in_stage_hours") > pl.col("threshold_hours")).fill_null(False),
                          dormant=pl.col("idle_ms") >= p.dormant_days * DAY,
                          tier=pl.when(pl.col("score") >= p.hot).then(0).when(pl.col("score") >= p.warm)
                          .then(1).otherwise(2).cast(pl.UInt8))
            .sort("dealer", "score", "entered_ms", "lead", descending=[False, True, False, False]))
        dealer, row = pl.col("dealer").to_physical(), pl.int_range(pl.len(), dtype=pl.UInt32)
        start = pl.when((dealer != dealer.shift(1)).fill_null(True)).then(row).forward_fill()
        columns = ["time_in_stage_hours", "threshold_hours", "threshold_rung", "threshold_n", "expired",
                   "dormant", "sla_hours", "effective_sla_hours", "deviation_hours", "category", "score",
                   "c_conversion", "c_volume", "c_recency", "c_stage", "tier", "rank"]
        scored = scored.with_columns(rank=row - start + 1).select("lead", *columns)
        carried = common.DIMENSION_COLUMNS if self.options.mode != "memory" else ()
        until = pl.when(pl.col("stage") < OPEN).then(self.t).otherwise(pl.col("entered_ms"))
        day = pl.when(pl.col("stage") < OPEN).then(65535).otherwise(pl.col("entered_ms") // DAY)
        out = (self.book.lazy().join(scored, on="lead", how="left", maintain_order="left")
               .with_columns(state=pl.when(pl.col("stage") < OPEN).then(0).otherwise(pl.col("stage") - 3)
                             .cast(pl.UInt8), overall_hours=(until - pl.col("first_ms")) / pol.HOUR_MS,
                             k=pl.col("pair") * 65536 + day.cast(pl.UInt64)))
        overall = self.sla.lazy().filter(pl.col("stage") == pol.OVERALL).select(
            "rkey", overall_sla_hours="sla_hours")
        if any(r.stage == pol.OVERALL for r in p.rules):
            limit = pl.col("overall_sla_hours") * (1 + pl.col("r").fill_null(0.0))
            out = (out.join(overall, on="rkey", how="left", maintain_order="left")
                   .join(self.relax.lazy(), on="k", how="left", maintain_order="left")
                   .with_columns(overall_category=pl.when(limit.is_null()).then(0)
                                 .when(pl.col("overall_hours") <= limit).then(1)
                                 .when(pl.col("overall_hours") <= (1 + p.grace) * limit).then(2)
                                 .otherwise(3).cast(pl.UInt8)))
        else:
            out = out.with_columns(overall_sla_hours=pl.lit(None, pl.Float64),
                                   overall_category=pl.lit(0, pl.UInt8))
        self.tables["leads"] = out.select("lead", "state", "stage", "entered_ms", "last_activity_ms",
                                          "overall_hours", "overall_sla_hours", "overall_category",
                                          *columns, *carried).collect()

    def _funnel(self) -> None:
        recent = pl.col("left_ms").is_null() | (pl.col("left_ms") > self.from_ms)
        category, kind = pl.col("category"), pl.col("kind")
        v = self.tables["visits"].lazy().group_by("stage").agg(
            advanced=(kind == 0).sum(), regressed=(kind == 1).sum(), lost=(kind == 2).sum(),
            open=(kind == 3).sum(), kept=((category == 1) & recent & (kind != 3)).sum(),
            broken=((category > 1) & recent).sum())
        x = self.tables["leads"].lazy().filter(pl.col("stage") < OPEN).group_by("stage").agg(
            expired=pl.col("expired").sum())
        reach = self.book.group_by("reach").len().to_dict(as_series=False)
        reached = [sum(n for r, n in zip(reach["reach"], reach["len"]) if r >= s) for s in range(5)]
        q = self.tables["thresholds"].lazy().filter(pl.col("rung") == 3).select(
            "stage", "median_hours", "p90_hours")
        base = pl.LazyFrame({"stage": range(5), "reached": reached}, {"stage": pl.UInt8, "reached": pl.Int64})
        judged = pl.col("kept") + pl.col("broken")
        self.tables["funnel"] = (
            base.join(v, on="stage", how="left").join(q, on="stage", how="left").join(x, on="stage", how="left")
            .with_columns(compliance=pl.when(judged > 0).then(pl.col("kept") / judged)).collect())

    # ── out ───────────────────────────────────────────────────────────────────────────────────
    def write(self) -> None:
        for table in common.TABLES:
            self.clock.run(f"write_{table}", lambda t=table: self._write(t))

    def _write(self, table: str) -> None:
        frame = self.tables[table].lazy()
        held = set(self.tables[table].columns)
        texts = {"stage": list(pol.STAGES), "kind": ["advance", "regress", "lost", "open"],
                 "category": ["none", "on_time", "delayed", "critical"],
                 "overall_category": ["none", "on_time", "delayed", "critical"],
                 "band": ["low", "moderate", "elevated", "critical"], "tier": ["Hot", "Warm", "Cold"],
                 "state": ["open", "won", "lost"]}
        order = [c.strip() for c in common.ORDER[table].split(",")]
        if table not in ("leads", "visits"):  # those two are in order
            frame = frame.with_columns(pl.col(pl.Categorical).cast(pl.String)).sort(order)
        frame = frame.with_columns(names(c, v) for c, v in texts.items() if c in held)
        for column in ("entered", "left", "last_activity"):
            if f"{column}_ms" in held:
                frame = frame.with_columns(
                    pl.from_epoch(f"{column}_ms", "ms").alias(f"{column}_at"))
        if "lead" in held:
            ids = self.profile["lead_id"]
            frame = frame.with_columns(lead_id=ids[self.tables[table]["lead"]])
        if "expired" in held and table == "leads":
            frame = frame.with_columns(status=pl.when("expired").then(pl.lit("expired")).when(
                pl.col("expired").is_not_null()).then(pl.lit("active")))
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
