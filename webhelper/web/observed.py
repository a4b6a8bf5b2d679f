"""An app with its access log, and with the metrics, traces and request ids that the settings turn on."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from liveform import ConfigError
from webhelper.config.operating_rules import JSON
from webhelper.web.access_log import AccessLog
from webhelper.web.request_ids import RequestIds

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

    from flask import Flask

    from webhelper.config.settings import Settings
    from webhelper.links.stores.base import Store

# setting -> the package that it needs, and the extra with which that comes
_PACKAGES: Final = {
    "METRICS_TOKEN": ("prometheus_client", "metrics"),
    "TRACES": ("opentelemetry", "traces"),
}


def missing_extras(settings: Settings) -> list[tuple[str, str]]:
    """Return the settings that are on but whose packages are not installed, each with what to do."""
    return [
        (name, f"needs {package}, which is not installed; it comes with the extra liveform[{extra}]")
        for name, (package, extra) in _PACKAGES.items()
        if getattr(settings, name.lower()) and find_spec(package) is None
    ]


def observed(answering: WSGIApplication, app: Flask, settings: Settings, store: Store) -> WSGIApplication:
    """Return what answers, observed. What the settings leave off costs a request nothing.

    Args:
        answering: the middleware of the app.
        app: gets the page ``/metrics``, if metrics are on.
        settings: of the site.
        store: of the site; metrics show what waits in it.

    Raises:
        ConfigError: a setting is on whose package is not installed.
    """
    missing = missing_extras(settings)
    if missing:
        raise ConfigError(*missing)
    has_proxy = settings.proxies > 0
    answering = AccessLog(answering)
    if settings.metrics_token is not None:
        answering = _measured(answering, app, settings.metrics_token, (store, tuple(settings.token_pools)))
    if settings.traces:
        from webhelper.web.traces import Traces  # noqa: PLC0415 - of an extra

        answering = Traces(answering, has_proxy=has_proxy)
    if settings.log_format == JSON:
        answering = RequestIds(answering, has_proxy=has_proxy)
    return answering


def _measured(
    answering: WSGIApplication, app: Flask, token: bytes, state: tuple[Store, tuple[str, ...]]
) -> WSGIApplication:
    from webhelper.web.metrics import Measured, Metrics, metrics_page  # noqa: PLC0415 - of an extra
    from webhelper.web.state_metrics import StateMetrics  # noqa: PLC0415 - of an extra

    metrics = Metrics(StateMetrics(*state))
    app.register_blueprint(metrics_page(metrics, token))
    return Measured(answering, metrics)
