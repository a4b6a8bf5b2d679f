"""The sessions of the console: a signed cookie names the holder of an API token, for twelve hours."""

from __future__ import annotations

from hashlib import sha256
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from flask import g, redirect, request, session, url_for
from flask.sessions import SecureCookieSessionInterface, session_json_serializer

from webhelper.api.auth import holder_of
from webhelper.links.signing.purposes import Purpose
from webhelper.links.signing.signers import timed_serializer
from webhelper.services import services

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from itsdangerous import URLSafeTimedSerializer
    from werkzeug.wrappers import Response as AnyResponse

    from webhelper.config.settings import Settings

_HOLDER: Final = "holder"
_MARK: Final = "token"
_WANTED: Final = "wanted"
_MOST_CHARS: Final = 1000  # of an address in the session's cookie
# The page of a form that was sent, by the endpoint of the form.
_PAGE_OF_FORM: Final = {
    "new_link.create": "new_link.show",
    "link_page.revoke": "link_page.show",
    "link_page.ask_vendor": "link_page.show",
    "console_webhooks.replay": "console_webhooks.event",
}


class _Sessions(SecureCookieSessionInterface):
    """Flask's sessions, signed like every other signed value of the site."""

    def __init__(self, serializer: URLSafeTimedSerializer) -> None:
        self._serializer = serializer

    def get_signing_serializer(self, _app: Flask) -> URLSafeTimedSerializer:
        return self._serializer


def init_sessions(app: Flask, settings: Settings, clock: Callable[[], float]) -> None:
    """Sign the sessions of ``app`` with the newest key, and verify them with every key."""
    app.session_interface = _Sessions(
        timed_serializer(
            settings.secret_keys, Purpose.SESSION, clock=clock, serializer=session_json_serializer
        )
    )
    app.config.update(
        SESSION_COOKIE_NAME=f"{settings.cookie_prefix}console",
        SESSION_COOKIE_PATH=settings.cookie_path,
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=Purpose.SESSION.lifetime_s,
    )


def sign_in(token: str) -> bool:
    """Sign the browser in, and return True, if the API token is known."""
    holder = holder_of(token.strip())
    if holder is None:
        return False
    session.clear()
    session.permanent = True
    session.update({_HOLDER: holder, _MARK: mark_of(holder)})
    return True


def sign_out() -> None:
    """Sign the browser out."""
    if session:
        session.clear()


def wanted_address() -> str | None:
    """Return where the browser wanted to go before it was asked to sign in; an address of this site."""
    wanted: str | None = session.get(_WANTED)
    return wanted


def signed_in() -> str | None:
    """Return the holder who is signed in; None if the API token is no longer in the settings."""
    holder: Any = session.get(_HOLDER)
    if not is_current(holder, session.get(_MARK)):
        return None
    g.holder = holder
    return str(holder)


def require_sign_in() -> AnyResponse | None:
    """Redirect a browser that is not signed in to the sign-in page, and remember where it wanted to go."""
    if signed_in() is not None:
        return None
    session[_WANTED] = _wanted_page()
    return redirect(url_for("console.sign_in"), HTTPStatus.SEE_OTHER)


def _wanted_page() -> str | None:
    """Return the address of this request's page; for a form that was sent, of the page that has the form."""
    if request.method in ("GET", "HEAD"):
        address = request.script_root + request.full_path.rstrip("?")
        return address if len(address) <= _MOST_CHARS else None
    page = _PAGE_OF_FORM.get(request.endpoint or "")
    places = {name: value for name, value in (request.view_args or {}).items() if name != "visit_id"}
    return None if page is None else url_for(page, **places)


def is_current(holder: str | None, mark: str | None) -> bool:
    """Return whether ``mark`` belongs to the holder's API token in the settings."""
    return holder in services().settings.api_tokens and mark == mark_of(str(holder))


def mark_of(holder: str) -> str:
    """Return the mark of a holder's API token: a digest that changes with the API token."""
    return sha256(b"session" + services().settings.api_tokens[holder]).hexdigest()[:16]
