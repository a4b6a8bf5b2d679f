"""A random cookie that distinguishes browsers; the store keeps only its digest."""

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
_VALUE: Final = re.compile(r"[A-Za-z0-9_-]{22}")


def is_a_visitor() -> bool:
    """Return whether a visitor opens the page; False for HEAD and prefetch (W3C Fetch Metadata)."""
    return request.method != "HEAD" and "prefetch" not in request.headers.get("Sec-Purpose", "")


def cookie_name(name: str) -> str:
    """Return ``name``, with the prefix ``__Host-`` on a site with https (RFC 6265bis)."""
    return f"__Host-{name}" if services().settings.is_https else name


def browser_digest() -> bytes | None:
    """Return the digest of the browser's cookie, for the store; None without a valid cookie."""
    value = request.cookies.get(cookie_name("browser"), "")
    return sha256(value.encode()).digest() if _VALUE.fullmatch(value) else None


def remember_browser(response: Response) -> None:
    """Set the browser's cookie, if it has none."""
    if browser_digest() is None:
        response.set_cookie(
            cookie_name("browser"),
            secrets.token_urlsafe(_BYTES),
            max_age=2 * GRACE_S,
            secure=services().settings.is_https,
            httponly=True,
            samesite="Lax",
        )
