"""The simulator: an imitation of the vendor for demos and tests; the vendor has no sandbox.

``form_query`` reads a form URL as the vendor does, ``admission`` decides whether the form opens, and
``return_url`` builds the Return URL. ``sandbox`` remembers what happened, ``rest`` is the API, ``webhooks``
sends events, ``inbox`` is a page that shows it all, and ``control`` lets tests in other languages set it.
"""

from __future__ import annotations

from dataclasses import dataclass
from secrets import randbits
from typing import TYPE_CHECKING, Final

from flask import Blueprint

from webhelper.simulator.control.views import Control
from webhelper.simulator.dashboards import Site, dashboards_of
from webhelper.simulator.face_auth_views import FaceAuthPages
from webhelper.simulator.inbox.views import Inbox
from webhelper.simulator.rest import create_rest_blueprint
from webhelper.simulator.sandbox.database import MEMORY
from webhelper.simulator.sandbox.errors import SandboxError
from webhelper.simulator.sandbox.sandbox import Sandbox
from webhelper.simulator.views import Pages
from webhelper.simulator.webhooks.background import BackgroundSender
from webhelper.simulator.webhooks.posting import Poster
from webhelper.simulator.webhooks.sender import Sender

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from liveform import Project

__all__ = [
    "EXTENSION",
    "MEMORY",
    "Poster",
    "Sandbox",
    "SandboxError",
    "Simulator",
    "Site",
    "create_simulator",
    "open_simulator",
]


EXTENSION: Final = "simulator"  # its name in the extensions of an app


@dataclass(frozen=True, slots=True)
class Simulator:
    """The parts of a simulator.

    Attributes:
        sandbox: what it remembers.
        sender: sends its events.
        blueprint: its pages and its API.
        background: sends events while a server runs; None if only ``sender.deliver_due`` does.
    """

    sandbox: Sandbox
    sender: Sender
    blueprint: Blueprint
    background: BackgroundSender | None = None

    def close(self) -> None:
        """Stop to send events, and close the file."""
        if self.background is not None:
            self.background.stop()
        self.sandbox.close()


def create_simulator(
    sandbox: Sandbox,
    *,
    poster: Poster | None = None,
    in_background: bool = False,
    home_url: str | None = None,
) -> Simulator:
    """Return a simulator, whose blueprint is to be registered at the ``base_url`` of the projects.

    Args:
        sandbox: what it remembers; its dashboards have the projects.
        poster: what sends an event; without it, only loopback hosts are called.
        in_background: whether a thread sends events after a request that made some.
        home_url: the site that it belongs to, if it does not run alone.
    """
    sender = Sender(sandbox, poster or Poster())
    blueprint = _form_blueprint(sandbox)
    blueprint.register_blueprint(create_rest_blueprint(sandbox), url_prefix="/v3")
    blueprint.register_blueprint(Inbox(sandbox, sender, home_url).blueprint())
    blueprint.register_blueprint(Control(sandbox, sender, home_url).blueprint())
    background = BackgroundSender(sender) if in_background else None
    if background is not None:
        blueprint.after_request(background.after_request)
    return Simulator(sandbox, sender, blueprint, background)


def open_simulator(path: Path | None, projects: Mapping[str, Project], site: Site) -> Simulator:
    """Return the simulator of a site, which sends events in the background.

    Args:
        path: the file that keeps what it remembers, made when missing; None keeps it in memory.
        projects: the projects by name.
        site: what the simulator knows of the site.

    Raises:
        SandboxError: the file cannot be opened, or is none of a simulator of this version.
    """
    dashboards = dashboards_of(projects, site)
    sandbox = Sandbox(MEMORY if path is None else path, dashboards, seed=randbits(32))
    return create_simulator(sandbox, in_background=True, home_url=site.home_url)


def _form_blueprint(sandbox: Sandbox) -> Blueprint:
    pages, face_auth = Pages(sandbox), FaceAuthPages(sandbox)
    blueprint = Blueprint("simulator", __name__, template_folder="templates", static_folder="static")
    blueprint.add_url_rule("/", "form", pages.form, strict_slashes=False)
    blueprint.add_url_rule("/knowledge", "knowledge_form", pages.knowledge_form, strict_slashes=False)
    blueprint.add_url_rule("/submit", "submit", pages.submit, methods=["POST"])
    blueprint.add_url_rule("/error-page/<kind>", "error_page", pages.error_page)
    blueprint.add_url_rule("/face-auth", "face_auth", face_auth.form, strict_slashes=False)
    blueprint.add_url_rule("/face-auth/submit", "submit_face_auth", face_auth.submit, methods=["POST"])
    return blueprint
