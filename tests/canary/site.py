"""The site of the canary run: every feature is on, and everything personal or secret in it is a canary."""

from __future__ import annotations

import base64
import logging
import secrets
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Final, cast

import pytest
from canaries import Canaries
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from sites import Clock

from liveform import Project
from tests.canary.recorder import Recorder
from tests.contract.receiver import Receiver, receiving
from webhelper import create_app
from webhelper.messages.signals import claim_refuted, event_received, outcome_confirmed
from webhelper.simulate import LocalSimulator, local_server
from webhelper.simulate.ready_made import Keys
from webhelper.web import access_log
from webhelper.web.json_lines import JsonLines
from webhelper.web.log_output import TextLines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

    from webhelper.messages.signals import EventMessage, OutcomeMessage
    from webhelper.services import Services

BASE_URL: Final = "https://shop.example.com"
RETURN_HOST: Final = "app.example.com"
OFFICE, READER = "office", "reader"  # holders of API tokens
_PEOPLE: Final = {
    "email": "canary.{}@example.com",
    "userid": "canary-user-{}",
    "cf1": "Canary One, Room {}",
    "cf2": "canary/two+{}",
    "name": "Canary Q. Surname-{}",
    "phone": "+82 10 canary {}",
    "note": "a canary's note: {} & more",
    "userid prefix": "canary.prefix-{}",
    "next": "canary-next-{}",
    "search": "canary search {}",
}
_SECRETS: Final = (
    "secret key",
    "older secret key",
    "office token",
    "reader token",
    "wrong token",
    "metrics token",
    "form key",
    "api key",
    "face auth key",
    "signup key",
    "signup previous key",
    "signup return key",
    "signup api key",
    "outgoing url",
)
_ARGS_OF_A_REQUEST: Final = 5
# What is kept and shown on purpose, by docs and by the answers that name it; never in logs.
_CHOSEN: Final = {
    "label": "canary label {}",
    "kiosk": "canary store {}",
    "idempotency key": "canary-order-{}",
}
# What clients and proxies send along, for nobody.
_SENT: Final = {
    "user agent": "CanaryBrowser/{}",
    "referer": "https://canary.example.org/{}",
    "request id": "canaryrequestid{}",
    "trace": "canarytrace{}",
    "address": "2001:db8::{:.4}:{:.4}",
    "path": "canary-path-{}",
}


def new_canaries() -> Canaries:
    """Return canaries of every kind that a site is given."""
    planted = Canaries()
    for name, text in _PEOPLE.items():
        planted.add(name, text.format(secrets.token_hex(6)), guessable=True)
    for name, text in (_CHOSEN | _SENT).items():
        planted.add(name, text.format(secrets.token_hex(6), secrets.token_hex(6)))
    for name in _SECRETS:
        planted.add(name, secrets.token_urlsafe(30))
    raw = secrets.token_bytes(32)
    planted.add("outgoing secret", base64.b64encode(raw).decode())
    return planted


