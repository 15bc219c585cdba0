#!/usr/bin/env python3
"""Runs clang-tidy over our sources, as many at once as there are cores. A file that passed is not
looked at again until it, a header of ours that it includes, its flags or .clang-tidy change:
.cache/tidy remembers what passed. With --changed: only files that differ from the last commit.
With --minutes N: what changed last comes first (of a header: a source that includes it), and none
is begun after N minutes; how many were left is told.

Needs build/tidy/compile_commands.json (the `tidy` preset). Ends with status 1 on a finding."""

import argparse
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
PASSED = ROOT / ".cache" / "tidy"
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.M)


def included(path, seen):
    """`path` and the headers of ours that it reaches, into `seen`."""
    if path in seen:
        return
    seen.add(path)
    for name in INCLUDE.findall(path.read_text(encoding="utf-8")):
        for folder in (ROOT / "src", ROOT, ROOT / "test", path.parent):
            if (folder / name).is_file():
                included((folder / name).resolve(), seen)
                break


def reach_of(entry):
    """The file of `entry` and all headers of ours that it includes."""
    seen = set()
    included(pathlib.Path(entry["file"]), seen)
    return seen


def key_of(entry, seen):
    digest = hashlib.sha256((ROOT / ".clang-tidy").read_bytes())
    digest.update(entry["command"].replace(str(ROOT), "").encode())
    for path in sorted(seen):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def changed_files():
    listed = subprocess.run(["git", "status", "--porcelain", "-uall"], cwd=ROOT, check=True,
                            capture_output=True, text=True).stdout.splitlines()
    return {str(ROOT / line[3:].split(" -> ")[-1]) for line in listed}


def last_changed():
    """Our files, the latest first: what is not committed, then commit by commit."""
    log = subprocess.run(["git", "log", "--format=format:", "--name-only"], cwd=ROOT, check=True,
                         capture_output=True, text=True).stdout.splitlines()
    names = [*sorted(changed_files()), *(str(ROOT / name) for name in log if name)]
    return [pathlib.Path(name) for name in dict.fromkeys(names)]


def latest_first(todo, reach):
    """`todo` so that the time is spent on what changed last. A header's findings show in whatever
    includes it, so one source is enough for it: the one of its name if there is one."""
    order = {}
    for path in last_changed():
        if str(path) in todo:
            order.setdefault(str(path))
        elif path.suffix == ".h":
            users = [file for file in todo if path in reach[file]]
            own = [file for file in users if pathlib.Path(file).stem == path.stem]
            if users and not any(file in order for file in users):
                order[(own or users)[0]] = None
    order.update(dict.fromkeys(todo))
    return {file: todo[file] for file in order}


def tidy(file, deadline):
    if time.monotonic() > deadline:
        return None, ""
    run = subprocess.run(["clang-tidy-19", "--quiet", "-p", ROOT / "build/tidy", file],
                         cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    return run.returncode == 0, run.stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changed", action="store_true")
    parser.add_argument("--minutes", type=float, default=float("inf"))
    parser.add_argument("files", nargs="*", help="parts of file names; default: all")
    options = parser.parse_args()

    entries = json.loads((ROOT / "build/tidy/compile_commands.json").read_text())
    entries = [e for e in entries if pathlib.Path(e["file"]).is_file()]
    if options.changed:
        only = changed_files()
        entries = [e for e in entries if e["file"] in only]
    if options.files:
        entries = [e for e in entries if any(part in e["file"] for part in options.files)]
    PASSED.mkdir(parents=True, exist_ok=True)
    reach = {e["file"]: reach_of(e) for e in entries}
    keys = {e["file"]: key_of(e, reach[e["file"]]) for e in entries}
    todo = {file: key for file, key in keys.items() if not (PASSED / key).exists()}
    print(f"clang-tidy: {len(todo)} files to look at, {len(keys) - len(todo)} passed before",
          flush=True)

    if options.minutes != float("inf"):
        todo = latest_first(todo, reach)
    deadline = time.monotonic() + 60 * options.minutes
    failed = left = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for file, (passed, text) in zip(todo, pool.map(lambda f: tidy(f, deadline), todo)):
            if passed is None:
                left += 1
            elif passed:
                (PASSED / todo[file]).touch()
            else:
                failed += 1
                print(text.replace(str(ROOT) + "/", ""), flush=True)
    if left:
        print(f"clang-tidy: no time for {left} files")
    if failed:
        print(f"clang-tidy: {failed} files with findings")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
