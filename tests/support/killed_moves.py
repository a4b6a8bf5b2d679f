"""This module moves a file to a database in processes that are killed, one before each change of a move."""

from __future__ import annotations

import logging
import os
import signal
from typing import TYPE_CHECKING, Any

import psycopg
from sites import open_store

from webhelper.links.stores.errors import MovePendingError
from webhelper.links.stores.postgresql import moved_table
from webhelper.links.stores.postgresql.address import read_address
from webhelper.links.stores.postgresql.moving import move

if TYPE_CHECKING:
    from pathlib import Path


def kill_moves(file: Path, url: str) -> list[tuple[bool, bool]]:
    """Move a file once for each change that a move makes, killed before that change, and end the move.

    Returns:
        Of each move that was killed, whether a host that started then refused the database, and whether the
        move that followed brought every row. The database has the last one.
    """
    moved_table.SLICE = 2  # type: ignore[misc]  # so that some tables need several commits
    logging.disable(logging.WARNING)  # of a server that does not wait for its disk
    seen: list[tuple[bool, bool]] = []
    while True:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        if not _is_killed(file, url, after=len(seen)):
            return seen
        is_refused = _is_refused(url)
        if not is_refused:  # the host has made the tables of an empty database
            with psycopg.connect(url) as connection:
                assert connection.execute("SELECT count(*) FROM links").fetchone() == (0,)
        seen.append((is_refused, sum(one.rows for one in move(file, read_address(url))) > 10))


def _is_killed(file: Path, url: str, *, after: int) -> bool:
    """Move in a process that is killed after so many changes; return False if it ended before."""
    child = os.fork()
    if child == 0:
        _kill_after(after)
        for _ in move(file, read_address(url)):
            pass
        os._exit(0)
    return os.waitpid(child, 0)[1] == signal.SIGKILL


def _kill_after(count: int) -> None:
    """Kill this process before the change that follows so many; what only reads leaves all as it was."""
    sent = 0
    known, known_many = psycopg.Cursor.execute, psycopg.Cursor.executemany

    def counted(original: Any) -> Any:
        def run(*args: Any, **kwargs: Any) -> Any:
            nonlocal sent
            if not args[1].lstrip().startswith("SELECT"):
                if sent == count:
                    os.kill(os.getpid(), signal.SIGKILL)
                sent += 1
            return original(*args, **kwargs)

        return run

    psycopg.Cursor.execute = counted(known)  # type: ignore[method-assign]
    psycopg.Cursor.executemany = counted(known_many)  # type: ignore[method-assign]


def _is_refused(url: str) -> bool:
    try:
        open_store(url).close()
    except MovePendingError:
        return True
    return False
