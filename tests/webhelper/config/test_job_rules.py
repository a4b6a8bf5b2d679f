"""These tests check the rules of the settings of webhooks, messages and background jobs."""

import base64
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from outcomes import faults_of
from sites import settings

from liveform import Project
from webhelper.config.environment import read_environment
from webhelper.config.settings import Settings, read_settings

SECRET = b"0123456789abcdefghijklmn"  # 24 bytes, the fewest
WHSEC = "whsec_" + base64.b64encode(SECRET).decode()
PRIVATE = Project("abc123de45", api_key="an example of an API key")


def read(**changes: object) -> Settings:
    """Return settings that are valid but for ``changes``."""
    return read_settings(settings(Path("/tmp"), **changes))


def test_defaults_take_webhooks_from_the_vendor_alone() -> None:
    """Without settings, webhooks come from the vendor's address, no proxy is believed, and jobs run."""
    given = settings(Path("/tmp"))
    del given["BACKGROUND_JOBS"]  # off in the other tests
    default = read_settings(given)
    assert default.webhook_senders == (ip_network("52.78.194.237"),)
    assert (default.proxies, default.inbox_days, default.reconcile_minutes) == (0, 30, 0)
    assert (default.outgoing_url, default.outgoing_secrets, default.handlers) == (None, (), ())
    assert (dict(default.token_pools), default.background_jobs) == ({}, True)


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("WEBHOOK_SENDERS", ["10.0.0.0/8", "::1"], (ip_network("10.0.0.0/8"), ip_network("::1"))),
        ("PROXIES", 8, 8),
        ("INBOX_DAYS", 0, 0),
        ("RECONCILE_MINUTES", 1440, 1440),
        ("OUTGOING_URL", "https://app.example.com/hooks/kyc", "https://app.example.com/hooks/kyc"),
        ("OUTGOING_URL", "http://127.0.0.1:5000/hooks", "http://127.0.0.1:5000/hooks"),
        ("HANDLERS", ["shop.handlers", "audit"], ("shop.handlers", "audit")),
        ("BACKGROUND_JOBS", False, False),
    ],
)
def test_value_within_its_rule_is_taken(name: str, value: object, wanted: object) -> None:
    """A value within its rule is read as the program needs it."""
    assert getattr(read(**{name: value, "OUTGOING_SECRETS": [WHSEC]}), name.lower()) == wanted


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WEBHOOK_SENDERS", []),
        ("WEBHOOK_SENDERS", "52.78.194.237"),
        ("WEBHOOK_SENDERS", ["52.78.194"]),
        ("WEBHOOK_SENDERS", ["argosidentity.com"]),
        ("WEBHOOK_SENDERS", ["10.0.0.1/8"]),  # has host bits: a mistyped network
        ("PROXIES", -1),
        ("PROXIES", 9),
        ("PROXIES", True),
        ("PROXIES", "1"),
        ("INBOX_DAYS", 3651),
        ("RECONCILE_MINUTES", 1441),
        ("RECONCILE_MINUTES", 0.5),
        ("OUTGOING_URL", "http://app.example.com/hooks"),
        ("OUTGOING_URL", "https://app.example.com/hooks?key=1"),
        ("OUTGOING_URL", "https://user:word@app.example.com/hooks"),
        ("OUTGOING_URL", "https://app.example.com/" + "a" * 2000),
        ("OUTGOING_URL", 7),
        ("OUTGOING_SECRETS", [WHSEC.removeprefix("whsec_")]),
        ("OUTGOING_SECRETS", ["whsec_" + base64.b64encode(b"a" * 23).decode()]),
        ("OUTGOING_SECRETS", ["whsec_" + base64.b64encode(b"a" * 65).decode()]),
        ("OUTGOING_SECRETS", ["whsec_not-base64"]),
        ("OUTGOING_SECRETS", ["whsec_한국"]),
        ("OUTGOING_SECRETS", WHSEC),
        ("HANDLERS", ["shop/handlers.py"]),
        ("HANDLERS", [""]),
        ("HANDLERS", ["shop..handlers"]),
        ("TOKEN_POOLS", ["shop"]),
        ("BACKGROUND_JOBS", "no"),
    ],
    ids=ascii,
)
def test_value_beyond_its_rule_is_refused_without_being_told(name: str, value: Any) -> None:
    """A value beyond its rule is refused by the name of its setting, and is not in the message."""
    faults = faults_of(lambda: read(**{name: value}))
    assert set(faults) == {name}
    assert "whsec_MDEy" not in faults[name]


