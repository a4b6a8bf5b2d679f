"""Tests of the command as a process: exit codes, pipes, locales, and no key on any stream."""

import builtins
import json
import os
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

import liveform.cli
from liveform import Project
from liveform.cli import EXIT_INTERRUPTED, main, run
from liveform.cli.commands import CommandOutput

PID = "abc123de45"
KEY = "KuwVASemfm5tZh2rLKHDftdRYuKGMNFweGdZYMHe"
SECRET = {"LIVEFORM_PID": PID, "LIVEFORM_KEY": KEY, "LIVEFORM_CIPHER": "gcm"}
COMMAND = [sys.executable, "-m", "liveform.cli"]
PROJECT = Project(PID, key=KEY, cipher="gcm")
ASCII_LOCALE = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


def surroundings(environ: Mapping[str, str]) -> dict[str, str]:
    """Return this process's environment without what would change the command, and with ``environ``."""
    left_out = ("LIVEFORM_", "PYTHONUNBUFFERED", "PYTHONUTF8", "PYTHONIOENCODING", "PYTHONWARNINGS")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    return kept | dict(environ)


def call(
    *argv: str | bytes, cwd: Path, environ: Mapping[str, str] | None = None, stdin: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    """Return the finished process of a command, with its streams and its exit code."""
    return subprocess.run(
        [*COMMAND, *argv],
        cwd=cwd,
        env=surroundings(SECRET if environ is None else environ),
        input=stdin,
        capture_output=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        (["url", "--email", "jane@example.com"], 0),
        (["parameters"], 0),
        (["--version"], 0),
        (["url", "--help"], 0),
        (["decrypt", "!"], 1),
        (["url", "--email", "nobody"], 2),
        (["url", "--unknown"], 2),
    ],
)
def test_process_leaves_with_the_exit_code(argv: list[str], code: int, tmp_path: Path) -> None:
    """The exit code is 0 for success, 1 for wrong data and 2 for wrong usage; errors are one line."""
    done = call(*argv, cwd=tmp_path)
    assert done.returncode == code
    assert (bool(done.stdout), done.stderr.count(b"\n")) == ((True, 0) if code == 0 else (False, 1))


@pytest.mark.parametrize("module", ["liveform", "liveform.cli"])
def test_package_is_the_command(module: str, tmp_path: Path) -> None:  # T6
    """``python -m liveform`` is the command, as ``python -m liveform.cli`` is."""
    done = subprocess.run(
        [sys.executable, "-m", module, "url"],
        cwd=tmp_path,
        env=surroundings({"LIVEFORM_PID": PID}),
        capture_output=True,
        check=True,
    )
    assert done.stdout == f"https://form.argosidentity.com/?pid={PID}\n".encode()


def test_process_is_installed_as_a_command(tmp_path: Path) -> None:
    """``liveform`` and ``python -m liveform.cli`` are the same program."""
    installed = Path(sys.executable).parent / "liveform"
    done = subprocess.run(
        [installed, "--version"], capture_output=True, check=True, env=surroundings({}), cwd=tmp_path
    )
    assert done.stdout == call("--version", cwd=tmp_path).stdout


@pytest.mark.parametrize(
    "argv",
    [
        ["url", "--email", "jane@example.com"],
        ["url", "--email", "nobody"],
        ["decrypt", "AAAA"],
        ["doctor", "AAAA"],
        ["url", "--key", KEY],
        ["url", f"--key={KEY}"],
        ["url", "--api-key", KEY],
        ["--key", KEY, "url"],
        ["explain", "https://form.argosidentity.com/?pid=a&encrypted=AAAA"],
        ["return", "encrypted=AAAA"],
    ],
    ids=lambda argv: " ".join(argv).replace(KEY, "KEY"),
)
def test_process_never_prints_the_key(argv: list[str], tmp_path: Path) -> None:
    """The process prints the key on neither stream, even if it is typed as an option."""
    done = call(*argv, cwd=tmp_path)
    assert KEY.encode() not in done.stdout + done.stderr
    assert b"Traceback" not in done.stderr


def test_process_with_an_inline_key_warns_without_the_key(tmp_path: Path) -> None:
    """A key written in the settings file gives one line of warning, without the key."""
    toml = f'[projects.a]\npid = "p"\ncipher = "gcm"\nkey = "{KEY}"\n'
    (tmp_path / "liveform.toml").write_text(toml)
    done = call("url", cwd=tmp_path, environ={})
    assert done.returncode == 0
    assert b"projects.a.key holds a key itself" in done.stderr
    assert done.stderr.count(b"\n") == 1
    assert KEY.encode() not in done.stdout + done.stderr


