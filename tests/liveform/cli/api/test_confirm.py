"""Tests of the question before something is deleted."""

import io
import sys
from argparse import Namespace

import pytest

from liveform.cli.api.confirm import confirm
from liveform.errors import FieldError


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        """Return True."""
        return True


def ask(monkeypatch: pytest.MonkeyPatch, answer: str) -> str:
    """Answer the question on a terminal, and return what was asked."""
    asked = Terminal()
    monkeypatch.setattr(sys, "stdin", Terminal(answer))
    monkeypatch.setattr(sys, "stderr", asked)
    confirm(Namespace(yes=False), "Delete this submission?")
    return asked.getvalue()


@pytest.mark.parametrize("answer", ["y\n", "YES\n", " yes \n"])
def test_yes_at_the_terminal_agrees(answer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A person who answers yes agrees; the question says that it cannot be undone."""
    assert ask(monkeypatch, answer) == "Delete this submission? This cannot be undone. [y/N] "


@pytest.mark.parametrize("answer", ["", "\n", "n\n", "yep\n"])
def test_everything_else_at_the_terminal_refuses(answer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every other answer, and none, leaves everything as it is."""
    with pytest.raises(FieldError, match="nothing was done"):
        ask(monkeypatch, answer)


def test_yes_option_asks_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """``--yes`` agrees without a question."""
    confirm(Namespace(yes=True), "Delete?")
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("stream", [None, io.StringIO("y\n")], ids=["closed", "pipe"])
def test_without_a_terminal_the_option_is_needed(
    stream: io.StringIO | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no terminal can answer, a yes on stdin is none: ``--yes`` is needed."""
    monkeypatch.setattr(sys, "stdin", stream)
    monkeypatch.setattr(sys, "stderr", Terminal())
    with pytest.raises(FieldError, match="is needed where no terminal can answer"):
        confirm(Namespace(yes=False), "Delete?")
