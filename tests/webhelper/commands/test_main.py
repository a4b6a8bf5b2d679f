"""Tests of the commands of operators as programs: settings, exit codes, pipes, and errors in one line."""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from operating import Operator, new_event, run_liveform
from sites import KEY

from webhelper.errors import StoreError
from webhelper.links.signing.sealing import Sealer
from webhelper.links.stores.sqlite.store import SqliteStore

ASCII_LOCALE = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


def test_liveform_hands_the_commands_over(operator: Operator) -> None:
    """``liveform webhooks`` reads the settings file of its directory and the store that it names."""
    operator.store().inbox.receive(new_event(1), now=0.0)
    done = run_liveform(operator.directory, "webhooks", "list")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[1].startswith("1       01-01 00:00  shop     approved  evcka62mes001")


@pytest.mark.parametrize("words", [("--json", "webhooks", "list"), ("webhooks", "list", "--json")])
def test_json_may_stand_before_the_command_too(operator: Operator, words: tuple[str, ...]) -> None:
    """``--json`` works in front of the command as behind it."""
    done = run_liveform(operator.directory, *words)
    assert json.loads(done.stdout) == {"webhooks": [], "refused": []}


def test_reconcile_is_handed_over(operator: Operator) -> None:
    """``liveform reconcile`` ends with the exit code of the program that does it."""
    done = run_liveform(operator.directory, "reconcile", "--since", "2d")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("liveform: projects: needs an api_key")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("webhooks", "--help"), ["list", "show", "replay"]),
        (("webhooks", "show", "--help"), ["--body", "personal", "NUMBER", "Exit codes"]),
        (
            ("webhooks", "list", "--help"),
            ["--state {waiting,working,done,failed}", "--submission ID", "(20)"],
        ),
        (("reconcile", "--help"), ["--since TIME", "--dry-run", "2026-06-24", "(2)"]),
    ],
)
def test_help_says_what_the_options_mean(operator: Operator, words: tuple[str, ...], said: list[str]) -> None:
    """The help fits a terminal, and names options and exit codes."""
    answer = operator(*words)
    assert (answer.code, answer.err) == (0, "")
    assert [text for text in said if text not in answer.out] == []
    assert max(map(len, answer.out.splitlines())) <= 80


