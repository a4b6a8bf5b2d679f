"""What follows from the address of a site: its host, its origins, and its cookies."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from liveform.form_urls import is_loopback
from webhelper.config import rules
from webhelper.config.address_rules import local_url

_LOOPBACK: Final = ("localhost", "127.0.0.1", "[::1]")


class SiteAddress:
    """The part of the settings that ``BASE_URL`` decides."""

    __slots__ = ()

    base_url: str
    simulator: rules.SimulatorMode

    @property
    def host(self) -> str:
        """Host of this site, with its port unless that is the default."""
        return urlsplit(self.base_url).netloc

    @property
    def path(self) -> str:
        """Path under which this site is, such as ``/kyc``; empty for the root of its host."""
        return urlsplit(self.base_url).path

    @property
    def origin(self) -> str:
        """Origin of this site, as browsers send it."""
        return self.base_url.removesuffix(self.path)

    @property
    def own_origins(self) -> frozenset[str]:
        """Origins of this site's own pages; on this machine, it has several names."""
        parts = urlsplit(self.local_url)
        if not is_loopback(parts.hostname or ""):
            return frozenset({self.origin})
        port = f":{parts.port}" if parts.port else ""
        return frozenset({self.origin, *(f"{parts.scheme}://{host}{port}" for host in _LOOPBACK)})

    @property
    def is_in_lan(self) -> bool:
        """Whether this site is a demo that other machines of a private network can open."""
        return self.simulator == rules.LAN

    @property
    def local_url(self) -> str:
        """Address of this site for this machine itself; in a network, that on loopback."""
        return local_url(self.base_url) if self.is_in_lan else self.base_url

    @property
    def is_https(self) -> bool:
        """Whether the site has https, so that its cookies can be Secure."""
        return self.base_url.startswith("https:")

    @property
    def cookie_prefix(self) -> str:
        """What the names of this site's cookies begin with (RFC 6265bis section 4.1.3).

        ``__Host-`` needs the path ``/``, which would send a site under a path the cookies of its neighbours.
        """
        return "" if not self.is_https else "__Secure-" if self.path else "__Host-"

    @property
    def cookie_path(self) -> str:
        """Path of this site's cookies."""
        return self.path or "/"
