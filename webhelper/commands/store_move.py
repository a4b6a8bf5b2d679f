"""``liveform store move``: from a SQLite file to PostgreSQL."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from liveform import ConfigError, FieldError
from webhelper.config.rules import POSTGRESQL, with_long_scheme
from webhelper.store_urls import postgresql_address, sqlite_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from webhelper.commands.call import SettingsCall


@contextmanager
def _named(argument: str) -> Iterator[None]:
    """Let errors about ``STORE`` name the argument that has the URL."""
    try:
        yield
    except ConfigError as error:
        raise ConfigError(*((argument, fault.problem) for fault in error.faults)) from None


def move(call: SettingsCall) -> int:
    """Move everything, and print the number of rows of each table.

    Raises:
        ConfigError: the URLs are not those of a file and of a PostgreSQL database.
        FieldError: there is no such file.
    """
    source, target = call.arguments.source, with_long_scheme(call.arguments.target or call.settings.store)
    place = "STORE" if call.arguments.target is None else "TO"
    if not target.startswith(POSTGRESQL):
        raise ConfigError((place, f"must be {POSTGRESQL}..., to which the file is moved"))
    with _named("FROM"):
        path = sqlite_file(source)
    with _named(place):
        address = postgresql_address(target)
    if not path.is_file():
        raise FieldError("FROM", f"there is no file {path}; a fourth slash starts an absolute path")
    from webhelper.links.stores.postgresql import moving  # noqa: PLC0415 - an extra, which is installed

    moved = []
    for one in moving.move(path, address):
        moved.append(one)
        call.output.line(f"{one.table}: {one.rows:,} rows, {one.new:,} of them moved now")
    call.output.line(f"all counts agree; name the database in STORE, and keep {path.name} as a copy")
    call.output.document({"tables": [one._asdict() for one in moved]})
    return 0
