"""Tests of ``liveform serve`` and others, which replace the process by the web helper."""

import sys

import pytest
from commands import Command

from liveform.cli import serve


class Became(Exception):  # noqa: N818 - stands for a process that is another one now
    """The program and arguments that the process would have become."""


@pytest.fixture
def becoming(liveform: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make ``execv`` raise Became; requested after the fixture that forbids it."""

    def execv(path: str, argv: list[str]) -> None:
        raise Became(path, argv)

    monkeypatch.setattr("os.execv", execv)


@pytest.mark.usefixtures("becoming")
@pytest.mark.parametrize(
    "options", [[], ["--demo"], ["--port", "8123", "--settings", "x.toml"], ["--help"], ["--json"]]
)
def test_serve_becomes_the_web_helper_with_its_options(liveform: Command, options: list[str]) -> None:
    """``serve`` runs ``python -m webhelper`` with every option as it was given."""
    with pytest.raises(Became) as caught:
        liveform("serve", *options)
    assert caught.value.args == (sys.executable, [sys.executable, "-m", "webhelper", *options])


@pytest.mark.usefixtures("becoming")
def test_simulate_becomes_the_simulator_with_its_options(liveform: Command) -> None:
    """``simulate`` runs ``python -m webhelper.simulate`` with every option as it was given."""
    for argv in (("simulate", "--port", "8123"), ("--json", "simulate")):
        with pytest.raises(Became) as caught:
            liveform(*argv)
        assert caught.value.args[1][:3] == [sys.executable, "-m", "webhelper.simulate"]
        assert caught.value.args[1][3:] == list(argv[1:] if argv[0] == "simulate" else ())


@pytest.mark.usefixtures("becoming")
def test_serve_behind_an_option_of_the_command_serves_too(liveform: Command) -> None:
    """``liveform --json serve`` runs the web helper without the option ``--json``."""
    with pytest.raises(Became) as caught:
        liveform("--json", "serve")
    assert caught.value.args[1] == [sys.executable, "-m", "webhelper"]


@pytest.mark.usefixtures("becoming")
@pytest.mark.parametrize("command", ["webhooks", "reconcile"])
def test_commands_of_operators_are_handed_over_with_their_words(liveform: Command, command: str) -> None:
    """``webhooks`` and ``reconcile`` run ``webhelper.commands``; a ``--json`` before them goes along."""
    for before, after in (((), ()), (("--json",), ("--json",)), (("--json", "--json"), ("--json", "--json"))):
        with pytest.raises(Became) as caught:
            liveform(*before, command, "list", "--limit", "3")
        own = ["-m", "webhelper.commands", command, "list", "--limit", "3", *after]
        assert caught.value.args == (sys.executable, [sys.executable, *own])


@pytest.mark.usefixtures("becoming")
def test_program_of_another_name_is_not_one(liveform: Command) -> None:
    """Only the first word names a program: elsewhere it is a word like others."""
    assert liveform("explain", "serve").code == 1
    assert liveform("--json").code == 2
    assert liveform().code == 2


@pytest.mark.parametrize("missing", ["flask", "flask_babel", "gunicorn", "msgspec", "httpx2", "qrcode"])
def test_serve_without_the_extra_says_which_extra(
    liveform: Command, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    """``serve`` without one of its packages names it and the extra ``liveform[web]``."""
    monkeypatch.setattr(serve, "find_spec", lambda name: None if name == missing else object())
    answer = liveform("serve", "--help")  # T6
    assert answer.code == 2
    assert answer.err == f"liveform: {missing}: is not installed; it comes with the extra liveform[web]\n"
