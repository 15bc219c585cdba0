"""DuckDB as a peer: result tables from leads and events, in memory or from files to files."""

import pathlib

import duckdb

import common
import policy as pol

CSV_EVENTS = "columns={'lead_id': 'VARCHAR', 'stage': 'VARCHAR', 'at': 'TIMESTAMP'}"
NAMES = {
    "stage": "['Created','Contacted','Experiencing','Deciding','Converted','Lost'][stage + 1]",
    "kind": "['advance','regress','lost','open'][kind + 1]",
    "category": "['none','on_time','delayed','critical'][category + 1]",
    "overall_category": "['none','on_time','delayed','critical'][overall_category + 1]",
    "band": "['low','moderate','elevated','critical'][band + 1]",
    "tier": "['Hot','Warm','Cold'][tier + 1]",
    "state": "['open','won','lost'][state + 1]",
    "status": "CASE WHEN expired THEN 'expired' WHEN NOT expired THEN 'active' END AS status",
    "day": "DATE '1970-01-01' + day AS day",
    "lead_id": "lead AS lead_id",
    "entered_at": "epoch_ms(entered_ms) AS entered_at",
    "left_at": "epoch_ms(left_ms) AS left_at",
    "last_activity_at": "epoch_ms(last_activity_ms) AS last_activity_at",
}


