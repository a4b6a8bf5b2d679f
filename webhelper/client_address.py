"""The address that a request comes from, also behind proxies."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

Address: TypeAlias = IPv4Address | IPv6Address

_MAX_CHARS: Final = 100  # an IPv6 address has 39, a zone has the name of an interface
# Some proxies write the port too: 203.0.113.7:4711, [2001:db8::1]:443.
_WITH_PORT: Final = re.compile(r"(?:\[(?P<v6>[^\]]*)\]|(?P<v4>[0-9.]+))(?::[0-9]{1,5})?", re.ASCII)
_CUSTOMER_BITS: Final = 64  # of an IPv6 address, the part that a customer of a provider cannot change


def address_of(environ: WSGIEnvironment, *, proxies: int) -> Address | None:
    """Return the address that a request comes from; None if it is not known.

    Args:
        environ: of the request; it is not changed.
        proxies: how many proxies are in front of this site, each of which adds the address that it sees.
    """
    text = _text(environ, proxies)
    return None if text is None or len(text) > _MAX_CHARS else _address(text)


def client_of(environ: WSGIEnvironment, *, proxies: int) -> str | None:
    """Return a text for the client behind a request: its IPv4 address, or the /64 of its IPv6 address.

    None if it is not known: without counted proxies, an address that is not public may be that of a proxy,
    which every client has.
    """
    address = address_of(environ, proxies=proxies)
    if address is None or (proxies == 0 and not address.is_global):
        return None
    if isinstance(address, IPv4Address):
        return str(address)
    return str(ip_network((int(address), _CUSTOMER_BITS), strict=False))


def _text(environ: WSGIEnvironment, proxies: int) -> str | None:
    """Return the text of the address: what the outermost of our own proxies saw.

    What is further to the left was sent by the client, which can write anything. So the entries are counted
    from the right, as Werkzeug's ProxyFix counts them. A comma separates them wherever it is: whoever quotes
    it hides none of our proxies' entries.
    """
    if proxies == 0:
        return str(environ.get("REMOTE_ADDR", ""))
    entries = str(environ.get("HTTP_X_FORWARDED_FOR", "")).split(",")
    return entries[-proxies].strip() if len(entries) >= proxies else None


def _address(text: str) -> Address | None:
    """Return the address of a text; networks do not look at its zone, as in ``fe80::1%eth0``."""
    with_port = _WITH_PORT.fullmatch(text)
    if with_port is not None:
        text = with_port["v4"] or with_port["v6"]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    # A socket for both versions shows an IPv4 address as ::ffff:203.0.113.7 (RFC 4291 section 2.5.5.2).
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return address if mapped is None else mapped
