"""Protection against cross-site request forgery (CSRF).

Browsers send ``Sec-Fetch-Site`` (W3C Fetch Metadata) since 2023, and older ones ``Origin`` (RFC 6454). A
request with neither comes from a program, or from a browser in which the SameSite attribute of our cookies
protects.
"""

from __future__ import annotations

from typing import Final

from flask import request

from webhelper.errors import CrossSiteError
from webhelper.services import services

_OWN: Final = (None, "same-origin", "none")  # none: typed, or a bookmark
# What browsers send with our own forms, whose Referrer-Policy is no-referrer (Fetch, "append a request
# `Origin` header"). Another site's page can have it sent too: there, Sec-Fetch-Site and SameSite decide.
_HIDDEN: Final = "null"


def refuse_cross_site() -> None:
    """Raise ``CrossSiteError`` if a page of another site sent a request that may change something.

    Raises:
        CrossSiteError: ``Sec-Fetch-Site`` or ``Origin`` names another site, and the method is not GET, HEAD
            or OPTIONS.
    """
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    origin = request.headers.get("Origin", _HIDDEN)
    is_ours = origin == _HIDDEN or origin in services().settings.own_origins
    if not is_ours or request.headers.get("Sec-Fetch-Site") not in _OWN:
        raise CrossSiteError
