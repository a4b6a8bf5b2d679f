"""What the page shows of each project: its submissions, settings, credits, token ids and requests."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import nlargest
from typing import TYPE_CHECKING, Final, NamedTuple

from webhelper.simulator.sandbox.submissions import Search
from webhelper.simulator.sandbox.token_ids import MAX_TOKENS

if TYPE_CHECKING:
    from webhelper.simulator.sandbox.dashboard import Dashboard
    from webhelper.simulator.sandbox.sandbox import Sandbox
    from webhelper.simulator.sandbox.submissions import Submission
    from webhelper.simulator.sandbox.token_ids import TokenCounts

_LOOKED_AT: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectStatus:
    """A project on the page.

    Attributes:
        name: its name in the settings.
        dashboard: its settings.
        credits_left: how many submissions may still be made.
        token_ids: how many token ids are registered, and how many of them are ready.
        token_ids_left: how many more may be registered.
        requests_today: how many requests counted against the limit of today.
    """

    name: str
    dashboard: Dashboard
    credits_left: int
    token_ids: TokenCounts
    token_ids_left: int
    requests_today: int


def status_of(sandbox: Sandbox, name: str) -> ProjectStatus:
    """Return the status of the project of this name."""
    dashboard = sandbox.dashboards[name]
    token_ids = sandbox.token_ids.counts(dashboard.pid)
    return ProjectStatus(
        name=name,
        dashboard=dashboard,
        credits_left=sandbox.usage.credits_left(dashboard),
        token_ids=token_ids,
        token_ids_left=MAX_TOKENS - token_ids.registered,
        requests_today=sandbox.usage.requests_today(dashboard, sandbox.clock.now()),
    )


class ShownSubmission(NamedTuple):
    """A submission, and the name of its project."""

    project: str
    submission: Submission

    @property
    def status(self) -> str:
        """Its status, or ``deleted``."""
        return "deleted" if self.submission.deleted else self.submission.status


def shown_submissions(sandbox: Sandbox, *, limit: int) -> list[ShownSubmission]:
    """Return the newest submissions of all projects, and each pending one among the last 200 of a project."""
    known = [
        ShownSubmission(name, submission)
        for name, dashboard in sandbox.dashboards.items()
        for submission in sandbox.submissions.search(Search(pid=dashboard.pid, limit=_LOOKED_AT))
    ]
    newest = nlargest(limit, known, key=_created_at)
    since = min(map(_created_at, newest), default="")
    waiting = [one for one in known if one.status == "pending" and _created_at(one) < since]
    return newest + sorted(waiting, key=_created_at, reverse=True)


def _created_at(one: ShownSubmission) -> str:
    return one.submission.created_at
