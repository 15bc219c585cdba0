"""ClickHouse (chDB, in process) as a peer: result tables from leads and events."""

import json
import pathlib

from chdb import session

import common
import policy as pol

LEADS = (
    "lead_id String, created_at DateTime64(3, 'UTC'), "
    + ", ".join(f"{d} LowCardinality(String)" for d in common.DIMENSION_COLUMNS if d != "owner")
    + ", owner String"
)
EVENTS = "lead_id String, stage LowCardinality(String), at DateTime64(3, 'UTC')"
NAMES = {
    "stage": "['Created','Contacted','Experiencing','Deciding','Converted','Lost'][stage + 1]",
    "kind": "['advance','regress','lost','open'][kind + 1]",
    "category": "if(isNull(category), '', ['none','on_time','delayed','critical'][category + 1])",
    "overall_category": "['none','on_time','delayed','critical'][overall_category + 1]",
    "band": "['low','moderate','elevated','critical'][band + 1]",
    "tier": "if(isNull(tier), '', ['Hot','Warm','Cold'][tier + 1])",
    "state": "['open','won','lost'][state + 1]",
    "status": "multiIf(isNull(expired), '', expired = 1, 'expired', 'active')",
    "dormant": "multiIf(isNull(dormant), '', dormant = 1, 'true', 'false')",
    "day": "toDate(day)",
    "lead_id": "lead",
    "entered_at": "fromUnixTimestamp64Milli(toInt64(entered_ms), 'UTC')",
    "left_at": "fromUnixTimestamp64Milli(toInt64(left_ms), 'UTC')",
    "last_activity_at": "fromUnixTimestamp64Milli(toInt64(last_activity_ms), 'UTC')",
}
BAND = (
    "multiIf(in_load_stages / open < 0.5, 0, in_load_stages / open <= 0.6, 1, "
    "in_load_stages / open <= 0.8, 2, 3)"
)
RELAXATION = (
    "if(open < {min_open}, 0., {cap} / (1 + exp(-{load_k} * " "(in_load_stages / open - {mid}))))"
)


