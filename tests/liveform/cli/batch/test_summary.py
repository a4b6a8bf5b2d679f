"""Tests of the words with which a run ends."""

import pytest

from liveform.cli.batch.summary import counted


@pytest.mark.parametrize(
    ("number", "told"),
    [(0, "0 URLs"), (1, "1 URL"), (2, "2 URLs"), (1_000, "1,000 URLs")],
)
def test_numbers_agree_with_their_noun(number: int, told: str) -> None:  # T7
    """One is singular; nought and more are plural, with commas between thousands."""
    assert counted(number, "URL") == told
