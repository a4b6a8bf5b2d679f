"""The Flask app of a site: ``create_app`` makes every object once and registers every page."""

from __future__ import annotations

from collections.abc import Callable, Mapping  # noqa: TC003 - for hints at run time
from datetime import timedelta
from functools import cache, partial
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Final

from flask import Flask, Response, jsonify

from liveform import ConfigError
from webhelper.api import links as api_links
from webhelper.api import returns as api_returns
from webhelper.api import visits as api_visits
from webhelper.api import waits as api_waits
from webhelper.api.openapi import document
from webhelper.api.operation import MAX_BODY_BYTES
from webhelper.api.permissions import may
from webhelper.config.rules import POSTGRESQL, SIMULATOR_PATH, SQLITE
from webhelper.config.settings import Settings, read_settings
from webhelper.inbox import views as inbox
from webhelper.messages.discovery import import_handlers, load_entry_points
from webhelper.services import EXTENSION
from webhelper.staff import console, kiosk, kiosk_setup, link_page, new_link, sign_ins, webhooks
from webhelper.staff.form_addresses import init_form_addresses, language_url
from webhelper.staff.session import init_sessions, is_signed_in
from webhelper.visitor import hand_over, open_link, qr, return_url
from webhelper.web import health
from webhelper.web.error_handlers import init_error_handlers
from webhelper.web.fast_redirect import FastRedirect
from webhelper.web.flask_app import FlaskApp
from webhelper.web.i18n import LANGUAGES, init_i18n, language
from webhelper.web.mount import Mount
from webhelper.web.observed import observed
from webhelper.web.request_ids import current_request_id
from webhelper.web.security_headers import SecurityHeaders
from webhelper.web.time_budgets import TimeBudgets
from webhelper.wiring import make_services

if TYPE_CHECKING:
    from webhelper.simulator import Site


__all__ = ["create_app"]

_SIMULATOR_FILE: Final = "simulator.db"
_HOUR_S: Final = 3600
_LOOPBACK: Final = ip_address("127.0.0.1")
_EVENT_DELAY: Final = timedelta(seconds=2.5)
_APIS: Final = (api_links.api, api_returns.api, api_visits.api, api_waits.api)
_VISITOR_PAGES: Final = (open_link, hand_over, qr, return_url)
_STAFF_PAGES: Final = (console, sign_ins, new_link, link_page, webhooks, kiosk_setup, kiosk)


def create_app(settings: Mapping[str, object], *, clock: Callable[[], float] | None = None) -> Flask:
    """Return the Flask app of a site.

    Args:
        settings: the settings that docs/webhelper.md lists, by name; ``BASE_URL``, ``SECRET_KEYS``,
            ``API_TOKENS`` and ``PROJECTS`` are required. The environment is not read; ``webhelper.wsgi``
            does that.
        clock: returns Unix time; None for that of the store, which all hosts share. Tests pass their own.

    Raises:
        ConfigError: a setting is missing, wrong or weak. It names every such setting, and no value. Or a
            module or an entry point with handlers cannot be loaded, or ``clock`` is not callable.
    """
    if not (clock is None or callable(clock)):
        raise ConfigError(("clock", "must be a function without arguments that returns Unix time"))
    checked = read_settings(settings)
    import_handlers(checked.handlers)
    app = FlaskApp("webhelper")  # the package has the templates and static files
    app.url_map.strict_slashes = app.url_map.merge_slashes = False  # their redirects would trust Host
    app.config.update(MAX_CONTENT_LENGTH=MAX_BODY_BYTES, SEND_FILE_MAX_AGE_DEFAULT=_HOUR_S)
    services = app.extensions[EXTENSION] = make_services(checked, clock)
    init_sessions(app, checked, services.links.clock)
    init_i18n(app)
    init_error_handlers(app)
    init_form_addresses(app)
    _add_views(app, checked)
    fast = FastRedirect(app.wsgi_app, services.links, services.browser_cookie)
    secured = SecurityHeaders(fast, form_addresses=_form_addresses(checked), is_https=checked.is_https)
    bounded = TimeBudgets(secured) if checked.store.startswith(POSTGRESQL) else secured
    answering = observed(bounded, app, checked, services.links.store)
    mounted = Mount(answering, checked.path, host=checked.host)
    app.wsgi_app = mounted  # type: ignore[method-assign]  # as Flask's documentation does it
    load_entry_points(app)
    return app


def _add_views(app: Flask, settings: Settings) -> None:
    for views in (*_VISITOR_PAGES, *_STAFF_PAGES, health, inbox):
        app.register_blueprint(views.blueprint)
    operations = []
    for api in _APIS:
        app.register_blueprint(api.blueprint)
        operations += api.operations
    described = cache(partial(document, operations, server=settings.base_url))

    @app.get("/api/openapi.json")
    def openapi() -> Response:
        return jsonify(described())

    @app.context_processor
    def shared() -> dict[str, object]:
        return {
            "site_name": settings.site_name,
            "site_host": settings.host,
            "language": language(),
            "languages": list(LANGUAGES.items()),
            "language_url": language_url,
            "time_zone": settings.time_zone,
            "signed_in": is_signed_in(),
            "may": may,
            "simulated": settings.simulator,
            "request_id": current_request_id(),
        }

    if settings.simulator:
        _add_simulator(app, settings)


def _add_simulator(app: Flask, settings: Settings) -> None:
    from webhelper import simulator  # noqa: PLC0415 - in demos and tests only

    is_file = settings.store.startswith(SQLITE)
    path = Path(settings.store.removeprefix(SQLITE)).with_name(_SIMULATOR_FILE) if is_file else None
    try:
        made = simulator.open_simulator(path, settings.projects, _site(settings))
    except simulator.SandboxError:
        problem = f"cannot be opened: {_SIMULATOR_FILE} beside STORE is not readable, or of another version"
        raise ConfigError(("SIMULATOR", problem)) from None
    app.extensions[simulator.EXTENSION] = made
    app.register_blueprint(made.blueprint, url_prefix=SIMULATOR_PATH)


def _form_addresses(settings: Settings) -> list[str]:
    """Return where forms may lead beside this site: from the simulated form, to what ``next`` may be."""
    if not settings.simulator:
        return []
    pages = [f"{scheme}://{host}" for host in settings.return_hosts for scheme in ("http", "https")]
    return pages + [f"{scheme}:" for scheme in settings.return_schemes]


def _site(settings: Settings) -> Site:
    """Return what the simulator knows of this site.

    Its forms lead back to this site, or to the CORS origins. It sends webhooks if this site takes them from
    this machine, some seconds late: so one sees what the return claims before the webhook confirms it.
    """
    from webhelper.simulator import Site  # noqa: PLC0415 - in demos and tests only

    others = [f"{origin}/" for origin in sorted(settings.cors_origins) if origin.startswith("http")]
    takes_webhooks = any(_LOOPBACK in network for network in settings.webhook_senders)
    return Site(
        home_url=f"{settings.base_url}/",
        return_urls={name: (f"{settings.base_url}/return/{name}", *others) for name in settings.projects},
        webhook_urls={
            name: f"{settings.local_url}/webhooks/{name}" for name in settings.projects if takes_webhooks
        },
        event_delay=_EVENT_DELAY,
        private=settings.token_pools,
    )
