"""The recorder keeps every request of an app with its answer, and asks again, the same or changed."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from werkzeug.exceptions import HTTPException
from werkzeug.test import run_wsgi_app

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from flask import Flask

_CREDENTIALS: Final = ("HTTP_AUTHORIZATION", "HTTP_COOKIE")
_LAST: Final = -1


@dataclass(frozen=True)
class Exchange:
    """A request and its answer.

    Attributes:
        rule: the route that the request was made for, such as ``/r/<token>``.
        endpoint: of it.
        environ: the texts of the WSGI environment.
        body: what was sent.
        status, headers, answer: what came back.
    """

    rule: str
    endpoint: str
    environ: Mapping[str, str]
    body: bytes = field(repr=False)
    status: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    answer: bytes = b""

    @property
    def method(self) -> str:
        """The method of the request."""
        return self.environ["REQUEST_METHOD"]

    def header(self, name: str) -> str:
        """Return all values of a header of the answer, each on a line."""
        return "\n".join(value for key, value in self.headers if key.lower() == name.lower())

    @property
    def other_headers(self) -> str:
        """The headers of the answer but for those that have a column in the table."""
        shown = ("location", "set-cookie")
        return "\n".join(f"{key}: {value}" for key, value in self.headers if key.lower() not in shown)

    def asked(self, body: bytes | None = None, **changes: str | None) -> Exchange:
        """Return the same request with another body or other variables; None removes one."""
        given: dict[str, str | None] = {**self.environ, **changes}
        environ = {name: value for name, value in given.items() if value is not None}
        sent = self.body if body is None else body
        return replace(self, environ=environ | {"CONTENT_LENGTH": str(len(sent))}, body=sent)

    def with_cookie(self, name: str, value: str) -> Exchange:
        """Return the same request with another value of a cookie, if it has that cookie."""
        cookies = self.environ.get("HTTP_COOKIE", "")
        changed = re.sub(rf"(?<={re.escape(name)}=)[^;]*", value, cookies)
        return self.asked(HTTP_COOKIE=changed) if name in cookies else self

    def without_credentials(self) -> Exchange:
        """Return the same request of somebody without cookies and API token."""
        return self.asked(**dict.fromkeys(_CREDENTIALS))


class Recorder:
    """WSGI middleware outside of everything else.

    Attributes:
        exchanges: what was asked so far, and what was answered.
        errors: what was written to ``wsgi.errors``.
    """

    def __init__(self, app: Flask) -> None:
        self.exchanges: list[Exchange] = []
        self.errors = io.StringIO()
        self._answering: WSGIApplication = app.wsgi_app
        self._map = app.url_map
        app.wsgi_app = self  # type: ignore[method-assign]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request, and keep both."""
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length)
        texts = {name: value for name, value in environ.items() if isinstance(value, str)}
        rule, endpoint = self._route(environ)
        done = self.ask(Exchange(rule, endpoint, texts, body))
        start_response(f"{done.status} X", list(done.headers))
        return [done.answer]

    def ask(self, request: Exchange) -> Exchange:
        """Return the exchange of a request, which is kept too."""
        environ: dict[str, Any] = {
            **request.environ,
            "wsgi.input": io.BytesIO(request.body),
            "wsgi.errors": self.errors,
            "wsgi.version": (1, 0),
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        answer, status, headers = run_wsgi_app(self._answering, environ, buffered=True)
        done = replace(request, status=int(status[:3]), headers=tuple(headers), answer=b"".join(answer))
        self.exchanges.append(done)
        return done

    def _route(self, environ: WSGIEnvironment) -> tuple[str, str]:
        try:
            rule, _ = self._map.bind_to_environ(environ).match(return_rule=True)
        except HTTPException:
            return "", ""
        return rule.rule, str(rule.endpoint)

    @property
    def good(self) -> list[Exchange]:
        """One request for each route and method that was answered well, the latest."""
        well = (one for one in self.exchanges if one.endpoint and one.status < 400)
        return list({(one.rule, one.method): one for one in well}.values())
