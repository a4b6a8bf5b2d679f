"""The ids of visits: the link, the time, and random bits, in a text that sorts by time."""

import os
from typing import Final

_LINK_CHARS: Final = 16
_RANDOM_BYTES: Final = 5


def new_visit_id(link_id: str, at: float) -> str:
    """Return an id of 37 characters: the link's id, the time in milliseconds, and 40 random bits."""
    return earliest_visit_id(link_id, at) + os.urandom(_RANDOM_BYTES).hex()


def earliest_visit_id(link_id: str, at: float) -> str:
    """Return the text that sorts before every visit id of this link from this millisecond on."""
    return f"{link_id}{int(at * 1000):011x}"


def visited_at(visit_id: str) -> float:
    """Return the Unix time of the visit, to the millisecond."""
    return int(visit_id[_LINK_CHARS : -2 * _RANDOM_BYTES], 16) / 1000


def link_id_of(visit_id: str) -> str:
    """Return the id of the link that was opened."""
    return visit_id[:_LINK_CHARS]
