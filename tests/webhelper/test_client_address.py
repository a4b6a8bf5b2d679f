"""These tests tell clients apart by their addresses; inbox/test_sender_address.py reads the addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webhelper.client_address import client_of

OTHER = "203.0.113.7"
PUBLIC = "52.78.194.237"


def client(remote: str | None = None, forwarded: str | None = None, *, proxies: int = 0) -> str | None:
    """Return the client of a request with this address and X-Forwarded-For."""
    environ = {} if remote is None else {"REMOTE_ADDR": remote}
    if forwarded is not None:
        environ["HTTP_X_FORWARDED_FOR"] = forwarded
    return client_of(environ, proxies=proxies)


@pytest.mark.parametrize(
    ("remote", "text"),
    [
        (PUBLIC, PUBLIC),
        (f"{PUBLIC}:4711", PUBLIC),
        (f"::ffff:{PUBLIC}", PUBLIC),
        ("2a00:1450:4001:82f:1:2:3:4", "2a00:1450:4001:82f::/64"),
        ("2A00:1450:4001:082F::", "2a00:1450:4001:82f::/64"),
        ("[2a00:1450:4001:82f::7]:443", "2a00:1450:4001:82f::/64"),
        ("2a00:1450:4001:830::7", "2a00:1450:4001:830::/64"),
    ],
)
def test_client_is_an_ipv4_address_or_a_network_of_ipv6(remote: str, text: str) -> None:  # A9
    """An IPv4 address is a client; of IPv6, the /64 is, in which a client chooses addresses as it likes."""
    assert client(remote) == text


@pytest.mark.parametrize(
    "remote",
    ["127.0.0.1", "::1", "::ffff:127.0.0.1", "10.1.2.3", "192.168.0.7", "172.18.0.2", "fe80::1%eth0"],
)
def test_address_that_a_proxy_may_have_is_nobodys_without_counted_proxies(remote: str) -> None:  # A9
    """Without PROXIES, an address that is not public counts as nobody's: else a proxy would be everybody."""
    assert client(remote) is None
    assert client(remote, PUBLIC) is None
    assert client("10.0.0.1", remote, proxies=1) is not None


@pytest.mark.parametrize("remote", [None, "", "unknown", "x" * 200, "unix:/run/app.sock"])
def test_client_without_an_address_cannot_be_told(remote: str | None) -> None:
    """A request without an address, such as by a Unix socket, is nobody's."""
    assert client(remote) is None


@pytest.mark.parametrize(
    ("forwarded", "proxies", "text"),
    [
        (PUBLIC, 1, PUBLIC),
        (f"{OTHER}, {PUBLIC}", 1, PUBLIC),
        (f"{PUBLIC}, 10.0.0.7", 2, PUBLIC),
        (f"{PUBLIC}, 10.0.0.7", 1, "10.0.0.7"),
        (PUBLIC, 2, None),
        ("", 1, None),
        (None, 1, None),
    ],
)
def test_client_behind_proxies_is_what_the_outermost_saw(
    forwarded: str | None, proxies: int, text: str | None
) -> None:
    """Behind counted proxies the client is what the outermost saw, and nothing that it wrote itself."""
    assert client("10.0.0.1", forwarded, proxies=proxies) == text


@given(st.text(max_size=60))
def test_client_cannot_pass_for_another(text: str) -> None:  # A9
    """Whatever a client sends in X-Forwarded-For, it is counted by what our proxy adds."""
    assert client("10.0.0.1", f"{text}, {PUBLIC}", proxies=1) == PUBLIC
