"""The numbers by which the customers of a kiosk are distinguished, on its screen and on their phones."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from webhelper.links.models import LinkSpec
    from webhelper.links.stores.postgresql.connections import Connection

# It begins again long after the last customer of this number has left the counter.
_MOST: Final = 999
_NEXT: Final = """
INSERT INTO kiosk_numbers (kiosk, number) VALUES (%(kiosk)s, 1)
ON CONFLICT (kiosk) DO UPDATE SET number = mod(kiosk_numbers.number, %(most)s) + 1 RETURNING number
"""


def numbered(connection: Connection, spec: LinkSpec) -> LinkSpec:
    """Return the spec with the next number of its kiosk, inside the transaction that inserts the link."""
    ((number,),) = connection.execute(_NEXT, {"kiosk": spec.created_by, "most": _MOST}).fetchall()
    return replace(spec, kiosk_number=number)
