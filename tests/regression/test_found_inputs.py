"""Each input that broke a reader, as the fuzzers found out, is read or refused as it should be ever since."""

from __future__ import annotations

import pytest

from tests.fuzz.corpus import FOUND
from tests.fuzz.target import check
from tests.fuzz.targets import TARGETS

INPUTS = sorted(path for path in FOUND.glob("*/*") if path.is_file())


def test_every_input_belongs_to_a_target() -> None:
    """The folders of inputs are named after targets."""
    assert {path.parent.name for path in INPUTS} <= set(TARGETS)


@pytest.mark.parametrize("name", TARGETS)
def test_found_input_is_read_or_refused(name: str) -> None:
    """What was a finding once, and what the fuzzers begin with, raises nothing but a LiveformError."""
    found = [path.read_bytes() for path in INPUTS if path.parent.name == name]
    for data in (*TARGETS[name].seeds, *found):
        check(TARGETS[name], data)
