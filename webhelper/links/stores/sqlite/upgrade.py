"""Bring the file of an earlier version to this one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, NamedTuple

from webhelper.links.stores import shown_anew
from webhelper.links.stores.base import IdempotencyKey
from webhelper.links.stores.errors import WrongStoreError
from webhelper.links.stores.sqlite import files, older, schema, sealed_rows
from webhelper.links.stores.sqlite.opening import OF_NEW_FILES
from webhelper.links.stores.sqlite.outcomes import Outcomes

if TYPE_CHECKING:
    from pathlib import Path
    from sqlite3 import Connection

    from webhelper.links.signing.sealing import Sealer

_KEYS: Final = 8  # the step after which rows name their keys
_USERIDS: Final = 9  # the step after which webhooks are found by the users that they name
_SHOWN: Final = 11  # the step after which the rules of what is shown are today's
_LAYOUT: Final = ("PRAGMA journal_mode = DELETE", *OF_NEW_FILES, "VACUUM", "PRAGMA journal_mode = WAL")
_INCREMENTAL: Final = 2  # PRAGMA auto_vacuum of a file that gives space back when asked to
_DIGESTS: Final = "SELECT scope, key, digest FROM idempotency_keys"
_KEYED: Final = "UPDATE idempotency_keys SET digest = ? WHERE scope = ? AND key = ?"


class Upgrade(NamedTuple):
    """What an upgrade did.

    Attributes:
        before, after: versions of the tables; the same if they were of this version already.
        links: how many are in the store.
        laid_out: whether the pages of the file were laid out anew, as those of a new file are.
    """

    before: int
    after: int
    links: int
    laid_out: bool


def upgrade(path: Path, sealer: Sealer, *, backup: Path) -> Upgrade:
    """Bring the tables of a file to this version, each step in one transaction.

    Args:
        path: the store, which nobody may use meanwhile.
        sealer: of the keys in the settings.
        backup: the file is copied here first, unless its tables are of this version already.

    Raises:
        StoreInUseError: another process has the store open.
        WrongStoreError: it is not a store, or of a version that is not converted.
        StoreError: it cannot be read or written. Steps before the one that failed stay done, and another call
            goes on after them, also if only the layout has failed.
    """
    with files.alone(path) as connection:
        before = version = schema.version_of(connection)
        if version == 0:
            raise WrongStoreError
        newest = schema.steps()[-1].number
        if version != newest:
            os.close(files.copy(connection, backup, store=path)[1])
            while version != newest:
                version = _step(connection, version, sealer)
        laid_out = before != newest or not _can_shrink(connection)  # an upgrade before may have failed here
        if laid_out:
            _lay_out_anew(connection)
        (links,) = connection.execute("SELECT count(*) FROM links").fetchone()
    return Upgrade(before, newest, links, laid_out)


def _step(connection: Connection, version: int, sealer: Sealer) -> int:
    """Take the next step in one transaction, and return the version that it led to."""
    first, *later = schema.steps()
    connection.execute("BEGIN IMMEDIATE")
    try:
        if version < first.number:
            older.convert(connection, version, sealer)
            after = first.number
        else:
            step = next(step for step in later if step.number > version)
            schema.run(connection, step.sql)
            after = step.number
        if after == _KEYS:
            _name_keys(connection, sealer)
        if after == _USERIDS:
            sealed_rows.name_users(connection, sealer)
        if after == _SHOWN:
            shown_anew.work_out(connection, Outcomes)
        _check_foreign_keys(connection)
        connection.execute(f"PRAGMA user_version = {after}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    return after


def _check_foreign_keys(connection: Connection) -> None:
    if connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
        raise WrongStoreError  # another program has been at it


def _name_keys(connection: Connection, sealer: Sealer) -> None:
    """Do what SQL cannot: note which key sealed what, and key the digests of requests, which were bare."""
    sealed_rows.note_keys(connection, sealer)
    for row in connection.execute(_DIGESTS).fetchall():
        keyed = IdempotencyKey(*row).keyed(sealer)[0]
        connection.execute(_KEYED, (keyed, row["scope"], row["key"]))


def _can_shrink(connection: Connection) -> bool:
    """Whether the file has the layout of a new one, which VACUUM gives it whole or not at all."""
    (mode,) = connection.execute("PRAGMA auto_vacuum").fetchone()
    return int(mode) == _INCREMENTAL


def _lay_out_anew(connection: Connection) -> None:
    """Lay the file out as a new one is, which SQLite does only outside WAL."""
    for statement in _LAYOUT:
        connection.execute(statement)
