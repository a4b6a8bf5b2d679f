"""Tests of the progress of many ids."""

import builtins
import io
import sys
from typing import Any

import pytest

from liveform.cli.api.counter import EVERY_S, counter


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        """Return True."""
        return True


@pytest.mark.parametrize(
    ("total", "line"), [(2_000, "liveform: 1,500 of 2,000\n"), (None, "liveform: 1,500\n")]
)
def test_line_comes_now_and_then(total: int | None, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a terminal a line comes after ten seconds, and not before."""
    now = iter([0.0, EVERY_S - 0.01, EVERY_S, EVERY_S, EVERY_S + 1])
    with counter(total, wanted=True, clock=lambda: next(now)) as report:
        report(500)
        report(1_500)
        report(2_000)
    assert capsys.readouterr().err == line


def test_bar_is_drawn_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal tqdm draws a bar."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with counter(1_000, wanted=True) as report:
        report(500)
        report(1_000)
    assert "1000/1000" in terminal.getvalue()


def test_terminal_without_tqdm_gets_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without tqdm a terminal gets lines as well."""
    importing = builtins.__import__

    def without_tqdm(name: str, *args: Any, **named: Any) -> Any:
        if name == "tqdm":
            raise ImportError
        return importing(name, *args, **named)

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(builtins, "__import__", without_tqdm)
    now = iter([0.0, EVERY_S, EVERY_S])
    with counter(1_000, wanted=True, clock=lambda: next(now)) as report:
        report(500)
    assert terminal.getvalue() == "liveform: 500 of 1,000\n"


@pytest.mark.parametrize("closed", [True, False])
def test_progress_that_nobody_wants_is_not_shown(closed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """``--quiet``, and a closed stderr, show nothing."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", None if closed else terminal)
    with counter(1, wanted=closed) as report:
        report(1)
    assert terminal.getvalue() == ""
