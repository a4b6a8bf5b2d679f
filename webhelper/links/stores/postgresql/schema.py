"""Create the tables of the store, or refuse those of another version."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from webhelper.errors import StoreError
from webhelper.links.stores.numbered_sql import steps_in

if TYPE_CHECKING:
    from webhelper.links.stores.numbered_sql import Step
    from webhelper.links.stores.postgresql.connections import Connection

log = logging.getLogger("webhelper")

_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtext('liveform schema'))"
_HAS_VERSION: Final = "SELECT to_regclass('liveform_schema') IS NOT NULL"
_KEEP_VERSION: Final = "CREATE TABLE liveform_schema (version integer NOT NULL)"
_IS_SAFE: Final = "SELECT current_setting('fsync') = 'on' AND current_setting('synchronous_commit') <> 'off'"


def steps() -> tuple[Step, ...]:
    """Return the steps that make the tables; the number of the last is the version of the tables."""
    return steps_in("webhelper.links.stores.postgresql.sql")


def create(connection: Connection) -> None:
    """Create the tables in a new database; of several hosts that start at once, one does.

    Raises:
        StoreError: it has tables of another version.
    """
    with connection.transaction():
        connection.execute(_LOCK)
        ((has_version,),) = connection.execute(_HAS_VERSION).fetchall()
        if not has_version:
            for step in steps():
                connection.execute(step.sql, prepare=False)
            connection.execute(_KEEP_VERSION)
            connection.execute("INSERT INTO liveform_schema VALUES (%s)", (steps()[-1].number,))
        ((version,),) = connection.execute("SELECT version FROM liveform_schema").fetchall()
        ((is_safe,),) = connection.execute(_IS_SAFE).fetchall()
    if version != steps()[-1].number:
        raise StoreError
    if not is_safe:
        log.warning("the database confirms what is not on its disk yet: fsync or synchronous_commit is off")
