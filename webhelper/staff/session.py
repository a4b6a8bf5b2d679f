"""Who is signed in to the console: the holder of an API token, for twelve hours, in a signed cookie."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from flask import g, session
from flask.sessions import SecureCookieSessionInterface

from webhelper.api.auth import holder_of
from webhelper.services import services

if TYPE_CHECKING:
    from flask import Flask

    from webhelper.config.settings import Settings

_LIFETIME: Final = timedelta(hours=12)
_HOLDER: Final = "holder"
_TOKEN: Final = "token"  # noqa: S105 - the name of a member; it holds a digest


class _Sha256Sessions(SecureCookieSessionInterface):
    """Flask's sessions, signed with HMAC-SHA-256 instead of HMAC-SHA-1."""

    salt = "liveform.webhelper.session.v1"
    digest_method = staticmethod(sha256)


def init_sessions(app: Flask, settings: Settings) -> None:
    """Sign the sessions of ``app`` with the newest key, and read those of every key."""
    app.session_interface = _Sha256Sessions()
    app.config.update(
        SECRET_KEY=settings.secret_keys[0],
        SECRET_KEY_FALLBACKS=list(settings.secret_keys[1:]),
        SESSION_COOKIE_NAME="__Host-console" if settings.is_https else "console",
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=_LIFETIME,
    )


def sign_in(token: str) -> bool:
    """Sign the browser in, if the token is one of ours."""
    holder = holder_of(token.strip())
    if holder is None:
        return False
    session.clear()
    session.permanent = True
    session.update({_HOLDER: holder, _TOKEN: mark_of(holder)})
    return True


def sign_out() -> None:
    """Forget who is signed in."""
    session.clear()


def signed_in() -> str | None:
    """Return the holder who is signed in; None once his token is no longer in the settings."""
    holder: Any = session.get(_HOLDER)
    if not is_still_good(holder, session.get(_TOKEN)):
        return None
    g.holder = holder
    return str(holder)


def is_still_good(holder: str | None, mark: str | None) -> bool:
    """Whether a holder's token is still the one that ``mark`` was made of."""
    return holder in services().settings.api_tokens and mark == mark_of(str(holder))


def mark_of(holder: str) -> str:
    """Return what changes when the holder's token does."""
    return sha256(b"session" + services().settings.api_tokens[holder]).hexdigest()[:16]
