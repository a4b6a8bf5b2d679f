"""Refuses requests that a page of another site makes a browser send.

Browsers say in ``Sec-Fetch-Site`` (W3C Fetch Metadata) whose page it is. A name of another site that leads to
this machine (DNS rebinding) makes that page one of the same site: its requests have that name as their Host.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from flask import abort, request

from liveform.form_urls import is_loopback

if TYPE_CHECKING:
    from collections.abc import Callable

# In the WSGI environment of a site: the host that a browser asked, where the site has set its own.
_ASKED_HOST: Final = "webhelper.asked_host"
_OWN: Final = (None, "same-origin", "none")  # none: typed, or a bookmark


def own_pages_alone(home_url: str | None) -> Callable[[], None]:
    """Return a check of requests, which answers 403 to those of other sites.

    Args:
        home_url: the site that the simulator belongs to, whose host is one of its names beside those of
            loopback; None for no other.
    """
    own = None if home_url is None else urlsplit(home_url).hostname

    def refuse() -> None:
        name = _name_of(asked_host())
        if name is None or not (is_loopback(name) or name == own):
            abort(HTTPStatus.FORBIDDEN)
        changes = request.method not in ("GET", "HEAD", "OPTIONS")
        if changes and request.headers.get("Sec-Fetch-Site") not in _OWN:
            abort(HTTPStatus.FORBIDDEN)

    return refuse


def _name_of(host: str) -> str | None:
    """Return a host without its port; None if it cannot be read."""
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None


def asked_host() -> str:
    """Return the host that the browser asked, with its port unless that is the default."""
    return str(request.environ.get(_ASKED_HOST) or request.host)
