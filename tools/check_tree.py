#!/usr/bin/env python3
"""What no compiler checks: rooms include and link only rooms below them, files and lines keep to
the style's limits, headers say what they are for, nothing names a place outside the tree.

Prints FILE:LINE: complaint for each and ends with status 1 when there was one."""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
MAX_COLUMNS = 100
MAX_LINES = 400

# A character class in each keeps this file from finding itself.
MACHINE_PATH = re.compile(r"(?<![\w.$}])/(?:work|root|home|tm[p])/[\w.]")
REGISTRY_HOST = re.compile(
    r"(?:npm[j]s\.|py[p]i\.|python[h]osted\.|crates[.]io|debian[.]org|prox[y]\.golang|maven[.]org)")
CODE = {".h", ".cc"}
SCRIPTS = {".py", ".sh", ".cmake", ".sql"}


def tracked_files():
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, check=True,
                            capture_output=True, text=True).stdout.splitlines()
    return [path for path in map(pathlib.Path, listed) if (ROOT / path).is_file()]


def room_levels():
    lines = (ROOT / "tools/rooms.txt").read_text().splitlines()
    levels = [line.split() for line in lines if line and not line.startswith("#")]
    return {room: level for level, rooms in enumerate(levels) for room in rooms}


def room_of(path):
    if path.parts[0] == "exe":
        return "exe"
    return path.parts[1] if path.parts[0] == "src" and len(path.parts) > 2 else None


def check_rooms(path, lines, levels):
    """Includes ("room/file.h") and CMake links (pursuit_room) of a room's files."""
    room = room_of(path)
    if room is None:
        return
    if room not in levels:
        yield 1, f"room {room} is not in tools/rooms.txt"
        return
    if path.name == "CMakeLists.txt":
        wanted = re.compile(r"\bpursuit_([a-z]+)\b(?!\()")
    elif path.suffix in CODE:
        wanted = re.compile(r'^\s*#\s*include\s*"(?:([^"/]+)/)?[^"]*"')
    else:
        return
    comment = "//" if path.suffix in CODE else "#"
    for number, line in enumerate(lines, 1):
        for match in wanted.finditer(line.split(comment)[0]):
            other = match[1]
            if other is None:
                yield number, 'in quotes stands "room/file.h" of ours, in <> a library'
            elif other != room and other in levels and levels[other] <= levels[room]:
                yield number, f"{room} must not use {other}: it is not below it (tools/rooms.txt)"
            elif other not in levels and path.suffix in CODE and (ROOT / "src" / other).is_dir():
                yield number, f"room {other} is not in tools/rooms.txt"


def check_limits(path, lines):
    if path.suffix not in CODE | SCRIPTS and path.name != "x":
        return
    if len(lines) > MAX_LINES:
        yield MAX_LINES + 1, f"{len(lines)} lines; a file has at most {MAX_LINES}"
    for number, line in enumerate(lines, 1):
        if len(line) > MAX_COLUMNS:
            yield number, f"{len(line)} columns; a line has at most {MAX_COLUMNS}"
        if line != line.rstrip():
            yield number, "blanks at the end of the line"


def check_header(path, lines):
    if path.suffix != ".h":
        return
    name = pathlib.Path(*path.parts[1:]) if path.parts[0] in ("src", "test") else path
    if not lines or not re.match(rf"// (?:\w+/)*{re.escape(name.name)}: ", lines[0]):
        yield 1, f"a header opens with what it is for: \"// {name}: …\""
    if "#pragma once" not in lines:
        yield 1, "#pragma once is missing"


def check_places(path, lines):
    for number, line in enumerate(lines, 1):
        if found := MACHINE_PATH.search(line):
            yield number, f"a path of one machine: {found[0]}"
        if found := REGISTRY_HOST.search(line):
            yield number, f"the host of a registry: {found[0]}"


def main():
    levels = room_levels()
    complaints = 0
    for path in tracked_files():
        try:
            lines = (ROOT / path).read_text(encoding="utf-8").split("\n")
        except UnicodeDecodeError:
            continue  # a test input, not text of ours
        if lines and lines[-1] == "":
            lines.pop()
        checks = [check_rooms(path, lines, levels), check_limits(path, lines),
                  check_header(path, lines)]
        if path.parts[:2] != ("fuzz", "corpus"):
            checks.append(check_places(path, lines))
        for check in checks:
            for number, complaint in check:
                print(f"{path}:{number}: {complaint}")
                complaints += 1
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
