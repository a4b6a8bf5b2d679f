"""These tests say where a demo is that phones in the same network can open."""

import socket
from typing import Any

import pytest

from liveform import ConfigError
from webhelper.config import lan
from webhelper.config.address_rules import is_private, local_url
from webhelper.config.lan import Place, place_of


@pytest.mark.parametrize(
    ("host", "place"),
    [
        ("127.0.0.1", Place("127.0.0.1", ("127.0.0.1",), False)),
        ("127.0.0.2", Place("127.0.0.2", ("127.0.0.2",), False)),
        ("localhost", Place("localhost", ("localhost",), False)),
        ("::1", Place("[::1]", ("::1",), False)),
        ("[::1]", Place("[::1]", ("::1",), False)),
        ("192.168.0.7", Place("192.168.0.7", ("192.168.0.7", "127.0.0.1"), True)),
        ("10.1.2.3", Place("10.1.2.3", ("10.1.2.3", "127.0.0.1"), True)),
        ("169.254.7.7", Place("169.254.7.7", ("169.254.7.7", "127.0.0.1"), True)),
        ("100.64.1.1", Place("100.64.1.1", ("100.64.1.1", "127.0.0.1"), True)),
        ("fd00::7", Place("[fd00::7]", ("fd00::7", "127.0.0.1"), True)),
        ("[fd00::7]", Place("[fd00::7]", ("fd00::7", "127.0.0.1"), True)),
    ],
)
def test_demo_is_where_its_host_is(host: str, place: Place) -> None:  # O1, O3
    """A demo on an address of a private network listens there and on loopback; on loopback, only there."""
    assert place_of(host) == place


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "[::]"])
def test_demo_of_all_addresses_has_the_machines_own(host: str, monkeypatch: pytest.MonkeyPatch) -> None:  # O1
    """A demo on all addresses of the machine has links with the one that others reach it by."""
    monkeypatch.setattr(lan, "_own_address", lambda: "192.168.0.7")
    assert place_of(host) == Place("192.168.0.7", (host.strip("[]"),), True)


def test_own_address_is_that_of_the_default_route(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's own address is what a socket gets that is connected to elsewhere, and sends nothing."""
    asked: list[tuple[str, int]] = []

    class Socket:
        def __init__(self, *_: object) -> None: ...

        def __enter__(self) -> "Socket":
            return self

        def __exit__(self, *_: object) -> None: ...

        def connect(self, address: tuple[str, int]) -> None:
            asked.append(address)

        def getsockname(self) -> tuple[str, int]:
            return "10.9.8.7", 50_000

    monkeypatch.setattr(socket, "socket", Socket)
    assert place_of("0.0.0.0").host == "10.9.8.7"
    assert asked == [("198.51.100.1", 9)]


def test_machine_without_a_network_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a network there is no address for phones, and the message says what to do."""

    def fail(*_: object, **__: object) -> Any:
        raise OSError(101, "Network is unreachable")

    monkeypatch.setattr(socket.socket, "connect", fail)
    with pytest.raises(ConfigError, match="no address in a network"):
        place_of("0.0.0.0")


@pytest.mark.parametrize("host", ["8.8.8.8", "2001:4860:4860::8888", "1.1.1.1"])
def test_demo_on_the_internet_is_refused(host: str) -> None:
    """A demo is refused on an address that the internet leads to."""
    with pytest.raises(ConfigError, match="address of the internet"):
        place_of(host)


@pytest.mark.parametrize("host", ["nowhere.invalid", "", "a" * 70])
def test_host_that_is_none_is_refused(host: str) -> None:
    """A name without an address is refused by the name of the option."""
    with pytest.raises(ConfigError, match="--host"):
        place_of(host)


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://192.168.0.7:8000", "http://127.0.0.1:8000"),
        ("http://[fd00::7]:8000/kyc", "http://127.0.0.1:8000/kyc"),
        ("http://192.168.0.7", "http://127.0.0.1"),
    ],
)
def test_local_url_is_the_same_site_on_loopback(url: str, local: str) -> None:
    """A demo in a network calls itself on loopback, at the same port and path."""
    assert local_url(url) == local


@pytest.mark.parametrize(
    ("host", "private"),
    [
        ("192.168.0.7", True),
        ("[fd00::7]", True),
        ("127.0.0.1", True),
        ("8.8.8.8", False),
        ("[2001:4860:4860::8888]", False),
        ("printer.local", False),
        ("example.com", False),
    ],
)
def test_private_are_addresses_that_the_internet_does_not_lead_to(host: str, private: bool) -> None:
    """Addresses of private networks are private; names are not, for they may lead anywhere."""
    assert is_private(host) is private
