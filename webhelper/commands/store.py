"""``liveform store purge``, ``keys`` and ``reseal``: what every store can be asked to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from webhelper.commands.output import table
from webhelper.links import purging

if TYPE_CHECKING:
    from collections.abc import Sequence

    from webhelper.commands.call import Call
    from webhelper.links.stores.upkeep import KeyUse

_HEADER: Final = ("key", "place in SECRET_KEYS", "rows", "links", "needed")


def purge(call: Call) -> int:
    """Delete what has been kept for long enough, and say how many rows that were."""
    deleted = purging.purge(call.services.links.store.upkeep, now=call.now)
    call.output.line(f"{deleted:,} rows deleted")
    call.output.document({"deleted": deleted})
    return 0


def keys(call: Call) -> int:
    """Print what still needs each key; exit code 1 if a key that is needed is not in the settings."""
    found = call.services.links.store.upkeep.keys(now=call.now)
    for line in [*table(_HEADER, [_row(one) for one in found]), *_advice(found)]:
        call.output.line(line)
    call.output.document({"keys": [_members(one) for one in found]})
    return 1 if any(one.place is None and one.is_needed for one in found) else 0


def _row(use: KeyUse) -> tuple[object, ...]:
    place = "not there" if use.place is None else use.place + 1
    needed = "yes" if use.is_needed or use.place == 0 else "no"
    return (_name(use), place, f"{use.rows:,}", f"{use.links:,}", needed)


def _name(use: KeyUse) -> str:
    return use.key_id.hex() if use.key_id else "unknown"


def _members(use: KeyUse) -> dict[str, Any]:
    return {
        "key": _name(use),
        "place": None if use.place is None else use.place + 1,
        "rows": use.rows,
        "links": use.links,
        "needed": use.is_needed or use.place == 0,
    }


def _advice(found: Sequence[KeyUse]) -> list[str]:
    """Return what to do about the keys, in words."""
    lines = []
    if any(one.rows for one in found if one.place):
        lines.append("`liveform store reseal` encrypts the rows of older keys with the newest")
    if any(one.links for one in found if one.place):
        lines.append("addresses and codes of links that an older key signed need it until they expire")
    if any(one.is_needed for one in found if one.place is None):
        lines.append("what a key that is not in SECRET_KEYS encrypted cannot be read")
    return lines


def reseal(call: Call) -> int:
    """Encrypt everything anew with the newest key, and say how many rows that were."""
    done = purging.reseal(call.services.links.store.upkeep)
    call.output.line(f"{done:,} rows encrypted anew")
    call.output.document({"resealed": done})
    return 0
