"""The state of the simulator: what the dashboard, the form and the API of the vendor share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from webhelper.simulator.sandbox import form
from webhelper.simulator.sandbox.clock import real_time
from webhelper.simulator.sandbox.dashboard import check_together
from webhelper.simulator.sandbox.errors import UnknownError
from webhelper.simulator.sandbox.tables import Tables
from webhelper.simulator.sandbox.transfer import Transfer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from liveform import Pipeline
    from webhelper.simulator.sandbox.dashboard import Dashboard

Outcome: TypeAlias = Literal["approved", "pending", "rejected"]


class Sandbox(Tables):
    """What the simulator remembers, in one SQLite file; safe for threads and several processes.

    Args:
        path: the file, made when missing; or ``":memory:"``.
        dashboards: the settings of each project, by its name.
        clock: returns the real time; the sandbox's own clock adds its offset.
        seed: what made-up ids come from; the same seed makes the same ones.

    Attributes:
        dashboards: as given.
        clock, events, requests, faults, submissions ...: see ``Tables``.

    Raises:
        SandboxError: the file is not a sandbox.
        ConfigError: two projects have the same pid or key.
    """

    def __init__(
        self,
        path: Path | str,
        dashboards: Mapping[str, Dashboard],
        *,
        clock: Callable[[], datetime] = real_time,
        seed: int = 0,
    ) -> None:
        check_together(dashboards)
        self.dashboards = dict(dashboards)
        super().__init__(path, real_clock=clock, seed=seed)
        self._index()

    def _index(self) -> None:
        dashboards = self.dashboards.values()
        self._by_pid = {one.pid: one for one in dashboards}
        self._by_face_auth_pid = {one.face_auth_pid: one for one in dashboards}
        self._transfers = {one.pid: Transfer(one) for one in dashboards if one.secure_data_transfer}

    def configure(self, dashboard: Dashboard) -> None:
        """Change the settings of a known project from now on, in this process; its keys stay."""
        name = next(name for name, one in self.dashboards.items() if one.pid == dashboard.pid)
        self.dashboards = {**self.dashboards, name: dashboard}
        self._index()

    def dashboard(self, pid: str) -> Dashboard:
        """Return the settings of a project by its id.

        Raises:
            UnknownError: there is none.
        """
        if pid not in self._by_pid:
            raise UnknownError("no project has this id")
        return self._by_pid[pid]

    def dashboard_of_tokens(self, pid: str) -> Dashboard:
        """Return the settings by the pid of a token id: the project's, or that of its FaceAuth add-on."""
        return self._by_face_auth_pid[pid] if pid in self._by_face_auth_pid else self.dashboard(pid)

    def transfer(self, pid: str) -> Transfer | None:
        """Return what encrypts for a project; None if its Secure Data Transfer is off."""
        return self._transfers.get(pid)

    def submit(
        self,
        pid: str,
        values: Mapping[str, object],
        outcome: Outcome,
        *,
        pipeline: Pipeline,
        codes: Sequence[str] = (),
        data: Mapping[str, object] | None = None,
    ) -> str:
        """Begin and finish a submission in one step, and return its id; see ``begin`` and ``finish``."""
        with self.database.writing():
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
        return form.begin(self, pid, values, pipeline=pipeline, retry_code=retry_code)

    def retry(self, submission_id: str, code: str) -> None:
        """Add a failed attempt to an unfinished submission, with the event ``retry`` (row 12.2).

        Raises:
            UnknownError: no submission has this id.
            SandboxError: it has an outcome already.
        """
        form.retry(self, submission_id, code)

    def finish(
        self,
        submission_id: str,
        outcome: Outcome,
        *,
        codes: Sequence[str] = (),
        data: Mapping[str, object] | None = None,
    ) -> None:
        """Decide an unfinished submission: the event submit, approved or rejected; its token id expires.

        Args:
            submission_id: from ``begin``.
            outcome: the status.
            codes: reject codes (row 12.1).
            data: members of the item's ``data`` to set; the others are made up.

        Raises:
            UnknownError: no submission has this id.
            SandboxError: it has an outcome already.
        """
        form.finish(self, submission_id, outcome, codes=codes, data=data)

    def inject(
        self, submission_id: str, values: Mapping[str, object], *, fail_code: str | None = None
    ) -> None:
        """Add data to a submission: the event ``injection``, or ``injectionFail`` with a code (row 9.22).

        Raises:
            UnknownError: no submission has this id.
        """
        form.inject(self, submission_id, values, fail_code=fail_code)

    def tick(self) -> None:
        """Do what time does: token ids expire, and unfinished submissions are rejected (row 9.6)."""
        form.tick(self)
