"""This benchmark receives webhooks, each kept on the disk, beside a bare INSERT of the same bytes."""

from __future__ import annotations

import sqlite3
import tempfile
from pathlib import Path
from time import time
from typing import TYPE_CHECKING, Final

from liveform import Project
from liveform.webhooks import build_event
from tests.benchmarks import references
from tests.benchmarks.harness import Effort, Result, side_by_side
from tests.benchmarks.many_links import open_bench
from webhelper.confirmation.inbox import Inbox

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROJECT: Final = "shop"
_MOST_A_SECOND: Final = 20_000  # events are made for so many; no disk is that quick


def run(effort: Effort) -> Iterator[Result]:
    """Yield the webhooks received a second, read and sealed, beside a single INSERT."""
    project = Project(references.PID, api_key=references.KEY_TEXT, secure_data_transfer=True)
    bodies = _bodies(project, 1000 + round(effort.rounds * effort.seconds * _MOST_A_SECOND))
    with tempfile.TemporaryDirectory() as directory:
        bench = open_bench(Path(directory))
        inbox = Inbox({_PROJECT: project}, bench.store.inbox, time)
        bare = _bare(Path(directory) / "bare.db")
        ours, theirs = iter(bodies), iter(bodies)
        took = side_by_side(
            {
                "ours": lambda: _receive(inbox, next(ours)),
                "bare": lambda: bare.execute("INSERT INTO bodies (body) VALUES (?)", (next(theirs),)),
            },
            effort,
        )
        bare.close()
        bench.store.close()
    yield Result(
        work="receiving a webhook",
        reference="a bare INSERT of its bytes in SQLite, also with synchronous=FULL",
        ours=1 / took["ours"],
        theirs=1 / took["bare"],
        goal=0.5,
        unit="/s",
    )


def _bodies(project: Project, count: int) -> list[bytes]:
    """Return so many encrypted events, each of another submission."""
    members = {name: value for name, value in references.EVENT.items() if name != "webhook_trigger"}
    return [
        build_event("approved", members | {"submission_id": f"bench{number:08}"}, project)
        for number in range(count)
    ]


def _receive(inbox: Inbox, body: bytes) -> None:
    if not inbox.receive(_PROJECT, body).is_new:
        raise LookupError


def _bare(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.executescript(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
        "CREATE TABLE bodies (number INTEGER PRIMARY KEY, body BLOB);"
    )
    return connection
