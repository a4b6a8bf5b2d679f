"""Files of versions before the numbered SQL: their rows move into the tables of the first numbered file.

What today's tables keep of rows so that they are found quickly, or shown without a look at others, is worked
out anew from the rows themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from liveform import DecryptError
from webhelper.links.outcomes import is_settled
from webhelper.links.stores import rows
from webhelper.links.stores.numbered_sql import steps_in
from webhelper.links.stores.sqlite import schema
from webhelper.links.stores.sqlite.outcomes import Outcomes
from webhelper.links.stores.token_ids import context_of
from webhelper.links.visit_counts import VisitCounts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from sqlite3 import Connection, Row

    from webhelper.links.models import Visit
    from webhelper.links.signing.sealing import Sealer

_FIRST_OF_FIVE: Final = "SELECT 1 FROM pragma_table_info('outcomes') WHERE name = 'returned_at'"
_NAMES: Final = (
    "SELECT name FROM sqlite_master WHERE type = ? AND sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
)
_LINK: Final = f"SELECT {', '.join(rows.LINK_COLUMNS)}, seq FROM links WHERE seq = ?"
_VISITS: Final = f"SELECT {', '.join(rows.VISIT_COLUMNS)} FROM visits WHERE link = ?"
_SHOW: Final = "UPDATE links SET userid_digest = ?, outcome = ?, counts = ? WHERE seq = ?"
_SHOW_OF_VISIT: Final = "UPDATE visits SET userid_digest = ?, is_final = ? WHERE link = ? AND id = ?"
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
        _work_out(connection, connection.execute(_LINK, (seq,)).fetchone(), sealer)
    _name_keys_of_token_ids(connection, sealer)


def _copy(connection: Connection, version: int) -> str:
    """Return the SQL that copies the rows; two forms of the tables were version 5."""
    is_first = version == 5 and connection.execute(_FIRST_OF_FIVE).fetchone() is not None
    wanted = (version, "copy_of_the_first" if is_first else "copy")
    steps = steps_in("webhelper.links.stores.sqlite.sql.older")
    return next(step.sql for step in steps if (step.number, step.name) == wanted)


def _work_out(connection: Connection, row: Row, sealer: Sealer) -> None:
    """Write what a link and its visits keep of themselves and of their outcomes."""
    found = connection.execute(_VISITS, (row["seq"],)).fetchall()
    said = Outcomes.of_visits(connection, row["id"], [visit["id"] for visit in found])
    visits = [rows.to_visit(visit, sealer, said.get(visit["id"], ())) for visit in found]
    link = rows.to_link(row, sealer)
    digest = None if link is None else rows.userid_digest(link.spec.userid, sealer)
    shown = (_shown(visits), None) if row["max_uses"] == 1 else (None, _counted(visits))
    connection.execute(_SHOW, (digest, *shown, row["seq"]))
    for visit in visits:
        digest = rows.userid_digest(visit.userid, sealer)
        connection.execute(_SHOW_OF_VISIT, (digest, is_settled(visit.outcomes), row["seq"], visit.id))


def _shown(visits: Sequence[Visit]) -> str | None:
    """Return the text that a link of one use keeps of its visit."""
    return next((rows.of_shown(one.outcome) for one in visits if one.outcome is not None), None)


def _counted(visits: Sequence[Visit]) -> str | None:
    """Return the text that a link of more uses keeps of its visits."""
    counts = VisitCounts()
    for visit in visits:
        counts = counts.after_news((), visit.outcomes)
    return None if counts == VisitCounts() else rows.of_counts(counts)


def _name_keys_of_token_ids(connection: Connection, sealer: Sealer) -> None:
    for number, project, sealed in connection.execute(_UNNAMED).fetchall():
        try:
            _, key_id = sealer.open_and_name(sealed, context_of(project))
        except DecryptError:
            continue
        connection.execute(_KNOWN_KEY, (key_id, number))
