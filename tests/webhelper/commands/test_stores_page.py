"""Tests that docs/stores.md shows the commands that there are, and what they print."""

import re
import shlex
from pathlib import Path

import pytest

from webhelper.commands.options import build_parser
from webhelper.config.settings import NAMES
from webhelper.links.stores.sqlite import schema

PAGE = (Path(__file__).parents[3] / "docs" / "stores.md").read_text(encoding="utf-8")
EXAMPLES = sorted(set(re.findall(r"(?:\$|&&|`)\s?liveform (store [^\n`>]+)", PAGE)))
WORDS = {"backup", "restore", "upgrade", "move", "purge", "keys", "reseal", "erase", "race"}


@pytest.mark.parametrize("example", EXAMPLES)
def test_example_of_the_page_is_a_command(example: str) -> None:
    """Each example is a whole command with options that exist."""
    assert build_parser(as_json=False).parse_args(shlex.split(example)).run


def test_page_shows_every_command() -> None:
    """The table of the page has a row for each command of ``liveform store``."""
    assert {example.split()[1] for example in EXAMPLES} == WORDS
    assert set(re.findall(r"^\| `liveform store (\w+)", PAGE, re.MULTILINE)) == WORDS


def test_page_says_which_versions_are_upgraded() -> None:
    """Every version that is converted, and every numbered one before today's, is named."""
    numbers = [*schema.CONVERTED, *(step.number for step in schema.steps()[:-1])]
    assert f"| {', '.join(map(str, numbers))} | yes |" in PAGE


def test_settings_of_the_page_exist() -> None:
    """Every setting that the page names is one."""
    named = set(re.findall(r"`([A-Z_]{5,})[` ]", PAGE))
    assert {"STORE", "SECRET_KEYS", "RETENTION_DAYS"} <= named <= set(NAMES)
