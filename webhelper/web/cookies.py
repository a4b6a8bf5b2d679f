"""What tells one browser from another: a random cookie, of which only a digest is kept."""

from __future__ import annotations

import re
import secrets
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from flask import request

from webhelper.links.stores.base import GRACE_S
from webhelper.services import services

if TYPE_CHECKING:
    from flask import Response

_BYTES: Final = 16
_WRITTEN: Final = re.compile(r"[A-Za-z0-9_-]{22}")


def is_a_visitor() -> bool:
    """Whether somebody opens an address, and no program looks at it in advance (W3C Fetch Metadata)."""
    return request.method != "HEAD" and "prefetch" not in request.headers.get("Sec-Purpose", "")


def cookie_name(name: str) -> str:
    """Return ``name``, bound to this host by its prefix where the site has https (RFC 6265bis)."""
    return f"__Host-{name}" if services().settings.is_https else name


def browser_digest() -> bytes | None:
    """Return what the store may know of this browser; None for one without our cookie."""
    value = request.cookies.get(cookie_name("browser"), "")
    return sha256(value.encode()).digest() if _WRITTEN.fullmatch(value) else None


def remember_browser(response: Response) -> None:
    """Give the browser its cookie, if it has none."""
    if browser_digest() is None:
        response.set_cookie(
            cookie_name("browser"),
            secrets.token_urlsafe(_BYTES),
            max_age=2 * GRACE_S,
            secure=services().settings.is_https,
            httponly=True,
            samesite="Lax",
        )
