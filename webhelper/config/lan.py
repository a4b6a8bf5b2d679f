"""A demo that phones in the same network can open: its address there, and what listens on it."""

from __future__ import annotations

import socket
from typing import Final, NamedTuple

from liveform import ConfigError
from liveform.form_urls import is_loopback
from webhelper.config.address_rules import is_private

_LOOPBACK: Final = "127.0.0.1"
_WILDCARDS: Final = ("0.0.0.0", "::", "[::]")  # noqa: S104 - as people write them
# Of documentation (RFC 5737). A UDP socket that is connected to it sends nothing, but gets an address.
_SOMEWHERE: Final = ("198.51.100.1", 9)


class Place(NamedTuple):
    """Where a demo is.

    Attributes:
        host: of its address, as URLs have it.
        hosts: what its server listens on.
        is_in_lan: whether other machines can open it.
    """

    host: str
    hosts: tuple[str, ...]
    is_in_lan: bool


def place_of(host: str) -> Place:
    """Return where a demo is that listens on ``host``.

    In a network it listens on loopback too, where the simulator and the site call each other.

    Raises:
        ConfigError: the host has no address of a private network.
    """
    bare = host.strip("[]")
    if is_loopback(bare):
        return Place(_in_url(bare), (bare,), is_in_lan=False)
    is_wildcard = host in _WILDCARDS
    address = _own_address() if is_wildcard else _address_of(bare)
    if not is_private(address):
        problem = "is an address of the internet; a demo is for loopback and private networks"
        raise ConfigError(("--host", problem))
    return Place(_in_url(address), (bare,) if is_wildcard else (bare, _LOOPBACK), is_in_lan=True)


def _own_address() -> str:
    """Return the address of this machine in the network that its default route leads to."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect(_SOMEWHERE)
            return str(probe.getsockname()[0])
    except OSError:
        problem = "this machine has no address in a network; connect it to one, or name its address"
        raise ConfigError(("--host", problem)) from None


def _address_of(host: str) -> str:
    try:
        return str(socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)[0][4][0])
    except (OSError, UnicodeError):
        raise ConfigError(("--host", "has no address; give one of this machine, or 0.0.0.0")) from None


def _in_url(address: str) -> str:
    return f"[{address}]" if ":" in address else address
