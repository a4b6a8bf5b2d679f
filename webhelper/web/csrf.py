"""Protection against cross-site request forgery (CSRF).

Browsers send ``Sec-Fetch-Site`` (W3C Fetch Metadata) since 2023. A request without it comes from a program,
or from an older browser, where the SameSite attribute of our cookies protects.
"""

from __future__ import annotations

from typing import Final

from flask import request

from webhelper.errors import CrossSiteError

_OWN: Final = (None, "same-origin", "none")  # none: typed, or a bookmark


def refuse_cross_site() -> None:
    """Raise ``CrossSiteError`` if a page of another site sent a request that may change something.

    Raises:
        CrossSiteError: ``Sec-Fetch-Site`` names another site, and the method is not GET, HEAD or OPTIONS.
    """
    if request.method not in ("GET", "HEAD", "OPTIONS") and request.headers.get("Sec-Fetch-Site") not in _OWN:
        raise CrossSiteError
