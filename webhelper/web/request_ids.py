"""WSGI middleware that gives each request an id, for the log, the answer and the error page."""

from __future__ import annotations

import re
from contextvars import ContextVar
from secrets import token_hex
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

HEADER: Final = "X-Request-Id"
# What proxies make: UUIDs, and 32 hexadecimal digits. An e-mail address or a line break is none of these.
_SANE: Final = re.compile(r"[0-9A-Za-z_-]{16,64}")
_current: ContextVar[str | None] = ContextVar("request_id", default=None)


class RequestIds:
    """Gives requests their ids, and returns them in ``X-Request-Id``.

    Args:
        app: what answers.
        has_proxy: whether a proxy of the operator is in front, whose id is taken; what a client itself sends
            is not.
    """

    def __init__(self, app: WSGIApplication, *, has_proxy: bool) -> None:
        self._app = app
        self._has_proxy = has_proxy

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer, with the id in a header."""
        request_id = self._given(environ) or token_hex(16)

        def start(status: str, headers: list[tuple[str, str]], *failure: Any) -> Any:  # noqa: ANN401 - PEP 3333
            return start_response(status, [*headers, (HEADER, request_id)], *failure)

        before = _current.set(request_id)
        try:
            return self._app(environ, start)
        finally:
            _current.reset(before)

    def _given(self, environ: WSGIEnvironment) -> str | None:
        """Return the id that a proxy made, if it is one."""
        given = environ.get("HTTP_X_REQUEST_ID", "") if self._has_proxy else ""
        return given if _SANE.fullmatch(given) else None


def current_request_id() -> str | None:
    """Return the id of the request that this thread answers; None outside of one, or without ids."""
    return _current.get()
