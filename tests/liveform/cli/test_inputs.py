"""Tests of where a command takes its project, its key and its input from."""

import json
import sys
from pathlib import Path

import pytest
from commands import Answer, Command

from liveform import Project
from liveform.cli import main
from liveform.wire.encoding import MAX_TEXT_CHARS

PID = "abc123de45"
KEY = "KuwVASemfm5tZh2rLKHDftdRYuKGMNFweGdZYMHe"
OTHER_KEY = "8Q2pMt0dUSMFweGdZYMHeVASemfm5tZh2rLKHDft"
SECRET = {"PID": PID, "KEY": KEY, "CIPHER": "gcm"}
SEALED = Project(PID, key=KEY, cipher="gcm").encrypt({"a": 1})
SEALED_BY_OTHER = Project(PID, key=OTHER_KEY, cipher="gcm").encrypt({"a": 1})
OPENED = (0, {"a": 1})

ONE = '[projects.shop]\npid = "shop12345"\ncipher = "gcm"\nkey = { file = "shop.key" }\n'
TWO = ONE + '[projects.plain]\npid = "plain12345"\n'


def opened(answer: Answer) -> tuple[object, object]:
    """Return the exit code and the JSON that a command printed."""
    return answer.code, json.loads(answer.out or answer.err)


# Environment and options


def test_project_comes_from_the_environment(liveform: Command) -> None:
    """A command takes its project from LIVEFORM_PID, LIVEFORM_KEY and LIVEFORM_CIPHER."""
    assert opened(liveform("decrypt", SEALED, "--json", **SECRET)) == OPENED


def test_options_come_before_the_environment(liveform: Command) -> None:
    """An option of the command overrides the variable of the same setting."""
    options = {
        "--pid": "other12345",
        "--cipher": "ecb",
        "--ecb-layout": "hex",
        "--gcm-layout": "nonce16:tag16:ciphertext, hex",
        "--base-url": "http://localhost:5000",
        "--engine": "cryptography",
    }
    words = [word for pair in options.items() for word in pair]
    answer = liveform("url", "--encryption-only", "--cf1", "a", *words, **SECRET, BASE_URL="https://h")
    text = answer.out.strip().removeprefix("http://localhost:5000/?pid=other12345&encrypted=")
    project = Project(PID, key=KEY, cipher="ecb", ecb_layout="hex")
    assert answer.code == 0
    assert project.decrypt(text) == {"cf1": "a"}


def test_key_file_option_comes_before_the_environment(liveform: Command) -> None:
    """``--key-file`` overrides the variables LIVEFORM_KEY and LIVEFORM_KEY_FILE."""
    Path("key").write_text(OTHER_KEY + "\r\n")
    answer = liveform("decrypt", SEALED_BY_OTHER, "--json", "--key-file", "key", **SECRET)
    assert opened(answer) == OPENED
    answer = liveform(
        "decrypt", SEALED_BY_OTHER, "--json", "--key-file", "key", PID=PID, CIPHER="gcm", KEY_FILE="none"
    )
    assert opened(answer) == OPENED


@pytest.mark.parametrize("environ", [{}, {"KEY": OTHER_KEY}, {"KEY_FILE": "missing"}])
@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_key_file_dash_reads_the_key_from_stdin(environ: dict[str, str], end: str, liveform: Command) -> None:
    """``--key-file=-`` reads the key from stdin, with or without a line break at its end."""
    answer = liveform(
        "decrypt",
        SEALED,
        "--json",
        "--key-file=-",
        stdin=(KEY + end).encode(),
        PID=PID,
        CIPHER="gcm",
        **environ,
    )
    assert opened(answer) == OPENED


@pytest.mark.parametrize("command", ["encrypt", "decrypt", "return", "explain", "doctor"])
def test_key_and_input_cannot_both_be_stdin(command: str, liveform: Command) -> None:
    """The key and the input must not both come from stdin."""
    answer = liveform(command, "-", "--key-file", "-", stdin=KEY.encode(), PID=PID, CIPHER="gcm")
    assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1)
    assert "--key-file" in answer.err
    assert KEY not in answer.err