def test_settings_come_from_option_or_environment(
    operator: Operator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``--settings`` names the file, before ``LIVEFORM_SETTINGS`` does; variables come before the file."""
    operator.store().inbox.receive(new_event(1), now=0.0)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert operator("webhooks", "list").code == 2
    file = str(tmp_path / "liveform.toml")
    assert len(operator.data("webhooks", "list", "--settings", file)["webhooks"]) == 1
    monkeypatch.setenv("LIVEFORM_SETTINGS", file)
    assert len(operator.data("webhooks", "list")["webhooks"]) == 1
    monkeypatch.setenv("LIVEFORM_STORE", "sqlite:///other.db")
    SqliteStore(elsewhere / "other.db", Sealer([KEY]), retention_days=90).close()
    assert operator.data("webhooks", "list")["webhooks"] == []
    answer = operator("webhooks", "list", "--settings", "none.toml")
    assert (answer.code, answer.err.startswith("liveform: --settings: none.toml is not there")) == (2, True)


def test_missing_settings_are_one_line_and_exit_2(operator: Operator) -> None:
    """Without settings, the error names what is missing; with ``--json``, it is an object."""
    (operator.directory / "liveform.toml").unlink()
    answer = operator("webhooks", "list")
    assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1)
    assert answer.err.startswith("liveform: LIVEFORM_BASE_URL: is missing; LIVEFORM_SECRET_KEYS: is missing")
    error = json.loads(operator("webhooks", "list", "--json").err)["error"]
    assert (error["code"], error["message"].partition(";")[0]) == (
        "config_error",
        "LIVEFORM_BASE_URL: is missing",
    )


def test_site_without_a_store_has_no_webhooks(operator: Operator) -> None:
    """With ``STORE`` at ``sealed:``, the commands say that nothing is kept, and exit with 2."""
    operator.write_settings(store="sealed:")
    for words in (("list",), ("show", "1"), ("replay", "1"), ("replay", "--failed")):
        answer = operator("webhooks", *words)
        assert (answer.code, answer.out) == (2, "")
        assert "keeps nothing" in answer.err
        assert "set webhelper.store" in answer.err


def test_store_that_cannot_be_read_is_exit_1(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that fails while a command runs is one line without the database's words, and exit code 1."""

    def fail(*_: object, **__: object) -> None:
        raise StoreError

    monkeypatch.setattr("webhelper.links.stores.sqlite.inbox.Inbox.page", fail)
    answer = operator("webhooks", "list")
    assert (answer.code, answer.err) == (
        1,
        "liveform: the store cannot be read or written now; try again later\n",
    )


@pytest.mark.parametrize(
    "words",
    [
        ("store", "purge"),
        ("store", "keys"),
        ("store", "reseal"),
        ("store", "erase", "--userid", "Jane-1", "--yes"),
        ("store", "upgrade"),
        ("store", "backup", "copy.db"),
        ("webhooks", "list"),
        ("webhooks", "replay", "1"),
        ("reconcile", "--since", "2d"),
    ],
)
def test_store_that_is_not_there_is_refused_and_not_made(
    words: tuple[str, ...], operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command in a wrong directory names the file that it misses, and leaves the directory as it is."""
    elsewhere = operator.directory / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    monkeypatch.setenv("LIVEFORM_STORE", "sqlite:///links.db")
    answer = operator(*words, "--settings", "../liveform.toml")
    assert (answer.code, answer.out) == (2, "")
    assert f"LIVEFORM_STORE: names {elsewhere / 'links.db'}: there is no such file; " in answer.err
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize(
    ("cause", "said"),
    [
        (
            OSError(28, "No space left on device"),
            "read or written: the disk is full; make room, and try again",
        ),
        (sqlite3.DatabaseError(), "read or written: no access, no space, or no store of links"),
        (ValueError(), "read or written now; try again later"),
    ],
)
def test_store_that_fails_says_why(
    cause: Exception, said: str, operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the system or SQLite refuses is said in words; the error's own words may have data."""

    def fail(*_: object, **__: object) -> None:
        raise StoreError from cause

    monkeypatch.setattr("webhelper.links.stores.sqlite.inbox.Inbox.page", fail)
    answer = operator("webhooks", "list")
    assert (answer.code, answer.err) == (1, f"liveform: the store cannot be {said}\n")


def test_store_is_closed_whatever_happens(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    """The store is closed after a command, also after one that failed."""
    closed: list[bool] = []
    original = SqliteStore.close

    def note(store: SqliteStore) -> None:
        closed.append(True)
        original(store)

    monkeypatch.setattr(SqliteStore, "close", note)
    operator("webhooks", "list")
    operator("webhooks", "show", "7")
    assert closed == [True, True]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("webhooks", "drop"), "drop is not a command (see liveform webhooks --help)"),
        (("webhooks", "show"), "the following arguments are required: NUMBER"),
        (("webhooks", "show", "-1"), "argument NUMBER: must be a whole number from 1 to 1000000000000"),
        (("webhooks", "show", "0"), "argument NUMBER: must be a whole number"),
        (("webhooks", "show", "1000000000001"), "argument NUMBER: must be a whole number"),
        (("webhooks", "show", "9" * 5000), "argument NUMBER: must be a whole number"),
        (("webhooks", "show", "٣"), "argument NUMBER: must be a whole number"),
        (("webhooks", "list", "--limit", "1001"), "argument --limit: must be a whole number from 1 to 1000"),
        (("webhooks", "list", "--trigger", "\udcff"), "argument --trigger: must be text in UTF-8"),
        (("webhooks", "list", "--submission", "\udcff"), "argument --submission: must be text in UTF-8"),
        (("reconcile", "--since", "2d", "--after", "\udcff"), "argument --after: must be text in UTF-8"),
        (("webhooks", "list", "--sekret=canary"), "unrecognized arguments --sekret"),
        (("webhooks", "list", "--api-key", "canary"), "a key cannot be an option"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_2(operator: Operator, words: tuple[str, ...], said: str) -> None:
    """Wrong usage names the option, says what is allowed, and repeats no value."""
    answer = operator(*words)
    assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1)
    assert answer.err.startswith(f"liveform: {said}")
    assert "canary" not in answer.err


@pytest.mark.parametrize("words", [(), ("webhooks",)])
def test_command_without_a_word_is_helped_and_exit_2(operator: Operator, words: tuple[str, ...]) -> None:
    """A command that needs a further word prints its help as an error."""
    answer = operator(*words)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("usage: liveform")


def test_reader_that_leaves_is_no_error(operator: Operator) -> None:
    """A pipe whose reader has gone ends the command silently with exit code 0."""
    for number in range(200):
        operator.store().inbox.receive(new_event(number), now=0.0)
    code = (
        "import subprocess, sys; "
        "words = ['-m', 'liveform.cli', 'webhooks', 'list', '--limit', '200']; "
        "one = subprocess.Popen([sys.executable, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE); "
        "one.stdout.close(); error = one.stderr.read(); print(one.wait(), error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=operator.directory,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout == "0 b''\n"


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (BrokenPipeError(), 0, ""),
        (OSError(28, "No space left on device"), 1, "liveform: cannot write: No space left on device\n"),
    ],
)
def test_output_that_cannot_be_written_ends_the_command(
    operator: Operator, monkeypatch: pytest.MonkeyPatch, error: OSError, code: int, said: str
) -> None:
    """A reader that has gone is no error, a full disk is one; what is left to write goes nowhere."""

    def fail(_: str) -> None:
        raise error

    moved: list[tuple[int, int]] = []
    monkeypatch.setattr("webhelper.commands.output._write", fail)
    monkeypatch.setattr("os.dup2", lambda *descriptors: moved.append(descriptors))
    monkeypatch.setattr(sys, "stdout", sys.__stdout__)
    answer = operator("webhooks", "list")
    ((nowhere, _),) = moved
    os.close(nowhere)
    assert (answer.code, answer.err) == (code, said)


def test_interrupt_is_silent_and_exit_130(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends a command with exit code 130 and without a traceback."""

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("webhelper.links.stores.sqlite.inbox.Inbox.page", interrupt)
    assert operator("webhooks", "list") == (130, "", "")


def test_terminal_without_unicode_gets_escapes(operator: Operator) -> None:
    """A body in Korean is printed with escapes where the terminal has no UTF-8."""
    operator.store().inbox.receive(new_event(1, members={"full_name": "홍길동"}), now=0.0)
    done = run_liveform(operator.directory, "webhooks", "show", "1", "--body", **ASCII_LOCALE)
    assert (done.returncode, done.stderr) == (0, "")
    assert '"full_name": "\\ud64d\\uae38\\ub3d9"' in done.stdout


def test_wrong_setting_of_the_store_is_exit_2(operator: Operator) -> None:
    """A file that is no store is a wrong setting."""
    (operator.directory / "links.db").write_text("not a database" * 100, encoding="utf-8")
    answer = operator("webhooks", "list")
    assert answer.code == 2
    assert answer.err.startswith("liveform: webhelper.store: cannot be opened")
