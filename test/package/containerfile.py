"""The steps of packaging/Containerfile, as a builder of containers reads them."""

import json
import re

KNOWN = {"FROM", "ARG", "COPY", "RUN", "USER", "VOLUME", "EXPOSE", "ENV", "HEALTHCHECK",
         "WORKDIR", "ENTRYPOINT", "CMD", "STOPSIGNAL", "LABEL"}


def read(path):
    """[(instruction, its text)], in order."""
    joined = re.sub(r"\\\n", " ", path.read_text(encoding="utf-8"))
    steps = [tuple(line.split(None, 1)) for line in joined.splitlines()
             if line and line[0] != "#"]
    assert {name for name, _ in steps} <= KNOWN, steps
    return steps


def values(steps, instruction):
    return [text for name, text in steps if name == instruction]


def words(steps, instruction):
    """Of the last such instruction, which is a JSON list."""
    return json.loads(values(steps, instruction)[-1])


def environment(steps):
    return dict(pair.split("=", 1) for text in values(steps, "ENV") for pair in text.split())


def health_command(steps):
    return json.loads(re.search(r"CMD (\[.*\])$", values(steps, "HEALTHCHECK")[-1])[1])
