"""The random cookie that distinguishes browsers, read from a header and written to one, without Flask."""

from __future__ import annotations

import re
import secrets
from hashlib import sha256
from typing import Final

from webhelper.links.signing.purposes import Purpose

_BYTES: Final = 16
_LIFETIME_S: Final = Purpose.VISIT_STATE.lifetime_s  # each use of a link starts it again


def new_browser() -> str:
    """Return a cookie value of 128 random bits."""
    return secrets.token_urlsafe(_BYTES)


def digest_of(value: str) -> bytes:
    """Return the SHA-256 of a cookie value: what the store keeps, and what a visit state is bound to."""
    return sha256(value.encode()).digest()


class BrowserCookie:
    """Reads and writes the cookie of one site.

    SameSite=Lax: the browser sends it when the vendor's page leads back to the Return URL, which is a GET of
    the whole page, and when a page of the same site asks ``/api/returns``.

    Args:
        prefix: of its name, which a site with https has (RFC 6265bis section 4.1.3).
        path: under which the site is.
    """

    __slots__ = ("_attributes", "_name", "_value")

    def __init__(self, *, prefix: str, path: str) -> None:
        self._name = f"{prefix}browser"
        self._value = re.compile(rf"(?:^|;) *{self._name}=([A-Za-z0-9_-]{{22}}) *(?:;|$)")
        secure = " Secure;" if prefix else ""
        self._attributes = f"Max-Age={_LIFETIME_S};{secure} HttpOnly; Path={path}; SameSite=Lax"

    def read(self, header: str) -> str | None:
        """Return the value in a ``Cookie`` header; None if there is none, or it is not one of ours."""
        found = self._value.search(header)
        return None if found is None else found[1]

    def written(self, value: str) -> str:
        """Return the ``Set-Cookie`` header that keeps ``value`` for a day."""
        return f"{self._name}={value}; {self._attributes}"
