"""These tests look at what the commands of operators print, after everybody has used a site."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Final

import pytest

from liveform import InlineKeyWarning
from tests.canary.site import BASE_URL, Site, watched_site
from tests.canary.story import Story
from webhelper.__main__ import main as serve
from webhelper.commands.__main__ import main

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from postgresql_server import PostgresqlServer

_FILES: Final = (
    "secret key",
    "older secret key",
    "office token",
    "metrics token",
    "form key",
    "api key",
    "signup key",
    "signup api key",
)
_SETTINGS: Final = """
[webhelper]
base_url = "{base_url}"
secret_keys = [{{ file = "secret key" }}, {{ file = "older secret key" }}]
api_tokens = {{ office = {{ file = "office token" }} }}
metrics_token = {{ file = "metrics token" }}
outgoing_url = "{outgoing_url}"
outgoing_secrets = [{{ file = "outgoing secret" }}]
store = "{store}"

[projects.shop]
pid = "shoppid001"
key = {{ file = "form key" }}
cipher = "gcm"
api_key = {{ file = "api key" }}
api_url = "{vendor}/v3"

[projects.signup]
pid = "signuppid1"
key = {{ file = "signup key" }}
cipher = "ecb"
api_key = {{ file = "signup api key" }}
api_url = "{vendor}/v3"
"""
_COMMANDS: Final = (
    ("webhooks", "list"),
    ("webhooks", "show", "1"),
    ("webhooks", "show", "999999"),
    ("webhooks", "replay", "1", "999999"),
    ("reconcile", "--since", "2026-01-01"),
    ("reconcile", "--since", "2026-01-01", "--dry-run"),
    ("store", "purge"),
    ("store", "keys"),
    ("store", "reseal"),
    ("store", "upgrade"),
    ("store", "backup", "copy.db"),
    ("store", "backup", "copy.db"),
    ("store", "restore", "copy.db"),
    ("store", "race", "--links", "5", "--racers", "4", "--processes", "1"),
)


@pytest.fixture
def new_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Return a site that nobody has used yet, in whose directory its operator is."""
    for name in [name for name in os.environ if name.startswith("LIVEFORM_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    with watched_site(f"sqlite:///{(tmp_path / 'links.db').as_posix()}") as one:
        write_settings(one, tmp_path, f"sqlite:///{(tmp_path / 'links.db').as_posix()}")
        yield one


@pytest.fixture
def site(new_site: Site) -> Site:
    """Return a site that everybody has used and that has stopped."""
    Story(new_site).tell()
    new_site.close()
    return new_site


def write_settings(site: Site, directory: Path, store: str) -> None:
    """Write the settings file of a site, and the files of its secrets."""
    its = site.canaries
    outgoing_url = f"{site.sink.url}/{its['outgoing url']}"
    text = _SETTINGS.format(
        base_url=BASE_URL, outgoing_url=outgoing_url, store=store, vendor=site.vendor.base_url
    )
    (directory / "liveform.toml").write_text(text, encoding="utf-8")
    for name in _FILES:
        (directory / name).write_text(its[name], encoding="utf-8")
    (directory / "outgoing secret").write_text(f"whsec_{its['outgoing secret']}", encoding="utf-8")


def run_all(*commands: tuple[str, ...]) -> None:
    """Run each command, for people and for programs; how it ends does not matter."""
    for words in commands:
        for more in ((), ("--json",)):
            try:
                main([*words, *more])
            except SystemExit:
                continue


def test_commands_print_nothing(site: Site, capfd: pytest.CaptureFixture[str]) -> None:
    """No command prints personal data or a secret, when it works and when it does not."""
    run_all(*_COMMANDS)
    printed = capfd.readouterr()
    assert "submission" in printed.out
    assert "links copied" in printed.out
    assert site.canaries.found_in(*printed, site.everything_written()) == set()


def test_body_of_a_webhook_is_printed_on_the_word_alone(
    site: Site, capfd: pytest.CaptureFixture[str]
) -> None:
    """``webhooks show --body`` is the one command that prints personal data."""
    run_all(*(("webhooks", "show", str(number), "--body") for number in range(1, 9)))
    assert site.canaries.found_in(capfd.readouterr().out) >= {"userid", "email", "cf1"}


def test_erasing_prints_a_receipt_without_the_user(site: Site, capfd: pytest.CaptureFixture[str]) -> None:
    """The receipt, and every refusal to erase, leave the user id out."""
    its = site.canaries
    run_all(
        ("store", "erase", "--userid", its["userid"]),
        ("store", "erase", "--userid", its["userid"], "--yes", "--at-vendor", "--admin-name", its["email"]),
        ("store", "erase", "--userid", its["userid"], "--yes"),
    )
    printed = capfd.readouterr()
    assert "erased_at" in printed.out
    assert its.found_in(*printed, site.everything_written()) == set()


def test_moving_prints_counts(
    site: Site, capfd: pytest.CaptureFixture[str], postgresql_server: PostgresqlServer, tmp_path: Path
) -> None:
    """A move prints counts, and not the password of the database; neither does one that fails."""
    its = site.canaries
    its.add("password", postgresql_server.password)
    its.add("wrong password", "wrong-password-of-a-canary")
    wrong = f"postgresql://liveform:{its['wrong password']}@127.0.0.1:{postgresql_server.port}/postgres"
    source = f"sqlite:///{(tmp_path / 'links.db').as_posix()}"
    postgresql_server.empty()
    run_all(
        ("store", "move", source, wrong),
        ("store", "move", source, postgresql_server.url("none")),
        ("store", "move", source, f"{wrong}?colour={its['email']}"),
        ("store", "move", source, postgresql_server.url()),
    )
    printed = capfd.readouterr()
    assert "all counts agree" in printed.out
    assert its.found_in(*printed) == set()
    write_settings(site, tmp_path, wrong)
    run_all(("store", "keys"), ("store", "upgrade"), ("webhooks", "list"))
    assert its.found_in(*capfd.readouterr()) == set()


@pytest.mark.parametrize("store", ["right", "missing", "wrong"])
def test_check_prints_nothing(
    new_site: Site, capfd: pytest.CaptureFixture[str], tmp_path: Path, store: str
) -> None:
    """``liveform serve --check`` names settings and no value, whatever is wrong with them."""
    its = new_site.canaries
    its.add("password", "wrong-password-of-a-canary")
    stores = {
        "right": f"sqlite:///{(tmp_path / 'links.db').as_posix()}",
        "missing": f"sqlite:///{its['path']}/links.db",
        "wrong": f"postgresql://liveform:{its['password']}@127.0.0.1:1/postgres",
    }
    write_settings(new_site, tmp_path, stores[store])
    assert serve(["--check", "--port", "0"]) in (0, 2)
    printed = capfd.readouterr()
    assert "this site" in printed.out
    assert its.found_in(*printed) == set()


def test_wrong_settings_are_told_without_values(
    new_site: Site, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Settings that are all wrong are told by their names."""
    its = new_site.canaries
    wrong = {
        name: [its["email"], its["api key"]] for name in ("base_url", "secret_keys", "store", "site_name")
    }
    lines = [f"{name} = {json.dumps(value)}" for name, value in wrong.items()]
    text = "\n".join(
        ["[webhelper]", *lines, "[projects.shop]", f"pid = {json.dumps(its['name'])}", "key = 1"]
    )
    (tmp_path / "liveform.toml").write_text(text, encoding="utf-8")
    with pytest.warns(InlineKeyWarning) as warned:
        run_all(("store", "keys"))
    with pytest.warns(InlineKeyWarning):
        assert serve(["--check", "--port", "0"]) == 2
    printed = capfd.readouterr()
    assert "base_url" in printed.out
    assert its.found_in(*printed, *(str(one.message) for one in warned)) == set()
