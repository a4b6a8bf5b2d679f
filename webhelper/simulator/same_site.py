"""Refuses requests that a page of another site makes a browser send (W3C Fetch Metadata)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from flask import abort, request

# In the WSGI environment of a site: the host that a browser asked, where the site has set its own.
_ASKED_HOST: Final = "webhelper.asked_host"
_OWN: Final = (None, "same-origin", "none")  # none: typed, or a bookmark


def refuse_cross_site() -> None:
    """Answer 403 if a page of another site sent a request that may change something."""
    if request.method not in ("GET", "HEAD", "OPTIONS") and request.headers.get("Sec-Fetch-Site") not in _OWN:
        abort(HTTPStatus.FORBIDDEN)


def asked_host() -> str:
    """Return the host that the browser asked, with its port unless that is the default."""
    return str(request.environ.get(_ASKED_HOST) or request.host)