def test_pipe_of_three_commands_ends_in_a_code(tmp_path: Path) -> None:
    """The output of ``liveform url``, given to ``liveform qr -`` on stdin, becomes a PNG."""
    url = call("url", "--cf1", "한국", cwd=tmp_path).stdout
    done = call("qr", "-", "-o", "code.png", cwd=tmp_path, stdin=url, environ={})
    assert (done.returncode, done.stderr) == (0, b"")
    assert (tmp_path / "code.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("environ", [{}, {"PYTHONUNBUFFERED": "1"}], ids=["buffered", "unbuffered"])
@pytest.mark.parametrize(
    "argv",
    [["parameters"], ["parameters", "--help"], ["--version"], ["url"]],
    ids=" ".join,
)
def test_reader_that_goes_early_is_no_failure(
    argv: list[str], environ: dict[str, str], tmp_path: Path
) -> None:
    """A reader that closes the pipe early leads to exit code 0 and an empty stderr."""
    read_end, write_end = os.pipe()
    os.close(read_end)
    try:
        done = subprocess.run(
            [*COMMAND, *argv],
            cwd=tmp_path,
            env=surroundings(SECRET | environ),
            stdout=write_end,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            check=False,
            timeout=60,
        )
    finally:
        os.close(write_end)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("redirection", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("argv", ["url", "decrypt -", "url --email nobody"])
def test_closed_streams_give_no_traceback(redirection: str, argv: str, tmp_path: Path) -> None:
    """A process started with closed streams prints no traceback."""
    done = subprocess.run(
        ["/bin/sh", "-c", f'"{sys.executable}" -m liveform.cli {argv} {redirection}'],
        cwd=tmp_path,
        env=surroundings(SECRET),
        input=PROJECT.encrypt({"a": 1}).encode(),
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert b"Traceback" not in done.stderr
    assert done.returncode in (0, 1, 2)


@pytest.mark.parametrize(("argv", "code"), [("url", 1), ("--version", 1), ("batch - - --plain", 2)])
def test_result_for_a_closed_stdout_is_an_error(argv: str, code: int, tmp_path: Path) -> None:
    """A result that stdout cannot take is an error in one line, and never lost in silence."""
    done = subprocess.run(
        ["/bin/sh", "-c", f'"{sys.executable}" -m liveform.cli {argv} >&-'],
        cwd=tmp_path,
        env=surroundings(SECRET),
        input=b"userid\nu1\n",
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == code
    assert b"stdout is closed" in done.stderr
    assert done.stderr.count(b"\n") == 1


@pytest.mark.parametrize(
    ("argv", "stdin", "code", "out"),
    [
        ("url --userid u1", b"", 0, b"https://form.argosidentity.com/?pid=p&encrypted="),
        ("url --email nobody", b"", 2, b""),
        ("url --unknown", b"", 2, b""),
        ("batch - - --plain", b'userid\nu1\n"', 1, b"userid,url"),
    ],
)
def test_message_for_a_closed_stderr_is_not_among_the_data(
    argv: str, stdin: bytes, code: int, out: bytes, tmp_path: Path
) -> None:
    """With stderr closed, warnings and errors go nowhere, and never to stdout."""
    (tmp_path / "liveform.toml").write_text(f'[projects.a]\npid = "p"\ncipher = "gcm"\nkey = "{KEY}"\n')
    done = subprocess.run(
        ["/bin/sh", "-c", f'"{sys.executable}" -m liveform.cli {argv} 2>&-'],
        cwd=tmp_path,
        env=surroundings({}),
        input=stdin,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == code
    assert done.stdout.startswith(out)
    assert b"liveform: " not in done.stdout
    assert bool(done.stdout) is bool(out)


def test_run_with_a_closed_stderr_has_one_that_goes_nowhere(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """``run`` gives a process without stderr one, so that ``print`` does not fall back on stdout."""
    monkeypatch.setattr(sys, "argv", ["liveform", "decrypt", "!"])
    monkeypatch.setattr(sys, "stderr", None)
    with pytest.raises(SystemExit) as caught:
        run()
    sys.stderr.close()
    assert caught.value.code != 0
    assert capsys.readouterr().out == ""


def test_run_with_a_closed_stdout_reports_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """``run`` leaves with exit code 1 if its result has nowhere to go."""
    monkeypatch.setattr(sys, "argv", ["liveform", "parameters"])
    monkeypatch.setattr(sys, "stdout", None)
    with pytest.raises(SystemExit) as caught:
        run()
    assert caught.value.code == 1
    assert capsys.readouterr().err == "liveform: cannot write: stdout is closed\n"


def test_summary_of_a_stream_is_not_mixed_into_its_rows(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What belongs on stderr never goes to stdout, which has the rows; with stderr closed it goes nowhere."""
    output = CommandOutput("1 URL", {"urls": 1}, stream="stderr")
    monkeypatch.setattr("liveform.cli.build_parser", lambda **_: _parser_of(lambda _: output))
    assert main(["batch"]) == 0
    assert capsys.readouterr() == ("", "1 URL\n")
    monkeypatch.setattr(sys, "stderr", None)
    assert main(["batch"]) == 0
    assert capsys.readouterr().out == ""


def _parser_of(command: Callable[[Namespace], CommandOutput]) -> ArgumentParser:
    parser = ArgumentParser()
    parser.add_argument("name")
    parser.set_defaults(command=command)
    return parser


def test_ascii_locale_reads_korean_from_stdin(tmp_path: Path) -> None:
    """Input on stdin is read as UTF-8 in an ASCII locale too."""
    environ = SECRET | ASCII_LOCALE
    done = call("encrypt", "-", cwd=tmp_path, environ=environ, stdin='{"userid": "한국"}'.encode())
    assert (done.returncode, done.stderr) == (0, b"")
    assert PROJECT.decrypt(done.stdout.decode().strip()) == {"userid": "한국"}


def test_ascii_locale_shows_korean_escaped(tmp_path: Path) -> None:
    """An ASCII locale gets Korean text escaped, and with ``--json`` the same JSON as anywhere."""
    environ = SECRET | ASCII_LOCALE
    text = PROJECT.encrypt({"userid": "한국 💳"})
    as_text = call("decrypt", text, cwd=tmp_path, environ=environ)
    as_json = call("decrypt", text, "--json", cwd=tmp_path, environ=environ)
    assert (as_text.returncode, as_text.stderr) == (0, b"")
    assert rb"\ud55c\uad6d" in as_text.stdout
    assert json.loads(as_json.stdout) == {"userid": "한국 💳"}


def test_ascii_locale_with_korean_argument_gives_no_traceback(tmp_path: Path) -> None:
    """A Korean argument in an ASCII locale gives the right URL or one line of error."""
    done = call("url", "--plain", "--userid", "한국".encode(), cwd=tmp_path, environ=SECRET | ASCII_LOCALE)
    if done.returncode == 0:
        assert done.stdout.strip().endswith(b"userid=%ED%95%9C%EA%B5%AD")
    else:
        assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (2, b"", 1)
        assert b"userid: must be Unicode" in done.stderr


@pytest.mark.parametrize("argv", [["url", "--userid"], ["encrypt"], ["decrypt"], ["doctor"], ["qr"]])
def test_argument_that_is_not_utf8_is_refused_in_one_line(argv: list[str], tmp_path: Path) -> None:
    """An argument that is not UTF-8 ends with one line on stderr."""
    done = call(*argv, b'{"a": "https://h/?a=\xff\x9b"}', cwd=tmp_path)
    assert done.returncode in (1, 2)
    assert (done.stdout, done.stderr.count(b"\n")) == (b"", 1)


@pytest.mark.parametrize("command", ["return", "explain"])
def test_url_that_is_not_utf8_is_shown_escaped_or_refused(command: str, tmp_path: Path) -> None:
    """``return`` and ``explain`` print only ASCII of a URL that is not UTF-8."""
    done = call(command, b"https://form.argosidentity.com/?pid=a&userid=\xff\x9b31m&\xff=1", cwd=tmp_path)
    assert done.returncode in (0, 1)
    assert (done.stdout + done.stderr).isascii()
    assert b"Traceback" not in done.stderr


def test_environment_that_is_not_utf8_is_refused_in_one_line(tmp_path: Path) -> None:
    """A key variable that is not UTF-8 ends with exit code 2 and one line."""
    done = subprocess.run(
        [*COMMAND, "url"],
        cwd=tmp_path,
        env={os.fsencode(name): os.fsencode(value) for name, value in surroundings(SECRET).items()}
        | {b"LIVEFORM_KEY": b"\xff\xfe"},
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (2, b"", 1)


def test_settings_that_name_a_variable_beyond_the_locale_are_refused(tmp_path: Path) -> None:
    """A settings file that names a Korean variable is refused in an ASCII locale."""
    toml = '[projects.a]\npid = "p"\ncipher = "gcm"\nkey = { env = "열쇠" }\n'
    (tmp_path / "liveform.toml").write_text(toml, encoding="utf-8")
    done = call("url", cwd=tmp_path, environ=ASCII_LOCALE)
    assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (2, b"", 1)


# ``run`` in this process, for what a process cannot show to the coverage


def leaving(monkeypatch: pytest.MonkeyPatch, main: Any) -> object:
    """Return the code with which ``run`` exits if ``main`` is this function."""
    monkeypatch.setattr(liveform.cli, "main", main)
    monkeypatch.setattr(sys, "argv", ["liveform", "url"])
    with pytest.raises(SystemExit) as caught:
        run()
    return caught.value.code


def test_run_hands_on_the_arguments_and_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """``run`` passes the arguments without the program's name, and exits with the code of ``main``."""
    seen: list[list[str]] = []

    def main(argv: list[str]) -> int:
        seen.append(argv)
        return 1

    assert leaving(monkeypatch, main) == 1
    assert seen == [["url"]]


@pytest.mark.parametrize("module", ["liveform.__main__", "liveform.cli.__main__"])
def test_module_is_the_command(
    module: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:  # T6
    """Running ``liveform`` or ``liveform.cli`` as a module runs the command."""
    monkeypatch.setattr(sys, "argv", ["liveform", "--version"])
    # pytest rewrites the modules of a package with a plugin, and runpy cannot run those.
    spec = find_spec(module)
    assert spec is not None
    code = compile(Path(str(spec.origin)).read_text(encoding="utf-8"), str(spec.origin), "exec")
    with pytest.raises(SystemExit) as caught:
        exec(code, {"__name__": "__main__", "__spec__": spec})
    assert (caught.value.code or 0, capsys.readouterr().out[:9]) == (0, "liveform ")


def test_import_interrupted_leaves_as_shells_count() -> None:  # T11
    """Ctrl-C while the command still imports its modules ends it with exit code 130, without a traceback."""
    source = Path(liveform.cli.__file__)

    def interrupted(*names: object) -> object:
        raise KeyboardInterrupt

    names = {
        "__name__": "liveform.cli",
        "__builtins__": {**vars(builtins), "__import__": importing(interrupted)},
    }
    with pytest.raises(SystemExit) as caught:
        exec(compile(source.read_text(encoding="utf-8"), str(source), "exec"), names)
    assert caught.value.code == EXIT_INTERRUPTED


def test_package_imports_nothing_before_the_command_sees_to_ctrl_c() -> None:
    """``liveform`` itself imports no module of its own, so Ctrl-C finds the command ready for it."""
    code = "import sys, liveform; print(*(name for name in sys.modules if name.startswith('liveform')))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "liveform\n"


def importing(interrupted: Any) -> Any:
    """Return ``__import__``, but for the command's own modules, where Ctrl-C comes."""
    whole = builtins.__import__
    return lambda name, *rest: (interrupted if name.startswith("liveform.cli.") else whole)(name, *rest)


def test_run_interrupted_leaves_as_shells_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends the process with exit code 130, as shells expect."""

    def main(argv: list[str]) -> int:
        raise KeyboardInterrupt

    assert leaving(monkeypatch, main) == EXIT_INTERRUPTED == 130


class Stream:
    """A stream that cannot be reconfigured, and notes that it was closed."""

    closed = False

    def write(self, text: str) -> int:
        """Return the length of the text, which is discarded."""
        return len(text)

    def flush(self) -> None:
        """Do nothing, since the stream keeps no text."""

    def fileno(self) -> int:
        """Return a descriptor that may be replaced."""
        return os.open(os.devnull, os.O_WRONLY)

    def close(self) -> None:
        """Note that the stream has been closed."""
        self.closed = True


def test_run_with_a_broken_pipe_leaves_quietly(monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken pipe ends the process with exit code 0."""

    def main(argv: list[str]) -> int:
        raise BrokenPipeError

    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", Stream())
        patch.setattr(sys, "stderr", Stream())
        code = leaving(patch, main)
    assert code == 0


def test_ascii_locale_has_no_qr_on_the_terminal(tmp_path: Path) -> None:
    """``qr`` in an ASCII locale needs ``--output``, and then writes its file."""
    on_terminal = call("qr", "https://h/", cwd=tmp_path, environ=ASCII_LOCALE)
    assert (on_terminal.returncode, on_terminal.stdout) == (2, b"")
    assert b"--output: must be named" in on_terminal.stderr
    assert call("qr", "https://h/", "-o", "q.svg", cwd=tmp_path, environ=ASCII_LOCALE).returncode == 0
