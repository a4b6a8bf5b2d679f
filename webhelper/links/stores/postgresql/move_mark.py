"""The mark of a database to which a file is being moved: a table, from the first commit to the last.

No host uses a database that has it: it holds a part of the links, and does not know yet which were used up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from webhelper.links.stores.postgresql.connections import Connection

IS_ABSENT: Final = "to_regclass('liveform_move') IS NULL"
_MAKE: Final = 'CREATE TABLE liveform_move (first_link text COLLATE "C")'
_FILL: Final = "INSERT INTO liveform_move VALUES (%s)"
_HOLD: Final = "LOCK TABLE liveform_move IN EXCLUSIVE MODE"


def is_there(connection: Connection) -> bool:
    """Whether a move to this database has begun and not ended."""
    ((is_absent,),) = connection.execute(f"SELECT {IS_ABSENT}").fetchall()
    return not is_absent


def put(connection: Connection, *, first_link: str | None) -> None:
    """Mark the database; ``first_link`` is the id of the file's first link, by which it is known again."""
    connection.execute(_MAKE)
    connection.execute(_FILL, (first_link,))


def first_link(connection: Connection) -> str | None:
    """Return what ``put`` was given."""
    ((found,),) = connection.execute("SELECT first_link FROM liveform_move").fetchall()
    return None if found is None else str(found)


def hold(connection: Connection) -> None:
    """Wait until nobody else moves, such as a process that was killed, and let nobody until the commit."""
    connection.execute(_HOLD)


def remove(connection: Connection) -> None:
    """Let hosts use the database from this commit on."""
    connection.execute("DROP TABLE liveform_move")
