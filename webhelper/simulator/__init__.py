"""The simulator: an imitation of the vendor for demos and tests; the vendor has no sandbox.

``form_query`` reads a form URL as the vendor does, ``admission`` decides whether the form opens, and
``return_url`` builds the Return URL. ``sandbox`` remembers what happened, ``rest`` is the API, ``webhooks``
sends events, ``inbox`` shows it all, and ``control`` lets tests in other languages set it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint

from webhelper.simulator.dashboards import dashboards_of
from webhelper.simulator.sandbox.clock import real_time
from webhelper.simulator.sandbox.database import MEMORY
from webhelper.simulator.sandbox.sandbox import Sandbox
from webhelper.simulator.views import Pages

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from liveform import Project

__all__ = ["create_blueprint", "form_blueprint"]


def create_blueprint(
    projects: Mapping[str, Project],
    return_urls: Mapping[str, tuple[str, ...]],
    *,
    clock: Callable[[], datetime] | None = None,
) -> Blueprint:
    """Return a simulator that keeps all in memory, to be registered at the ``base_url`` of the projects.

    Args:
        projects: the projects by name. Of two projects with the same pid, the first is used.
        return_urls: the Return URLs that each project allows; the first is the default.
        clock: returns the time with a time zone; tests pass their own.
    """
    sandbox = Sandbox(MEMORY, dashboards_of(projects, return_urls), clock=clock or real_time)
    return form_blueprint(sandbox)


def form_blueprint(sandbox: Sandbox, wake: Callable[[], object] = bool) -> Blueprint:
    """Return the pages of the form.

    Args:
        sandbox: what the simulator remembers.
        wake: called when there may be an event to send.
    """
    pages = Pages(sandbox, wake)
    blueprint = Blueprint("simulator", __name__, template_folder="templates", static_folder="static")
    blueprint.add_url_rule("/", "form", pages.form, strict_slashes=False)
    blueprint.add_url_rule("/knowledge", "knowledge_form", pages.knowledge_form, strict_slashes=False)
    blueprint.add_url_rule("/submit", "submit", pages.submit, methods=["POST"])
    blueprint.add_url_rule("/error-page/<kind>", "error_page", pages.error_page)
    return blueprint
