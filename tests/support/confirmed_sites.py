"""This module has a site whose one project is at a simulator of the vendor, and what happens there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast
from urllib.parse import parse_qs, urlsplit

from sites import TOKEN, settings

from webhelper import create_app
from webhelper.links.stores.inbox import EventFilter

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from liveform import Project
    from webhelper.links.models import Visit
    from webhelper.links.outcomes import Outcome
    from webhelper.links.stores.inbox import KeptEvent
    from webhelper.services import Services

NAME = "shop"
LOOPBACK = "127.0.0.1"  # where the requests of a test come from
WITH_TOKEN = {"Authorization": f"Bearer {TOKEN}"}


class Started(NamedTuple):
    """A visit that a browser began: it was sent to the form."""

    browser: FlaskClient
    link_id: str
    visit_id: str
    state: str
    form_url: str


class ConfirmedSite:
    """A site of one project, whose webhooks come from this machine. Its background is off: a test works.

    Args:
        directory: where its store is.
        project: of ``NAME``.
        clock: returns Unix time.
        **changes: other settings.
    """

    def __init__(
        self, directory: Path, project: Project, clock: Callable[[], float], **changes: object
    ) -> None:
        self.project = project
        self.clock = clock
        given = {"PROJECTS": {NAME: project}, "WEBHOOK_SENDERS": [LOOPBACK], "BACKGROUND_JOBS": False}
        self.app = create_app(settings(directory, **given | changes), clock=clock)
        self.services = cast("Services", self.app.extensions["webhelper"])
        self.store = self.services.links.store

    def close(self) -> None:
        """Close the store."""
        self.store.close()

    def start(self, userid: str | None = "user_12345", **link_request: Any) -> Started:
        """Let a new browser open a link of its own, up to the form."""
        browser = self.app.test_client()
        body = {"pipeline": "id_document", "fields": {} if userid is None else {"userid": userid}}
        link = browser.post("/api/links", json=body | link_request, headers=WITH_TOKEN).get_json()
        form_url = browser.post(urlsplit(link["url"]).path).headers["Location"]
        (visit,) = self.store.visits(link["id"], limit=10)
        return Started(browser, link["id"], visit.id, self.state_in(form_url), form_url)

    def state_in(self, form_url: str) -> str:
        """Return the signed state that a form URL carries."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(form_url).query).items()}
        sent = query if "encrypted" not in query else self.project.decrypt(query["encrypted"])
        return str(sent["cf3"])

    def come_back(self, started: Started, return_url: str) -> TestResponse:
        """Let the browser come back by the Return URL."""
        return started.browser.get(f"/return/{NAME}?{urlsplit(return_url).query}")

    def post(self, body: bytes | str, project: str = NAME, **options: Any) -> TestResponse:
        """Post a webhook."""
        program = self.app.test_client(use_cookies=False)
        return program.post(f"/webhooks/{project}", data=body, **options)

    def work(self, now: float | None = None) -> int:
        """Work all events that are due, and return how many there were."""
        worker, moment, count = self.services.event_worker, self.clock() if now is None else now, 0
        while worker.work_one(moment):
            count += 1
        return count

    def call(self, method: str, path: str, **options: Any) -> TestResponse:
        """Call the site's API."""
        program = self.app.test_client(use_cookies=False)
        return program.open(path, method=method, headers=WITH_TOKEN, **options)

    def visit(self, visit_id: str) -> Visit:
        """Return a visit with its outcomes."""
        visited_link = self.store.visited_link(visit_id)
        if visited_link is None:
            raise LookupError(visit_id)
        return visited_link.visit

    def shown(self, visit_id: str) -> str | None:
        """Return what is shown of a visit, such as ``"approved confirmed api"``."""
        outcome = self.visit(visit_id).outcome
        return None if outcome is None else text_of(outcome)

    def events(self) -> list[KeptEvent]:
        """Return all kept events with their members, the oldest first."""
        listed = self.store.inbox.page(EventFilter(), limit=1000)
        found = (self.store.inbox.get(one.number) for one in reversed(listed))
        return [one for one in found if one is not None]

    def refused(self) -> dict[str, int]:
        """Return how many webhooks were refused, by ``project reason``."""
        counts = self.services.inbox.refused(days=1)
        return {f"{one.project} {one.reason}".strip(): one.times for one in counts}


def text_of(outcome: Outcome) -> str:
    """Return an outcome in three words."""
    return f"{outcome.result} {outcome.level} {outcome.source}"
