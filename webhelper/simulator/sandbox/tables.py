"""All tables of the sandbox, in one file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from webhelper.simulator.sandbox import (
    clock,
    events,
    face_auths,
    faults,
    ids,
    images,
    monitoring,
    projections,
    request_log,
    submissions,
    token_ids,
    usage,
)
from webhelper.simulator.sandbox.database import Database

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

_MODULES: Final = (
    *(clock, events, face_auths, faults, ids, images, monitoring, projections, request_log),
    *(submissions, token_ids, usage),
)


class Tables:
    """The file, and an object for each of its tables.

    Args:
        path: the file, made when missing; or ``":memory:"``.
        real_clock: returns the real time, with a time zone.
        seed: what made-up ids come from.

    Attributes:
        database: ``with database.writing():`` makes one transaction of several changes.
        clock: ``now()`` and ``move(timedelta)``.
        events: the outbox of webhooks.
        requests: the log of API requests.
        faults: the faults that a tester has set.
        submissions, images, token_ids, projections, face_auths, monitoring, usage, ids: a table each.

    Raises:
        SandboxError: the file is not a sandbox.
    """

    def __init__(self, path: Path | str, *, real_clock: Callable[[], datetime], seed: int) -> None:
        database = self.database = Database(path, [module.TABLE for module in _MODULES])
        self.clock = clock.SandboxClock(database, real_clock)
        self.events = events.Outbox(database)
        self.requests = request_log.RequestLog(database)
        self.faults = faults.Faults(database)
        self.submissions = submissions.Submissions(database)
        self.images = images.Images(database)
        self.token_ids = token_ids.TokenIds(database)
        self.projections = projections.Projections(database)
        self.face_auths = face_auths.FaceAuths(database)
        self.monitoring = monitoring.Monitoring(database)
        self.usage = usage.Usage(database)
        self.ids = ids.Ids(database, seed)

    def close(self) -> None:
        """Close the file."""
        self.database.close()
