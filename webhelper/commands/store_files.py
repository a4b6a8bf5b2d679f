"""``liveform store upgrade``, ``backup`` and ``restore``: the store as a whole."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from webhelper.config.rules import POSTGRESQL
from webhelper.links.signing.sealing import Sealer
from webhelper.links.stores.sqlite import files
from webhelper.links.stores.sqlite.upgrade import upgrade as upgrade_file
from webhelper.store_urls import postgresql_address, sqlite_file

if TYPE_CHECKING:
    from pathlib import Path

    from webhelper.commands.call import SettingsCall


def upgrade(call: SettingsCall) -> int:
    """Bring the tables to this version: those of a file after a copy of it."""
    if call.settings.store.startswith(POSTGRESQL):
        return _upgrade_database(call)
    path = sqlite_file(call.settings.store)
    backup = call.arguments.backup or _beside(path, "before-upgrade", call.now)
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
    address = postgresql_address(call.settings.store)
    from webhelper.links.stores.postgresql import single_connection  # noqa: PLC0415 - an extra, which is installed

    before, after = single_connection.upgrade(address)
    changed = f"upgraded from version {before} to {after}"
    call.output.line(changed if before != after else f"nothing to do: the store is of version {after}")
    call.output.document({"before": before, "after": after})
    return 0


def back_up(call: SettingsCall) -> int:
    """Copy the file while it is used."""
    links = files.back_up(sqlite_file(call.settings.store), call.arguments.file)
    call.output.line(f"{links:,} links copied to {call.arguments.file}")
    call.output.document({"links": links, "file": str(call.arguments.file)})
    return 0


def restore(call: SettingsCall) -> int:
    """Put a copy in the place of the file, which is kept beside it."""
    path = sqlite_file(call.settings.store)
    kept = _beside(path, "before-restore", call.now) if path.exists() else None
    links = files.restore(call.arguments.file, path, kept or path)
    call.output.line(f"{links:,} links restored")
    if kept is not None:
        call.output.line(f"as it was before: {kept}")
    call.output.document({"links": links, "backup": None if kept is None else str(kept)})
    return 0


def _beside(path: Path, what: str, now: float) -> Path:
    return path.with_name(f"{path.name}.{what}-{datetime.fromtimestamp(now, UTC):%Y%m%dT%H%M%SZ}")
