"""Tests of ``liveform explain`` and ``liveform lint``: what they take and print, and their exit codes."""

import json
from pathlib import Path

import pytest
from commands import Command

from liveform import Project

PID = "abc123de45"
KEY = "KuwVASemfm5tZh2rLKHDftdRYuKGMNFweGdZYMHe"
PROJECT = Project(PID, key=KEY, cipher="ecb")
BASE = "https://form.argosidentity.com"
URL = f"{BASE}/?pid={PID}&customUserId=u&lang=ko"
SOURCE = f'url = f"{BASE}/?pid={{pid}}&userId={{user.id}}&email={{user.email}}"\n'
CANARY = "c4n4ry%40example.com"


@pytest.fixture
def source(liveform: Command) -> str:
    """Return the name of a source file in the current directory."""
    Path("signup.py").write_text(SOURCE)
    return "signup.py"


def test_explain_needs_no_settings(liveform: Command) -> None:  # R4
    """``explain`` of a URL works without a project, and suggests the right name."""
    answer = liveform("explain", URL)
    assert (answer.code, answer.err) == (0, "")
    assert "ignored   customUserId: liveform does not know it; did you mean userid?" in answer.out


def test_explain_takes_a_url_copied_out_of_json(liveform: Command) -> None:
    """``explain`` and ``lint`` read a URL whose slashes and ampersands JSON has escaped."""
    escaped = URL.replace("/", r"\/").replace("&", r"\u0026")
    for command in ("explain", "lint"):
        assert liveform(command, escaped) == liveform(command, URL)
    assert liveform("lint", escaped).code == 1


def test_explain_without_settings_says_what_it_can_of_encrypted(liveform: Command) -> None:  # R4
    """Without a key, ``encrypted`` is named as what could not be looked into."""
    answer = liveform("explain", PROJECT.form_url(userid="u"))
    assert answer.code == 0
    assert "note      encrypted cannot be looked into without the project's key" in answer.out


@pytest.mark.parametrize(
    "environ",
    [
        {"PID": PID, "KEY": KEY, "CIPHER": "ecb"},
        {"KEY": KEY, "CIPHER": "ecb"},
        {"KEY": KEY, "CIPHER": "ecb", "BASE_URL": ""},
    ],
)
def test_explain_with_a_key_opens_encrypted(environ: dict[str, str], liveform: Command) -> None:  # R4
    """With a key the URL is opened; if no project id is set, that of the URL is used."""
    answer = liveform("explain", PROJECT.form_url(userid="user_1"), **environ)
    assert "seen      userid = user_1  (encrypted)" in answer.out
    assert "problem" not in answer.out


def test_explain_with_settings_compares_the_project_id(liveform: Command) -> None:
    """With a project id in the settings, that of the URL must be the same."""
    assert "problem   pid is that of another project" in liveform("explain", URL, PID="other12345").out


def test_explain_with_variables_of_the_web_helper_alone_knows_no_project(liveform: Command) -> None:
    """LIVEFORM_BASE_URL may be the address of a web helper, and describes no project."""
    answer = liveform("explain", f"{BASE}/?pid=x", BASE_URL="https://shop.example.com")
    assert "problem" not in answer.out


def test_explain_with_wrong_settings_says_so(liveform: Command) -> None:
    """Settings that are there but wrong are told, and not passed over."""
    answer = liveform("explain", URL, KEY=KEY)
    assert (answer.code, answer.out) == (2, "")
    assert "LIVEFORM_CIPHER: must be named with a key" in answer.err


def test_explain_with_a_settings_file_takes_the_project_of_the_url(liveform: Command) -> None:
    """Of several projects, the one whose id the URL has explains it; of none, the URL alone."""
    Path("key").write_text(KEY)
    keys = 'cipher = "ecb"\nkey = { file = "key" }\n'
    Path("liveform.toml").write_text(f'[projects.a]\npid = "{PID}"\n{keys}[projects.b]\npid = "b"\n')
    url = PROJECT.form_url(userid="user_1")
    assert "user_1  (encrypted)" in liveform("explain", url).out
    assert "another project" in liveform("explain", url, "--project", "b").out
    assert "without the project's key" in liveform("explain", url.replace(PID, "c")).out


def test_explain_as_json_has_rules(liveform: Command) -> None:
    """``--json`` has the findings with their rules beside what is seen, ignored and wrong."""
    data = json.loads(liveform("explain", URL, "--json").out)
    assert data.keys() == {"pipeline", "pid", "seen", "ignored", "problems", "findings"}
    (finding,) = data["findings"]
    assert finding == {
        "rule": "LF201",
        "name": "guessed-name",
        "severity": "error",
        "message": "customUserId: liveform does not know it; did you mean userid?",
        "parameter": "customUserId",
        "encrypted": False,
    }


def test_explain_of_a_file_or_a_folder_prints_findings(source: str, liveform: Command) -> None:
    """``explain`` of a path says what ``lint`` says, with exit code 1."""
    linted = liveform("lint", source)
    assert liveform("explain", source) == linted
    assert liveform("explain", ".").out == linted.out
    assert linted.code == 1
    column = 1 + SOURCE.index("userId")
    assert linted.out.splitlines()[0] == (
        f"signup.py:1:{column}: error LF201 userId: liveform does not know it; did you mean userid?"
    )


