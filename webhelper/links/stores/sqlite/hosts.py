"""A file knows the host that uses it: two hosts with a file each are two sites, which nobody may notice."""

from __future__ import annotations

import logging
import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite3 import Connection

log = logging.getLogger("webhelper")


def note(connection: Connection, host: str | None = None) -> None:
    """Note the host that opens the file, inside a transaction, and log where its links are known.

    Args:
        connection: lent.
        host: the name of this host; None asks the system.
    """
    here = socket.gethostname() if host is None else host
    row = connection.execute("SELECT host FROM site").fetchone()
    if row is None:
        connection.execute("INSERT INTO site (host) VALUES (?)", (here,))
    elif row[0] != here:
        log.warning("the store was the file of host %s until now; this is %s", row[0], here)
        connection.execute("UPDATE site SET host = ?", (here,))
    log.info("the store is a file of host %s: other hosts do not know its links", here)
