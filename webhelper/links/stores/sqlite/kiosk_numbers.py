"""The numbers by which the customers of a kiosk are distinguished, on its screen and on their phones."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sqlite3 import Connection

    from webhelper.links.models import LinkSpec

# It begins again long after the last customer of this number has left the counter.
_MOST: Final = 999
_NEXT: Final = f"""
INSERT INTO kiosk_numbers VALUES (?, 1)
ON CONFLICT DO UPDATE SET number = number % {_MOST} + 1 RETURNING number
"""


def numbered(connection: Connection, spec: LinkSpec) -> LinkSpec:
    """Return the spec with the next number of its kiosk, inside the transaction that inserts the link."""
    (number,) = connection.execute(_NEXT, (spec.created_by,)).fetchone()
    return replace(spec, kiosk_number=number)