@pytest.mark.parametrize(
    "text", ["", "serve", "not a url", "nofile.har", "a\0b", "x" * 5000, "https://[::1?pid=a"]
)
def test_explain_of_what_is_neither_url_nor_file_is_refused(text: str, liveform: Command) -> None:
    """What is neither a URL nor a path ends with exit code 1 and one line."""
    answer = liveform("explain", text)
    assert (answer.code, answer.out, answer.err.count("\n")) == (1, "", 1)
    assert "must be a URL, with https:// in front" in answer.err


def test_explain_reads_a_log_on_stdin(liveform: Command) -> None:
    """Several lines on stdin are a log, and one is a URL."""
    log = f'GET "{URL}"\nGET "{BASE}/?pid={PID}&email={CANARY}"\n'
    answer = liveform("explain", "-", stdin=log.encode())
    assert answer.code == 1
    first, second, _ = answer.out.splitlines()
    assert first.startswith(f"stdin.txt:1:{1 + log.index('customUserId')}: error LF201 ")
    assert second.startswith("stdin.txt:2:53: warning LF307 ")
    assert "c4n4ry" not in answer.out
    assert "ignored   customUserId" in liveform("explain", "-", stdin=f"{URL}\n".encode()).out
    assert liveform("explain", "-", stdin=b"signup.py").code == 1


def test_lint_takes_files_folders_and_urls(source: str, liveform: Command) -> None:
    """``lint`` takes any number of paths and URLs, and the current folder without one."""
    Path("clean.py").write_text(f'url = "{BASE}/?pid=" + pid\n')
    both = liveform("lint", source, "clean.py", f"{BASE}/?pid=a&userId=x")
    assert both.out.splitlines()[0] == "error LF201 userId: liveform does not know it; did you mean userid?"
    assert both.out.splitlines()[-1] == "2 errors, 1 warning (2 files read)"
    assert liveform("lint").out.splitlines()[-1] == "1 error, 1 warning (2 files read)"
    assert (liveform("lint", "clean.py").code, liveform("lint", "clean.py").out) == (
        0,
        "nothing found (1 file read)\n",
    )


def test_lint_reads_stdin(liveform: Command) -> None:
    """``lint -`` reads a text from stdin, alone."""
    answer = liveform("lint", "-", stdin=URL.encode())
    assert (answer.code, answer.out.count("LF201")) == (1, 1)
    refused = liveform("lint", "-", "more")
    assert (refused.code, refused.err) == (2, "liveform: PATH: - reads stdin, and stands alone\n")


def test_lint_of_what_is_not_there_is_wrong_usage(liveform: Command) -> None:
    """A path that is not there ends with exit code 2."""
    answer = liveform("lint", "missing.py")
    assert (answer.code, answer.err) == (2, "liveform: PATH: must be a file or a folder that is there\n")


def test_lint_with_notes_alone_is_clean(liveform: Command) -> None:
    """Notes do not fail a build."""
    answer = liveform("lint", f"{BASE}/?pid=a&cf1=x")
    assert (answer.code, answer.out.splitlines()[-1]) == (0, "1 note (0 files read)")


@pytest.mark.parametrize(
    "argv", [["lint", "signup.py"], ["explain", "signup.py"], ["explain", URL], ["lint", URL]]
)
def test_sarif_is_one_log(argv: list[str], source: str, liveform: Command) -> None:
    """``--sarif`` prints one SARIF log with the same exit code; a URL has no place in a file."""
    answer = liveform(*argv, "--sarif")
    log = json.loads(answer.out)
    (run,) = log["runs"]
    assert (answer.code, log["version"]) == (1, "2.1.0")
    assert run["results"][0]["ruleId"] == "LF201"
    assert ("locations" in run["results"][0]) is (argv[1] == "signup.py")


def test_lint_as_json_counts(source: str, liveform: Command) -> None:
    """``lint --json`` has each finding, and counts them."""
    data = json.loads(liveform("lint", source, "--json").out)
    assert (data["errors"], data["warnings"], data["notes"], data["files"]) == (1, 1, 0, 1)
    assert data["findings"][0]["path"] == "signup.py"


@pytest.mark.parametrize("form", [[], ["--json"], ["--sarif"]])
def test_nothing_personal_and_no_key_is_printed_of_files(form: list[str], liveform: Command) -> None:
    """Of a log, a HAR file and source code no value and no key is printed, in any form."""
    Path("a.log").write_text(
        f"GET {BASE}/?pid={PID}&email={CANARY}&userId={CANARY}&encrypted={CANARY}+{CANARY}\n"
    )
    Path("a.har").write_text(json.dumps({"url": f"{BASE}/?pid={PID}&userid={CANARY}", "x-api-key": KEY}))
    Path("a.env").write_text(f"LIVEFORM_KEY={KEY}\n")
    answer = liveform("lint", *form)
    assert answer.code == 1
    assert answer.out.count("LF601") >= 2
    assert not [secret for secret in ("c4n4ry", KEY, PID) if secret in answer.out + answer.err]
