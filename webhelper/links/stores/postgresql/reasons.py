"""Why a database cannot be used, in fixed words: the server's own message may contain data.

A connection that is refused has no SQLSTATE, so its message is searched for what servers say in English. For
one that speaks another language, the last text holds too.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Final

from webhelper.errors import StoreError
from webhelper.links.stores.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import psycopg

_USER: Final = (
    "the server does not let this user in; compare the user and the password (of the URL, PGPASSWORD or the "
    "password file) with those of the server, and see its pg_hba.conf"
)
_DATABASE: Final = "the server has no such database; correct its name, or make it with createdb"
_FULL: Final = "the server has no connection left; raise its max_connections, or lower pool_size"
_STARTING: Final = "the server is starting or stopping; try again soon"
_READ_ONLY: Final = "the database is read-only; name the host that can be written"
_ENCRYPTION: Final = "sslmode or a certificate does not fit the server; compare sslmode and sslrootcert"
_RIGHTS: Final = (
    "cannot be used: this user may not make or use its tables there; let it own the database, or "
    "GRANT USAGE, CREATE ON SCHEMA"
)
_NOBODY: Final = (
    "no server answers there and lets this user in; compare host, port and parameters of the URL, and see "
    "whether the server runs"
)
_HELD: Final = "another session holds its tables; see pg_stat_activity, and try again"
_NOT_NOW: Final = "the server cannot do now what it was asked for; see its log, and try again later"
_PHRASES: Final[Mapping[str, str]] = {
    "authentication failed|no password supplied|pg_hba.conf|role +does not exist|not permitted to": _USER,
    "database +does not exist": _DATABASE,
    "too many (clients|connections)|connection slots": _FULL,
    "starting up|shutting down|recovery mode|not yet accepting": _STARTING,
    "read-only|hot standby": _READ_ONLY,
    "sslmode|SSL|certificate": _ENCRYPTION,
}
_STATES: Final[Mapping[str, str]] = {
    "42501": _RIGHTS,  # insufficient_privilege
    "3F000": _RIGHTS,  # invalid_schema_name: no schema of the search path is there, or may be used
    "25006": _READ_ONLY,  # read_only_sql_transaction
    "53300": _FULL,  # too_many_connections
    "55P03": _HELD,  # lock_not_available
}
_QUOTED: Final = re.compile("\"[^\"]*\"|'[^']*'")  # names of the URL, which may be any words


def why_not_connected(error: psycopg.Error) -> str:
    """Return why no connection could be made, or none that can be used, and what to do."""
    if error.sqlstate is not None:
        return _STATES.get(error.sqlstate, _NOT_NOW)
    said = _QUOTED.sub("", str(error))
    return next((reason for phrase, reason in _PHRASES.items() if re.search(phrase, said)), _NOBODY)


def refusal(error: psycopg.Error) -> StoreError:
    """Return the error of ours for what a statement met."""
    reason = _STATES.get(error.sqlstate or "")
    return StoreError() if reason is None else RefusedError(reason=reason)


def silence_driver() -> None:
    """Keep the driver's own lines, which name hosts and users, out of a log that does not ask for them."""
    driver = logging.getLogger("psycopg")
    if driver.level == logging.NOTSET:
        driver.setLevel(logging.CRITICAL)
