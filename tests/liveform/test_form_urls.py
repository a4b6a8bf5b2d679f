"""Tests of liveform.form_urls: which base URLs are taken, and what counts as loopback."""

import pytest

from liveform.errors import ConfigError
from liveform.form_urls import check_base_url, is_loopback


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("localhost", True),
        ("LOCALHOST", True),
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("[::1]", True),
        ("128.0.0.1", False),
        ("localhost.example.com", False),
        ("app.example.com", False),
        ("", False),
    ],
)
def test_loopback_is_localhost_and_addresses_of_this_machine(host: str, loopback: bool) -> None:
    """localhost, 127.0.0.0/8 and ::1 are loopback, and no other host is (RFC 6761, RFC 4291)."""
    assert is_loopback(host) is loopback


@pytest.mark.parametrize(
    ("given_url", "kept"),
    [
        ("https://form.argosidentity.com", "https://form.argosidentity.com"),
        ("https://form.argosidentity.com/", "https://form.argosidentity.com"),
        ("http://localhost:8000/simulator/", "http://localhost:8000/simulator"),
        ("http://127.0.0.1:5000", "http://127.0.0.1:5000"),
        ("http://[::1]", "http://[::1]"),
    ],
)
def test_base_url_https_or_loopback_is_accepted(given_url: str, kept: str) -> None:
    """A base_url may be https anywhere or http on loopback, and loses its last slash."""
    assert check_base_url(given_url) == kept


@pytest.mark.parametrize(
    "base_url",
    [
        "http://form.argosidentity.com",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "ftp://localhost",
        "https://user@host",
        "https://host?x=1",
        "https://host#x",
        "https://",
        "form.argosidentity.com",
        "https://ho st",
        "https://host:99999",
        "https://[::1",
        "https://host\n",
        "",
        None,
        5,
    ],
)
def test_base_url_otherwise_is_refused(base_url: object) -> None:
    """A base_url of plain http elsewhere, with credentials, query or fragment, is refused."""
    with pytest.raises(ConfigError) as caught:
        check_base_url(base_url)
    assert caught.value.faults[0].setting == "base_url"