class Site:
    """The site, and what it writes.

    Attributes:
        app: the app, with a ``Recorder`` in front.
        canaries: what it was given, and later what it made.
        clock: of the app.
        vendor: the simulator at which the project ``shop`` is, in private mode.
        sink: where outgoing webhooks go.
        spans: what an exporter of traces got.
        lines: what was logged by anybody at any level, formatted as text and as JSON, with all attributes.
        raised: the errors that requests ended with.
        told: what handlers got.
    """

    def __init__(self, canaries: Canaries, vendor: LocalSimulator, sink: Receiver) -> None:
        self.canaries, self.vendor, self.sink = canaries, vendor, sink
        self.clock = Clock()
        self.spans = InMemorySpanExporter()
        self.lines: list[str] = []
        self.raised: list[BaseException] = []
        self.told: list[EventMessage | OutcomeMessage] = []
        self.app: Flask
        self.recorder: Recorder

    def start(self, store: str, **changes: object) -> None:
        """Make the app on this store, with other settings."""
        self.app = create_app(self.settings(store) | changes, clock=self.clock)
        self.recorder = Recorder(self.app)
        handle = self.app.handle_user_exception

        def keep(error: Exception) -> Any:
            self.raised.append(error)
            return handle(error)

        self.app.handle_user_exception = keep  # type: ignore[method-assign,assignment]

    @property
    def services(self) -> Services:
        """The services of the app."""
        return cast("Services", self.app.extensions["webhelper"])

    def settings(self, store: str) -> dict[str, object]:
        """Return settings with every feature on."""
        its = self.canaries
        return {
            "BASE_URL": BASE_URL,
            "SECRET_KEYS": [its["secret key"], its["older secret key"]],
            "API_TOKENS": {OFFICE: its["office token"], READER: its["reader token"]},
            "API_SCOPES": {READER: ["read"]},
            "PROJECTS": self.projects(),
            "STORE": store,
            "RETURN_HOSTS": [RETURN_HOST],
            "RETURN_SCHEMES": ["canaryapp"],
            "CORS_ORIGINS": [f"https://{RETURN_HOST}"],
            "WEBHOOK_SENDERS": ["127.0.0.1"],
            "OUTGOING_URL": f"{self.sink.url}/{its['outgoing url']}",
            "OUTGOING_SECRETS": [f"whsec_{its['outgoing secret']}"],
            "RECONCILE_MINUTES": 5,
            "TOKEN_POOLS": {"shop": 8},
            "BACKGROUND_JOBS": False,
            "LOG_FORMAT": "json",
            "METRICS_TOKEN": its["metrics token"],
            "TRACES": True,
            "LIMITS": dict.fromkeys(("sign_in", "wrong_tokens", "kiosk", "returns"), "9999/1m"),
        }

    def projects(self) -> dict[str, Project]:
        """Return a project in private mode at the vendor, one with every key, and one without any."""
        its = self.canaries
        signup = Project(
            "signuppid1",
            key=its["signup key"],
            previous_keys=[its["signup previous key"]],
            return_key=its["signup return key"],
            cipher="ecb",
            encryption_only=True,
            api_key=its["signup api key"],
            api_url=f"{self.vendor.base_url}/v3",
            secure_data_transfer=True,
        )
        return {"shop": self.vendor.project, "signup": signup, "plain": Project("plainpid01")}

    def headers(self) -> dict[str, str]:
        """Return what a browser and a proxy might send along."""
        its = self.canaries
        return {
            "User-Agent": its["user agent"],
            "Referer": its["referer"],
            "X-Request-Id": its["request id"],
            "tracestate": f"shop={its['trace']}",
            "baggage": f"email={its['email']}",
            "X-Forwarded-For": its["address"],
            "Forwarded": f'for="[{its["address"]}]"',
        }

    def everything_written(self) -> str:
        """Return what was logged, traced, and written to ``wsgi.errors``."""
        spans = [f"{one.name} {one.to_json()} {one.events}" for one in self.spans.get_finished_spans()]
        return "\n".join([*self.lines, *spans, self.recorder.errors.getvalue()])

    def close(self) -> None:
        """Close the store."""
        self.services.background.stop()
        self.services.links.store.close()
        if "simulator" in self.app.extensions:
            self.app.extensions["simulator"].close()


class Lines(logging.Handler):
    """Keeps every record: formatted as text and as JSON, and with all that a formatter could show."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__(logging.DEBUG)
        self._lines = lines
        self._formatters = (TextLines(), JsonLines(), logging.Formatter())

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record; the line of a request alone can be formatted as one."""
        is_odd = record.name == access_log.log.name and len(record.args or ()) != _ARGS_OF_A_REQUEST
        self._lines += [
            one.format(record) for one in self._formatters if not is_odd or type(one) is logging.Formatter
        ]
        self._lines.append(repr(record.__dict__))


@contextmanager
def watched_site(store: str, **changes: object) -> Iterator[Site]:
    """Yield a site on this store, with other settings, of which everything is kept that it writes."""
    its = new_canaries()
    keys = Keys(
        pid="shoppid001",
        key=its["form key"],
        api_key=its["api key"],
        face_auth_pid="facepid001",
        face_auth_key=its["face auth key"],
    )
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(local_server, "new_keys", lambda: keys)
        return_url = f"{BASE_URL}/return/shop"
        vendor = stack.enter_context(LocalSimulator(return_url=return_url, private_mode=True))
        site = Site(its, vendor, stack.enter_context(receiving()))
        provider = TracerProvider(shutdown_on_exit=False)
        provider.add_span_processor(SimpleSpanProcessor(site.spans))
        patch.setattr(trace, "get_tracer", lambda name, *_, **__: provider.get_tracer(name))
        stack.callback(provider.shutdown)
        stack.enter_context(_logged(site.lines))
        site.start(store, **changes)
        stack.callback(site.close)
        stack.enter_context(_told(site))
        yield site


@contextmanager
def _logged(lines: list[str]) -> Iterator[None]:
    """Keep what any logger logs at any level."""
    root, handler = logging.getLogger(), Lines(lines)
    loggers = [one for one in root.manager.loggerDict.values() if isinstance(one, logging.Logger)]
    before = [(one, one.level, one.propagate) for one in (root, *loggers)]
    for one in loggers:
        one.setLevel(logging.NOTSET)
        one.propagate = True
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        root.removeHandler(handler)
        for one, level, propagates in before:
            one.setLevel(level)
            one.propagate = propagates


@contextmanager
def _told(site: Site) -> Iterator[None]:
    """Connect a handler that keeps what it gets, and then fails with it."""

    def handler(project: str, message: Any) -> None:
        site.told.append(message)
        raise ValueError(project, message, site.canaries.everything())

    with ExitStack() as stack:
        for signal in (event_received, outcome_confirmed, claim_refuted):
            stack.enter_context(signal.connected_to(handler))
        yield
