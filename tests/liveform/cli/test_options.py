"""Tests of the command's options: made from the table, documented in ``--help``, and never a key."""

import argparse
import json
import re
from importlib.metadata import version

import pytest
from commands import Command

from liveform import PARAMETERS, Certainty, Parameter, Pipeline, Place
from liveform.cli.options import build_parser, option_of
from liveform.parameters.values import Instant

PID = "abc123de45"
SECRET = "KuwVASemfm5tZh2rLKHDftdRYuKGMNFweGdZYMHe"
URL_COMMANDS = {Pipeline.ID_DOCUMENT: "url", Pipeline.KNOWLEDGE: "knowledge", Pipeline.INJECTION: "inject"}
URL_COMMANDS[Pipeline.FACE_AUTH] = "face-auth-url"
PROJECT_COMMANDS = [*URL_COMMANDS.values(), "encrypt", "decrypt", "return", "explain", "doctor"]
COMMANDS = [*PROJECT_COMMANDS, "batch", "qr", "parameters", "codes"]
OF_FILES = ["lint", "completion"]  # which know nothing of keys
API_COMMANDS = ["submissions", "images", "tokens", "faceauth", "aml", "projections", "check"]
PROGRAMS = ["serve", "simulate", "webhooks", "reconcile", "store"]  # which have options of their own
ALL_COMMANDS = [*COMMANDS, *OF_FILES, *API_COMMANDS, *PROGRAMS]
PLACES = {
    Place.PLAIN: "always plain",
    Place.EITHER: "plain or encrypted",
    Place.ENCRYPTED: "must be encrypted",
}


def subparsers() -> dict[str, argparse.ArgumentParser]:
    """Return the argument parser of each command, by name."""
    (action,) = (
        action for action in build_parser()._actions if isinstance(action, argparse._SubParsersAction)
    )
    return dict(action.choices)


def in_one_line(text: str) -> str:
    """Return ``text`` with every stretch of white space as one space, and none behind a hyphen."""
    return " ".join(text.split()).replace("- ", "-")


def test_commands_are_those_of_the_readme() -> None:
    """The program has the commands listed above, and no other."""
    assert sorted(subparsers()) == sorted(ALL_COMMANDS)


@pytest.mark.parametrize("argv", [["--help"], ["-h"]])
def test_help_lists_every_command(argv: list[str], liveform: Command) -> None:
    """``--help`` and ``-h`` print every command on stdout with exit code 0."""
    answer = liveform(*argv)
    assert (answer.code, answer.err) == (0, "")
    assert all(re.search(rf"^ +{command}\s+\w", answer.out, re.MULTILINE) for command in ALL_COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_says_what_it_does_and_where_keys_come_from(
    command: str, liveform: Command
) -> None:
    """The help of each command has usage, ``--json``, exit codes and a note on keys, but no ``--key``."""
    answer = liveform(command, "--help")
    assert answer.code == 0
    assert answer.out.startswith(f"usage: liveform {command} [options]")
    assert "--json" in answer.out
    assert "The key is never an option." in answer.out
    assert "Exit codes: 0 done, 1 wrong data, 2 wrong usage or settings." in answer.out
    assert not re.search(r"--key\b(?!-)", answer.out)


@pytest.mark.parametrize("command", PROJECT_COMMANDS)
def test_help_of_a_project_command_lists_the_project_options(command: str, liveform: Command) -> None:
    """The help of a command that uses a project lists the ten options of a project."""
    text = liveform(command, "--help").out
    options = "settings project pid cipher encryption-only key-file gcm-layout ecb-layout base-url engine"
    assert all(f"--{option}" in text for option in options.split())


@pytest.mark.parametrize(
    ("row", "pipeline"),
    [
        pytest.param(row, pipeline, id=f"{command} {row.name}")
        for row in PARAMETERS
        for pipeline, command in URL_COMMANDS.items()
        if pipeline in row.places
    ],
)
def test_help_documents_each_parameter(row: Parameter, pipeline: Pipeline, liveform: Command) -> None:
    """The help of a parameter gives its purpose, value, encryption rule, pipelines and doubts."""
    text = in_one_line(liveform(URL_COMMANDS[pipeline], "--help").out)
    assert option_of(row) == "--" + row.name.replace("_", "-")
    start = text.index(f" {option_of(row)} {row.value.metavar} ")
    entry = text[start : text.index("]", start) + 1]
    note = text[start + len(entry) :].lstrip()
    where = ", ".join(place.value.replace("_", " ") for place in row.places)
    assert in_one_line(row.about) in entry
    wants = "ISO 8601 text with a time zone" if isinstance(row.value, Instant) else row.value.wants
    assert in_one_line(f"Wants {wants}") in entry
    assert all(f"Needs --{name.replace('_', '-')}." in entry for name in row.requires)
    assert entry.endswith(f"[{PLACES[row.places[pipeline]]}; {where}]")
    assert note.startswith(f"{row.certainty.value.capitalize()}: ") is (
        row.certainty is not Certainty.DOCUMENTED
    )
    assert row.certainty is Certainty.DOCUMENTED or in_one_line(row.note) in note


@pytest.mark.parametrize(("pipeline", "command"), URL_COMMANDS.items())
def test_help_of_a_url_command_groups_its_parameters(
    pipeline: Pipeline, command: str, liveform: Command
) -> None:
    """The help of a URL command has one heading for each group of the parameter table."""
    text = liveform(command, "--help").out
    groups = {row.group.lower() for row in PARAMETERS if pipeline in row.places}
    assert groups
    assert all(text.count(f"\n{group}:\n") == 1 for group in groups)


@pytest.mark.parametrize("command", ["url", "knowledge"])
def test_help_of_times_names_the_durations_that_the_command_takes(command: str, liveform: Command) -> None:
    """The help of ``--start-valid-until`` shows a duration such as 15m."""
    text = in_one_line(liveform(command, "--help").out)
    entry = text[text.index("--start-valid-until TIME") :][:400]
    assert re.search(r"\b\d+[smhd]\b", entry)


def test_version_is_that_of_the_package(liveform: Command) -> None:
    """``--version`` prints the version of the installed package in one line."""
    answer = liveform("--version")
    assert (answer.code, answer.out, answer.err) == (0, f"liveform {version('liveform')}\n", "")


# A key is no option


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("before", [[], ["--json"]], ids=["first", "later"])
@pytest.mark.parametrize(
    "words", [["--key", SECRET], [f"--key={SECRET}"], ["--key"]], ids=["two words", "one word", "alone"]
)
def test_key_as_an_option_is_refused_and_not_printed(
    command: str, before: list[str], words: list[str], liveform: Command
) -> None:
    """``--key`` is refused without showing its value, and the error says how to give a key."""
    answer = liveform(command, *before, *words, PID=PID)
    assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1)
    assert "LIVEFORM_KEY or --key-file" in answer.err
    assert SECRET not in answer.err


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    "words",
    [
        ["--api-key", SECRET],
        [f"--api-key={SECRET}"],
        ["--secret", SECRET],
        [f"-k{SECRET}"],
        ["-k", SECRET],
        ["--", SECRET, SECRET],
        ["--return-key", SECRET],
        [f"--previous-keys={SECRET}"],
        ["--api-key", f"-{SECRET}"],
    ],
    ids=lambda words: words[0].split("=")[0].replace(SECRET, ""),
)
def test_value_of_an_unknown_option_is_not_printed(command: str, words: list[str], liveform: Command) -> None:
    """The error of an unknown option never shows its value, which may be a key."""
    answer = liveform(command, *words, *words, PID=PID)
    assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1)
    assert SECRET not in answer.err


