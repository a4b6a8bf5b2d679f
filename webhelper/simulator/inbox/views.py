"""The page of the sandbox, on which a tester plays the vendor, and what its buttons do."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final, cast

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from flask_babel import get_locale

from liveform import ConfigError
from webhelper.simulator import codes
from webhelper.simulator.inbox.entries import Show, newest_entries
from webhelper.simulator.inbox.presets import FAULTS, GROUPS, STEPS
from webhelper.simulator.inbox.status import shown_submissions, status_of
from webhelper.simulator.languages import LANGUAGES, language_of
from webhelper.simulator.reviews import change_decision, review_pending
from webhelper.simulator.same_site import own_pages_alone
from webhelper.simulator.sandbox.doubts import DOUBTS
from webhelper.simulator.sandbox.errors import SandboxError

if TYPE_CHECKING:
    from webhelper.simulator.sandbox.sandbox import Sandbox
    from webhelper.simulator.webhooks.sender import Sender

_SHOWS: Final = ("all", "requests", "events")
_ENTRIES: Final = 50
_SUBMISSIONS: Final = 20


class Inbox:
    """The views of the page.

    Args:
        sandbox: what the simulator remembers.
        sender: what sends events.
        home_url: the site that the simulator belongs to, to lead back there; None if it runs alone.
    """

    def __init__(self, sandbox: Sandbox, sender: Sender, home_url: str | None = None) -> None:
        self._sandbox = sandbox
        self._sender = sender
        self._home_url = home_url

    def blueprint(self) -> Blueprint:
        """Return the routes of the page."""
        blueprint = Blueprint("inbox", __name__, url_prefix="/inbox")
        blueprint.before_request(own_pages_alone(self._home_url))
        blueprint.add_url_rule("", "page", self.page, strict_slashes=False)
        for path, view in (
            ("/clock", self.move_clock),
            ("/faults", self.set_fault),
            ("/events/<int:event_id>", self.send_event),
            ("/submissions/<submission_id>", self.review),
            ("/submissions/<submission_id>/change", self.change),
        ):
            blueprint.add_url_rule(path, view.__name__, view, methods=["POST"])
        return blueprint

    def page(self) -> Response:
        """Return the page: submissions, the newest requests and events, and the state of each project."""
        self._sandbox.tick()
        show = request.args.get("show", "all")
        with language_of(request.args.get("lang")):
            page = render_template(
                "simulator/inbox.html",
                entries=newest_entries(self._sandbox, show=cast("Show", show), limit=_ENTRIES),
                show=show if show in _SHOWS else "all",
                shows=_SHOWS,
                now=self._sandbox.clock.now(),
                projects=[status_of(self._sandbox, name) for name in self._sandbox.dashboards],
                submissions=shown_submissions(self._sandbox, limit=_SUBMISSIONS),
                home_url=self._home_url,
                set_faults=self._sandbox.faults.all(),
                groups=GROUPS,
                steps=STEPS,
                codes=codes,
                doubts=DOUBTS,
                languages=LANGUAGES,
                form_language=get_locale(),
            )
        return make_response(page)

    def move_clock(self) -> Response:
        """Move the clock of the sandbox, which makes events due and token ids expire."""
        step = STEPS.get(request.form.get("by", ""))
        if step is None:
            abort(HTTPStatus.BAD_REQUEST)
        try:
            self._sandbox.clock.move(step[0])
        except ConfigError:  # too far from the real time
            abort(HTTPStatus.BAD_REQUEST)
        return self._done()

    def set_fault(self) -> Response:
        """Set a fault, or remove one or all."""
        preset, number = FAULTS.get(request.form.get("add", "")), request.form.get("remove")
        if preset is not None:
            self._sandbox.faults.add(preset)
        elif number is not None and number.isascii() and number.isdecimal() and len(number) < 10:
            self._sandbox.faults.remove(int(number))
        else:
            abort(HTTPStatus.BAD_REQUEST)
        return self._done()

    def send_event(self, event_id: int) -> Response:
        """Send an event again, or twice, or let it get lost."""
        does = {
            "again": lambda: self._sender.send_now(event_id),
            "twice": lambda: self._sender.send_now(event_id, times=2),
            "lose": lambda: self._sender.lose(event_id),
        }.get(request.form.get("do", ""))
        if does is None:
            abort(HTTPStatus.BAD_REQUEST)
        try:
            does()
        except SandboxError:
            abort(HTTPStatus.NOT_FOUND)
        return self._done()

    def review(self, submission_id: str) -> Response:
        """Approve or reject a pending submission, as a reviewer does in the dashboard."""
        status, code = request.form.get("status", ""), request.form.get("reject_code", "other")
        if status not in ("approved", "rejected") or code not in codes.REJECT_CODES:
            abort(HTTPStatus.BAD_REQUEST)
        try:
            review_pending(self._sandbox, submission_id, status, code=code)
        except SandboxError:
            abort(HTTPStatus.NOT_FOUND)
        return self._done()

    def change(self, submission_id: str) -> Response:
        """Change the decision of a submission, as an administrator does in the dashboard."""
        status = request.form.get("status", "")
        if status not in ("approved", "rejected"):
            abort(HTTPStatus.BAD_REQUEST)
        try:
            change_decision(self._sandbox, submission_id, status)
        except SandboxError:
            abort(HTTPStatus.NOT_FOUND)
        return self._done()

    def _done(self) -> Response:
        show, lang = (request.form.get(name) or None for name in ("show", "lang"))
        return make_response(redirect(url_for(".page", show=show, lang=lang), HTTPStatus.SEE_OTHER))
