"""``liveform store upgrade``, ``backup`` and ``restore``: the SQLite file as a whole."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from liveform import ConfigError
from webhelper.config.rules import SQLITE
from webhelper.links.signing.sealing import Sealer
from webhelper.links.stores.sqlite import files
from webhelper.links.stores.sqlite.upgrade import upgrade as upgrade_file

if TYPE_CHECKING:
    from webhelper.commands.call import SettingsCall

_OTHERS: Final = (
    "must be sqlite:///FILE for this command; a database server has tools of its own: pg_dump, pg_restore"
)


def upgrade(call: SettingsCall) -> int:
    """Bring the file to this version, after a copy of it."""
    path = _file(call)
    backup = call.arguments.backup or _beside(path, "before-upgrade", call.now)
    done = upgrade_file(path, Sealer(call.settings.secret_keys), backup=backup)
    if done.before == done.after:
        call.output.line(f"nothing to do: the store is of version {done.after}")
    else:
        call.output.line(f"upgraded from version {done.before} to {done.after}: {done.links:,} links")
        call.output.line(f"as it was before: {backup}")
    changed = done.before != done.after
    call.output.document(done._asdict() | {"backup": str(backup) if changed else None})
    return 0


def back_up(call: SettingsCall) -> int:
    """Copy the file while it is used."""
    links = files.back_up(_file(call), call.arguments.file)
    call.output.line(f"{links:,} links copied to {call.arguments.file}")
    call.output.document({"links": links, "file": str(call.arguments.file)})
    return 0


def restore(call: SettingsCall) -> int:
    """Put a copy in the place of the file, which is kept beside it."""
    path = _file(call)
    kept = _beside(path, "before-restore", call.now) if path.exists() else None
    links = files.restore(call.arguments.file, path, kept or path)
    call.output.line(f"{links:,} links restored")
    if kept is not None:
        call.output.line(f"as it was before: {kept}")
    call.output.document({"links": links, "backup": None if kept is None else str(kept)})
    return 0


def _file(call: SettingsCall) -> Path:
    if not call.settings.store.startswith(SQLITE):
        raise ConfigError(("STORE", _OTHERS))
    return Path(call.settings.store.removeprefix(SQLITE)).absolute()


def _beside(path: Path, what: str, now: float) -> Path:
    return path.with_name(f"{path.name}.{what}-{datetime.fromtimestamp(now, UTC):%Y%m%dT%H%M%SZ}")
