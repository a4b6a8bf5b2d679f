"""Tests that docs/operating.md shows what the commands take and print."""

import re
import shlex
from pathlib import Path

import pytest
from operating import Operator, fail, new_event

from webhelper.commands.options import build_parser
from webhelper.config.settings import NAMES
from webhelper.confirmation.comparison import Verdict
from webhelper.confirmation.refusals import REASONS
from webhelper.links.stores.inbox import EventState

PAGE = (Path(__file__).parents[3] / "docs" / "operating.md").read_text(encoding="utf-8")
EXAMPLES = sorted(set(re.findall(r"(?:\$|&&) liveform ([^\n>]+)", PAGE)))
NOON = 1_782_300_000.0  # 2026-06-24 11:20 UTC


@pytest.mark.parametrize("example", EXAMPLES)
def test_example_of_the_page_is_a_command(example: str) -> None:
    """Each example is a whole command with options that exist."""
    assert build_parser(as_json=False).parse_args(shlex.split(example)).run


def test_examples_show_every_command() -> None:
    """The page shows each of the four commands."""
    words = {" ".join(example.split()[: 1 if example.startswith("reconcile") else 2]) for example in EXAMPLES}
    assert words == {"webhooks list", "webhooks show", "webhooks replay", "reconcile"}


def test_list_of_the_page_is_what_the_command_prints(operator: Operator) -> None:
    """The table of the page is what ``liveform webhooks list`` prints of these webhooks."""
    operator.clock.now = NOON
    inbox = operator.store().inbox
    inbox.receive(new_event(1), now=NOON - 600)
    fail(operator.store(), 1, now=NOON)
    inbox.receive(new_event(2), now=NOON - 300)
    lease = inbox.lease(now=NOON, lease_s=60)
    assert lease is not None
    inbox.finish(lease, None, now=NOON)
    inbox.receive(new_event(3, trigger="rejected"), now=NOON)
    inbox.receive(new_event(2), now=NOON)
    inbox.count_refused({("", "wrong_sender"): 12, ("shop", "malformed"): 1}, now=NOON)
    printed = "".join(f"    {line}\n" for line in operator.lines("webhooks", "list"))
    shown = PAGE.partition("    $ liveform webhooks list\n")[2]
    assert shown.startswith(printed)


def test_page_explains_every_state_and_verdict() -> None:
    """Each state and each verdict has a row."""
    for state in EventState:
        assert f"| `{state.value}` |" in PAGE
    for verdict in Verdict:
        assert f"| `{verdict.value.replace('_', ' ')}` |" in PAGE


def test_page_explains_every_reason_of_a_refusal_and_no_other() -> None:
    """The table of refusals has a row for each reason under which a delivery is counted."""
    table = PAGE.partition("| refused as |")[2].partition("\n\n")[0]
    assert sorted(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == sorted(REASONS)


def test_settings_of_the_page_exist() -> None:
    """Every setting that the page names is one."""
    named = set(re.findall(r"`([A-Z_]{5,})[` ]", PAGE))
    assert "RECONCILE_MINUTES" in named
    assert named <= set(NAMES)
