"""Forms are taken from our own pages only.

Browsers say where a request comes from (W3C Fetch Metadata, ``Sec-Fetch-Site``); what says nothing is no
browser, or one of before 2023, for which the cookies' SameSite attribute stands in.
"""

from __future__ import annotations

from typing import Final

from flask import request

from webhelper.errors import CrossSiteError

_OWN: Final = (None, "same-origin", "none")  # none: typed in, a bookmark


def refuse_cross_site() -> None:
    """Refuse a request that changes something and comes from another site's page.

    Raises:
        CrossSiteError: it does.
    """
    if request.method not in ("GET", "HEAD", "OPTIONS") and request.headers.get("Sec-Fetch-Site") not in _OWN:
        raise CrossSiteError