@pytest.mark.parametrize("size", [0, 100_001, True, "500", None, 1.5])
def test_pool_of_an_impossible_size_is_refused(size: Any) -> None:
    """A project of the vendor holds 1 to 100,000 token ids."""
    assert set(faults_of(lambda: read(TOKEN_POOLS={"shop": size}))) == {"TOKEN_POOLS.shop"}


def test_pool_needs_a_project_with_an_api_key_and_a_store() -> None:
    """A pool is for a project of the settings that can register token ids, on a site that keeps links."""
    ready = read(PROJECTS={"shop": PRIVATE}, TOKEN_POOLS={"shop": 500})
    assert dict(ready.token_pools) == {"shop": 500}
    without_key = faults_of(lambda: read(TOKEN_POOLS={"shop": 500}))
    assert without_key == {"TOKEN_POOLS.shop": "needs the project's api_key, which registers token ids"}
    unknown = faults_of(lambda: read(TOKEN_POOLS={"sohp": 500}))
    assert unknown == {"TOKEN_POOLS.sohp": "is not one of PROJECTS"}
    sealed = faults_of(lambda: read(PROJECTS={"shop": PRIVATE}, TOKEN_POOLS={"shop": 1}, STORE="sealed:"))
    assert set(sealed) == {"TOKEN_POOLS"}


def test_secrets_of_messages_are_decoded_and_hidden() -> None:
    """The secrets of our own messages are read as bytes, the newest first, and are not in the repr."""
    older = "whsec_" + base64.b64encode(SECRET[::-1]).decode()
    read_one = read(OUTGOING_URL="https://app.example.com/hooks", OUTGOING_SECRETS=[WHSEC, older])
    assert read_one.outgoing_secrets == (SECRET, SECRET[::-1])
    assert str(SECRET) not in repr(read_one)
    assert "app.example.com/hooks" not in repr(read_one)


def test_messages_without_a_secret_are_refused() -> None:
    """An address for messages needs a secret, since whoever receives them checks the signature."""
    faults = faults_of(lambda: read(OUTGOING_URL="https://app.example.com/hooks"))
    assert set(faults) == {"OUTGOING_SECRETS"}


def test_environment_has_the_same_settings_as_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of these settings can be given as an environment variable."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hook.secret").write_text(f"{WHSEC}\n", encoding="utf-8")
    found = read_environment(
        {
            "LIVEFORM_WEBHOOK_SENDERS": "52.78.194.237, 10.0.0.0/8",
            "LIVEFORM_PROXIES": "2",
            "LIVEFORM_INBOX_DAYS": "7",
            "LIVEFORM_RECONCILE_MINUTES": "15",
            "LIVEFORM_OUTGOING_URL": "https://app.example.com/hooks",
            "LIVEFORM_OUTGOING_SECRETS_FILE": str(tmp_path / "hook.secret"),
            "LIVEFORM_HANDLERS": "shop.handlers audit",
            "LIVEFORM_TOKEN_POOLS": "shop=500 signup=20",
            "LIVEFORM_BACKGROUND_JOBS": "false",
        }
    )
    assert found == {
        "WEBHOOK_SENDERS": ["52.78.194.237", "10.0.0.0/8"],
        "PROXIES": 2,
        "INBOX_DAYS": 7,
        "RECONCILE_MINUTES": 15,
        "OUTGOING_URL": "https://app.example.com/hooks",
        "OUTGOING_SECRETS": [WHSEC],
        "HANDLERS": ["shop.handlers", "audit"],
        "TOKEN_POOLS": {"shop": 500, "signup": 20},
        "BACKGROUND_JOBS": False,
    }
