"""Tests of the command's parser: what it says of words that it does not know, and what it does not repeat."""

import json
import sys

import pytest
from commands import Command

from liveform.cli.parser import print_line

PID = "abc123de45"
SECRET = "KuwVASemfm5tZh2rLKHDftdRYuKGMNFweGdZYMHe"


@pytest.mark.parametrize("argv", [[], ["tokens"], ["submissions"]])
def test_command_without_a_word_prints_its_help(argv: list[str], liveform: Command) -> None:  # T1
    """``liveform`` alone, or a noun alone, is wrong usage, and is answered with the help."""
    answer = liveform(*argv)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(f"usage: {' '.join(['liveform', *argv])}")
    assert "commands:" in answer.err


def test_command_without_a_word_answers_json_with_json(liveform: Command) -> None:  # T1
    """With ``--json``, a missing command is one object, as every error is."""
    for argv in (["--json"], ["--json", "tokens"]):
        answer = liveform(*argv)
        assert (answer.code, json.loads(answer.err)["error"]["code"]) == (2, "usage_error")


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["ulr"], "ulr is not a command (see liveform --help); did you mean url?"),
        (["exlpain", "x"], "exlpain is not a command (see liveform --help); did you mean explain?"),
        (["tokens", "lst"], "lst is not a command (see liveform tokens --help); did you mean list?"),
        (["zzz"], "zzz is not a command (see liveform --help)"),
        (["URL"], "this is not a command (see liveform --help)"),
    ],
)
def test_command_that_is_none_is_told_with_the_one_meant(
    argv: list[str], message: str, liveform: Command
) -> None:  # T1
    """A mistyped command is named, with the one that was probably meant and where the help is."""
    assert liveform(*argv) == (2, "", f"liveform: {message}\n")


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["url", "--userdi", "x"], "--userdi (see liveform url --help); did you mean --userid?"),
        (["url", "--user_id", "x"], "--user_id (see liveform url --help); did you mean --userid?"),
        (["url", "—userid", "x"], "—userid (see liveform url --help); did you mean --userid?"),
        (["url", "–age_limit=x"], "–age_limit (see liveform url --help); did you mean --age-limit?"),
        (["url", "--userId=x"], "--userId (see liveform url --help); did you mean --userid?"),
        (["url", "--customUserId", "x"], "--customUserId (see liveform url --help); did you mean --userid?"),
        (["url", "--pdi", "x"], "--pdi (see liveform url --help); did you mean --pid?"),
        (
            ["url", "--allowedCountries", "x"],
            "--allowedCountries (see liveform url --help); did you mean --allowed-countries?",
        ),
        (
            ["url", "--cypher", "ecb", "--emial", "x"],
            "--cypher --emial (see liveform url --help); did you mean --cipher and --email?",
        ),
        (["url", "--sid", "x"], "--sid (see liveform url --help)"),
        (["tokens", "list", "--jsno"], "--jsno (see liveform tokens list --help); did you mean --json?"),
        (["url", "--api-kye", "x"], "--api-kye (see liveform url --help)"),
    ],
)
def test_option_that_is_none_is_told_with_the_one_meant(
    argv: list[str], message: str, liveform: Command
) -> None:  # T1
    """A mistyped option is named, with the one that was probably meant; an option for a key never is."""
    assert liveform(*argv, PID=PID) == (2, "", f"liveform: unrecognized arguments {message}\n")


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["url", "extra"], "extra (see liveform url --help)"),
        (["url", "two", "words"], "two words (see liveform url --help)"),
        (["decrypt", "a", "b"], "b (see liveform decrypt --help)"),
        (["url", SECRET], "(1 not shown: a key could be in the wrong place) (see liveform url --help)"),
        (
            ["url", "extra", SECRET, SECRET],
            "extra (2 not shown: a key could be in the wrong place) (see liveform url --help)",
        ),
        (["url", "--unknown", SECRET], "--unknown (see liveform url --help)"),
        (["url", "--", SECRET], "(1 not shown: a key could be in the wrong place) (see liveform url --help)"),
    ],
)
def test_word_too_many_is_told_unless_it_may_be_a_key(
    argv: list[str], message: str, liveform: Command
) -> None:  # T1
    """A plain word that is too many is named; one that may be a key, or the value of an option, is not."""
    answer = liveform(*argv, PID=PID)
    assert answer.code == 2
    assert answer.err == f"liveform: unrecognized arguments {message}\n"


@pytest.mark.parametrize(
    "argv",
    [
        ["url", "--email", "a@b.c", "--email", "c@d.e"],
        ["url", "--pid", "a", "--pid", "a"],
        ["qr", "x", "-o", "a.svg", "--output", "b.svg"],
        ["qr", "x", "--level", "M", "--level", "M"],
        ["tokens", "list", "--settings", "a", "--settings", "b"],
    ],
    ids=" ".join,
)
def test_option_given_twice_is_refused(argv: list[str], liveform: Command) -> None:  # T4
    """An option has one value: of two, neither is taken."""
    answer = liveform(*argv, PID=PID)
    assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1)
    assert "is given twice (see liveform " in answer.err


def test_option_that_takes_several_may_be_given_again(liveform: Command) -> None:  # T4
    """``--extra`` is a list, and a flag says the same however often it is given."""
    answer = liveform("url", "--extra", "a=1", "--extra", "b=2", "--plain", "--plain", PID=PID)
    assert answer.out == f"https://form.argosidentity.com/?pid={PID}&a=1&b=2\n"


def test_line_for_a_closed_stdout_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A result that nobody can read is an error; a closed stderr is not, since only notes go there."""
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    with pytest.raises(OSError, match="stdout is closed"):
        print_line("the result")
    print_line("a summary", "stderr")


def test_line_is_printed_to_its_stream(capsys: pytest.CaptureFixture[str]) -> None:
    """Results go to stdout, summaries to stderr."""
    print_line("the result")
    print_line("a summary", "stderr")
    assert capsys.readouterr() == ("the result\n", "a summary\n")
