"""These tests look at what OpenTelemetry gets of a request: from us, and from the usual instrumentation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry import trace
from opentelemetry.instrumentation import flask as usual
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask
    from opentelemetry.trace import Tracer

EMAIL = "jane.planted@example.com"
TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
PARENT = f"00-{TRACE_ID}-b7ad6b7169203331-01"


@pytest.fixture
def exporter(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    """Yield what keeps the spans of one test."""
    memory = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(memory))

    def get_tracer(name: str, *_: Any, **__: Any) -> Tracer:
        return provider.get_tracer(name)

    monkeypatch.setattr(trace, "get_tracer", get_tracer)
    yield memory
    provider.shutdown()


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    """Return a site with traces, behind one proxy."""
    return make_app(TRACES=True, PROXIES=1)


def everything_in(spans: tuple[ReadableSpan, ...]) -> str:
    """Return all that an exporter would send of spans."""
    return "\n".join(span.to_json() for span in spans)


def visit(app: Flask, path: str) -> None:
    """Open a link, and come back with a Return URL that has an e-mail address."""
    client = app.test_client()
    client.get(path, headers={"User-Agent": "planted", "Referer": "https://planted/"})
    client.get(f"/return/plain?kycStatus=approved&email={EMAIL}")
    client.get(f"/nowhere/{EMAIL}")


def test_span_has_method_route_and_status_alone(
    app: Flask, exporter: InMemorySpanExporter, make_link: Callable[..., Any]
) -> None:
    """A span has three attributes, for redirects without Flask too."""
    path = make_link(max_uses=None)["path"]
    exporter.clear()
    app.test_client().get(path)
    app.test_client().open("/healthz", method="BREW")
    redirect, other = exporter.get_finished_spans()
    assert redirect.name == "GET /r/<token>"
    assert redirect.kind is trace.SpanKind.SERVER
    assert dict(redirect.attributes or {}) == {
        "http.request.method": "GET",
        "http.route": "/r/<token>",
        "http.response.status_code": 302,
    }
    assert other.name == "_OTHER (no route)"


def test_spans_hold_neither_links_nor_people(
    app: Flask, exporter: InMemorySpanExporter, make_link: Callable[..., Any]
) -> None:
    """No token of a link, address, header or field is in what is exported."""
    path = make_link(max_uses=None, fields={"email": EMAIL})["path"]
    visit(app, path)
    seen = everything_in(exporter.get_finished_spans())
    assert seen.count("http.route") == 4
    for secret in (path[3:], path[3:].lower(), EMAIL, "planted", "127.0.0.1"):
        assert secret not in seen


def test_usual_instrumentation_holds_both(
    make_app: Callable[..., Flask], exporter: InMemorySpanExporter, api_of: Callable[[Flask], Any]
) -> None:
    """The instrumentation of Flask records tokens of links that still open, and e-mail addresses."""
    app = make_app()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    instrumentor: Any = usual.FlaskInstrumentor
    instrumentor.instrument_app(app, tracer_provider=provider)
    try:
        request = {"pipeline": "id_document", "project": "shop", "fields": {"email": EMAIL}}
        path = "/r/" + api_of(app).post("/api/links", json=request).get_json()["url"].rpartition("/")[2]
        visit(app, path)
        seen = everything_in(exporter.get_finished_spans())
        assert path[3:] in seen
        assert EMAIL in seen
        assert app.test_client().post(path).status_code == 303  # whoever reads the trace can use the link
    finally:
        instrumentor.uninstrument_app(app)


def test_error_is_a_status_without_its_message(app: Flask, exporter: InMemorySpanExporter) -> None:
    """A span of a 500 says that it failed, and nothing of the exception."""

    def fail() -> Any:
        raise ValueError(EMAIL)

    app.view_functions["health.healthz"] = fail
    app.test_client().get("/healthz")
    (span,) = exporter.get_finished_spans()
    assert span.status.status_code is trace.StatusCode.ERROR
    assert span.events == ()
    assert EMAIL not in span.to_json()


def test_trace_of_a_proxy_goes_on(app: Flask, exporter: InMemorySpanExporter) -> None:
    """The trace that a proxy began goes on, without the texts that came along."""
    headers = {"traceparent": PARENT, "tracestate": "shop=planted", "baggage": f"email={EMAIL}"}
    app.test_client().get("/healthz", headers=headers)
    (span,) = exporter.get_finished_spans()
    assert span.parent is not None
    assert f"{span.context.trace_id:032x}" == TRACE_ID
    assert len(span.context.trace_state) == 0
    assert "planted" not in span.to_json()


@pytest.mark.parametrize("given", ["", "planted", f"{PARENT}-planted", PARENT.replace("0", "x")])
def test_parent_that_is_none_begins_a_trace(app: Flask, exporter: InMemorySpanExporter, given: str) -> None:
    """What is not a traceparent (W3C Trace Context) is ignored."""
    app.test_client().get("/healthz", headers={"traceparent": given})
    (span,) = exporter.get_finished_spans()
    assert span.parent is None


def test_trace_of_a_client_without_a_proxy_is_ignored(
    make_app: Callable[..., Flask], exporter: InMemorySpanExporter
) -> None:
    """Without a proxy, nobody chooses the traces."""
    make_app(TRACES=True).test_client().get("/healthz", headers={"traceparent": PARENT})
    (span,) = exporter.get_finished_spans()
    assert span.parent is None


def test_site_without_the_setting_makes_no_spans(
    make_app: Callable[..., Flask], exporter: InMemorySpanExporter
) -> None:
    """Without TRACES nothing is traced."""
    make_app().test_client().get("/healthz")
    assert exporter.get_finished_spans() == ()