class Peer:
    def __init__(self, policy: pol.Policy, as_of_ms: int, options) -> None:
        self.clock = common.Clock()
        self.options = options
        self.policy = policy
        self.db = duckdb.connect()
        self.db.execute(f"SET threads = {options.threads}; SET TimeZone = 'UTC'")
        if options.temp:
            self.db.execute(f"SET temp_directory = '{options.temp}'")
        self.values = common.parameters(policy, as_of_ms) | self._shape(policy)

    def _shape(self, policy: pol.Policy) -> dict[str, str]:
        """The parts of the SQL that depend on the layout, the files and the rules."""
        named = policy.rule_dimensions()
        if len(named) <= 4:
            codes = [f"(enum_code({d})::BIGINT << {16 * i})" for i, d in enumerate(named)]
            key = " | ".join(codes) or "0::BIGINT"
        else:
            key = f"hash({', '.join(named)})"
        files = self.options.mode != "memory"
        carried = list(common.DIMENSION_COLUMNS) if files else named
        overall = any(r.stage == pol.OVERALL for r in policy.rules)
        grace = {"grace": common.number(policy.grace)}
        extra = [d for d in carried if d not in ("region", "channel", "dealer", "nameplate")]
        return {
            "rule_key": key,
            "rule_columns": "".join(f", {d}" for d in named),
            "rule_match": " AND ".join([f"(rule.{d} IS NULL OR rule.{d} = b.{d})" for d in named])
            or "true",
            "book_dimensions": "".join(f", {d}" for d in extra),
            "lead_dimensions": "".join(f", {d}" for d in common.DIMENSION_COLUMNS) if files else "",
            "overall_columns": (
                common.fill(OVERALL_COLUMNS, grace)
                if overall
                else "NULL::DOUBLE AS overall_sla_hours, 0::UTINYINT AS overall_category"
            ),
            "overall_join": OVERALL_JOIN if overall else "",
            "overall_relax": OVERALL_RELAX if overall else "",
            "owner": "owner" if files else "NULL",
            "seen_join": (
                "" if self.options.layout == "arrays" else "LEFT JOIN grouped USING (lead)"
            ),
        }

    # ── in ────────────────────────────────────────────────────────────────────────────────────
    def read(self) -> None:
        folder, mode = pathlib.Path(self.options.data), self.options.mode
        if mode == "parquet" or (mode == "memory" and (folder / "leads.parquet").exists()):
            source = {n: f"read_parquet('{folder}/{n}.parquet')" for n in ("leads", "events")}
        else:
            csv = {n: next(folder.glob(f"{n}.csv*")) for n in ("leads", "events")}
            blank = "header=true, nullstr='\\N'"  # an empty dimension is a value of its own
            source = {
                "leads": f"read_csv('{csv['leads']}', {blank}, "
                "types={'lead_id': 'VARCHAR', 'created_at': 'TIMESTAMP'})",
                "events": f"read_csv('{csv['events']}', {blank}, auto_detect=false, "
                f"delim=',', {CSV_EVENTS})",
            }
        for name, text in source.items():
            self.clock.run(
                "read", lambda n=name, s=text: self.db.execute(f"CREATE TABLE {n} AS FROM {s}")
            )

    def shape(self) -> None:
        """The layouts sorted and arrays; what they cost is not timed."""
        plain = common.sections("duckdb_plain.sql", self.values | {"book_tail": ""})
        for statement in plain[0][1]:
            self.db.execute(statement)
        if self.options.layout == "plain":
            return
        for _, statements in common.sections("duckdb_shape.sql", self.values):
            for statement in statements:
                self.db.execute(statement)
        if self.options.layout == "arrays":
            self.db.execute(
                "CREATE TABLE leads_a AS SELECT leads_s.*, coalesce(events, []) AS events"
                " FROM leads_s LEFT JOIN (SELECT lead, list(packed ORDER BY packed) AS"
                " events FROM events_s GROUP BY lead) USING (lead) ORDER BY lead"
            )
            self.db.execute("DROP TABLE events_s; DROP TABLE leads_s")
        self.db.execute("DROP TABLE events")

    # ── the figures ───────────────────────────────────────────────────────────────────────────
    def compute(self) -> None:
        self._rules()
        tail = common.fill((common.HERE / "sql" / "duckdb_book_tail.sql").read_text(), self.values)
        values = self.values | {"book_tail": tail}
        parts = common.sections(f"duckdb_{self.options.layout}.sql", values)
        parts += common.sections("duckdb_model.sql", values)
        if self.options.km:
            parts += common.sections("duckdb_km.sql", values)
        for name, statements in parts:
            for statement in statements:
                self.clock.run(name, lambda s=statement: self.db.execute(s))

    def _rules(self) -> None:
        columns = ", ".join(f"{d} VARCHAR" for d in pol.DIMENSIONS)
        self.db.execute(
            f"CREATE OR REPLACE TABLE rule (stage UTINYINT, hours DOUBLE, specificity INT, "
            f"position INT, {columns})"
        )
        for i, rule in enumerate(self.policy.rules):
            row = [rule.stage, rule.hours, len(rule.match), i]
            row += [rule.match.get(d) for d in pol.DIMENSIONS]
            self.db.execute(f"INSERT INTO rule VALUES ({', '.join('?' * len(row))})", row)

    # ── out ───────────────────────────────────────────────────────────────────────────────────
    def write(self) -> None:
        for table in common.TABLES:
            self.clock.run(f"write_{table}", lambda t=table: self._write(t))

    def _write(self, table: str) -> None:
        csv = self.options.mode == "csv"
        parts = []
        for column in common.COLUMNS[table].split():
            if column == "km_p90_hours" and not self.options.km:
                continue
            text = NAMES.get(column, column)
            if csv and column.endswith("_at"):
                ms = column.replace("_at", "_ms")
                text = f"strftime(epoch_ms({ms}), '%Y-%m-%dT%H:%M:%S.%gZ') AS {column}"
            parts.append(text if " AS " in text or text == column else f"{text} AS {column}")
        form = "FORMAT csv, HEADER" if csv else "FORMAT parquet"
        self.db.execute(
            f"COPY (SELECT {', '.join(parts)} FROM {common.source(table)} "
            f"ORDER BY {common.ORDER[table]}) TO '{self.options.out}/{table}."
            f"{'csv' if csv else 'parquet'}' ({form})"
        )

    def sums(self) -> dict:
        return common.sums(lambda sql: self.db.execute(sql).fetchone(), self.options.km)


OVERALL_COLUMNS = """o.sla_hours AS overall_sla_hours,
(CASE WHEN o.sla_hours IS NULL THEN 0
      WHEN overall_hours <= o.sla_hours * (1 + coalesce(r, 0)) THEN 1
      WHEN overall_hours <= (1 + {grace}) * o.sla_hours * (1 + coalesce(r, 0)) THEN 2 ELSE 3 END
)::UTINYINT AS overall_category"""
OVERALL_JOIN = "LEFT JOIN sla o ON b.rkey = o.rkey AND o.stage = 6"
OVERALL_RELAX = "LEFT JOIN relax x ON x.pair_day = (b.pair << 16) + entered_ms // 86400000"