class Peer:
    def __init__(self, policy: pol.Policy, as_of_ms: int, options) -> None:
        self.clock = common.Clock()
        self.options = options
        self.policy = policy
        self.db = session.Session(f"{options.temp}/chdb" if options.temp else None)
        for setting in (
            f"max_threads = {options.threads}",
            "join_use_nulls = 0",
            f"max_insert_threads = {options.threads}",
            "session_timezone = 'UTC'",
            "date_time_output_format = 'iso'",
            "date_time_input_format = 'best_effort'",
            "format_csv_null_representation = ''",
            "output_format_decimal_trailing_zeros = 1",
            "allow_suspicious_low_cardinality_types = 1",
            # Else sum(ms / c) becomes sum(ms) / c, which overflows at 5 M leads.
            "optimize_arithmetic_operations_in_aggregate_functions = 0",
        ):
            self.db.query(f"SET {setting}")
        self.values = common.parameters(policy, as_of_ms)
        self.values |= self._shape(policy) | {
            "band": BAND,
            "relaxation": common.fill(RELAXATION, self.values),
            "engine": "Memory",
        }

    def _shape(self, policy: pol.Policy) -> dict[str, str]:
        """The parts of the SQL that depend on the files and the rules."""
        named = policy.rule_dimensions()
        carried = common.DIMENSION_COLUMNS if self.options.mode != "memory" else ()
        # Carried under names of their own: `dealer` and the like also come from small tables.
        keep = [f"own_{d}" for d in carried]
        overall = any(r.stage == pol.OVERALL for r in policy.rules)
        return {
            "rule_key": (
                f"bitShiftRight(cityHash64({', '.join(named)}), 3)" if named else "toUInt64(0)"
            ),
            "rule_columns": "".join(f", {d}" for d in named),
            "rule_match": " AND ".join([f"(isNull(rule.{d}) OR rule.{d} = b.{d})" for d in named])
            or "1",
            "lead_text": "".join(f", {d} AS own_{d}" for d in carried),
            "lead_carry": "".join(f", {k}" for k in keep),
            "overall_columns": (
                common.fill(OVERALL_COLUMNS, {"grace": repr(policy.grace)})
                if overall
                else "CAST(NULL AS Nullable(Float64)) AS overall_sla_hours, "
                "toUInt8(0) AS overall_category"
            ),
            "overall_join": OVERALL_JOIN if overall else "",
        }

    def _query(self, sql: str) -> None:
        self.db.query(sql, "Null")

    # ── in ────────────────────────────────────────────────────────────────────────────────────
    def read(self) -> None:
        folder, mode = pathlib.Path(self.options.data), self.options.mode
        parquet = mode == "parquet" or (mode == "memory" and (folder / "leads.parquet").exists())
        for name, columns in (("leads", LEADS), ("events", EVENTS)):
            path = folder / f"{name}.parquet" if parquet else next(folder.glob(f"{name}.csv*"))
            form = "Parquet" if parquet else "CSVWithNames"
            self.clock.run("read", lambda n=name, c=columns, p=path, f=form: self._read(n, c, p, f))

    def _read(self, name: str, columns: str, path: pathlib.Path, form: str) -> None:
        structure = columns.replace("'", "\\'")
        self._query(f"CREATE TABLE {name} ({columns}) ENGINE = {self.values['engine']}")
        self._query(
            f"INSERT INTO {name} SELECT * FROM file('{path.resolve()}', '{form}', "
            f"'{structure}')"
        )

    def shape(self) -> None:
        """The layout arrays; what it costs is not timed."""
        if self.options.layout == "plain":
            return
        if self.options.layout != "arrays":
            raise SystemExit("chdb: the layouts are plain and arrays")
        for _, statements in common.sections("chdb_shape.sql", self.values):
            for statement in statements:
                self._query(statement)
        self._query("DROP TABLE events")
        self._query("DROP TABLE numbered")

    # ── the figures ───────────────────────────────────────────────────────────────────────────
    def compute(self) -> None:
        self._rules()
        tail = common.fill((common.HERE / "sql" / "chdb_book_tail.sql").read_text(), self.values)
        values = self.values | {"book_tail": tail}
        self._run(common.sections(f"chdb_{self.options.layout}.sql", values))
        first = self.clock.run(
            "book",
            lambda: json.loads(
                str(
                    self.db.query(
                        "SELECT toInt32(intDiv(min(first_ms), 86400000)) FROM book",
                        "JSONCompactEachRow",
                    )
                )
            ),
        )
        values["first_day"] = str(first[0])
        parts = common.sections("chdb_model.sql", values)
        if self.options.km:
            parts += common.sections("chdb_km.sql", values)
        self._run(parts)

    def _run(self, parts: list[tuple[str, list[str]]]) -> None:
        for name, statements in parts:
            for statement in statements:
                self.clock.run(name, lambda s=statement: self._query(s))

    def _rules(self) -> None:
        columns = ", ".join(f"{d} Nullable(String)" for d in pol.DIMENSIONS)
        self._query(
            f"CREATE OR REPLACE TABLE rule (stage UInt8, hours Float64, specificity Int32, "
            f"position Int32, {columns}) ENGINE = Memory"
        )
        for i, rule in enumerate(self.policy.rules):
            row = [str(rule.stage), repr(rule.hours), str(len(rule.match)), str(i)]
            for d in pol.DIMENSIONS:
                value = rule.match.get(d)
                row.append("NULL" if value is None else "'" + value.replace("'", "\\'") + "'")
            self._query(f"INSERT INTO rule VALUES ({', '.join(row)})")

    # ── out ───────────────────────────────────────────────────────────────────────────────────
    def write(self) -> None:
        for table in common.TABLES:
            self.clock.run(f"write_{table}", lambda t=table: self._write(t))

    def _write(self, table: str) -> None:
        parts = []
        for column in common.COLUMNS[table].split():
            if column == "km_p90_hours" and not self.options.km:
                continue
            own = table == "leads" and column in common.DIMENSION_COLUMNS
            text = f"own_{column}" if own else NAMES.get(column, column)
            parts.append(f"{text} AS `{column}{'_' if text != column else ''}`")
        names = [c for c in common.COLUMNS[table].split() if c != "km_p90_hours" or self.options.km]
        csv = self.options.mode == "csv"
        path = pathlib.Path(self.options.out).resolve() / f"{table}.{'csv' if csv else 'parquet'}"
        inner = (
            f"SELECT {', '.join(parts)} FROM {common.source(table)} ORDER BY {common.ORDER[table]}"
        )
        outer = ", ".join(f"{p.rsplit(' AS ', 1)[1]} AS {n}" for p, n in zip(parts, names))
        path.unlink(missing_ok=True)
        self._query(
            f"INSERT INTO FUNCTION file('{path}', '{'CSVWithNames' if csv else 'Parquet'}') "
            f"SELECT {outer} FROM ({inner})"
        )

    def sums(self) -> dict:
        def row(sql: str) -> list:
            text = str(self.db.query(sql, "JSONCompactEachRow"))
            return json.loads(text)

        return common.sums(row, self.options.km)


OVERALL_COLUMNS = """nullIf(overall.hours, 0) AS overall_sla_hours,
toUInt8(multiIf(overall.hours = 0, 0,
  overall_hours <= overall.hours * (1 + joinGet('relax', 'r', pair_day)), 1,
  overall_hours <= (1 + {grace}) * overall.hours * (1 + joinGet('relax', 'r', pair_day)),
  2, 3)) AS overall_category"""
OVERALL_JOIN = """LEFT JOIN (SELECT rule_stage, sla_hours AS hours FROM sla) AS overall
  ON b.overall_stage = overall.rule_stage"""
