"""The sign-in to the console: a signed cookie names the holder of an API token, and a session of the site."""

from __future__ import annotations

from hashlib import sha256
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from flask import g, redirect, request, session, url_for
from flask.sessions import SecureCookieSessionInterface, session_json_serializer

from webhelper.api.auth import holder_of
from webhelper.api.permissions import require_scope
from webhelper.config.scopes import Scope
from webhelper.errors import ApiTokenError, ScopeError, StoreError
from webhelper.links.signing.purposes import Purpose
from webhelper.links.signing.signers import timed_serializer
from webhelper.links.stores.sessions import SessionKind
from webhelper.services import services
from webhelper.staff.form_addresses import page_of_request
from webhelper.staff.pages import FOR_SCRIPTS, SCOPES

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.sessions import SessionMixin
    from itsdangerous import URLSafeTimedSerializer
    from werkzeug.wrappers import Response as AnyResponse

    from webhelper.config.settings import Settings

_HOLDER: Final = "holder"
_MARK: Final = "token"
_CODE: Final = "session"
_SINCE: Final = "since"
_WANTED: Final = "wanted"
_UNSENT: Final = "unsent"
_REFRESH: Final = "X-Page-Refresh"  # of static/console.js, with what a page asks by itself


class _Sessions(SecureCookieSessionInterface):
    """Flask's sessions, signed like every other signed value of the site."""

    def __init__(self, serializer: URLSafeTimedSerializer) -> None:
        self._serializer = serializer

    def get_signing_serializer(self, _app: Flask) -> URLSafeTimedSerializer:
        return self._serializer

    def should_set_cookie(self, _app: Flask, session: SessionMixin) -> bool:
        """Return whether an answer gets the cookie: pages of staff alone renew it, for others may be kept."""
        return session.modified or (session.permanent and request.endpoint in SCOPES)


def init_sessions(app: Flask, settings: Settings, clock: Callable[[], float]) -> None:
    """Sign the sessions of ``app`` with the newest key, and verify them with every key.

    Each page of staff renews the cookie, which ends when it is not used for as long as a session may idle.
    """
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
        PERMANENT_SESSION_LIFETIME=60 * settings.session_idle_minutes,
    )


def sign_in(token: str) -> bool:
    """Sign the browser in, and return True, if the API token is known.

    Raises:
        ScopeError: it is, but not for the console.
    """
    holder = holder_of(token.strip())
    if holder is None:
        return False
    ours = services()
    if Scope.CONSOLE not in ours.settings.permissions_of(holder).scopes:
        raise ScopeError(scope=Scope.CONSOLE)
    sign_out()
    session.permanent = True
    session.update(
        {
            _HOLDER: holder,
            _MARK: mark_of(holder),
            _CODE: ours.sessions.begin(SessionKind.CONSOLE, holder),
            _SINCE: int(ours.links.clock()),
        }
    )
    return True


def sign_out() -> None:
    """Sign the browser out, also on the server: a copy of its cookie is worth nothing then."""
    holder, code = session.get(_HOLDER), session.get(_CODE)
    if session:
        session.clear()
    g.pop("is_signed_in", None)
    if isinstance(holder, str) and isinstance(code, str):
        services().sessions.end(code, holder)


def sign_out_everywhere() -> None:
    """Sign every browser of this holder out."""
    services().sessions.end_all(str(signed_in()))
    sign_out()


def wanted_address() -> str | None:
    """Return where the browser wanted to go before it was asked to sign in; an address of this site."""
    wanted: str | None = session.get(_WANTED)
    return wanted


def has_unsent_form() -> bool:
    """Return whether the browser was asked to sign in when it sent a form, which nobody has read."""
    return bool(session.get(_UNSENT))


def signed_in() -> str | None:
    """Return the holder who is signed in; None if the session has ended, or the API token has changed."""
    if "is_signed_in" not in g:
        g.is_signed_in = _is_signed_in()
    return str(session[_HOLDER]) if g.is_signed_in else None


def is_signed_in() -> bool:
    """Return whether somebody is signed in, for what a page shows; False while the store cannot say."""
    try:
        return signed_in() is not None
    except StoreError:
        return False


def _is_signed_in() -> bool:
    holder, code, since = (session.get(name) for name in (_HOLDER, _CODE, _SINCE))
    if not is_current(holder, session.get(_MARK), Scope.CONSOLE):
        return False
    if not isinstance(code, str) or not isinstance(since, int):  # of an earlier version
        return False
    is_use = request.endpoint not in FOR_SCRIPTS and _REFRESH not in request.headers
    if not services().sessions.is_open(SessionKind.CONSOLE, code, str(holder), since=since, is_use=is_use):
        return False
    g.holder = holder
    return True


def session_code() -> str | None:
    """Return the code of this browser's session."""
    code: Any = session.get(_CODE)
    return None if code is None else str(code)


def require_sign_in() -> AnyResponse | None:
    """Redirect a browser that is not signed in to the sign-in page, and remember where it wanted to go.

    Raises:
        ApiTokenError: it is not, and a script of a page asks.
        ScopeError: it is, but its holder may not do this.
    """
    if signed_in() is not None:
        scope = SCOPES[str(request.endpoint)]
        if scope is not None:
            require_scope(scope)
        return None
    if request.endpoint in FOR_SCRIPTS:
        raise ApiTokenError
    session[_WANTED] = wanted = page_of_request()
    session[_UNSENT] = request.method == "POST" and wanted is not None
    return redirect(url_for("console.sign_in"), HTTPStatus.SEE_OTHER)


def is_current(holder: str | None, mark: str | None, scope: Scope) -> bool:
    """Return whether ``mark`` belongs to the holder's API token in the settings, which allows ``scope``."""
    settings = services().settings
    if holder not in settings.api_tokens or mark != mark_of(str(holder)):
        return False
    return scope in settings.permissions_of(str(holder)).scopes


def mark_of(holder: str) -> str:
    """Return the mark of a holder's API token: a digest that changes with the API token."""
    return sha256(b"session" + services().settings.api_tokens[holder]).hexdigest()[:16]
