"""The mark of a database to which a file is being moved: a table, from the first commit to the last.

No host uses a database that has it: it holds a part of the links, and does not know yet which were used up.
What the file was like is kept as a comment, which stays when the move has ended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from webhelper.links.stores.postgresql.connections import Connection

IS_ABSENT: Final = "to_regclass('liveform_move') IS NULL"
# Beside the other tables, wherever the search path has found them.
_SCHEMA: Final = (
    "SELECT relnamespace::regnamespace::text FROM pg_class WHERE oid = to_regclass('liveform_schema')"
)
_MAKE: Final = 'CREATE TABLE {}.liveform_move (first_link text COLLATE "C")'
_FILL: Final = "INSERT INTO {}.liveform_move VALUES (%s)"
_HOLD: Final = "LOCK TABLE liveform_move IN EXCLUSIVE MODE"
_MOVED: Final = "moved from a file of the SHA-256 "
_COMMENT: Final = "COMMENT ON TABLE liveform_schema IS '{}'"
_COMMENTED: Final = "SELECT obj_description(to_regclass('liveform_schema'), 'pg_class')"


def is_there(connection: Connection) -> bool:
    """Whether a move to this database has begun and not ended."""
    ((is_absent,),) = connection.execute(f"SELECT {IS_ABSENT}").fetchall()
    return not is_absent


def put(connection: Connection, *, first_link: str | None, file: str) -> None:
    """Mark the database.

    Args:
        connection: to it.
        first_link: the id of the file's first link, by which it is known again.
        file: a digest of what it keeps, in hexadecimal.
    """
    ((schema,),) = connection.execute(_SCHEMA).fetchall()
    connection.execute(_MAKE.format(schema))
    connection.execute(_FILL.format(schema.replace("%", "%%")), (first_link,))  # % begins a parameter
    connection.execute(_COMMENT.format(f"{_MOVED}{file}"))


def first_link(connection: Connection) -> str | None:
    """Return the id of the first link of the file that is being moved."""
    ((found,),) = connection.execute("SELECT first_link FROM liveform_move").fetchall()
    return None if found is None else str(found)


def is_of(connection: Connection, file: str) -> bool:
    """Whether the file that was moved here, or is being moved, was like this when its move began."""
    return connection.execute(_COMMENTED).fetchone() == (f"{_MOVED}{file}",)


def hold(connection: Connection) -> None:
    """Wait until nobody else moves, such as a process that was killed, and let nobody until the commit."""
    connection.execute(_HOLD)


def remove(connection: Connection) -> None:
    """Let hosts use the database from this commit on."""
    connection.execute("DROP TABLE liveform_move")
