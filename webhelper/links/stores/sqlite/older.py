"""Files of versions before the numbered SQL: their rows move into the tables of the first numbered file.

The digests by which users are found are worked out from the rows themselves; a later step does what is shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from liveform import DecryptError
from webhelper.links.stores import rows
from webhelper.links.stores.numbered_sql import steps_in
from webhelper.links.stores.sqlite import schema
from webhelper.links.stores.token_ids import context_of

if TYPE_CHECKING:
    from sqlite3 import Connection, Row

    from webhelper.links.signing.sealing import Sealer

_FIRST_OF_FIVE: Final = "SELECT 1 FROM pragma_table_info('outcomes') WHERE name = 'returned_at'"
_NAMES: Final = (
    "SELECT name FROM sqlite_master WHERE type = ? AND sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
)
_LINK: Final = f"SELECT {', '.join(rows.LINK_COLUMNS)}, seq FROM links WHERE seq = ?"
_VISITS: Final = f"SELECT {', '.join(rows.VISIT_COLUMNS)} FROM visits WHERE link = ?"
_FIND: Final = "UPDATE links SET userid_digest = ? WHERE seq = ?"
_FIND_VISIT: Final = "UPDATE visits SET userid_digest = ? WHERE link = ? AND id = ?"
_UNNAMED: Final = "SELECT number, project, sealed FROM token_ids WHERE sealed_by = x''"
_KNOWN_KEY: Final = "UPDATE token_ids SET sealed_by = ? WHERE number = ?"


def convert(connection: Connection, version: int, sealer: Sealer) -> None:
    """Move the rows of an earlier version into the first numbered tables, inside a transaction.

    Args:
        connection: does not check foreign keys.
        version: one of ``schema.CONVERTED``.
        sealer: opens what is personal; what it does not open stays as it is.
    """
    copy = _copy(connection, version)
    for (index,) in connection.execute(_NAMES, ("index",)).fetchall():
        connection.execute(f"DROP INDEX {index}")
    tables = [table for (table,) in connection.execute(_NAMES, ("table",)).fetchall()]
    for table in tables:
        connection.execute(f"ALTER TABLE {table} RENAME TO old_{table}")
    schema.run(connection, schema.steps()[0].sql)
    schema.run(connection, copy)
    for table in tables:
        connection.execute(f"DROP TABLE old_{table}")
    for (seq,) in connection.execute("SELECT seq FROM links").fetchall():
        _name_users(connection, connection.execute(_LINK, (seq,)).fetchone(), sealer)
    _name_keys_of_token_ids(connection, sealer)


def _copy(connection: Connection, version: int) -> str:
    """Return the SQL that copies the rows; two forms of the tables were version 5."""
    is_first = version == 5 and connection.execute(_FIRST_OF_FIVE).fetchone() is not None
    wanted = (version, "copy_of_the_first" if is_first else "copy")
    steps = steps_in("webhelper.links.stores.sqlite.sql.older")
    return next(step.sql for step in steps if (step.number, step.name) == wanted)


def _name_users(connection: Connection, row: Row, sealer: Sealer) -> None:
    """Write the digests by which a link and its visits are found by their user ids."""
    link = rows.to_link(row, sealer)
    digest = None if link is None else rows.userid_digest(link.spec.userid, sealer)
    connection.execute(_FIND, (digest, row["seq"]))
    for found in connection.execute(_VISITS, (row["seq"],)).fetchall():
        visit = rows.to_visit(found, sealer)
        digest = rows.userid_digest(visit.userid, sealer)
        connection.execute(_FIND_VISIT, (digest, row["seq"], visit.id))


def _name_keys_of_token_ids(connection: Connection, sealer: Sealer) -> None:
    for number, project, sealed in connection.execute(_UNNAMED).fetchall():
        try:
            _, key_id = sealer.open_and_name(sealed, context_of(project))
        except DecryptError:
            continue
        connection.execute(_KNOWN_KEY, (key_id, number))
