"""Log one line a request, with the route and not the address, which holds tokens and personal data."""

from __future__ import annotations

import logging
import os
import threading
import time
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING, Any, Final, TextIO

from flask import g, has_request_context, request

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger("webhelper.access")

ROUTE: Final = "webhelper.route"  # in the WSGI environment: the route, where Flask was not asked
_NO_ROUTE: Final = "(no route)"
_LINE: Final = "%s %s %s %.1f ms%s"
_LATER_S: Final = 0.1
_MOST_LINES: Final = 10_000  # kept; more are written at once


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
            route, by = (environ[ROUTE], "") if ROUTE in environ else _of_flask()
            _write(method, route, status[:3], milliseconds, by)
            return start_response(status, headers, *failure)

        return self._app(environ, start)


def _of_flask() -> tuple[object, str]:
    """Return Flask's route, and the holder of the API token that was used."""
    if not has_request_context():
        return _NO_ROUTE, ""
    return request.url_rule or _NO_ROUTE, f" by {g.holder}" if "holder" in g else ""


def _write(*values: object) -> None:
    """Log a line like ``log.info``, without the search for the calling line, which takes most of the time."""
    if log.isEnabledFor(logging.INFO):
        log.handle(logging.LogRecord(log.name, logging.INFO, __file__, 0, _LINE, values, None))


class _Lines(logging.Formatter):
    """``%(asctime)s %(levelname)s %(name)s %(message)s``, with each second written once."""

    _written = (-1, "")

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record; tracebacks are not logged here, for they hold values."""
        second, text = self._written
        if second != int(record.created):
            second = int(record.created)
            text = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(second))
            self._written = (second, text)
        return f"{text},{int(record.msecs):03} {record.levelname} {record.name} {record.getMessage()}"


class _BufferedHandler(logging.StreamHandler[TextIO]):
    """Writes lines together, up to a tenth of a second later; errors at once.

    A write for each line would make the threads of a server wait for each other. A process that is killed
    loses the lines of its last moment; one that ends writes them first.
    """

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[str] = []
        self._timer_of: int | None = None  # the process whose timer is running: a fork has none

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the line of a record, under the handler's lock."""
        self._lines.append(self.format(record))
        if record.levelno >= logging.ERROR or len(self._lines) >= _MOST_LINES:
            self.flush()
        elif self._timer_of != os.getpid():
            self._timer_of = os.getpid()
            threading.Timer(_LATER_S, self.flush).start()

    def flush(self) -> None:
        """Write what is kept."""
        with self.lock or nullcontext():
            lines, self._lines, self._timer_of = self._lines, [], None
            with suppress(OSError, ValueError):  # stderr is full or closed, which is no reason to stop
                self.stream.write("\n".join((*lines, "")) if lines else "")
                self.stream.flush()


def log_to_stderr() -> None:
    """Write our own loggers' lines to stderr, for a server that leaves logging alone."""
    logger = logging.getLogger("webhelper")
    if not logger.handlers:
        handler = _BufferedHandler()
        handler.setFormatter(_Lines())
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        logger.propagate = False
