"""``liveform store upgrade``, ``backup`` and ``restore``: the store as a whole."""

from __future__ import annotations

import os
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import chain, count
from typing import TYPE_CHECKING, Final

from liveform import FieldError
from webhelper.config.rules import POSTGRESQL
from webhelper.errors import StoreError
from webhelper.links.signing.sealing import Sealer
from webhelper.links.stores.errors import NewerStoreError, WrongStoreError
from webhelper.links.stores.sqlite import files
from webhelper.links.stores.sqlite.reasons import reason
from webhelper.links.stores.sqlite.upgrade import upgrade as upgrade_file
from webhelper.store_urls import existing_file, file_to_replace, postgresql_address

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from webhelper.commands.call import SettingsCall

_FILE: Final = "FILE"


def upgrade(call: SettingsCall) -> int:
    """Bring the tables to this version: those of a file after a copy of it."""
    if call.settings.store.startswith(POSTGRESQL):
        return _upgrade_database(call)
    path = existing_file(call.settings.store)
    backup = call.arguments.backup or _beside(path, "before-upgrade", call.now)
    with _names(backup, "--backup"):
        done = upgrade_file(path, Sealer(call.settings.secret_keys), backup=backup)
    changed = done.before != done.after
    if changed:
        call.output.line(f"upgraded from version {done.before} to {done.after}: {done.links:,} links")
        call.output.line(f"as it was before: {backup}")
    elif done.laid_out:
        call.output.line("the file is laid out anew, which the upgrade before had not ended")
    else:
        call.output.line(f"nothing to do: the store is of version {done.after}")
    call.output.document(done._asdict() | {"backup": str(backup) if changed else None})
    return 0


def _upgrade_database(call: SettingsCall) -> int:
    if call.arguments.backup is not None:
        raise FieldError("--backup", "is for a SQLite file; copy a database with pg_dump before its upgrade")
    address = postgresql_address(call.settings.store)
    from webhelper.links.stores.postgresql import single_connection  # noqa: PLC0415 - an extra, which is installed

    before, after = single_connection.upgrade(address)
    changed = f"upgraded from version {before} to {after}"
    call.output.line(changed if before != after else f"nothing to do: the store is of version {after}")
    call.output.document({"before": before, "after": after})
    return 0


def back_up(call: SettingsCall) -> int:
    """Copy the file while it is used."""
    path = existing_file(call.settings.store)
    with _names(call.arguments.file, _FILE):
        links = files.back_up(path, call.arguments.file)
    call.output.line(f"{links:,} links copied to {call.arguments.file}")
    call.output.document({"links": links, "file": str(call.arguments.file)})
    return 0


def restore(call: SettingsCall) -> int:
    """Put a copy in the place of the file, which is kept beside it.

    Raises:
        FieldError: the copy is damaged, or cannot be read.
    """
    path = file_to_replace(call.settings.store)
    kept = _beside(path, "before-restore", call.now) if path.exists() else None
    try:
        with _names(call.arguments.file, _FILE):
            links = files.restore(call.arguments.file, path, kept or path)
    except WrongStoreError as error:
        is_newer = isinstance(error, NewerStoreError)
        problem = str(error) if is_newer else "it is damaged, or not a copy of a store"
        raise FieldError(_FILE, problem) from None
    call.output.line(f"{links:,} links restored")
    if kept is not None:
        call.output.line(f"as it was before: {kept}")
    call.output.document({"links": links, "backup": None if kept is None else str(kept)})
    return 0


def _beside(path: Path, what: str, now: float) -> Path:
    """Return a name beside a file that nothing has yet."""
    first = path.with_name(f"{path.name}.{what}-{datetime.fromtimestamp(now, UTC):%Y%m%dT%H%M%SZ}")
    others = (first.with_name(f"{first.name}-{number}") for number in count(2))
    return next(one for one in chain([first], others) if not os.path.lexists(one))


@contextmanager
def _names(file: Path, name: str) -> Iterator[None]:
    """Name a file as it was typed in the error about it.

    Raises:
        FieldError: the system refused it.
    """
    try:
        yield
    except StoreError as error:
        if isinstance(error.__cause__, OSError) and error.__cause__.filename == str(file):
            raise FieldError(name, reason(error.__cause__)) from None
        raise
