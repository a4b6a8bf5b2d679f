"""``STORE``: a URL -> the store of its engine."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from liveform import ConfigError
from webhelper.config.rules import POSTGRESQL, SEALED, SQLITE
from webhelper.errors import StoreError
from webhelper.links.stores.errors import (
    MovePendingError,
    NewerStoreError,
    RefusedError,
    UpgradePendingError,
    WrongStoreError,
)
from webhelper.links.stores.sqlite.reasons import reason
from webhelper.links.stores.sqlite.store import SqliteStore
from webhelper.links.stores.stateless import StatelessStore

if TYPE_CHECKING:
    from collections.abc import Sequence

    from webhelper.links.signing.sealing import Sealer
    from webhelper.links.stores.base import Store
    from webhelper.links.stores.outbox import Sink
    from webhelper.links.stores.postgresql.address import Address

_PATHS: Final = "a path without a fourth slash starts in the current directory"


def open_store(
    url: str, sealer: Sealer, *, retention_days: int, inbox_days: int = 30, sinks: Sequence[Sink] = ()
) -> Store:
    """Return the store of a URL; the other arguments are those of every store.

    Raises:
        ConfigError: it cannot be opened; the setting that is named is ``STORE``.
    """
    if url == SEALED:
        return StatelessStore(sealer)
    try:
        if url.startswith(POSTGRESQL):
            address = postgresql_address(url)
            from webhelper.links.stores.postgresql.store import PostgresqlStore  # noqa: PLC0415 - an extra

            return PostgresqlStore(
                address, sealer, retention_days=retention_days, inbox_days=inbox_days, sinks=sinks
            )
        return SqliteStore(
            sqlite_file(url), sealer, retention_days=retention_days, inbox_days=inbox_days, sinks=sinks
        )
    except StoreError as error:
        raise ConfigError(("STORE", _problem(url, error))) from None


def sqlite_file(url: str) -> Path:
    """Return the file that ``sqlite:///FILE`` names.

    Raises:
        ConfigError: the store is not a file.
    """
    if not url.startswith(SQLITE):
        tools = "a database server has tools of its own, such as pg_dump and pg_restore"
        raise ConfigError(("STORE", f"must be {SQLITE}FILE for this command; {tools}"))
    return Path(url.removeprefix(SQLITE)).absolute()  # threads find it wherever the process goes


def existing_file(url: str) -> Path:
    """Return the file that ``sqlite:///FILE`` names, which is there; a command makes none.

    Raises:
        ConfigError: the store is not a file, or there is none.
    """
    path = sqlite_file(url)
    try:
        path.stat()
    except (OSError, ValueError) as error:
        raise ConfigError(("STORE", f"names {path}: {reason(error)}; {_PATHS}")) from None
    return path


def file_to_replace(url: str) -> Path:
    """Return the file to which ``sqlite:///FILE`` leads: of symbolic links, the last one's.

    The file need not be there, but its directory must be.

    Raises:
        ConfigError: the store is not a file, or there is no directory for it.
    """
    path = sqlite_file(url)
    try:
        with suppress(FileNotFoundError):
            path.stat()
        path = path.resolve()
        if not path.parent.is_dir():
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
    except (OSError, ValueError) as error:
        raise ConfigError(("STORE", f"names {path}: {reason(error)}; {_PATHS}")) from None
    return path


def postgresql_address(url: str) -> Address:
    """Return the address of ``postgresql://...``.

    Raises:
        ConfigError: libpq cannot read it, or the driver is not installed.
    """
    try:  # only now: the driver takes a tenth of a second, and is an extra
        from webhelper.links.stores.postgresql import pool  # noqa: F401, PLC0415 - needs all of the driver
        from webhelper.links.stores.postgresql.address import read_address  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] not in {"psycopg", "psycopg_pool"}:
            raise
        raise ConfigError(("STORE", "needs psycopg, which comes with the extra liveform[postgres]")) from None
    try:
        return read_address(url)
    except ValueError:
        problem = "must be a URL of libpq, with pool_size=1 to 999 and prepare=yes or no if need be"
        raise ConfigError(("STORE", problem)) from None


def _problem(url: str, error: StoreError) -> str:
    if isinstance(error, RefusedError | NewerStoreError):
        return str(error).removeprefix("the store ")
    if isinstance(error, UpgradePendingError):
        return "is of an earlier version; stop each web helper that uses it, and run `liveform store upgrade`"
    if isinstance(error, MovePendingError):
        return (
            "is not whole: a move of a file to it has not ended; run `liveform store move` again until it has"
        )
    if url.startswith(POSTGRESQL):
        return "cannot be used: this user may not make or use its tables, or they are of another version"
    if isinstance(error, WrongStoreError):
        return "is not a store of links, or one of a version that this one does not read"
    return f"cannot be opened: {reason(error.__cause__)}"
