"""These tests run ``liveform simulate``: its options, what it prints, and the simulator under gunicorn."""

import json
import os
import shlex
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from flask import Flask
from servers import free_port, wait_until_it_answers

import webhelper.simulate.__main__ as command
from liveform import Project
from webhelper.serving import Server
from webhelper.simulate.ready_made import new_keys

SETTINGS = """
[projects.shop]
pid = "shoppid001"
key = { env = "SHOP_KEY" }
cipher = "ecb"

[projects.signup]
pid = "signuppid1"
"""
HOOK = "http://127.0.0.1:9/hook"


class Started:
    """What the command started: its servers, each with its app."""

    def __init__(self) -> None:
        self.servers: list[Any] = []

    @property
    def app(self) -> Flask:
        """The app of the last server."""
        app: Flask = self.servers[-1].load()
        return app

    def get(self, path: str) -> Any:
        """Return the JSON of a path."""
        return self.app.test_client().get(path).get_json()


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Started]:
    """Return what the command starts, in an empty directory and environment, without serving."""
    for name in [name for name in os.environ if name.startswith("LIVEFORM_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    started = Started()
    monkeypatch.setattr(Server, "run", lambda server: started.servers.append(server))  # noqa: PLW0108
    monkeypatch.setattr(command, "log_to_stderr", lambda: None)
    yield started
    for server in started.servers:
        server.load().extensions["simulator"].close()


def variables(printed: str) -> dict[str, str]:
    """Return the environment variables that the command prints, as a shell reads them."""
    lines = [shlex.split(line) for line in printed.splitlines() if "LIVEFORM_" in line]
    assert all(len(words) == 2 and words[0] == "export" for words in lines)
    return dict(word.split("=", 1) for _, word in lines)


def test_new_project_is_printed_and_served(started: Started, capsys: pytest.CaptureFixture[str]) -> None:
    """Without options, a project with new keys is served, and printed as variables that a program sets."""
    port = free_port()
    assert command.main(["--port", str(port)]) == 0
    printed = capsys.readouterr().out
    environ = variables(printed)
    assert environ["LIVEFORM_BASE_URL"] == f"http://127.0.0.1:{port}"
    assert environ["LIVEFORM_API_URL"] == f"http://127.0.0.1:{port}/v3"
    assert f"http://127.0.0.1:{port}/inbox" in printed
    assert "nowhere" in printed
    assert started.servers[0].cfg.bind == [f"127.0.0.1:{port}"]
    client = started.app.test_client()
    project = Project.from_env(environ)
    assert (
        client.get(project.form_url(userid="u").removeprefix(environ["LIVEFORM_BASE_URL"])).status_code == 200
    )
    headers = {"x-api-key": environ["LIVEFORM_API_KEY"]}
    assert client.get("/v3/submission", headers=headers).status_code == 200
    assert client.get("/inbox").headers["Content-Security-Policy"].startswith("default-src 'none'")


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_printed_lines_work_in_a_shell(
    started: Started, capsys: pytest.CaptureFixture[str], host: str
) -> None:
    """Whoever pastes the lines into a shell gives the variables to every program started from it."""
    assert command.main(["--host", host, "--port", str(free_port())]) == 0
    printed = capsys.readouterr().out
    _, _, lines = printed.partition("from which you start the programs that use it:\n")
    program = f"{shlex.quote(sys.executable)} -c 'import os, json; print(json.dumps(dict(os.environ)))'"
    shell = ["/bin/sh", "-eu", "-c", f"{lines}\n{program}"]
    told = json.loads(subprocess.run(shell, env={}, capture_output=True, check=True).stdout)
    assert {name: value for name, value in told.items() if name.startswith("LIVEFORM_")} == variables(printed)
    assert told["LIVEFORM_API_URL"] == f"{told['LIVEFORM_BASE_URL']}/v3"


def test_second_start_has_the_same_keys_and_state(
    started: Started, capsys: pytest.CaptureFixture[str]
) -> None:
    """A second start has the keys and the state of the first, which only their owner can read."""
    command.main(["--port", str(free_port())])
    first = variables(capsys.readouterr().out)
    client = started.app.test_client()
    assert client.post("/sandbox/submissions", json={}).status_code == 200
    command.main(["--port", str(free_port())])
    second = variables(capsys.readouterr().out)
    assert first["LIVEFORM_API_KEY"] == second["LIVEFORM_API_KEY"]
    assert len(started.get("/sandbox/events")["events"]) == 2
    for name in ("keys.json", "simulator.db"):
        assert stat.S_IMODE((Path(".simulator") / name).stat().st_mode) == 0o600


def test_pid_is_chosen_and_another_one_gets_new_keys(
    started: Started, capsys: pytest.CaptureFixture[str]
) -> None:
    """``--pid`` names the new project; another pid makes new keys, the same one keeps them."""
    keys = []
    for pid in ("mine000001", "mine000001", "other00001"):
        assert command.main(["--port", str(free_port()), "--pid", pid]) == 0
        environ = variables(capsys.readouterr().out)
        assert environ["LIVEFORM_PID"] == pid
        keys.append(environ["LIVEFORM_KEY"])
    assert keys[0] == keys[1] != keys[2]


def test_options_are_those_of_the_dashboard(
    started: Started, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Webhook URL, Return URLs, private mode, Secure Data Transfer and the file are options."""
    argv = ["--port", str(free_port()), "--webhook-url", "http://app:8000/hook", "--allow-host", "APP"]
    argv += ["--return-url", "https://shop.example.com/done", "--private-mode", "--secure-data-transfer"]
    argv += ["--state", str(tmp_path / "here" / "state.db"), "--host", "::1"]
    assert command.main(argv) == 0
    printed = capsys.readouterr().out
    assert variables(printed)["LIVEFORM_SECURE_DATA_TRANSFER"] == "true"
    assert variables(printed)["LIVEFORM_BASE_URL"].startswith("http://[::1]:")
    assert "http://app:8000/hook" in printed
    page = started.app.test_client().get("/inbox").text
    assert "Private mode" in page
    assert "Secure Data Transfer" in page
    assert (
        "https://shop.example.com"
        in started.app.test_client().get("/inbox").headers["Content-Security-Policy"]
    )
    project = Project.from_env(variables(printed))
    answer = started.app.test_client().post(
        "/sandbox/complete", json={"url": project.form_url(token_id="tok_12345")}
    )
    assert answer.get_json()["error_code"] == "TK-19906"
    assert (tmp_path / "here" / "state.db").exists()
    assert (tmp_path / "here" / "keys.json").exists()


@pytest.mark.parametrize(
    ("more", "pids"), [([], ["shoppid001", "signuppid1"]), (["--project", "shop"], ["shoppid001"])]
)
def test_projects_of_a_settings_file_are_served(
    started: Started,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    more: list[str],
    pids: list[str],
) -> None:
    """The projects of a settings file are served, or one of them, without printing their keys."""
    monkeypatch.setenv("SHOP_KEY", "a key of the shop")
    Path("liveform.toml").write_text(SETTINGS, encoding="utf-8")
    assert command.main(["--port", str(free_port()), "--settings", "liveform.toml", *more]) == 0
    printed = capsys.readouterr().out
    assert ", ".join(pids) in printed
    assert set(variables(printed)) == {"LIVEFORM_BASE_URL", "LIVEFORM_API_URL"}
    assert "a key of the shop" not in printed
    page = started.app.test_client().get("/inbox").text
    assert [pid for pid in ("shoppid001", "signuppid1") if pid in page] == pids


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["--host", "0.0.0.0"], "--host: must be a loopback host"),
        (["--host", "example.com"], "--host: must be a loopback host"),
        (["--webhook-url", "https://example.com/"], "--webhook-url: must be"),
        (["--webhook-url", "http://["], "--webhook-url: must be"),
        (["--webhook-url", "ftp://127.0.0.1/"], "--webhook-url: must be"),
        (["--webhook-url", "http://127.0.0.1:99999/"], "--webhook-url: must be"),
        (["--webhook-url", "http://127.0.0.1/a b"], "--webhook-url: must be"),
        (["--return-url", "javascript:alert(1)"], "--return-url: must be"),
        (["--return-url", "http://127.0.0.1:99999/"], "--return-url: must be"),
        (["--return-url", ""], "--return-url: must be"),
        (["--project", "shop"], "--project: goes with --settings only"),
        (["--settings", "nowhere.toml"], "--settings: cannot be read"),
        (["--settings", "liveform.toml", "--project", "other"], "--project: must be one of shop, signup"),
        (["--state", "liveform.toml"], "--state: cannot be opened"),
        (["--state", "missing/keys.json/x.db"], "--state: keys.json"),
        (["--state", "bad/x.db"], "--state: keys.json"),
        (["--pid", ""], "pid"),
    ],
)
def test_wrong_options_are_one_line_and_exit_2(
    started: Started,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    argv: list[str],
    told: str,
) -> None:
    """Wrong options print one line on stderr and exit with 2, and nothing is served."""
    monkeypatch.setenv("SHOP_KEY", "a key of the shop")
    Path("liveform.toml").write_text(SETTINGS, encoding="utf-8")
    Path("bad").mkdir()
    Path("bad/keys.json").write_text('{"pid": "x"}', encoding="utf-8")
    Path("missing").mkdir()
    Path("missing/keys.json").write_text("", encoding="utf-8")
    assert command.main(["--port", str(free_port()), *argv]) == 2
    printed = capsys.readouterr()
    assert started.servers == []
    assert printed.err.startswith("liveform: ")
    assert printed.err.count("\n") == 1
    assert told in printed.err
    assert "a key of the shop" not in printed.err


def test_interrupt_at_the_start_is_silent_and_exit_130(
    started: Started, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C before the server runs ends the command with exit code 130 and without a traceback."""

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "set_up", interrupt)
    assert command.main(["--port", str(free_port())]) == 130
    assert (capsys.readouterr().err, started.servers) == ("", [])


def test_simulator_runs_under_gunicorn_and_sends_webhooks(tmp_path: Path) -> None:
    """The command serves form, API and inbox, and a form that is completed sends its events by itself."""
    port, hook = free_port(), free_port()
    argv = [sys.executable, "-m", "webhelper.simulate", "--port", str(port)]
    argv += ["--webhook-url", f"http://127.0.0.1:{hook}/hook"]
    environ = {"PATH": "", "PYTHONPATH": ":".join(path for path in sys.path if path)}
    log = tmp_path / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(argv, cwd=tmp_path, env=environ, stdout=output, stderr=subprocess.STDOUT)
    try:
        base = f"http://127.0.0.1:{port}"
        wait_until_it_answers(f"{base}/inbox")
        project = Project.from_env(variables(log.read_text(encoding="utf-8")))
        url = project.form_url(userid="user_personal_4711")
        with httpx2.Client(base_url=base, trust_env=False) as client:
            done = client.post("/sandbox/complete", json={"url": url}).json()
            assert done["submission_id"]
            for _ in range(200):
                events = client.get("/sandbox/events").json()["events"]
                if all(event["attempts"] for event in events):
                    break
                client.post("/sandbox/deliver", json={})
            assert [event["attempts"][0]["problem"] for event in events] == ["no connection"] * 2
    finally:
        process.terminate()
        process.wait(timeout=30)
    assert "user_personal_4711" not in log.read_text(encoding="utf-8")


def test_keys_are_no_part_of_a_repr() -> None:
    """The repr of generated keys shows the project id and no key."""
    keys = new_keys("mine000001")
    assert "mine000001" in repr(keys)
    assert not any(key in repr(keys) for key in (keys.key, keys.api_key, keys.face_auth_key))
