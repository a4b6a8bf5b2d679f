"""Ready-made bodies of webhooks, each made by a sandbox that does what leads to the event."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from liveform import ConfigError, Pipeline
from webhelper.simulate.ready_made import new_keys, project_of
from webhelper.simulator import MEMORY, Sandbox
from webhelper.simulator.dashboards import dashboard_of
from webhelper.simulator.sandbox import changes
from webhelper.simulator.sandbox.clock import iso
from webhelper.simulator.sandbox.dashboard import ADMIN, WORKLIST, TokenExpiration
from webhelper.simulator.sandbox.face_auths import FaceAuth
from webhelper.simulator.sandbox.options import check
from webhelper.simulator.sandbox.rules import TEXT

if TYPE_CHECKING:
    from collections.abc import Callable

_BASE_URL: Final = "http://127.0.0.1"
_TOKEN: Final = "tok_12345"  # noqa: S105 - an example
_VALUES: Final = {"userid": "user_12345", "email": "jane@example.com", "cf1": "c1", "tokenid": _TOKEN}


class _Story:
    """A sandbox with one project, in which events happen."""

    def __init__(self) -> None:
        project = project_of(new_keys(), _BASE_URL)
        self.dashboard = dashboard_of(project, (), token_expiration=TokenExpiration())
        self.sandbox = Sandbox(MEMORY, {"sandbox": self.dashboard})
        self.sandbox.token_ids.register(
            project.pid, [_TOKEN], at=iso(self.sandbox.clock.now()), expires_at=None
        )
        self.id = self.sandbox.begin(project.pid, _VALUES, pipeline=Pipeline.ID_DOCUMENT)

    def end(self, outcome: Any = "approved", *codes: str) -> None:  # noqa: ANN401 - an Outcome
        """End the check."""
        self.sandbox.finish(self.id, outcome, codes=codes)

    def change(self, change: Callable[..., object], *more: object, **named: object) -> None:
        """End the check, and change the submission as the API does."""
        self.end()
        change(self.sandbox, self.sandbox.submissions.get(self.id), *more, **named)

    def inject(self, fail_code: str | None = None) -> None:
        """End the check, and add data by a form."""
        self.end()
        self.sandbox.inject(self.id, {"cf1": "new"}, fail_code=fail_code)

    def authenticate(self) -> None:
        """End the check, and authenticate the face by a form."""
        self.end()
        face_auth = FaceAuth(
            id=self.sandbox.ids.other_id("face_auth"),
            pid=self.dashboard.pid,
            submission_id=self.id,
            created_at=iso(self.sandbox.clock.now()),
            submit_type="form",
            user={"userId": "user_12345"},
            fail_codes=(),
            image=None,
        )
        changes.authenticate(self.sandbox, self.dashboard, face_auth)


_STORIES: Final[dict[str, Callable[[_Story], object]]] = {
    "created": lambda _: None,
    "retry": lambda story: story.sandbox.retry(story.id, "glare_detected"),
    "submit": lambda story: story.end("pending"),
    "approved": _Story.end,
    "rejected": lambda story: story.end("rejected", "expired_id"),
    "updated": lambda story: story.change(changes.edit, {"fullName": "NEW NAME"}, admin=ADMIN),
    "delete": lambda story: story.change(changes.delete, admin=ADMIN),
    "token_expired": _Story.end,
    "injection": _Story.inject,
    "injectionFail": lambda story: story.inject("ipRisk_failCategory"),
    "aml": lambda story: story.change(changes.screen),
    "aml_monitor": lambda story: story.change(changes.monitor, WORKLIST, admin=ADMIN),
    "faceAuth": _Story.authenticate,
}
TRIGGERS: Final = tuple(_STORIES)


def make_event(trigger: str, **members: Any) -> bytes:  # noqa: ANN401 - JSON values
    """Return the body of an event, as the vendor sends it without Secure Data Transfer.

    Args:
        trigger: one of ``TRIGGERS``; any other gives an event with ``members`` alone.
        **members: members in place of the ready-made ones, or beside them; None leaves one out.

    Raises:
        ConfigError: the trigger is not text, or a member cannot be written as JSON.
    """
    check({"trigger": trigger}, {"trigger": TEXT})
    made: dict[str, Any] = {"webhook_trigger": trigger}
    if trigger in _STORIES:
        story = _Story()
        _STORIES[trigger](story)
        made = dict(story.sandbox.events.newest(trigger=trigger, limit=1)[0].members)
        story.sandbox.close()
    event = {name: value for name, value in (made | members).items() if value is not None}
    try:
        return json.dumps(event, ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError):
        raise ConfigError(("members", "must be JSON: text, numbers, true, false, lists and dicts")) from None
