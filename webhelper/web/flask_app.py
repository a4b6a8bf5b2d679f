"""The Flask class of our apps: no personal data in logs, queries of any bytes, and bodies that are whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote_from_bytes

from flask import Flask, Request

from webhelper.web.error_handlers import log_unexpected

if TYPE_CHECKING:
    from types import TracebackType
    from wsgiref.types import WSGIEnvironment

_NO_ESCAPE: Final = "".join(map(chr, range(0x21, 0x7F)))  # printable ASCII


class WholeRequest(Request):
    """A request whose query is ASCII, and whose body is as long as it says, or an error.

    Werkzeug cannot read a query that is not UTF-8. It also does not compare the length of a body at servers
    that say that they end bodies (``wsgi.input_terminated``): gunicorn, for one, ends those that were cut
    short too, and half a form would be worked as a whole one. Without that word, Werkzeug raises
    ``ClientDisconnected`` there. A body in chunks has no length, and the server checks them.
    """

    def __init__(
        self, environ: WSGIEnvironment, populate_request: bool = True, shallow: bool = False
    ) -> None:
        super().__init__(environ, populate_request, shallow)
        self.query_string = quote_from_bytes(self.query_string, safe=_NO_ESCAPE).encode()
        if self.content_length is not None:
            environ.pop("wsgi.input_terminated", None)

    def __repr__(self) -> str:
        """Return method and route; Werkzeug would show the address, which holds tokens and personal data."""
        return f"<{type(self).__name__} {self.method} {self.url_rule}>"


class FlaskApp(Flask):
    """A Flask app whose requests have ASCII queries and whole bodies, and whose log has no personal data."""

    request_class = WholeRequest

    def log_exception(
        self, exc_info: tuple[type, BaseException, TracebackType] | tuple[None, None, None]
    ) -> None:
        """Log the place of an unexpected error; Flask would log the path and the message too."""
        log_unexpected(exc_info[1])
