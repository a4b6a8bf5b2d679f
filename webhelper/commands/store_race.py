"""``liveform store race``: check against one's own database that each use of a link is given exactly once."""

from __future__ import annotations

import secrets
import sqlite3
from contextlib import ExitStack, contextmanager
from functools import partial
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from liveform import ConfigError, FieldError
from webhelper.commands.output import table
from webhelper.config.rules import POSTGRESQL, SQLITE, with_long_scheme
from webhelper.errors import StoreError
from webhelper.links.signing.sealing import Sealer
from webhelper.race.rounds import USES, Field, Result, rounds
from webhelper.race.rounds import race as run_race
from webhelper.store_urls import open_store, postgresql_address, sqlite_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from webhelper.commands.call import BareCall
    from webhelper.links.stores.base import Store

_HEADER: Final = ("links x uses", "expected", "told", "counted", "kept", "lost", "kills", "result")
_SECRET_BYTES: Final = 32
_HOSTS: Final = 2
_PREFIX: Final = "liveform_race"  # of whatever is made for a race, and deleted after it
_URL: Final = "URL"


def race(call: BareCall) -> int:
    """Race, and print a line for each round; exit code 1 if a use was given twice, or lost.

    Raises:
        ConfigError: no store can be made where the URL leads.
        FieldError: there are fewer racers than a link has uses, or the server has too few connections left.
        StoreError: the racers could not go on.
    """
    arguments = call.arguments
    if arguments.racers < USES:
        raise FieldError("--racers", f"must be {USES} at least: as many as a link has uses")
    processes = arguments.processes
    hosts = min(_HOSTS, processes)
    field = Field(racers=arguments.racers, processes=processes, hosts=hosts, kills=arguments.kills)
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    with _own_place(arguments.url) as (url, engine):
        _check_room(url, field)
        opened = partial(open_for_race, url, secret)
        results = list(run_race(opened, rounds(arguments.links), field, now=call.now))
    who = f"{field.racers} racers in {processes} processes on {hosts} hosts"
    for line in [f"{engine}: {who}", *lines_of(results)]:
        call.output.line(line)
    call.output.document({"engine": engine, "rounds": [_members(one) for one in results]})
    return 0 if all(one.is_exact for one in results) else 1


def _check_room(url: str, field: Field) -> None:
    """Raise ``FieldError`` unless a database server has a connection for each that the racers may open."""
    if not url.startswith(POSTGRESQL):
        return
    address = postgresql_address(url)
    from webhelper.links.stores.postgresql import single_connection  # noqa: PLC0415 - an extra, installed

    of_each = min(address.pool_size, ceil(field.racers / field.processes))
    needed, free = field.processes * of_each + 1, single_connection.free_connections(address)
    if needed > free:
        problem = (
            f"the race needs {needed:,} connections, and the server has {free:,} left; lower --processes "
        )
        raise FieldError("--processes", f"{problem}or pool_size in the URL, or raise max_connections")


@contextmanager
def _own_place(url: str | None) -> Iterator[tuple[str, str]]:
    """Yield the URL of a new store beside the one that is named, and its engine; delete it in the end."""
    url = None if url is None else with_long_scheme(url)
    if url is not None and url.startswith(POSTGRESQL):
        with _own_schema(url) as found:
            yield found
    elif url is None or url.startswith(SQLITE):
        with _own_directory(url) as directory:
            yield f"{SQLITE}{directory / 'race.db'}", f"SQLite {sqlite3.sqlite_version}"
    else:
        raise ConfigError((_URL, f"must be {SQLITE}FILE or {POSTGRESQL}..."))


@contextmanager
def _own_directory(url: str | None) -> Iterator[Path]:
    """Yield a new directory on the disk of a file."""
    beside = None if url is None else sqlite_file(url).parent
    try:
        made = TemporaryDirectory(prefix=_PREFIX, dir=beside)
    except OSError:
        raise ConfigError((_URL, "its directory is missing, or not writable for this user")) from None
    with made as directory:
        yield Path(directory)


@contextmanager
def _own_schema(url: str) -> Iterator[tuple[str, str]]:
    """Yield the URL of a new schema of a database."""
    try:
        postgresql_address(url)
    except ConfigError as error:
        raise ConfigError(*((_URL, fault.problem) for fault in error.faults)) from None
    from webhelper.links.stores.postgresql.own_schema import own_schema  # noqa: PLC0415 - an extra, installed

    with ExitStack() as stack:
        try:
            of_schema, version = stack.enter_context(own_schema(url, _PREFIX))
        except StoreError as error:
            raise ConfigError((_URL, str(error))) from None
        yield of_schema, f"PostgreSQL {version}"


def open_for_race(url: str, secret: str) -> Store:
    """Open a store by its URL, with one key."""
    return open_store(url, Sealer([secret]), retention_days=1)


def lines_of(results: Sequence[Result]) -> list[str]:
    """Return the table of some rounds."""
    return table(_HEADER, [_row(one) for one in results])


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
