"""The URL where a browser may go after the return: the link's ``next``."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from webhelper.services import services

if TYPE_CHECKING:
    from webhelper.links.models import Link


def next_of(link: Link) -> str | None:
    """Return the link's ``next`` if its host is still allowed, else None."""
    url = link.spec.next
    return url if url is not None and services().links.is_allowed_next(url) else None


def host_of(url: str | None) -> str | None:
    """Return the host of a URL, or the scheme of an app's, for display; None for no URL."""
    if url is None:
        return None
    parts = urlsplit(url)
    return parts.netloc if parts.scheme in ("http", "https") else parts.scheme
