"""The web helper: signed links and QR codes to Liveforms, and what comes back. A Flask app."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from flask import Flask, Response, jsonify

from liveform import ConfigError
from webhelper.api.openapi import document
from webhelper.api.operations import MAX_BODY_BYTES
from webhelper.codes import Codes
from webhelper.context import EXTENSION, Helper
from webhelper.errors import StoreError
from webhelper.links.desk import Desk
from webhelper.links.orders import OrderCheck
from webhelper.links.sealed import SealedStore
from webhelper.links.sealing import Sealer
from webhelper.links.sqlite import SqliteStore
from webhelper.links.states import States
from webhelper.links.targets import Targets
from webhelper.links.tokens import Tokens
from webhelper.returns.reception import Reception
from webhelper.setting_rules import SEALED, SQLITE
from webhelper.settings import SIMULATOR_PATH, Settings, read_settings
from webhelper.views import api_links, api_returns, console, health, kiosk, qr, redirect, returns
from webhelper.views.express import Express
from webhelper.web.access_log import AccessLog
from webhelper.web.headers import SecurityHeaders
from webhelper.web.languages import LANGUAGES, init_languages, language
from webhelper.web.problems import init_problems
from webhelper.web.queries import AsciiQueryRequest
from webhelper.web.sign_in import init_sessions, signed_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from webhelper.links.store import Store

__all__ = ["create_app"]

_HOUR_S: Final = 3600
_APIS: Final = (api_links.api, api_returns.api)
_PAGES: Final = (redirect, qr, returns, console, kiosk, health)


def create_app(settings: Mapping[str, object]) -> Flask:
    """Return the app.

    Args:
        settings: by the names of docs/webhelper.md: ``BASE_URL``, ``SECRET_KEYS``, ``API_TOKENS`` and
            ``PROJECTS`` at least. The environment is not looked at; ``webhelper.wsgi`` does that.

    Raises:
        ConfigError: everything that is missing, wrong or weak, by name and never by value.
    """
    checked = read_settings(settings)
    app = Flask(__name__)
    app.request_class = AsciiQueryRequest
    app.url_map.strict_slashes = app.url_map.merge_slashes = False  # they redirect to what Host says
    app.config.update(MAX_CONTENT_LENGTH=MAX_BODY_BYTES, SEND_FILE_MAX_AGE_DEFAULT=_HOUR_S)
    rooms = app.extensions[EXTENSION] = _helper(checked)
    init_sessions(app, checked)
    init_languages(app)
    init_problems(app)
    _add_views(app, checked)
    app.wsgi_app = AccessLog(  # type: ignore[method-assign]  # as Flask's documentation does it
        SecurityHeaders(Express(app.wsgi_app, rooms.desk), form_addresses=_form_addresses(checked))
    )
    return app


def _helper(settings: Settings) -> Helper:
    sealer, states = Sealer(settings.secret_keys), States(settings.secret_keys)
    store = _store(settings, sealer)
    targets = Targets(settings.projects, states, settings.state_field)
    return Helper(
        settings=settings,
        desk=Desk(
            store=store,
            tokens=Tokens(settings.secret_keys),
            targets=targets,
            check=OrderCheck(targets, settings.return_hosts),
        ),
        reception=Reception(settings.projects, states, settings.state_field, store),
        codes=Codes(settings.secret_keys),
    )


def _store(settings: Settings, sealer: Sealer) -> Store:
    if settings.store == SEALED:
        return SealedStore(sealer)
    path = Path(settings.store.removeprefix(SQLITE))
    try:
        return SqliteStore(path, sealer, retention_days=settings.retention_days)
    except StoreError:
        raise ConfigError(
            ("STORE", "is no file that can be opened as a store of links, or is one of another version")
        ) from None


def _add_views(app: Flask, settings: Settings) -> None:
    for views in _PAGES:
        app.register_blueprint(views.blueprint)
    operations = []
    for api in _APIS:
        app.register_blueprint(api.blueprint)
        operations += api.operations
    described = document(operations, server=settings.base_url)

    @app.get("/api/openapi.json")
    def openapi() -> Response:
        return jsonify(described)

    @app.context_processor
    def shared() -> dict[str, object]:
        return {
            "site_name": settings.site_name,
            "site_host": settings.host,
            "language": language(),
            "languages": list(LANGUAGES.items()),
            "signed_in": signed_in() is not None,
            "simulated": settings.simulator,
        }

    if settings.simulator:
        from webhelper.simulator import create_blueprint  # noqa: PLC0415 - in demos and tests only

        app.register_blueprint(
            create_blueprint(settings.projects, _return_urls(settings)), url_prefix=SIMULATOR_PATH
        )


def _form_addresses(settings: Settings) -> list[str]:
    """Where our forms may lead: to the projects' Liveforms and, from the simulated one, to ``next``."""
    addresses = [project.base_url for project in settings.projects.values()]
    if settings.simulator:
        addresses += [f"{scheme}://{host}" for host in settings.return_hosts for scheme in ("http", "https")]
    return addresses


def _return_urls(settings: Settings) -> dict[str, tuple[str, ...]]:
    """Where the simulator may send browsers: here, and to the pages that may read returns here."""
    others = [f"{origin}/" for origin in sorted(settings.cors_origins)]
    return {name: (f"{settings.base_url}/return/{name}", *others) for name in settings.projects}
