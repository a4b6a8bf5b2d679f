"""These tests hold our gunicorn settings to gunicorn, and to the pages that name them."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
from gunicorn.app.wsgiapp import WSGIApplication

import webhelper
from webhelper import gunicorn_conf
from webhelper.config.operating_rules import MOST_DRAIN_S
from webhelper.gunicorn_worker import Reloads, Worker
from webhelper.serving import Server

if TYPE_CHECKING:
    from flask import Flask

ROOT = Path(__file__).parents[2]
CONFIG = "python:webhelper.gunicorn_conf"
VARIABLE = "PROMETHEUS_MULTIPROC_DIR"


@pytest.fixture
def configured(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return gunicorn's settings with ours, as the command line of the docs gives them."""
    words = ["gunicorn", "--config", CONFIG, "--workers", "2", "webhelper.wsgi:app"]
    monkeypatch.setattr(sys, "argv", words)
    return WSGIApplication().cfg


def test_settings_are_those_that_gunicorn_knows(configured: Any) -> None:
    """Each name is a setting of this gunicorn, and the command line comes before them."""
    own = [
        name
        for name in vars(gunicorn_conf)
        if name[0] != "_" and name.islower() and name in configured.settings
    ]
    assert set(own) >= {"forwarder_headers", "keepalive", "post_worker_init", "threads", "worker_class"}
    assert configured.worker_class is Worker
    assert (configured.workers, configured.threads, configured.keepalive) == (2, 8, 5)


def test_headers_of_nobody_are_trusted(configured: Any) -> None:  # A11
    """No peer may say by headers where the site is."""
    assert [one for one in configured.forwarder_headers if one] == []
    assert [one for one in configured.forwarded_allow_ips if one] == []
    assert configured.secure_scheme_headers == {}
    assert configured.header_map == "drop"


def test_serve_has_the_same_settings(configured: Any, app: Flask) -> None:
    """``liveform serve`` runs with the same settings, but for address and number of processes."""
    server = Server(app, "127.0.0.1", 8123)
    differ = {
        name for name, one in configured.settings.items() if one.get() != server.cfg.settings[name].get()
    }
    assert differ <= {"bind", "config", "default_proc_name", "workers"}
    assert server.cfg.bind == ["127.0.0.1:8123"]


def test_stop_leaves_time_after_draining() -> None:
    """gunicorn gives a process more time than the longest draining takes."""
    assert gunicorn_conf.graceful_timeout >= MOST_DRAIN_S + 10


def test_connections_are_kept_for_longer_than_a_kiosk_waits() -> None:  # F7
    """A kiosk asks again before its connection ends."""
    text = (Path(webhelper.__file__).parent / "static" / "kiosk.js").read_text(encoding="utf-8")
    (poll_ms,) = re.findall(r"POLL_MS = ([0-9_]+);", text)
    assert int(poll_ms) * 2 < gunicorn_conf.keepalive * 1000


@pytest.fixture(autouse=True)
def environ(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no hook of a test change the environment of the others."""
    monkeypatch.setenv(VARIABLE, "")


def test_metrics_get_a_directory_that_ends_with_the_server(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The main process makes a directory in which all processes count, and removes it."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    server: Any = SimpleNamespace(app=None)
    gunicorn_conf.on_starting(server)
    directory = Path(os.environ[VARIABLE])
    assert directory.parent == tmp_path
    gunicorn_conf.on_starting(server)  # after a reload
    assert Path(os.environ[VARIABLE]) == directory
    gunicorn_conf.on_exit(server)
    assert (directory.exists(), os.environ[VARIABLE]) == (False, "")
    gunicorn_conf.on_exit(server)


def test_directory_of_the_operator_is_left_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A directory that the operator named is used, and stays."""
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    server: Any = SimpleNamespace(app=None)
    gunicorn_conf.on_starting(server)
    gunicorn_conf.on_exit(server)
    assert tmp_path.exists()
    assert os.environ[VARIABLE] == str(tmp_path)


def test_server_without_prometheus_needs_no_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra there is nothing to count, and no directory."""
    monkeypatch.setattr(gunicorn_conf, "find_spec", lambda _: None)
    server: Any = SimpleNamespace(app=None)
    gunicorn_conf.on_starting(server)
    assert os.environ[VARIABLE] == ""


@pytest.mark.parametrize("app_uri", ["webhelper.wsgi", "webhelper.wsgi:app"])
def test_wrong_settings_end_the_main_process(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], app_uri: str
) -> None:  # F9
    """Wrong settings are told once, before any process is started; those of another app are not ours."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("LIVEFORM_")]:
        monkeypatch.delenv(name)
    gunicorn_conf.on_starting(cast("Any", SimpleNamespace(app=SimpleNamespace(app_uri="shop:app"))))
    with pytest.raises(SystemExit) as caught:
        gunicorn_conf.on_starting(cast("Any", SimpleNamespace(app=SimpleNamespace(app_uri=app_uri))))
    assert caught.value.code == 4
    assert capsys.readouterr().err.startswith(
        "liveform cannot start. Of its settings:\n  LIVEFORM_BASE_URL: "
    )


def test_settings_file_that_only_one_process_could_read_ends_the_main_process(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A pipe gives its text once, so that the processes would start without it: it is refused, unread."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("LIVEFORM_")]:
        monkeypatch.delenv(name)
    os.mkfifo("pipe.toml")
    monkeypatch.setenv("LIVEFORM_SETTINGS", "pipe.toml")
    with pytest.raises(SystemExit):
        gunicorn_conf.on_starting(cast("Any", SimpleNamespace(app=SimpleNamespace(app_uri="webhelper.wsgi"))))
    assert "  LIVEFORM_SETTINGS: pipe.toml is a pipe, whose text" in capsys.readouterr().err


def test_processes_know_the_reloads_since_they_began() -> None:
    """A process that was there before a reload can tell, and one that came with it is not concerned."""
    server, old, new = SimpleNamespace(app=None), Process(), Process()
    gunicorn_conf.on_starting(cast("Any", server))
    gunicorn_conf.post_fork(cast("Any", server), cast("Any", old))
    gunicorn_conf.on_reload(cast("Any", server))
    gunicorn_conf.post_fork(cast("Any", server), cast("Any", new))
    assert (old.is_replaced(), new.is_replaced()) == (True, False)


class Process:
    """Stands for a worker, which gets the count of reloads."""

    def belong_to(self, reloads: Reloads) -> None:
        """Keep the count, and what it is now."""
        self.reloads, self.born = reloads, reloads.count

    def is_replaced(self) -> bool:
        """Return whether there was a reload since."""
        return self.reloads.count != self.born


def test_process_starts_its_background(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process starts the background of its app once it has loaded it."""
    started: list[object] = []
    monkeypatch.setattr(gunicorn_conf, "start_background", started.append)
    worker: Any = SimpleNamespace(wsgi="the app")
    gunicorn_conf.post_worker_init(worker)
    assert started == ["the app"]


@pytest.mark.parametrize("page", ["docs/deployment.md", "deploy/Containerfile", "deploy/liveform.service"])
def test_every_place_starts_gunicorn_with_these_settings(page: str) -> None:
    """Docs and deploy/ start gunicorn with this module, and repeat nothing of it."""
    text = (ROOT / page).read_text(encoding="utf-8")
    assert CONFIG in text
    for option in ("--threads", "--log-level error --limit", "--limit-request-line", "--no-control-socket"):
        assert option not in text
