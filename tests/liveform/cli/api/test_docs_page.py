"""Tests that each command of docs/api-command.md is one that the parser takes."""

import re
import shlex
from pathlib import Path

import pytest

from liveform.cli.options import build_parser

PAGE = (Path(__file__).parents[4] / "docs" / "api-command.md").read_text(encoding="utf-8")
EXAMPLES = sorted(
    {
        found[1] or found[2]
        for found in re.finditer(r"`(liveform [^`]+)`|^    \$ (liveform .+)$", PAGE, re.MULTILINE)
    }
)
NOUNS = ("submissions", "images", "tokens", "faceauth", "aml", "projections")


@pytest.mark.parametrize(
    "example", [one for one in EXAMPLES if one not in ("liveform check", "liveform submissions")]
)
def test_example_of_the_page_is_a_command(example: str) -> None:
    """Each example is a whole command with options that exist."""
    assert build_parser().parse_args(shlex.split(example)[1:]).command


def test_page_names_every_command() -> None:
    """Every command below a noun is on the page."""
    (commands,) = (action for action in build_parser()._actions if action.choices)
    for noun in NOUNS:
        (below,) = (action for action in dict(commands.choices or {})[noun]._actions if action.choices)
        for verb in below.choices or ():
            assert f"`liveform {noun} {verb}" in PAGE, (noun, verb)
