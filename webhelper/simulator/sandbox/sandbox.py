"""The state of the simulator: what the dashboard, the form and the API of the vendor share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from webhelper.simulator.sandbox import clock, events, faults, request_log
from webhelper.simulator.sandbox.clock import SandboxClock, real_time
from webhelper.simulator.sandbox.database import Database
from webhelper.simulator.sandbox.errors import UnknownError
from webhelper.simulator.sandbox.events import Outbox
from webhelper.simulator.sandbox.faults import Faults
from webhelper.simulator.sandbox.request_log import RequestLog

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from liveform import Pipeline
    from webhelper.simulator.sandbox.dashboard import Dashboard

Outcome: TypeAlias = Literal["approved", "pending", "rejected"]
_TABLES: Final = (clock.TABLE, events.TABLE, request_log.TABLE, faults.TABLE)


class Sandbox:
    """What the simulator remembers, in one SQLite file; safe for threads and several processes.

    Args:
        path: the file, made when missing; or ``":memory:"``.
        dashboards: the settings of each project, by its name.
        clock: returns the real time; the sandbox's own clock adds its offset.
        seed: what made-up ids and people come from; the same seed makes the same ones.

    Attributes:
        dashboards: as given.
        clock: ``now()`` and ``move(timedelta)``.
        events: the outbox of webhooks.
        requests: the log of API requests.
        faults: the faults that a tester has set.

    Raises:
        SandboxError: the file is not a sandbox.
    """

    def __init__(
        self,
        path: Path | str,
        dashboards: Mapping[str, Dashboard],
        *,
        clock: Callable[[], datetime] = real_time,
        seed: int = 0,
    ) -> None:
        self.database = Database(path, _TABLES)
        self.dashboards = dict(dashboards)
        self.seed = seed
        self.clock = SandboxClock(self.database, clock)
        self.events = Outbox(self.database)
        self.requests = RequestLog(self.database)
        self.faults = Faults(self.database)

    def dashboard(self, pid: str) -> Dashboard:
        """Return the settings of a project by its id.

        Raises:
            UnknownError: there is none.
        """
        for one in self.dashboards.values():
            if one.pid == pid:
                return one
        raise UnknownError("no project has this id")

    def submit(  # noqa: PLR0913 - what a form submission consists of
        self,
        pid: str,
        values: Mapping[str, object],
        outcome: Outcome,
        *,
        pipeline: Pipeline,
        codes: Sequence[str] = (),
        data: Mapping[str, object] | None = None,
    ) -> str:
        """Begin and finish a submission, and return its id."""
        submission_id = self.begin(pid, values, pipeline=pipeline)
        self.finish(submission_id, outcome, codes=codes, data=data)
        return submission_id

    def begin(
        self, pid: str, values: Mapping[str, object], *, pipeline: Pipeline, retry_code: str | None = None
    ) -> str:
        """Create a submission as the form does after its first step, and return its id.

        It takes one credit and makes the event ``created``.

        Args:
            pid: the project.
            values: parameters of the form URL by the vendor's names: userid, email, cf1, tokenid ...
            pipeline: ID document or Knowledge.
            retry_code: if the creation itself was a retry.

        Raises:
            UnknownError: no project has this id.
            NoCreditsError: no credit is left.
        """
        raise NotImplementedError

    def retry(self, submission_id: str, code: str) -> None:
        """Add a failed attempt to an unfinished submission, with the event ``retry`` (row 12.2)."""
        raise NotImplementedError

    def finish(
        self,
        submission_id: str,
        outcome: Outcome,
        *,
        codes: Sequence[str] = (),
        data: Mapping[str, object] | None = None,
    ) -> None:
        """Decide an unfinished submission: the event submit, approved or rejected, and its token id expires.

        Args:
            submission_id: from ``begin``.
            outcome: the status.
            codes: reject codes (row 12.1).
            data: members of the item's ``data`` to set; made up without them.
        """
        raise NotImplementedError

    def inject(
        self, submission_id: str, values: Mapping[str, object], *, fail_code: str | None = None
    ) -> None:
        """Add data to a submission: the event ``injection``, or ``injectionFail`` with a code (row 9.22)."""
        raise NotImplementedError

    def tick(self) -> None:
        """Do what time does: token ids expire, and unfinished submissions are rejected (row 9.6)."""
        raise NotImplementedError

    def close(self) -> None:
        """Close the file."""
        self.database.close()
