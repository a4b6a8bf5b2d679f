"""These tests run ``python -m webhelper`` and import ``webhelper.wsgi``, without starting a server."""

from __future__ import annotations

import builtins
import importlib
import logging
import os
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from PIL import Image
from scanning import codes_in
from servers import free_port
from sites import TOKEN, settings

import webhelper
import webhelper.__main__ as command
from webhelper import gunicorn_conf, serving
from webhelper.config import lan
from webhelper.services import EXTENSION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL.Image import Image as AnyImage


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[list[Any]]:
    """Return a list of the servers that would run, in an empty directory and environment."""
    for name in [name for name in os.environ if name.startswith("LIVEFORM_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    servers: list[Any] = []
    monkeypatch.setattr(serving.Server, "run", lambda server: servers.append(server))  # noqa: PLW0108 - a method
    monkeypatch.setattr(command, "log_to_stderr", lambda _: None)
    yield servers
    for server in servers:
        server.load().extensions[EXTENSION].links.store.close()
        if "simulator" in server.load().extensions:
            server.load().extensions["simulator"].close()


def test_demo_says_what_to_open_and_serves_the_simulator(
    served: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    """A demo prints its address and API token, listens on loopback and serves the simulator."""
    port = free_port()
    assert command.main(["--demo", "--port", str(port)]) == 0
    (server,) = served
    printed = capsys.readouterr().out
    assert f"http://127.0.0.1:{port}/" in printed
    assert Path(".demo/api.token").read_text(encoding="utf-8") in printed
    assert server.cfg.bind == [f"127.0.0.1:{port}"]
    app = server.load()
    assert isinstance(app, Flask)
    assert app.extensions[EXTENSION].settings.simulator is True
    assert {"shop", "signup", "members"} == set(app.extensions[EXTENSION].settings.projects)


@pytest.mark.parametrize("host", ["::1", "[::1]"])
def test_demo_on_ipv6_has_its_address(
    served: list[Any], capsys: pytest.CaptureFixture[str], host: str
) -> None:  # O3
    """A demo on an IPv6 address prints it in brackets, and listens there."""
    port = free_port()
    assert command.main(["--demo", "--host", host, "--port", str(port)]) == 0
    (server,) = served
    assert f"http://[::1]:{port}/\n" in capsys.readouterr().out
    assert server.cfg.bind == [f"[::1]:{port}"]
    assert server.load().extensions[EXTENSION].settings.base_url == f"http://[::1]:{port}"


@pytest.mark.parametrize(
    ("host", "bind"), [("0.0.0.0", ["0.0.0.0"]), ("127.0.0.7", ["127.0.0.7", "127.0.0.1"])]
)
def test_demo_in_a_network_prints_a_code_to_sign_in(  # O1
    served: list[Any],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    host: str,
    bind: list[str],
) -> None:
    """A demo for phones prints the machine's own address, and a QR code of its sign-in page."""
    monkeypatch.setattr(lan, "is_loopback", lambda _: False)  # 127.0.0.7 is for an address of a network
    monkeypatch.setattr(lan, "_own_address", lambda: "192.168.0.7")
    port = free_port()
    assert command.main(["--demo", "--host", host, "--port", str(port)]) == 0
    printed = capsys.readouterr().out
    address = "192.168.0.7" if host == "0.0.0.0" else host
    assert f"console    http://{address}:{port}/\n" in printed
    assert "everybody in it can open it" in printed
    assert codes_in(drawn(printed)) == [f"http://{address}:{port}/sign-in"]
    (server,) = served
    assert server.cfg.bind == [f"{one}:{port}" for one in bind]
    settings_of_demo = server.load().extensions[EXTENSION].settings
    assert settings_of_demo.base_url == f"http://{address}:{port}"
    assert settings_of_demo.projects["shop"].base_url == f"http://127.0.0.1:{port}/simulator"


def drawn(printed: str) -> AnyImage:
    """Return the image of the half blocks in a text, which draw what is light."""
    lines = [line for line in printed.splitlines() if line and set(line) <= set(" ▀▄█")]
    image = Image.new("L", (max(map(len, lines)), 2 * len(lines)))
    for row, line in enumerate(lines):
        for column, character in enumerate(line):
            for half, lights in ((0, "▀█"), (1, "▄█")):
                image.putpixel((column, 2 * row + half), 255 * (character in lights))
    return image.resize((image.width * 8, image.height * 8), Image.Resampling.NEAREST)


@pytest.mark.parametrize("host", ["8.8.8.8", "nowhere.invalid"])
def test_demo_on_another_address_is_one_line_and_exit_2(
    served: list[Any], capsys: pytest.CaptureFixture[str], host: str
) -> None:
    """A demo on the internet, or on a host without an address, is refused before anything is made."""
    assert command.main(["--demo", "--host", host]) == 2
    printed = capsys.readouterr()
    assert printed.err.startswith("liveform: --host: ")
    assert (printed.err.count("\n"), printed.out, served) == (1, "", [])
    assert not Path(".demo").exists()


def test_demo_has_a_sandbox_and_an_api(served: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
    """A demo prints the address of the sandbox and what to try; its API admits a project's API key."""
    command.main(["--demo", "--port", str(free_port())])
    printed = capsys.readouterr().out
    assert "/simulator/inbox\n" in printed
    assert 5 <= len(printed.splitlines()) <= 8
    assert max(map(len, printed.splitlines())) <= 100
    client = served[0].load().test_client()
    for name, status in (("shop-api.key", 200), ("shop.key", 403)):
        key = (Path(".demo") / name).read_text(encoding="utf-8")
        assert client.get("/simulator/v3/submission", headers={"x-api-key": key}).status_code == status


def test_settings_file_is_served_where_it_is_told_to(
    served: list[Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command serves the site of ``--settings`` at ``--host`` and ``--port``."""
    port = str(free_port())
    command.main(["--demo", "--port", port])  # makes a settings file
    assert command.main(["--settings", ".demo/liveform.toml", "--host", "127.0.0.2", "--port", port]) == 0
    assert served[-1].cfg.bind == [f"127.0.0.2:{port}"]
    assert "token" not in capsys.readouterr().out.split("Ctrl-C")[1]


def test_wrong_settings_are_one_line_and_exit_2(
    served: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    """Wrong settings print one line on stderr and exit with 2, and nothing is served."""
    assert command.main(["--port", str(free_port())]) == 2
    assert served == []
    printed = capsys.readouterr()
    assert printed.err.startswith("liveform: LIVEFORM_BASE_URL: is missing; LIVEFORM_SECRET_KEYS: is missing")
    assert printed.err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "what"),
    [(["--demo"], "create_app"), (["--demo"], "Server"), (["--check"], "check_site")],
)
def test_interrupt_at_the_start_is_silent_and_exit_130(
    served: list[Any],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    what: str,
) -> None:
    """Ctrl-C before the server runs ends the command with exit code 130 and without a traceback."""

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, what, interrupt)
    assert command.main([*words, "--port", str(free_port())]) == 130
    assert (capsys.readouterr().err, served) == ("", [])


@pytest.mark.parametrize("name", ["webhelper/__main__.py", "webhelper/commands/__main__.py"])
def test_interrupt_of_the_imports_is_silent_and_exit_130(name: str) -> None:
    """Ctrl-C while a command still imports its modules ends it with exit code 130, without a traceback."""
    whole = builtins.__import__

    def interrupted(module: str, *rest: Any) -> Any:
        if module.startswith("webhelper"):
            raise KeyboardInterrupt
        return whole(module, *rest)

    source = Path(webhelper.__file__).parents[1] / name
    names = {"__name__": "another", "__builtins__": {**vars(builtins), "__import__": interrupted}}
    with pytest.raises(SystemExit) as caught:
        exec(compile(source.read_text(encoding="utf-8"), str(source), "exec"), names)
    assert caught.value.code == 130


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_address_that_cannot_be_listened_on_is_one_line_and_exit_2(
    served: list[Any], capsys: pytest.CaptureFixture[str], host: str
) -> None:
    """An address in use prints one line and exits with 2, before anything is made."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as taken:
        taken.bind((host, 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert command.main(["--demo", "--host", host, "--port", str(port)]) == 2
    printed = capsys.readouterr()
    assert (printed.out, served) == ("", [])
    assert (
        printed.err == "liveform: --host and --port: cannot listen on this address: Address already in use\n"
    )
    assert not Path(".demo").exists()


def test_port_that_does_not_exist_is_refused(served: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
    """The command refuses port 65536 and exits with 2."""
    assert command.main(["--demo", "--port", "65536"]) == 2
    assert "the port must be 0 to 65535" in capsys.readouterr().err


def test_wsgi_app_is_made_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """``webhelper.wsgi`` makes its app from the environment, and adds one log handler even if reloaded."""
    monkeypatch.chdir(tmp_path)
    mapping = settings(tmp_path)
    environ = {
        "BASE_URL": mapping["BASE_URL"],
        "SECRET_KEYS": mapping["SECRET_KEYS"][0],  # type: ignore[index]
        "API_TOKENS": f"tests={TOKEN}",
        "STORE": mapping["STORE"],
        "PID": "abc123de45",
    }
    for name, value in environ.items():
        monkeypatch.setenv(f"LIVEFORM_{name}", str(value))
    logger = logging.getLogger("webhelper")
    handlers, level, propagate = logger.handlers[:], logger.level, logger.propagate
    try:
        module = importlib.import_module("webhelper.wsgi")
        again = importlib.reload(module)
        assert len(logger.handlers) == 1
    finally:
        logger.handlers[:] = handlers
        logger.setLevel(level)
        logger.propagate = propagate
        sys.modules.pop("webhelper.wsgi", None)
    assert again.app.extensions[EXTENSION].settings.host == "shop.example.com"
    again.app.extensions[EXTENSION].links.store.close()


def test_wsgi_without_settings_does_not_start(  # O5
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Importing ``webhelper.wsgi`` without settings prints one list of variables, and ends the process."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("LIVEFORM_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr("webhelper.web.log_output.log_to_stderr", lambda: None)
    with pytest.raises(SystemExit) as caught:
        importlib.import_module("webhelper.wsgi")
    assert caught.value.code == 4
    assert caught.value.__suppress_context__
    first, *lines = capsys.readouterr().err.splitlines()
    assert first == "liveform cannot start. Of its settings:"
    names = ("BASE_URL", "SECRET_KEYS", "API_TOKENS", "PROJECTS")
    assert [line.partition(":")[0] for line in lines] == [f"  LIVEFORM_{name}" for name in names]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["--potr", "8123"],
            "unrecognized arguments --potr (see liveform serve --help); did you mean --port?",
        ),
        (["--port", "1", "--port", "2"], "argument --port: is given twice (see liveform serve --help)"),
        (["now"], "unrecognized arguments now (see liveform serve --help)"),
    ],
)
def test_wrong_words_of_serve_are_told_as_those_of_the_command(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:  # T1, T4
    """``liveform serve`` complains in the words of ``liveform``."""
    with pytest.raises(SystemExit) as caught:
        command.main(words)
    assert (caught.value.code, capsys.readouterr().err) == (2, f"liveform: {message}\n")


def test_server_runs_under_a_gunicorn_that_has_fewer_settings(
    served: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An older gunicorn, which has no control socket, is given no setting for it."""
    monkeypatch.setattr(gunicorn_conf, "of_a_later_version", True, raising=False)
    assert command.main(["--demo", "--port", str(free_port())]) == 0
    assert "of_a_later_version" not in served[0].cfg.settings
