"""The simulator: an imitation of the vendor's Liveform for demos and tests; the vendor has no sandbox.

``form_query`` reads a form URL as the vendor does, ``admission`` decides whether the form opens, and
``return_url`` builds the Return URL. ``error_pages`` has the error pages, ``token_states`` the token ids.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flask import Blueprint

from webhelper.simulator.views import Pages

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from liveform import Project

__all__ = ["create_blueprint"]


def create_blueprint(
    projects: Mapping[str, Project],
    return_urls: Mapping[str, tuple[str, ...]],
    *,
    clock: Callable[[], datetime] | None = None,
) -> Blueprint:
    """Return the simulator's blueprint, to be registered at the ``base_url`` of the projects.

    Args:
        projects: the projects by name. Of two projects with the same pid, the first is used.
        return_urls: the Return URLs that each project allows; the first is the default.
        clock: returns the time with a time zone; tests pass their own.
    """
    pages = Pages(projects, return_urls, clock or _now)
    blueprint = Blueprint("simulator", __name__, template_folder="templates", static_folder="static")
    blueprint.add_url_rule("/", "form", pages.form, strict_slashes=False)
    blueprint.add_url_rule("/knowledge", "knowledge_form", pages.knowledge_form, strict_slashes=False)
    blueprint.add_url_rule("/submit", "submit", pages.submit, methods=["POST"])
    blueprint.add_url_rule("/error-page/<kind>", "error_page", pages.error_page)
    return blueprint


def _now() -> datetime:
    return datetime.now(UTC)
