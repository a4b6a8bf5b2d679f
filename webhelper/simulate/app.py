"""The Flask app of the simulator alone, with the form at ``/`` and the API below ``/v3``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import request
from flask_babel import Babel

from webhelper.simulator import EXTENSION
from webhelper.simulator.languages import LANGUAGES
from webhelper.web.flask_app import FlaskApp
from webhelper.web.security_headers import SecurityHeaders

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask import Flask

    from webhelper.simulator import Simulator

_MAX_BODY_BYTES: Final = 64 * 1024  # of the pages; the API allows more
_HOUR_S: Final = 3600


def create_simulator_app(simulator: Simulator, *, form_addresses: Iterable[str] = ()) -> Flask:
    """Return the app.

    Args:
        simulator: what it serves.
        form_addresses: addresses that forms may lead to, such as the Return URLs of the projects.
    """
    app = FlaskApp("webhelper", static_folder=None)
    app.url_map.strict_slashes = app.url_map.merge_slashes = False
    app.config.update(MAX_CONTENT_LENGTH=_MAX_BODY_BYTES, SEND_FILE_MAX_AGE_DEFAULT=_HOUR_S)
    Babel(app, locale_selector=_language)
    app.extensions[EXTENSION] = simulator
    app.register_blueprint(simulator.blueprint)
    app.wsgi_app = SecurityHeaders(  # type: ignore[method-assign]  # as Flask's documentation does it
        app.wsgi_app, form_addresses=form_addresses
    )
    return app


def _language() -> str | None:
    return request.accept_languages.best_match(LANGUAGES, default="en")
