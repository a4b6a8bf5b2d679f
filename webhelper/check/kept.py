"""Whether the store of a site can be used, and whether the clock has gone back since it was last used."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from liveform import ConfigError
from webhelper.check.finding import Finding, fault, note
from webhelper.config.rules import SEALED, SQLITE
from webhelper.errors import StoreError
from webhelper.links.stores.lists import Filter
from webhelper.links.stores.sqlite.reasons import reason
from webhelper.store_urls import postgresql_address
from webhelper.wiring import make_services

if TYPE_CHECKING:
    from collections.abc import Callable

    from webhelper.config.settings import Settings
    from webhelper.links.stores.base import Store

_STORE: Final = "STORE"
_MOST_BACK_S: Final = 60.0


def check_store(settings: Settings, *, clock: Callable[[], float]) -> list[Finding]:
    """Return what is to be said of the store. It makes no file and no tables: they would be this user's."""
    if settings.store == SEALED:
        return []
    findings: list[Finding] = []
    try:
        if settings.store.startswith(SQLITE):
            path = Path(settings.store.removeprefix(SQLITE)).absolute()
            try:
                findings = _of_file(path)
            except (OSError, ValueError) as error:
                return [fault(_STORE, f"cannot be used: {reason(error)}")]
            if not path.exists():
                return findings
        elif findings := _of_database(settings.store):
            return findings
        store = make_services(settings, clock).links.store
    except ConfigError as error:
        return findings + [fault(*one) for one in error.faults]
    try:
        return findings + _of_open_store(store, clock())
    finally:
        store.close()


def _of_file(path: Path) -> list[Finding]:
    if not path.exists():
        if os.access(path.parent, os.W_OK | os.X_OK):
            return [note(_STORE, "is not there yet; the first start makes it")]
        return [fault(_STORE, "cannot be made: its directory is missing, or not writable for this user")]
    if path.stat().st_uid != os.geteuid():
        return [note(_STORE, "belongs to another user; check as the user that serves")]
    return []


def _of_database(url: str) -> list[Finding]:
    """Return why there is nothing to open yet; empty if the tables are there."""
    address = postgresql_address(url)
    from webhelper.links.stores.postgresql.single_connection import look  # noqa: PLC0415 - an extra, installed

    try:
        found = look(address)
    except StoreError:
        return [
            fault(_STORE, "cannot be reached: no such server or database, or it does not let this user in")
        ]
    if found.has_tables:
        return []
    if found.can_make:
        return [note(_STORE, "has no tables yet; the first start makes them")]
    return [fault(_STORE, "has no tables, and this user may not make them; see docs/postgresql.md")]


def _of_open_store(store: Store, now: float) -> list[Finding]:
    if not store.is_ready():
        problem = "can be opened, but not written: full, read-only, locked, damaged, or replaced"
        return [fault(_STORE, problem)]
    try:
        newest = store.page(Filter(unopened=True), now=now, limit=1).links
    except StoreError as error:
        return [fault(_STORE, f"can be opened, but not read: {reason(error.__cause__)}")]
    back_s = newest[0].created_at - now if newest else 0.0
    if back_s > _MOST_BACK_S:
        return [fault("clock", f"is {back_s:.0f} seconds behind the newest link; links would live too long")]
    return []
