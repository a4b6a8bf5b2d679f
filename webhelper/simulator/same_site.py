"""Refuses requests that a page of another site makes a browser send (W3C Fetch Metadata)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from flask import abort, request

_OWN: Final = (None, "same-origin", "none")  # none: typed, or a bookmark


def refuse_cross_site() -> None:
    """Answer 403 if a page of another site sent a request that may change something."""
    if request.method not in ("GET", "HEAD", "OPTIONS") and request.headers.get("Sec-Fetch-Site") not in _OWN:
        abort(HTTPStatus.FORBIDDEN)
