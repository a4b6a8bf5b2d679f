"""WSGI middleware that gives OpenTelemetry a span for each request, with its route and no address.

The usual instrumentations of Flask and WSGI record the target, the client and the headers of a request: link
tokens that still open, and e-mail addresses in Return URLs. This one records three values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from opentelemetry import trace
from opentelemetry.trace import SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from webhelper.web.access_log import route_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from opentelemetry.context import Context
    from opentelemetry.trace import Span

_NAME: Final = "liveform"
_OTHER: Final = "_OTHER"  # as the semantic conventions of OpenTelemetry name an unknown method
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Traces:
    """Traces the requests of an app: ``http.request.method``, ``http.route``, ``http.response.status_code``.

    Args:
        app: what answers.
        has_proxy: whether a proxy of the operator is in front, whose trace goes on (W3C ``traceparent``). Its
            ``tracestate`` and ``baggage`` are left out, because they may have any text.
    """

    def __init__(self, app: WSGIApplication, *, has_proxy: bool) -> None:
        self._app = app
        self._has_proxy = has_proxy
        self._propagator = TraceContextTextMapPropagator()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer inside a span, whose name and status are set when the answer starts."""
        method = environ["REQUEST_METHOD"] if environ["REQUEST_METHOD"] in _METHODS else _OTHER
        with trace.get_tracer(_NAME).start_as_current_span(
            method,
            context=self._parent(environ),
            kind=SpanKind.SERVER,
            attributes={"http.request.method": method},
            record_exception=False,  # its message may be personal
            set_status_on_exception=False,
        ) as span:

            def start(status: str, headers: list[tuple[str, str]], *failure: Any) -> Any:  # noqa: ANN401 - PEP 3333
                _describe(span, method, route_of(environ), int(status[:3]))
                return start_response(status, headers, *failure)

            return self._app(environ, start)

    def _parent(self, environ: WSGIEnvironment) -> Context | None:
        """Return the span of the proxy; None to begin a trace."""
        given = environ.get("HTTP_TRACEPARENT") if self._has_proxy else None
        return None if given is None else self._propagator.extract({"traceparent": given})


def _describe(span: Span, method: str, route: str, status: int) -> None:
    span.update_name(f"{method} {route}")
    span.set_attribute("http.route", route)
    span.set_attribute("http.response.status_code", status)
    if status >= 500:
        span.set_status(StatusCode.ERROR)
