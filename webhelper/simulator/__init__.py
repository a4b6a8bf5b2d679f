"""The simulator: the vendor's Liveform imitated, for demos and tests, where the vendor has no sandbox.

``form_query`` says what the vendor makes of a form URL, ``admission`` whether the form opens now, and
``return_url`` what comes back; ``error_pages`` holds the error pages and ``token_states`` those of token ids.
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
    """Return the blueprint, to be registered where the projects' ``base_url`` points.

    Args:
        projects: by name. A project's pid must not be another's too, or the first is taken.
        return_urls: the Return URLs that each project allows; the first is the default.
        clock: the time now, with a time zone; for tests.
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
