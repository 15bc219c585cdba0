#!/usr/bin/env python3
"""Files of imports that unpack to more than they may: gzip, JSON lines, XLSX, Parquet.

bombs_test.py BINARY"""

import gzip
import pathlib
import random
import re
import subprocess
import sys
import tempfile

import contract
import server
from imports_test import Importer, workbook


def peak_bytes(process):
    """The most memory that a process has had since the last call."""
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
    pathlib.Path(f"/proc/{process.pid}/clear_refs").write_text("5", encoding="utf-8")
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) << 10


def check_bombs(binary, folder):
    """Whatever unpacks to more than it may is refused in words that say so, in little memory, and
    the service goes on."""
    more = 16 << 20  # bytes, of twice what may be
    row = b"B-%d,2026-05-01,%s\n"
    noise = random.Random(1)
    text = b"lead_id,created_at,name\n" + b"".join(
        row % (i, noise.randbytes(60).hex().encode()) for i in range(more // 140))
    made = folder / "parquet"
    subprocess.run([str(binary), "generate", "-n", "60000", "--seed", "5", "--out", str(made),
                    "--as-of", "2026-06-01T00:00:00Z", "--details", "--format", "parquet"],
                   check=True, stdout=subprocess.DEVNULL)
    cell = '<row><c t="inlineStr"><is><t>' + "x" * 1000 + "</t></is></c></row>"
    bombs = [("honest.csv.gz", gzip.compress(text, 1)),
             ("bomb.csv.gz", gzip.compress(b"lead_id,created_at\n" + b"0" * (1 << 28), 9)),
             ("many.csv.gz", gzip.compress(b"lead_id,created_at\n" + b"0" * (1 << 24), 9) * 64),
             ("lines.jsonl.gz", gzip.compress(b'{"lead_id":"' + b"0" * (1 << 26) + b'"}', 9)),
             ("sheet.xlsx", workbook(cell * (more // 1000))),
             ("texts.xlsx", workbook("", "<si><t>" + "a" * (1 << 26) + "</t></si>")),
             ("leads.parquet", (made / "leads.parquet").read_bytes())]
    with server.Server(binary, folder / "bombs.db", folder / "log",
                       ["--import-unpacked-mb", "8", "--imports", folder / "bombs"]) as api:
        importer = Importer(api)
        small = b"lead_id,created_at\n%s,2026-05-01\n"
        importer.run(("first.csv.gz", gzip.compress(small % b"B-first")))
        before = peak_bytes(api.process)
        for name, bomb in bombs:
            operation = contract.operation("imports.create")
            answer = api.request("POST", "/api/v1/imports", params={"name": name}, data=bomb)
            contract.check_answer(operation, answer)
            assert answer.status_code == 413, f"{name}: {answer.status_code} {answer.text}"
            assert "too much" in answer.text or "more than the limit" in answer.text, answer.text
            peak = peak_bytes(api.process)
            assert peak < before + (256 << 20), f"{name}: {peak >> 20} MB, {before >> 20} before"
            assert api.request("GET", "/readyz").status_code == 200
        assert importer.call(200, "imports.list", "")["items"][0]["files"][0]["name"] == \
            "first.csv.gz", "an import without its file is of no use"
        left = [path for path in (folder / "bombs").rglob("*") if path.is_file()]
        assert left == [], left
        done = importer.run(("last.csv.gz", gzip.compress(small % b"B-last")))
        assert done["counts"]["applied"] == 1, done


def main():
    binary = sys.argv[1]
    with tempfile.TemporaryDirectory(prefix="pursuit-bombs-") as name:
        check_bombs(binary, pathlib.Path(name))
    return 0


if __name__ == "__main__":
    sys.exit(main())
