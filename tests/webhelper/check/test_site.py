"""These tests run all checks of a site, and the command ``liveform serve --check``."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

import pytest
from servers import free_port
from sites import BASE_URL, KEY, NOW, TOKEN, Clock

import webhelper.__main__ as command
from webhelper.check.finding import Finding, note
from webhelper.check.own_address import Reply
from webhelper.check.site import check_site
from webhelper.config.settings_file import with_option
from webhelper.web import observed

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "a-weak-secret"


@pytest.fixture
def environ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Return the environment of a site that works, behind one proxy, in an empty directory."""
    for name in [name for name in os.environ if name.startswith("LIVEFORM_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return {
        "LIVEFORM_BASE_URL": BASE_URL,
        "LIVEFORM_SECRET_KEYS": KEY,
        "LIVEFORM_API_TOKENS": f"tests={TOKEN}",
        "LIVEFORM_STORE": "sealed:",
        "LIVEFORM_PID": "shoppid001",
        "LIVEFORM_API_KEY": "an-example-of-an-API-key",
        "LIVEFORM_PROXIES": "1",
    }


def check(environ: dict[str, str], *, host: str = "127.0.0.1", port: int = 0) -> list[Finding]:
    """Return the findings of a site whose address answers."""
    return check_site(environ, host, port, clock=Clock(), ask=lambda _: Reply(None))


def subjects(findings: list[Finding]) -> list[tuple[bool, str]]:
    """Return what the findings are about, and whether they are faults."""
    return [(one.is_fault, one.subject) for one in findings]


def test_site_that_works_has_no_findings(environ: dict[str, str]) -> None:
    """Nothing is said of a site that is right."""
    assert check(environ) == []


def test_settings_file_that_is_a_pipe_is_read_once(environ: dict[str, str]) -> None:
    """What a pipe gives once is enough to check a site and to name its settings."""
    inside, outside = os.pipe()
    os.write(outside, b"[webhelper]\nretention_days = 'seven'\n")
    os.close(outside)
    try:
        (found,) = check(with_option(environ, f"/dev/fd/{inside}"))
    finally:
        os.close(inside)
    assert (found.is_fault, found.subject) == (True, "webhelper.retention_days")


def test_project_without_api_key_is_named_with_what_its_webhooks_rest_on(environ: dict[str, str]) -> None:
    """Without an API key, a webhook is believed by the address that all customers of the vendor share."""
    del environ["LIVEFORM_API_KEY"]
    (found,) = check(environ)
    assert (found.is_fault, found.subject) == (False, "LIVEFORM_API_KEY")
    assert "believed by their sender's address alone" in found.text
    assert "set the api_key" in found.text
    assert "nothing is confirmed" not in found.text


def test_api_key_that_no_header_can_carry_is_a_fault(environ: dict[str, str]) -> None:
    """With a space in its API key, a site would start and take webhooks, but could confirm none of them."""
    environ["LIVEFORM_API_KEY"] = "an example of an API key"
    (found,) = check(environ)
    assert (found.is_fault, found.subject) == (True, "LIVEFORM_API_KEY")
    assert "without spaces" in found.text
    assert "example" not in found.text


def test_all_faults_are_told_at_once(environ: dict[str, str]) -> None:
    """Wrong settings, weak secrets and an impossible address are one list, by names as they are typed."""
    del environ["LIVEFORM_PID"]
    environ |= {
        "LIVEFORM_SECRET_KEYS": SECRET,
        "LIVEFORM_PROXIES": "many",
        "LIVEFORM_BASE_URL": "ftp://x.example",
    }
    found = check(environ, port=65_536)
    assert set(subjects(found)) == {
        (True, "--host and --port"),
        (True, "LIVEFORM_SECRET_KEYS"),
        (True, "LIVEFORM_PROXIES"),
        (True, "LIVEFORM_BASE_URL"),
        (True, "LIVEFORM_PROJECTS"),
    }
    assert SECRET not in str(found)


def test_store_is_checked_with_right_settings(environ: dict[str, str]) -> None:
    """With right settings the store is looked at too."""
    environ["LIVEFORM_STORE"] = "sqlite:///missing/links.db"
    assert subjects(check(environ)) == [(True, "LIVEFORM_STORE")]


def test_findings_about_what_a_file_has_are_named_as_there(environ: dict[str, str], tmp_path: Path) -> None:
    """What the settings file has is named by its table, and the rest by the variable, in every sentence."""
    for name in ("STORE", "PID", "API_KEY", "PROXIES"):
        del environ[f"LIVEFORM_{name}"]
    tables = '[webhelper]\nstore = "sqlite:///missing/links.db"\nproxies = 0\n'
    tables += '[projects.shop]\npid = "shoppid001"\n'
    (tmp_path / "shop.toml").write_text(tables, encoding="utf-8")
    environ["LIVEFORM_SETTINGS"] = str(tmp_path / "shop.toml")
    late = check_site(environ, "127.0.0.1", 0, clock=Clock(), ask=lambda _: Reply(None, NOW - 31))
    assert subjects(late) == [
        (True, "webhelper.store"),
        (True, "clock"),
        (False, "projects.shop.api_key"),
        (False, "webhelper.proxies"),
    ]
    assert "the one at LIVEFORM_BASE_URL" in late[1].text


def test_project_in_a_file_of_its_own_is_named_as_there(environ: dict[str, str], tmp_path: Path) -> None:
    """A project of the file that ``LIVEFORM_PROJECTS`` names is named by its table."""
    del environ["LIVEFORM_PID"], environ["LIVEFORM_API_KEY"]
    (tmp_path / "shops.toml").write_text('[projects.shop]\npid = "shoppid001"\n', encoding="utf-8")
    environ["LIVEFORM_PROJECTS"] = str(tmp_path / "shops.toml")
    assert subjects(check(environ)) == [(False, "projects.shop.api_key")]


def test_handlers_and_extras_are_looked_for(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Modules of HANDLERS that cannot be imported, and extras that are missing, are faults."""
    with_handlers = environ | {"LIVEFORM_HANDLERS": "no_such_module_of_a_shop"}
    assert subjects(check(with_handlers)) == [(True, "LIVEFORM_HANDLERS")]
    monkeypatch.setattr(observed, "find_spec", lambda _: None)
    assert subjects(check(environ | {"LIVEFORM_TRACES": "true"})) == [(True, "LIVEFORM_TRACES")]


def test_what_may_be_right_is_a_note(environ: dict[str, str]) -> None:
    """A project without API key, and https without a proxy, are notes."""
    del environ["LIVEFORM_API_KEY"], environ["LIVEFORM_PROXIES"]
    assert subjects(check(environ)) == [(False, "LIVEFORM_API_KEY"), (False, "LIVEFORM_PROXIES")]


def test_demo_is_a_note(environ: dict[str, str]) -> None:
    """A site with the simulator verifies nobody."""
    environ |= {"LIVEFORM_BASE_URL": "http://127.0.0.1:8000", "LIVEFORM_SIMULATOR": "true"}
    assert (False, "LIVEFORM_SIMULATOR") in subjects(check(environ))


def test_address_in_use_is_a_note_and_another_fault_is_not(environ: dict[str, str]) -> None:
    """A site that runs already uses its address itself; an address of another machine is a fault."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert subjects(check(environ, port=taken.getsockname()[1])) == [(False, "--host and --port")]
    assert subjects(check(environ, host="192.0.2.1")) == [(True, "--host and --port")]


def test_faults_come_first(environ: dict[str, str]) -> None:
    """What is wrong stands before the notes."""
    del environ["LIVEFORM_API_KEY"]
    environ["LIVEFORM_STORE"] = "sqlite:///missing/links.db"
    assert [one.is_fault for one in check(environ)] == [True, False]


@pytest.mark.parametrize(("store", "code"), [("sealed:", 0), ("sqlite:///missing/links.db", 2)])
def test_command_prints_its_findings_and_ends(
    environ: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    store: str,
    code: int,
) -> None:
    """``liveform serve --check`` prints a line for each finding, and exits with 2 for a fault."""
    for name, value in (environ | {"LIVEFORM_STORE": store}).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(
        "webhelper.check.own_address.urllib.request.OpenerDirector.open",
        lambda *_, **__: pytest.fail("asked"),
    )
    monkeypatch.setenv("LIVEFORM_BASE_URL", "http://127.0.0.1:8000")
    assert command.main(["--check", "--port", str(free_port())]) == code
    lines = capsys.readouterr().out.splitlines()
    assert "note   LIVEFORM_BASE_URL: is on this machine; nobody else can open its links" in lines
    assert any(line.startswith("fault  LIVEFORM_STORE: ") for line in lines) == (code == 2)
    assert lines[-1] == ("this site can start" if code == 0 else "this site would not start, or not work")


def test_check_of_a_demo_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """A demo makes its own settings, so there is nothing to check."""
    with pytest.raises(SystemExit) as caught:
        command.main(["--demo", "--check"])
    assert caught.value.code == 2
    assert "--check" in capsys.readouterr().err


def test_note_is_no_fault() -> None:
    """A note is a finding that may be right."""
    assert not note("a setting", "may be right").is_fault
