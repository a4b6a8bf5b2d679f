"""The routes of the control API; docs/sandbox.md describes them."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, jsonify, request

from liveform import ConfigError, Pipeline
from webhelper.simulator.control import bodies
from webhelper.simulator.control.completion import complete
from webhelper.simulator.decision import Decision
from webhelper.simulator.inbox.entries import pretty
from webhelper.simulator.reviews import review_pending
from webhelper.simulator.same_site import own_pages_alone
from webhelper.simulator.sandbox.clock import iso
from webhelper.simulator.sandbox.errors import NoCreditsError, SandboxError, UnknownError
from webhelper.simulator.sandbox.faults import Fault

if TYPE_CHECKING:
    from webhelper.simulator.sandbox.events import Event
    from webhelper.simulator.sandbox.request_log import Request
    from webhelper.simulator.sandbox.sandbox import Sandbox
    from webhelper.simulator.webhooks.sender import Sender

_MOST: Final = 1_000


class Control:
    """The views of the control API.

    Args:
        sandbox: what the simulator remembers.
        sender: what sends events.
        home_url: the site that the simulator belongs to; None if it runs alone.
    """

    def __init__(self, sandbox: Sandbox, sender: Sender, home_url: str | None = None) -> None:
        self._sandbox = sandbox
        self._sender = sender
        self._home_url = home_url

    def blueprint(self) -> Blueprint:
        """Return the routes."""
        blueprint = Blueprint("control", __name__, url_prefix="/sandbox")
        blueprint.before_request(own_pages_alone(self._home_url))
        blueprint.register_error_handler(SandboxError, _refused)
        blueprint.register_error_handler(ConfigError, _not_allowed)
        for method, path, view in (
            ("GET", "/clock", self.clock),
            ("POST", "/clock", self.move_clock),
            ("GET", "/faults", self.faults),
            ("POST", "/faults", self.set_fault),
            ("DELETE", "/faults", self.clear_faults),
            ("GET", "/events", self.events),
            ("POST", "/events/<int:event_id>/send", self.send_event),
            ("POST", "/deliver", self.deliver),
            ("GET", "/requests", self.requests),
            ("POST", "/complete", self.complete),
            ("POST", "/submissions", self.submit),
            ("POST", "/submissions/<submission_id>/review", self.review),
            ("POST", "/webhook", self.set_webhook),
        ):
            blueprint.add_url_rule(path, view.__name__, view, methods=[method])
        return blueprint

    def clock(self) -> Response:
        """Return the time of the sandbox."""
        return jsonify(now=iso(self._sandbox.clock.now()))

    def move_clock(self) -> Response:
        """Move the clock, and do what time does."""
        self._sandbox.clock.move(timedelta(seconds=bodies.read(bodies.MoveClock).move_s))
        self._sandbox.tick()
        return self.clock()

    def faults(self) -> Response:
        """Return the faults that are set."""
        return jsonify(
            faults=[{"id": number} | asdict(one) for number, one in self._sandbox.faults.all().items()]
        )

    def set_fault(self) -> Response:
        """Set a fault."""
        return jsonify(id=self._sandbox.faults.add(bodies.read(Fault)))

    def clear_faults(self) -> Response:
        """Remove all faults."""
        self._sandbox.faults.clear()
        return self.faults()

    def events(self) -> Response:
        """Return the latest 1,000 events, the oldest first; of one trigger with ``?trigger=``."""
        newest = self._sandbox.events.newest(trigger=request.args.get("trigger"), limit=_MOST)
        return jsonify(events=[self._event(event) for event in reversed(newest)])

    def _event(self, event: Event) -> dict[str, Any]:
        attempts = self._sandbox.events.attempts(event.id)
        tried = [{"at": one.at, "status": one.status, "problem": one.problem} for one in attempts]
        return asdict(event) | {"attempts": tried}

    def send_event(self, event_id: int) -> Response:
        """Send an event now, so many times; or let it get lost."""
        times = bodies.read(bodies.SendEvent).times
        if times == 0:
            self._sender.lose(event_id)
        else:
            self._sender.send_now(event_id, times=times)
        return jsonify(self._event(self._sandbox.events.get(event_id)))

    def deliver(self) -> Response:
        """Send every event that is due, and answer when that is done."""
        return jsonify(attempts=self._sender.deliver_due())

    def requests(self) -> Response:
        """Return the latest 1,000 API requests, the oldest first."""
        return jsonify(
            requests=[_request(one) for one in reversed(self._sandbox.requests.newest(limit=_MOST))]
        )

    def complete(self) -> Response:
        """Open a form URL, end its check, and return the Return URL."""
        body = bodies.read(bodies.Complete)
        decision = {name: value for name, value in asdict(body).items() if name != "url"}
        try:
            completion = complete(self._sandbox, body.url, Decision(**decision))
        except ValueError:
            bodies.refuse("url: is not a URL; it must be one that the project built")
        return jsonify(asdict(completion))

    def submit(self) -> Response:
        """Make a submission without a form."""
        body = bodies.read(bodies.Submit)
        pid = self._pid(body.pid)
        pipeline = Pipeline(body.pipeline)
        if body.outcome == "incomplete":
            submission_id = self._sandbox.begin(pid, body.values, pipeline=pipeline)
        else:
            submission_id = self._sandbox.submit(
                pid, body.values, body.outcome, pipeline=pipeline, codes=body.codes, data=body.data
            )
        return jsonify(submission_id=submission_id)

    def review(self, submission_id: str) -> Response:
        """Approve or reject a pending submission."""
        body = bodies.read(bodies.Review)
        review_pending(self._sandbox, submission_id, body.status, code=body.reject_code)
        return jsonify(submission_id=submission_id, status=body.status)

    def set_webhook(self) -> Response:
        """Set where the events of a project go from now on."""
        body = bodies.read(bodies.Webhook)
        if body.url is not None and not self._sender.may_call(body.url):
            bodies.refuse("url: must be on a loopback host, or on one that --allow-host names")
        pid = self._pid(body.pid)
        self._sandbox.configure(replace(self._sandbox.dashboard(pid), webhook_url=body.url))
        return jsonify(pid=pid, url=body.url)

    def _pid(self, pid: str | None) -> str:
        pids = [one.pid for one in self._sandbox.dashboards.values()]
        if pid is None and len(pids) != 1:
            bodies.refuse(f"pid is needed: one of {', '.join(pids)}")
        return self._sandbox.dashboard(pids[0] if pid is None else pid).pid


def _request(one: Request) -> dict[str, Any]:
    shown = asdict(one) | {"body": pretty(one.body), "answer": pretty(one.answer)}
    del shown["headers"]  # they hold addresses that no answer of ours repeats
    return shown | {"ignored": list(one.ignored), "doubts": list(one.doubts)}


def _not_allowed(error: ConfigError) -> Response:
    return bodies.refusal(str(error), HTTPStatus.BAD_REQUEST)


def _refused(error: SandboxError) -> Response:
    statuses = {UnknownError: HTTPStatus.NOT_FOUND, NoCreditsError: HTTPStatus.FORBIDDEN}
    return bodies.refusal(str(error), statuses.get(type(error), HTTPStatus.CONFLICT))
