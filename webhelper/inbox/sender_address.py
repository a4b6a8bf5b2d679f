"""The address of a webhook's sender, compared with those that webhooks come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webhelper.client_address import address_of
from webhelper.errors import SenderError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from ipaddress import IPv4Network, IPv6Network
    from wsgiref.types import WSGIEnvironment


def check_sender(
    environ: WSGIEnvironment, senders: Iterable[IPv4Network | IPv6Network], *, proxies: int
) -> None:
    """Return if a request comes from one of the networks.

    Args:
        environ: of the request; it is not changed.
        senders: the networks.
        proxies: how many proxies are in front of this site, each of which adds the address that it sees.

    Raises:
        SenderError: it comes from elsewhere, or the address is not known.
    """
    address = address_of(environ, proxies=proxies)
    if address is None or not any(address in network for network in senders):  # False for the other version
        raise SenderError
