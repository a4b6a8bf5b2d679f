"""What the inbox shows of each project: its settings, and what is left of credits, token ids and limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from webhelper.simulator.sandbox.submissions import Search
from webhelper.simulator.sandbox.token_ids import MAX_TOKENS

if TYPE_CHECKING:
    from webhelper.simulator.sandbox.dashboard import Dashboard
    from webhelper.simulator.sandbox.sandbox import Sandbox
    from webhelper.simulator.sandbox.submissions import Submission

_LOOKED_AT: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectStatus:
    """A project in the inbox.

    Attributes:
        name: its name in the settings.
        dashboard: its settings.
        credits_left: how many submissions may still be made.
        token_ids: how many token ids are registered.
        token_ids_left: how many more may be.
        requests_today: how many requests counted against the limit of today.
    """

    name: str
    dashboard: Dashboard
    credits_left: int
    token_ids: int
    token_ids_left: int
    requests_today: int


def status_of(sandbox: Sandbox, name: str) -> ProjectStatus:
    """Return the status of the project of this name."""
    dashboard = sandbox.dashboards[name]
    token_ids = sandbox.token_ids.count(dashboard.pid)
    return ProjectStatus(
        name=name,
        dashboard=dashboard,
        credits_left=sandbox.usage.credits_left(dashboard),
        token_ids=token_ids,
        token_ids_left=MAX_TOKENS - token_ids,
        requests_today=sandbox.usage.requests_today(dashboard, sandbox.clock.now()),
    )


def pending_submissions(sandbox: Sandbox) -> list[Submission]:
    """Return the submissions that wait for a review, the newest first, of the last 200 of each project."""
    found = [
        submission
        for dashboard in sandbox.dashboards.values()
        for submission in sandbox.submissions.search(Search(pid=dashboard.pid, limit=_LOOKED_AT))
        if submission.status == "pending" and not submission.deleted
    ]
    return sorted(found, key=lambda submission: submission.created_at, reverse=True)
