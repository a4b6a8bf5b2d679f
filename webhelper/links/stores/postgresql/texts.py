"""Texts as PostgreSQL can keep them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psycopg.types.string import StrDumper

if TYPE_CHECKING:
    import psycopg
    from psycopg.abc import Buffer


class _WithoutNul(StrDumper):
    """Texts without U+0000, which PostgreSQL cannot keep: it becomes a character that is in no id of ours."""

    def dump(self, obj: str) -> Buffer | None:
        return super().dump(obj.replace("\0", "\N{REPLACEMENT CHARACTER}"))


def write_without_nul(connection: psycopg.Connection[Any]) -> None:
    """Have a connection write every text without U+0000."""
    connection.adapters.register_dumper(str, _WithoutNul)