@pytest.mark.parametrize("command", ["url", "doctor"])
@pytest.mark.parametrize("path", ["missing", ".", "\0"])
def test_key_file_that_cannot_be_read_is_refused(command: str, path: str, liveform: Command) -> None:
    """A ``--key-file`` that cannot be read ends with exit code 2 and one line."""
    words = [command, "sample"] if command == "doctor" else [command]
    answer = liveform(*words, "--key-file", path, PID=PID, CIPHER="gcm")
    assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1)
    assert "cannot be read" in answer.err


@pytest.mark.parametrize(
    ("stdin", "code"), [(b"", 2), (b"\n", 2), (f" {KEY}".encode(), 2), (b"\xff\xfe", 1), (b"k" * 70_000, 1)]
)
def test_key_on_stdin_that_is_none_is_refused(stdin: bytes, code: int, liveform: Command) -> None:
    """A key on stdin that is empty, padded, not UTF-8 or too long is refused without the key."""
    answer = liveform("url", "--key-file", "-", stdin=stdin, PID=PID, CIPHER="gcm")
    assert (answer.code, answer.out, answer.err.count("\n")) == (code, "", 1)
    assert KEY not in answer.err


def test_settings_of_the_environment_that_are_wrong_are_told_at_once(liveform: Command) -> None:
    """All wrong variables are named in one line, without their values."""
    answer = liveform("url", PID="a b", KEY=f" {KEY}", CIPHER=KEY, BASE_URL=f"http://{KEY}")
    assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1)
    assert all(f"LIVEFORM_{name}:" in answer.err for name in ("PID", "KEY", "CIPHER", "BASE_URL"))
    assert KEY not in answer.err


def test_nothing_at_all_asks_for_the_pid(liveform: Command) -> None:
    """A command without any settings ends with exit code 2 and asks for LIVEFORM_PID."""
    answer = liveform("url")
    assert answer.code == 2
    assert "LIVEFORM_PID" in answer.err


