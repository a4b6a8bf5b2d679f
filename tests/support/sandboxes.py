"""Sandboxes for tests: one project with FaceAuth, and a clock that stands still until a test turns it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from liveform import Pipeline, Project
from webhelper.simulator.sandbox.dashboard import Dashboard
from webhelper.simulator.sandbox.sandbox import Outcome, Sandbox

PID = "abc123de45"
API_KEY = "Zk3RtYuVASemfm5tZh2rLKHDftdRYuKGMNFweGdZ"
FACE_PID = "face000001"
FACE_KEY = "Qw9ErTyUiOpAsDfGhJkLzXcVbNm1234567890AbC"
ADMIN = "admin@example.com"
EMAIL = "jane@example.com"
USER = "user_12345"
_MADE: list[Sandbox] = []
NOON = "2026-05-01T12:00:00.000Z"


@dataclass
class StillClock:
    """A clock that moves only when a test turns it."""

    now: datetime = datetime(2026, 5, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Return the time of this clock."""
        return self.now

    def turn(self, **by: float) -> None:
        """Move the clock forward by this time."""
        self.now += timedelta(**by)


def make_dashboard(**changes: Any) -> Dashboard:
    """Return the settings of a project with FaceAuth and a webhook URL."""
    given: dict[str, Any] = {
        "project": Project(PID),
        "api_key": API_KEY,
        "face_auth_pid": FACE_PID,
        "face_auth_key": FACE_KEY,
        "webhook_url": "https://app.example.com/hook",
    }
    return Dashboard(**given | changes)


def make_sandbox(path: Path | str = ":memory:", clock: StillClock | None = None, **changes: Any) -> Sandbox:
    """Return a sandbox with one project; ``changes`` are settings of its dashboard."""
    made = Sandbox(path, {"shop": make_dashboard(**changes)}, clock=clock or StillClock())
    _MADE.append(made)
    return made


def close_sandboxes() -> None:
    """Close every sandbox that was made since the last call; a fixture does it after each test."""
    while _MADE:
        _MADE.pop().close()


def submitted(sandbox: Sandbox, outcome: Outcome = "approved", **values: str) -> str:
    """Make a submission of USER with the ID-document form, and return its id."""
    given = {"userid": USER, "email": EMAIL} | values
    return sandbox.submit(PID, given, outcome, pipeline=Pipeline.ID_DOCUMENT)


def triggers(sandbox: Sandbox) -> list[str]:
    """Return the triggers of all events, the oldest first."""
    return [event.trigger for event in reversed(sandbox.events.newest())]


def last_event(sandbox: Sandbox) -> dict[str, Any]:
    """Return the members of the newest event."""
    return dict(sandbox.events.newest(limit=1)[0].members)
