"""The address that a request comes from, also behind proxies, compared with those that webhooks come from."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING, Final

from webhelper.errors import SenderError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from ipaddress import IPv4Network, IPv6Network
    from wsgiref.types import WSGIEnvironment

_MAX_CHARS: Final = 100  # an IPv6 address has 39, a zone has the name of an interface
# Some proxies write the port too: 203.0.113.7:4711, [2001:db8::1]:443.
_WITH_PORT: Final = re.compile(r"(?:\[(?P<v6>[^\]]*)\]|(?P<v4>[0-9.]+))(?::[0-9]{1,5})?", re.ASCII)


def check_sender(
    environ: WSGIEnvironment, senders: Iterable[IPv4Network | IPv6Network], *, proxies: int
) -> None:
    """Return if a request comes from one of the networks.

    Args:
        environ: of the request; it is not changed.
        senders: the networks.
        proxies: how many proxies are in front of this site, each of which adds the address that it sees.

    Raises:
        SenderError: it comes from elsewhere, or the address cannot be told.
    """
    address = _address(_text(environ, proxies))
    if not any(address in network for network in senders):  # False for the other version
        raise SenderError


def _text(environ: WSGIEnvironment, proxies: int) -> str:
    """Return the text of the address: what the outermost of our own proxies saw.

    What is further to the left was sent by the client, which can write anything. So the entries are counted
    from the right, as Werkzeug's ProxyFix counts them. A comma separates them wherever it is: whoever quotes
    it hides none of our proxies' entries.
    """
    if proxies == 0:
        return str(environ.get("REMOTE_ADDR", ""))
    entries = str(environ.get("HTTP_X_FORWARDED_FOR", "")).split(",")
    if len(entries) < proxies:
        raise SenderError
    return entries[-proxies].strip()


def _address(text: str) -> IPv4Address | IPv6Address:
    """Return the address of a text; networks do not look at its zone, as in ``fe80::1%eth0``."""
    if len(text) > _MAX_CHARS:
        raise SenderError
    with_port = _WITH_PORT.fullmatch(text)
    if with_port is not None:
        text = with_port["v4"] or with_port["v6"]
    try:
        address = ip_address(text)
    except ValueError:
        raise SenderError from None
    # A socket for both versions shows an IPv4 address as ::ffff:203.0.113.7 (RFC 4291 section 2.5.5.2).
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return address if mapped is None else mapped