@pytest.mark.parametrize(
    "argv",
    [
        ["--key", SECRET, "url"],
        [f"--key={SECRET}", "url"],
        ["--api-key", SECRET, "url"],
        ["-k", SECRET, "url"],
        [SECRET],
    ],
    ids=["--key", "--key=", "--api-key", "-k", "no command"],
)
def test_key_before_the_command_is_refused_and_not_printed(argv: list[str], liveform: Command) -> None:
    """A key in front of the command, or in place of it, is refused without being shown."""
    answer = liveform(*argv, PID=PID)
    assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1)
    assert SECRET not in answer.err


def test_unknown_option_is_named(liveform: Command) -> None:
    """The error of an unknown option shows its name."""
    answer = liveform("url", "--allowed-country", "USA", PID=PID)
    assert (answer.code, answer.err.count("\n")) == (2, 1)
    assert "unrecognized arguments --allowed-country (see" in answer.err


@pytest.mark.parametrize("prefix", ["--key-fil", "--pi", "--js", "--user", "--allowed-c"])
def test_option_is_never_abbreviated(prefix: str, liveform: Command) -> None:
    """An abbreviated option is refused, so that a new option cannot change an old script."""
    answer = liveform("url", prefix, "x", PID=PID)
    assert (answer.code, answer.out) == (2, "")


@pytest.mark.parametrize(
    "argv",
    [
        ["unknown"],
        ["url", "extra-word"],
        ["url", "--pid"],
        ["url", "--cipher", "des"],
        ["url", "--engine", "abacus"],
        ["encrypt"],
        ["decrypt", "a", "b"],
        ["qr"],
        ["qr", "a", "--level", "X"],
        ["qr", "a", "--module-pixels", "many"],
        ["parameters", "--pipeline", "none"],
        ["codes", "a", "b"],
        ["url", "--json=yes"],
        ["url", "a\nb\x1b[31m"],
        ["a\nb\x1b[31m"],
    ],
    ids=lambda argv: ascii(" ".join(argv)) or "nothing",
)
def test_wrong_usage_is_one_line_and_exit_2(argv: list[str], liveform: Command) -> None:
    """Wrong usage ends with exit code 2 and one printable line that points to ``--help``."""
    answer = liveform(*argv, PID=PID)
    assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1)
    assert answer.err.startswith("liveform")
    assert "--help)" in answer.err
    assert answer.err.rstrip("\n").isprintable()


@pytest.mark.parametrize("argv", [["url", "--cipher", "des"], ["parameters", "--pipeline", "none"]])
def test_wrong_choice_is_answered_with_the_choices_as_one_types_them(
    argv: list[str], liveform: Command
) -> None:
    """The error of a wrong choice does not show the repr of an enum."""
    assert "<" not in liveform(*argv, PID=PID).err


@pytest.mark.parametrize("argv", [["url", "--unknown"], ["url", "--cipher", "des"], ["encrypt"]])
def test_wrong_usage_with_json_is_json_too(argv: list[str], liveform: Command) -> None:
    """Wrong usage with ``--json`` prints the error as a JSON object."""
    answer = liveform(*argv, "--json", PID=PID)
    assert answer.code == 2
    assert json.loads(answer.err).keys() == {"error"}
