"""What every connection is set to, whoever connects: the pool of a process, or a command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg import IsolationLevel
from psycopg.types.string import StrDumper

from webhelper.links.stores.texts import keepable

if TYPE_CHECKING:
    from psycopg.abc import Buffer

    from webhelper.links.stores.postgresql.connections import Connection


class _KeepableDumper(StrDumper):
    """Texts without what the database refuses."""

    def dump(self, obj: str) -> Buffer | None:
        return super().dump(keepable(obj))


def set_up(connection: Connection) -> None:
    """Let a new connection take every text, and its transactions see what others commit meanwhile."""
    connection.adapters.register_dumper(str, _KeepableDumper)
    connection.isolation_level = IsolationLevel.READ_COMMITTED  # whatever the database's default is
