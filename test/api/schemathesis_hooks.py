"""Bodies that schemathesis cannot make from a schema of text: lines of changes, policies. Loaded by
schemathesis itself (SCHEMATHESIS_HOOKS)."""

import json

import schemathesis
from hypothesis import strategies as st

import contract

LINES = [json.loads(line) for example in contract.examples_of_body("changes.write")
         for line in example.splitlines()]
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=300), st.lists(st.integers(), max_size=2),
    st.sampled_from(["2024-12-05T00:00:00Z", "2024-13-05", "won", "Deciding", "L-1001", ""]))


@st.composite
def change(draw):
    """An example's line with some members taken away, replaced or added."""
    row = dict(draw(st.sampled_from(LINES)))
    row["source_key"] = draw(st.text(min_size=1, max_size=20))
    for name in draw(st.lists(st.sampled_from(sorted(row)), max_size=2)):
        row.pop(name, None)
    for name in draw(st.lists(st.sampled_from(sorted(LINES[0]) + ["x"]), max_size=2)):
        row[name] = draw(VALUES)
    return json.dumps(row, ensure_ascii=draw(st.booleans())).encode("utf-8", "replace")


POLICIES = contract.examples_of_body("policy.write")
policy = st.one_of(
    st.sampled_from(POLICIES), st.text(max_size=100),
    st.builds("{}\n[{}]\n{} = {}\n".format, st.sampled_from(POLICIES),
              st.sampled_from(["tier", "score", "load", "funnel", "expiry", "x"]),
              st.sampled_from(["hot", "cap", "stages", "min_samples", "x"]),
              st.sampled_from(["-1", "1e999", "nan", "10", '"a"', "[]", '["A", "A"]', "{}"])),
).map(lambda text: text.encode("utf-8", "replace"))

lines = st.lists(st.one_of(change(), st.binary(max_size=40)), max_size=5).map(b"\n".join)
schemathesis.openapi.media_type("application/x-ndjson", lines)
schemathesis.openapi.media_type("application/toml", policy)
