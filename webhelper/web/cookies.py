"""Cookies of a request: their names, and the one that distinguishes browsers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request

from webhelper.links.browser_cookie import digest_of, new_browser
from webhelper.services import services
from webhelper.web.sent_ahead import is_sent_ahead

if TYPE_CHECKING:
    from werkzeug.wrappers import Response


def is_a_visitor() -> bool:
    """Return whether a visitor opens the page; False for HEAD, and for what a browser sends ahead."""
    return request.method != "HEAD" and not is_sent_ahead(request.environ)


def read_cookie(name: str) -> str:
    """Return the value of one of this site's cookies; empty without one."""
    return request.cookies.get(services().settings.cookie_prefix + name, "")


def set_cookie(response: Response, name: str, value: str, *, lifetime_s: int) -> None:
    """Set one of this site's cookies, which scripts and other sites cannot read."""
    settings = services().settings
    response.set_cookie(
        settings.cookie_prefix + name,
        value,
        max_age=lifetime_s,
        path=settings.cookie_path,
        secure=settings.is_https,
        httponly=True,
        samesite="Lax",
    )


def browser_digest() -> bytes | None:
    """Return the digest of the browser's cookie, for the store; None without a valid cookie."""
    value = _value()
    return None if value is None else digest_of(value)


def this_browser() -> str:
    """Return the value of the browser's cookie, or a new one, which ``remember_browser`` sets."""
    return _value() or new_browser()


def remember_browser(response: Response, value: str) -> None:
    """Set the browser's cookie, whose lifetime starts again."""
    response.headers.add("Set-Cookie", services().browser_cookie.written(value))


def _value() -> str | None:
    return services().browser_cookie.read(request.headers.get("Cookie", ""))
