"""Log one line a request, with the route and not the address, which holds tokens and personal data."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any, Final

from flask import g, has_request_context, request

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger("webhelper.access")

ROUTE: Final = "webhelper.route"  # in the WSGI environment: the route, where Flask was not asked
NO_ROUTE: Final = "(no route)"
BY: Final = " by "  # in front of the name of the holder, in a line
_LINE: Final = "%s %s %s %.1f ms%s"


class AccessLog:
    """WSGI middleware that logs the requests of an app.

    Args:
        app: what answers.
    """

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer, and log when the answer starts."""
        started = time.perf_counter()

        def start(status: str, headers: list[tuple[str, str]], *failure: Any) -> Any:  # noqa: ANN401 - PEP 3333
            milliseconds = (time.perf_counter() - started) * 1000
            method = environ["REQUEST_METHOD"] if environ["REQUEST_METHOD"].isascii() else "-"
            route, by = (environ[ROUTE], "") if ROUTE in environ else (route_of(environ), _by())
            _write(method, route, status[:3], milliseconds, by)
            return start_response(status, headers, *failure)

        return self._app(environ, start)


def route_of(environ: WSGIEnvironment) -> str:
    """Return the route of the request that is being answered, such as ``/r/<token>``."""
    if ROUTE in environ:
        return str(environ[ROUTE])
    if not has_request_context() or request.url_rule is None:
        return NO_ROUTE
    return request.url_rule.rule


def _by() -> str:
    """Return the holder of the API token that was used, for the end of a line."""
    return f"{BY}{g.holder}" if has_request_context() and "holder" in g else ""


def _write(*values: object) -> None:
    """Log a line like ``log.info``, without the search for the calling line, which takes most of the time."""
    if log.isEnabledFor(logging.INFO):
        log.handle(logging.LogRecord(log.name, logging.INFO, __file__, 0, _LINE, values, None))