@pytest.mark.parametrize(
    ("argv", "environ", "name"),
    [
        (["decrypt", "x", "--key-file", "nofile"], {"KEY": KEY}, "--key-file"),
        (["return", "x", "--key-file", "nofile"], {}, "--key-file"),
        (["doctor", "x", "--key-file", "nofile"], {}, "--key-file"),
        (["submissions", "get", "x", "--api-key-file", "nofile"], {}, "--api-key-file"),
        (["decrypt", "x"], {"KEY_FILE": "nofile"}, "LIVEFORM_KEY_FILE"),
        (["return", "x"], {"KEY_FILE": "nofile"}, "LIVEFORM_KEY_FILE"),
        (["return", "x"], {"RETURN_KEY_FILE": "nofile"}, "LIVEFORM_RETURN_KEY_FILE"),
        (["doctor", "x"], {"KEY_FILE": "nofile"}, "LIVEFORM_KEY_FILE"),
        (["doctor", "x"], {"API_KEY_FILE": "nofile"}, "LIVEFORM_API_KEY_FILE"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_key_file_that_cannot_be_read_is_told_as_it_was_typed(
    argv: list[str], environ: dict[str, str], name: str, liveform: Command
) -> None:  # S5
    """A key file that cannot be read is named by the option or the variable that names it."""
    cipher = {} if argv[0] == "return" else {"CIPHER": "gcm"}
    answer = liveform(*argv, PID=PID, **cipher, **environ)
    assert (answer.code, answer.err) == (2, f"liveform: {name}: the file that it names cannot be read\n")


@pytest.mark.parametrize("argv", [["decrypt", "x"], ["doctor", "x"]])
def test_key_and_its_file_are_not_both_set(argv: list[str], liveform: Command) -> None:  # S5
    """A key in two variables is refused in the words of variables, not of TOML."""
    answer = liveform(*argv, PID=PID, CIPHER="gcm", KEY=KEY, KEY_FILE="key")
    problem = "LIVEFORM_KEY: is set, and so is LIVEFORM_KEY_FILE; set one of them, not both"
    assert (answer.code, answer.err) == (2, f"liveform: {problem}\n")


@pytest.mark.parametrize(
    ("argv", "environ", "name"),
    [
        (["url", "--pid", "a b"], {}, "--pid"),
        (["url"], {"PID": "a b"}, "LIVEFORM_PID"),
        (["url"], {}, "--pid or LIVEFORM_PID"),
        (["url", "--gcm-layout", "x"], {"PID": PID, "GCM_LAYOUT": "y"}, "--gcm-layout"),
    ],
    ids=["option", "variable", "neither", "both"],
)
def test_fault_is_told_as_it_was_typed(
    argv: list[str], environ: dict[str, str], name: str, liveform: Command
) -> None:  # S5
    """A wrong setting is named by its option, by its variable, or by both if neither was given."""
    assert liveform(*argv, **environ).err.startswith(f"liveform: {name}: must be ")


def test_variables_that_are_empty_are_not_set(liveform: Command) -> None:  # S2
    """An empty variable is not set: neither as a key nor as what describes the project."""
    Path("liveform.toml").write_text('[projects.shop]\npid = "shop12345"\n')
    assert "?pid=shop12345" in liveform("url", PID="", KEY="", KEY_FILE="").out
    Path("liveform.toml").unlink()
    empty = dict.fromkeys(("KEY_FILE", "PREVIOUS_KEYS", "RETURN_KEY", "ENCRYPTION_ONLY", "BASE_URL"), "")
    assert opened(liveform("decrypt", SEALED, "--json", **SECRET, **empty)) == OPENED
    assert opened(liveform("decrypt", SEALED, "--json", **{**SECRET, "PID": ""})) == OPENED


@pytest.mark.parametrize("quote", ['"', "'"])
def test_variables_in_quotes_are_refused(quote: str, liveform: Command) -> None:  # S1
    """Quotes that docker keeps around values are told by variable, and no value is shown."""
    answer = liveform("url", **{name: f"{quote}{value}{quote}" for name, value in SECRET.items()})
    assert answer.code == 2
    assert all(f"LIVEFORM_{name}: has quotes around it" in answer.err for name in SECRET)
    assert KEY not in answer.err


@pytest.mark.parametrize("words", [["decrypt", SEALED], ["doctor", SEALED]])
def test_key_on_stdin_of_two_lines_is_refused(words: list[str], liveform: Command) -> None:  # S4
    """Two lines on stdin are not one key."""
    stdin = f"{KEY}\n{OTHER_KEY}\n".encode()
    answer = liveform(*words, "--key-file", "-", stdin=stdin, PID=PID, CIPHER="gcm")
    assert answer.code == 2
    assert answer.err == "liveform: --key-file: holds more than one line; a key is one line\n"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_stdin_with_a_byte_order_mark_is_read(encoding: str, liveform: Command) -> None:  # S3
    """A byte order mark on stdin is no part of the key or of the input."""
    key = liveform(
        "decrypt", SEALED, "--json", "--key-file=-", stdin=KEY.encode(encoding), PID=PID, CIPHER="gcm"
    )
    assert opened(key) == OPENED
    text = liveform("encrypt", "-", stdin='{"a": 1}\n'.encode(encoding), **SECRET).out.strip()
    assert opened(liveform("decrypt", text, "--json", **SECRET)) == OPENED


# The settings file


@pytest.fixture
def shop(liveform: Command) -> Path:
    """Return the path of a settings file in the working directory, with one project and its key file."""
    Path("shop.key").write_text(KEY)
    path = Path("liveform.toml")
    path.write_text(ONE)
    return path


def test_settings_file_here_is_used(shop: Path, liveform: Command) -> None:
    """A liveform.toml with one project in the working directory is used without any option."""
    assert opened(liveform("decrypt", SEALED, "--json")) == OPENED
    assert "?pid=shop12345" in liveform("url").out


def test_settings_file_elsewhere_is_used_when_named(shop: Path, liveform: Command) -> None:
    """``--settings`` names another settings file, whose key files are found beside it."""
    Path("deep").mkdir()
    (Path("deep") / "other.toml").write_text(ONE.replace("shop12345", "deep12345"))
    (Path("deep") / "shop.key").write_text(OTHER_KEY)
    answer = liveform("decrypt", SEALED_BY_OTHER, "--json", "--settings", "deep/other.toml")
    assert opened(answer) == OPENED
    assert "?pid=deep12345" in liveform("url", "--settings", "deep/other.toml").out


def test_settings_file_with_several_projects_needs_a_name(shop: Path, liveform: Command) -> None:
    """A settings file with several projects needs ``--project``, and the error lists them."""
    shop.write_text(TWO)
    answer = liveform("url")
    assert (answer.code, answer.out) == (2, "")
    assert "--project: must be one of shop, plain" in answer.err
    assert "?pid=plain12345" in liveform("url", "--project", "plain").out
    assert "?pid=shop12345" in liveform("url", "--project", "shop").out


@pytest.mark.parametrize("argv", [["url"], ["doctor", "sample"]])
def test_settings_file_without_the_named_project_is_refused(
    argv: list[str], shop: Path, liveform: Command
) -> None:
    """A ``--project`` that the settings file lacks is refused with those that it has."""
    answer = liveform(*argv, "--project", "shops")
    assert (answer.code, answer.out) == (2, "")
    assert "must be one of shop" in answer.err


@pytest.mark.parametrize("words", [["--settings", "missing.toml"], ["--project", "shop"]])
def test_settings_file_that_is_not_there_is_refused_when_named(words: list[str], liveform: Command) -> None:
    """``--settings`` and ``--project`` without such a file end with exit code 2."""
    answer = liveform("url", *words, **SECRET)
    assert (answer.code, answer.out, answer.err) == (2, "", "liveform: settings file: cannot be read\n")


@pytest.mark.parametrize("option", ["--settings", "--project"])
def test_settings_option_that_is_empty_is_refused(option: str, shop: Path, liveform: Command) -> None:
    """An empty ``--settings`` or ``--project``, as an unset shell variable gives it, is refused."""
    answer = liveform("url", option, "", **SECRET)
    assert (answer.code, answer.out) == (2, "")


@pytest.mark.parametrize("environ", [SECRET, {"PID": PID}])
def test_environment_comes_before_a_file_that_merely_lies_here(
    environ: dict[str, str], shop: Path, liveform: Command
) -> None:
    """Variables and ``--pid`` override a liveform.toml that no option names."""
    assert f"?pid={PID}" in liveform("url", **environ).out
    assert f"?pid={PID}" in liveform("url", "--pid", PID).out


def test_named_settings_file_comes_before_the_environment(shop: Path, liveform: Command) -> None:
    """A settings file named by ``--settings`` or ``--project`` overrides the variables."""
    assert "?pid=shop12345" in liveform("url", "--settings", "liveform.toml", **SECRET).out
    assert "?pid=shop12345" in liveform("url", "--project", "shop", **SECRET).out


def test_settings_file_whose_key_is_liveform_key_is_used(shop: Path, liveform: Command) -> None:
    """A settings file may take its key from LIVEFORM_KEY and is still used."""
    shop.write_text(ONE.replace('file = "shop.key"', 'env = "LIVEFORM_KEY"'))
    answer = liveform("url", KEY=KEY)
    assert (answer.code, answer.err) == (0, "")
    assert "?pid=shop12345" in answer.out


@pytest.mark.parametrize(
    "words",
    [
        ["--pid", "a"],
        ["--cipher", "ecb"],
        ["--encryption-only"],
        ["--key-file", "shop.key"],
        ["--key-file", "-"],
        ["--gcm-layout", "x"],
        ["--ecb-layout", "hex"],
        ["--base-url", "https://h"],
        ["--engine", "cryptography"],
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("named", [["--settings", "liveform.toml"], ["--project", "shop"]])
@pytest.mark.parametrize("command", [["url"], ["doctor", "sample"]])
def test_settings_file_and_project_options_do_not_mix(
    words: list[str], named: list[str], command: list[str], shop: Path, liveform: Command
) -> None:
    """Options of a project must not be combined with ``--settings`` or ``--project``."""
    answer = liveform(*command, *named, *words, stdin=KEY.encode())
    assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1)
    assert f"leave out {words[0]}" in answer.err


def test_settings_file_that_is_wrong_is_told_by_setting(shop: Path, liveform: Command) -> None:
    """All faults of a settings file are named in one line as projects.NAME.SETTING."""
    shop.write_text('[projects.shop]\npid = "a b"\ncipher = "des"\nkey = { env = "UNSET" }\n')
    answer = liveform("url")
    assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1)
    assert all(f"projects.shop.{setting}: " in answer.err for setting in ("pid", "cipher", "key"))


@pytest.mark.parametrize("argv", [["url"], ["doctor", "sample"]])
def test_settings_file_that_is_broken_is_refused(argv: list[str], shop: Path, liveform: Command) -> None:
    """A settings file that is not TOML is refused by line and without its text."""
    shop.write_text(f'[projects.shop]\nkey = "{KEY}\n')
    answer = liveform(*argv)
    assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1)
    assert "is not TOML, at line 2" in answer.err
    assert KEY not in answer.err


def test_settings_file_with_an_inline_key_warns_without_it(shop: Path, liveform: Command) -> None:
    """A key written in the settings file works, with a warning that does not show it."""
    shop.write_text(f'[projects.shop]\npid = "p"\ncipher = "gcm"\nkey = "{KEY}"\n')
    answer = liveform("decrypt", SEALED, "--json")
    assert (answer.code, json.loads(answer.out)) == OPENED
    assert "projects.shop.key holds a key itself" in answer.err
    assert KEY not in answer.err


# The key alone


def test_doctor_takes_the_key_of_the_settings_file(shop: Path, liveform: Command) -> None:
    """``doctor`` takes the key of a settings file even if other settings are missing or wrong."""
    shop.write_text('[projects.shop]\nkey = { file = "shop.key" }\ncipher = "des"\n')
    answer = liveform("doctor", SEALED, "--json")
    assert json.loads(answer.out)["cipher"] == "gcm"


def test_doctor_with_a_key_file_that_is_missing_names_the_setting(
    shop: Path, liveform: Command
) -> None:  # S5
    """A key that a settings file names, and that is not there, is told by its setting."""
    Path("shop.key").unlink()
    answer = liveform("doctor", SEALED)
    assert (answer.code, answer.err) == (2, "liveform: key: the file that it names cannot be read\n")


@pytest.mark.parametrize("words", [["--key-file", "shop.key"], ["--key-file", "-"]])
def test_doctor_takes_a_key_file(words: list[str], shop: Path, liveform: Command) -> None:
    """``doctor`` takes the key from a ``--key-file`` or from stdin."""
    answer = liveform("doctor", SEALED, "--json", *words, stdin=KEY.encode())
    assert json.loads(answer.out)["cipher"] == "gcm"


def test_doctor_takes_the_key_of_the_environment(liveform: Command) -> None:
    """``doctor`` takes the key from LIVEFORM_KEY and needs neither pid nor cipher."""
    assert json.loads(liveform("doctor", SEALED, "--json", KEY=KEY).out)["cipher"] == "gcm"


@pytest.mark.parametrize("toml", ['[projects.shop]\npid = "p"\n', '[projects]\nshop = "p"\n'])
def test_doctor_without_a_key_in_the_settings_file_is_refused(
    toml: str, shop: Path, liveform: Command
) -> None:
    """``doctor`` with a settings file that has no key ends with exit code 2."""
    shop.write_text(toml)
    answer = liveform("doctor", SEALED)
    assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1)
    assert "key: is needed" in answer.err


# Input


def test_input_on_stdin_of_the_largest_size_is_read_and_one_byte_more_is_refused(liveform: Command) -> None:
    """Input of 65,536 bytes on stdin is read, and one byte more is refused."""
    fits = b"https://h/?a=".ljust(MAX_TEXT_CHARS, b"x")
    assert liveform("explain", "-", stdin=fits, **SECRET).code == 0
    answer = liveform("explain", "-", stdin=fits + b"x", **SECRET)
    assert (answer.code, answer.out) == (1, "")
    assert answer.err == "liveform: stdin holds more than 65536 bytes\n"


def test_input_on_stdin_that_is_not_utf8_is_refused(liveform: Command) -> None:
    """Input on stdin that is not UTF-8 ends with exit code 1 and one line."""
    answer = liveform("encrypt", "-", stdin=b'{"a": "\xff"}', **SECRET)
    assert (answer.code, answer.out, answer.err) == (1, "", "liveform: stdin is not UTF-8\n")


@pytest.mark.parametrize("words", [["decrypt", "-"], ["url", "--key-file", "-"]])
def test_input_from_a_closed_stdin_is_refused(
    words: list[str], liveform: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command that reads a closed stdin ends with exit code 1 or 2."""
    for name, value in SECRET.items():
        monkeypatch.setenv(f"LIVEFORM_{name}", value)
    monkeypatch.setattr(sys, "stdin", None)
    assert main(words) in (1, 2)
