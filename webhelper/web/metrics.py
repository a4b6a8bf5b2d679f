"""Prometheus metrics: how many requests were answered, how fast, and what waits in the store.

Labels are routes, methods, statuses and names of the settings. None has an address, a link or a person.
"""

from __future__ import annotations

import time
from hashlib import sha256
from hmac import compare_digest
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.multiprocess import MultiProcessCollector

from webhelper.errors import ApiTokenError
from webhelper.web.access_log import route_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from prometheus_client.registry import Collector

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_OTHER: Final = "other"
_BUCKETS_S: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """The metrics of a site.

    Args:
        state: collects what all processes share, such as what waits in the store.
    """

    def __init__(self, state: Collector) -> None:
        self._state = state
        self._own = CollectorRegistry()
        self._requests = Counter(
            "liveform_requests",
            "Requests that were answered.",
            ("route", "method", "status"),
            registry=self._own,
        )
        self._seconds = Histogram(
            "liveform_request_seconds",
            "Time until an answer begins.",
            ("route",),
            buckets=_BUCKETS_S,
            registry=self._own,
        )
        self._is_shared = _of_all_processes() is not None

    def observe(self, *, method: str, route: str, status: str, seconds: float) -> None:
        """Count an answer."""
        self._requests.labels(route, method if method in _METHODS else _OTHER, status).inc()
        self._seconds.labels(route).observe(seconds)

    def text(self) -> bytes:
        """Return the metrics of all processes of this server, in Prometheus' text format."""
        registry = (_of_all_processes() if self._is_shared else None) or self._own
        return generate_latest(registry) + generate_latest(_registry_of(self._state))


class Measured:
    """WSGI middleware that counts the requests of an app.

    Args:
        app: what answers.
        metrics: where they are counted.
    """

    def __init__(self, app: WSGIApplication, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer, and count when the answer starts."""
        started = time.perf_counter()

        def start(status: str, headers: list[tuple[str, str]], *failure: Any) -> Any:  # noqa: ANN401 - PEP 3333
            self._metrics.observe(
                method=environ["REQUEST_METHOD"],
                route=route_of(environ),
                status=status[:3],
                seconds=time.perf_counter() - started,
            )
            return start_response(status, headers, *failure)

        return self._app(environ, start)


def metrics_page(metrics: Metrics, token: bytes) -> Blueprint:
    """Return the page ``/metrics``, for whoever has the token.

    Args:
        metrics: what it shows.
        token: SHA-256 digest of the token.
    """
    blueprint = Blueprint("metrics", __name__)

    @blueprint.get("/metrics")
    def show() -> Response:
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        digest = sha256(given.strip().encode(errors="surrogatepass")).digest()
        if scheme.lower() != "bearer" or not compare_digest(digest, token):
            raise ApiTokenError
        return Response(metrics.text(), content_type=CONTENT_TYPE_LATEST)

    return blueprint


def _of_all_processes() -> CollectorRegistry | None:
    """Return what all processes of the server count together; None if they do not share a directory."""
    registry = CollectorRegistry()
    try:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # it registers itself
    except ValueError:  # PROMETHEUS_MULTIPROC_DIR is not set, or is not a directory
        return None
    return registry


def _registry_of(collector: Collector) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(collector)
    return registry
