"""``STORE = "postgresql://..."``: what of it libpq reads, and what is read here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import quote, unquote

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

if TYPE_CHECKING:
    from collections.abc import Sequence

_POOL_SIZE: Final = "pool_size"
_PREPARE: Final = "prepare"
_OPTIONS: Final = "options"  # of a session, such as -cwork_mem=4MB
_DEFAULT_POOL_SIZE: Final = 16
_PREPARE_AFTER: Final = 5  # psycopg's own number of times


class Address(NamedTuple):
    """Where the database is, and how it is used.

    Attributes:
        conninfo: the URL as libpq reads it; it may hold a password.
        pool_size: how many connections a process opens at most.
        prepare_threshold: after how many times a statement is prepared; None for never, as a pooler in
            transaction mode wants it.
    """

    conninfo: str
    pool_size: int = _DEFAULT_POOL_SIZE
    prepare_threshold: int | None = _PREPARE_AFTER

    def __repr__(self) -> str:
        """Return the name of the class alone, for the URL may hold a password."""
        return "Address(...)"

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments of every connection: each statement is a commit, and texts are UTF-8."""
        return {
            "autocommit": True,
            "prepare_threshold": self.prepare_threshold,
            "client_encoding": "utf8",  # whatever the URL or the environment says
        }


class _Part(NamedTuple):
    """A parameter of a URL, as it is written; libpq reads ``%20`` as a space, and ``+`` as itself."""

    text: str

    @property
    def name(self) -> str:
        return unquote(self.text.partition("=")[0])

    @property
    def value(self) -> str:
        return unquote(self.text.partition("=")[2])


def read_address(url: str) -> Address:
    """Return the address of a URL of ``STORE``.

    Raises:
        ValueError: libpq cannot read it, or one of ``pool_size`` and ``prepare`` has another value.
    """
    place, parts = _parts(url)
    ours = {part.name: part.value for part in parts if part.name in {_POOL_SIZE, _PREPARE}}
    theirs = [part.text for part in parts if part.name not in ours]
    size, prepare = ours.get(_POOL_SIZE, str(_DEFAULT_POOL_SIZE)), ours.get(_PREPARE, "yes")
    if re.fullmatch("[1-9][0-9]{0,2}", size) is None or prepare not in {"yes", "no"}:
        raise ValueError("pool_size must be 1 to 999, and prepare yes or no")
    conninfo = _joined(place, theirs)
    try:
        conninfo_to_dict(conninfo)
    except ProgrammingError:
        raise ValueError("libpq cannot read the URL") from None  # whose own text may show the password
    return Address(
        conninfo,
        pool_size=int(size),
        prepare_threshold=_PREPARE_AFTER if prepare == "yes" else None,
    )


def of_schema(url: str, name: str, *, pool_size: int) -> str:
    """Return the URL of a schema of a database, whose tables are looked for there alone.

    Args:
        url: of the database, as ``read_address`` takes it. What it says is kept.
        name: of the schema: letters, digits and underscores.
        pool_size: how many connections a process opens at most, unless the URL says so.
    """
    place, parts = _parts(url)
    options = [part.value for part in parts if part.name == _OPTIONS][-1:]  # the last counts
    kept = [part.text for part in parts if part.name != _OPTIONS and part.text != ""]
    if all(part.name != _POOL_SIZE for part in parts):
        kept.append(f"{_POOL_SIZE}={pool_size}")
    return _joined(place, [*kept, f"{_OPTIONS}={quote(' '.join([*options, f'-csearch_path={name}']))}"])


def _parts(url: str) -> tuple[str, list[_Part]]:
    place, _, query = url.partition("?")
    return place, [_Part(text) for text in query.split("&")] if query else []


def _joined(place: str, parts: Sequence[str]) -> str:
    return f"{place}?{'&'.join(parts)}" if parts else place
