"""``liveform store race``: check against one's own database that each use of a link is given exactly once."""

from __future__ import annotations

import secrets
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from liveform import ConfigError, FieldError
from webhelper.commands.output import table
from webhelper.config.rules import POSTGRESQL, SQLITE
from webhelper.links.signing.sealing import Sealer
from webhelper.links.stores.errors import StoreNotEmptyError
from webhelper.race.rounds import USES, Field, Result, rounds
from webhelper.race.rounds import race as run_race
from webhelper.store_urls import open_store

if TYPE_CHECKING:
    from webhelper.commands.call import SettingsCall
    from webhelper.links.stores.base import Store

_HEADER: Final = ("links x uses", "expected", "told", "counted", "kept", "lost", "kills", "result")
_SECRET_BYTES: Final = 32


def race(call: SettingsCall) -> int:
    """Race, and print a line for each round; exit code 1 if a use was given twice, or lost.

    Raises:
        ConfigError: the URL is not that of an empty store.
        FieldError: there are fewer racers than a link has uses.
    """
    if call.arguments.url is not None:
        return _race_at(call, call.arguments.url)
    with TemporaryDirectory() as directory:
        return _race_at(call, f"{SQLITE}{Path(directory) / 'race.db'}")


def _race_at(call: SettingsCall, url: str) -> int:
    arguments = call.arguments
    if arguments.racers < USES:
        raise FieldError("--racers", f"must be {USES} at least: as many as a link has uses")
    if not url.startswith((SQLITE, POSTGRESQL)):
        raise ConfigError(("URL", f"must be {SQLITE}FILE or {POSTGRESQL}..."))
    field = Field(racers=arguments.racers, processes=arguments.processes, kills=arguments.kills)
    opened = partial(open_for_race, url, secrets.token_urlsafe(_SECRET_BYTES))
    try:
        results = list(run_race(opened, rounds(arguments.links), field, now=call.now))
    except StoreNotEmptyError:
        raise ConfigError(("URL", "has links in it; let racers race in an empty database")) from None
    for line in table(_HEADER, [_row(one) for one in results]):
        call.output.line(line)
    call.output.document({"rounds": [_members(one) for one in results]})
    return 0 if all(one.is_exact for one in results) else 1


def open_for_race(url: str, secret: str) -> Store:
    """Open a store by its URL, with one key."""
    return open_store(url, Sealer([secret]), retention_days=1)


def _row(result: Result) -> tuple[object, ...]:
    numbers = (result.round.expected, result.told, result.counted, result.kept, result.lost, result.kills)
    return (
        result.round.name,
        *(f"{number:,}" for number in numbers),
        "exact" if result.is_exact else "WRONG",
    )


def _members(result: Result) -> dict[str, object]:
    return {
        "links": result.round.links,
        "uses": result.round.uses,
        "one_browser": result.round.one_browser,
        "expected": result.round.expected,
        "told": result.told,
        "counted": result.counted,
        "kept": result.kept,
        "lost": result.lost,
        "kills": result.kills,
        "exact": result.is_exact,
    }
