"""``STORE = "postgresql://..."``: what of it libpq reads, and what is read here."""

from __future__ import annotations

import re
from typing import Final, NamedTuple
from urllib.parse import parse_qsl, urlencode

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

_POOL_SIZE: Final = "pool_size"
_PREPARE: Final = "prepare"
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


def read_address(url: str) -> Address:
    """Return the address of a URL of ``STORE``.

    Raises:
        ValueError: libpq cannot read it, or one of ``pool_size`` and ``prepare`` has another value.
    """
    place, _, query = url.partition("?")
    pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query))
    ours = {name: value for name, value in pairs if name in {_POOL_SIZE, _PREPARE}}
    theirs = [(name, value) for name, value in pairs if name not in ours]
    size, prepare = ours.get(_POOL_SIZE, str(_DEFAULT_POOL_SIZE)), ours.get(_PREPARE, "yes")
    if re.fullmatch("[1-9][0-9]{0,2}", size) is None or prepare not in {"yes", "no"}:
        raise ValueError("pool_size must be 1 to 999, and prepare yes or no")
    conninfo = f"{place}?{urlencode(theirs)}" if theirs else place
    try:
        conninfo_to_dict(conninfo)
    except ProgrammingError:
        raise ValueError("libpq cannot read the URL") from None  # whose own text may show the password
    return Address(
        conninfo,
        pool_size=int(size),
        prepare_threshold=_PREPARE_AFTER if prepare == "yes" else None,
    )
