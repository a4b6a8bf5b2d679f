"""Requests that a browser sends ahead of its user: prefetch, prerender and preview, which open nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

# W3C Fetch Metadata has Sec-Purpose. The others are what browsers sent before, and some still do.
_HEADERS: Final = ("HTTP_SEC_PURPOSE", "HTTP_PURPOSE", "HTTP_X_PURPOSE", "HTTP_X_MOZ")
_AHEAD: Final = re.compile("prefetch|prerender|preview", re.IGNORECASE)


def is_sent_ahead(environ: WSGIEnvironment) -> bool:
    """Return whether nobody looks at the answer yet, as the headers say."""
    for name in _HEADERS:  # noqa: SIM110 - any() of a generator would cost a redirect some per cent
        if name in environ and _AHEAD.search(environ[name]):
            return True
    return False
