"""Create the tables of the store, bring those of an earlier version to this one, or refuse others."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from webhelper.links.stores import shown_anew
from webhelper.links.stores.errors import (
    MovePendingError,
    NewerStoreError,
    RefusedError,
    UpgradePendingError,
    WrongStoreError,
)
from webhelper.links.stores.numbered_sql import steps_in
from webhelper.links.stores.postgresql import move_mark
from webhelper.links.stores.postgresql.outcomes import Outcomes

if TYPE_CHECKING:
    from webhelper.links.stores.numbered_sql import Step
    from webhelper.links.stores.postgresql.connections import Connection
    from webhelper.links.stores.postgresql.limits import Limits

log = logging.getLogger("webhelper")

_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtext('liveform schema'))"
_HAS_VERSION: Final = "SELECT to_regclass('liveform_schema') IS NOT NULL, current_setting('server_encoding')"
_VERSION: Final = "SELECT version FROM liveform_schema"
_KEEP_VERSION: Final = """
CREATE TABLE IF NOT EXISTS liveform_schema (version integer NOT NULL);
DELETE FROM liveform_schema;
INSERT INTO liveform_schema VALUES ({})
"""
_ENCODING: Final = (
    "the encoding of the database is not UTF-8; make one with `createdb --encoding=UTF8 --template=template0`"
)
_SHOWN: Final = 2  # the step after which the rules of what is shown are today's
_IS_SAFE: Final = "SELECT current_setting('fsync') = 'on' AND current_setting('synchronous_commit') <> 'off'"


def steps() -> tuple[Step, ...]:
    """Return the steps that make the tables; the number of the last is the version of the tables."""
    return steps_in("webhelper.links.stores.postgresql.sql")


def create(connection: Connection, *, limits: Limits | None = None, for_move: bool = False) -> None:
    """Create the tables in a new database; of several hosts that start at once, one does.

    Args:
        connection: to the database.
        limits: of each statement; None for those of the session.
        for_move: whether they are for a move, which goes on where it was interrupted.

    Raises:
        MovePendingError: a file is being moved to it.
        UpgradePendingError: it has tables of an earlier version.
        NewerStoreError: it has tables of a later version.
        WrongStoreError: it has tables of no version that is known.
        RefusedError: its encoding is not UTF-8.
    """
    newest = steps()[-1].number
    with connection.transaction():
        if limits is not None:
            connection.execute(limits.settings("SET LOCAL"), prepare=False)
        version = _version(connection)
        if version == 0:
            _take_steps(connection, after=0)
        is_moving = move_mark.is_there(connection)
        ((is_safe,),) = connection.execute(_IS_SAFE).fetchall()
    if 0 < version < newest:
        raise UpgradePendingError
    if version > newest:
        raise NewerStoreError(version=version, newest=newest)
    if is_moving and not for_move:
        raise MovePendingError
    if not is_safe:
        log.warning("the database confirms what is not on its disk yet: fsync or synchronous_commit is off")


def upgrade(connection: Connection) -> tuple[int, int]:
    """Bring the tables to this version in one transaction, and return the version before and after.

    Raises:
        NewerStoreError: it has tables of a later version.
        WrongStoreError: it has tables of no version that is known.
        RefusedError: its encoding is not UTF-8.
    """
    newest = steps()[-1].number
    with connection.transaction():
        version = _version(connection)
        if version > newest:
            raise NewerStoreError(version=version, newest=newest)
        _take_steps(connection, after=version)
    return version, newest


def _version(connection: Connection) -> int:
    """Return the version of the tables, 0 for none; nobody else makes any until the transaction ends."""
    connection.execute(_LOCK)
    ((has_version, encoding),) = connection.execute(_HAS_VERSION).fetchall()
    if encoding != "UTF8":
        raise RefusedError(reason=_ENCODING)
    if not has_version:
        return 0
    found = connection.execute(_VERSION).fetchall()
    if len(found) != 1 or not isinstance(found[0][0], int):
        raise WrongStoreError
    return found[0][0]


def _take_steps(connection: Connection, *, after: int) -> None:
    for step in steps():
        if step.number > after:
            connection.execute(step.sql, prepare=False)
            if step.number == _SHOWN:
                shown_anew.work_out(connection, Outcomes)
            connection.execute(_KEEP_VERSION.format(step.number), prepare=False)
