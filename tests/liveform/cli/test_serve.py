"""``liveform serve``: the library hands over to the web helper, and knows nothing of it."""

import sys

import pytest
from commands import Command

from liveform.cli import serve


class Became(Exception):  # noqa: N818 - stands for a process that is another one now
    """What the process would have become."""


@pytest.fixture
def becoming(liveform: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """Say which program the process would have become; after the fixture that forbids it."""

    def execv(path: str, argv: list[str]) -> None:
        raise Became(path, argv)

    monkeypatch.setattr("os.execv", execv)


@pytest.mark.usefixtures("becoming")
@pytest.mark.parametrize(
    "options", [[], ["--demo"], ["--port", "8123", "--settings", "x.toml"], ["--help"], ["--json"]]
)
def test_serve_becomes_the_web_helper_with_its_options(liveform: Command, options: list[str]) -> None:
    """The same Python, the module, and every option as it was given."""
    with pytest.raises(Became) as caught:
        liveform("serve", *options)
    assert caught.value.args == (sys.executable, [sys.executable, "-m", "webhelper", *options])


@pytest.mark.usefixtures("becoming")
def test_serve_behind_an_option_of_the_command_serves_too(liveform: Command) -> None:
    """``liveform --json serve``."""
    with pytest.raises(Became) as caught:
        liveform("--json", "serve")
    assert caught.value.args[1] == [sys.executable, "-m", "webhelper"]


@pytest.mark.parametrize("missing", ["flask", "flask_babel", "gunicorn", "msgspec"])
def test_serve_without_the_extra_says_which_extra(
    liveform: Command, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    """Exit 2 and one line."""
    monkeypatch.setattr(serve, "find_spec", lambda name: None if name == missing else object())
    answer = liveform("serve")
    assert answer.code == 2
    assert answer.err == f"liveform: {missing}: is not installed; it comes with the extra liveform[web]\n"
