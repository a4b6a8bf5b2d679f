"""An object, a dict or an array that is written in a program -> the names of its members."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_CHARS: Final = 4_000  # of one object
_START: Final = re.compile(r"(?:new\s+)?(?:dict|array|Map\.of|mapOf|hash)?\s*([({\[])", re.IGNORECASE)
_QUOTED: Final = re.compile(r"""\s*['"]([\w-]{1,64})['"]\s*(?::|=>|to\b)""")  # "name": x, 'name' => x
_BARE: Final = re.compile(r":?([A-Za-z_]\w{0,63})\s*(?::(?!:)|=>|=(?![=>]))")  # name: x, name=x
_SHORT: Final = re.compile(r"([A-Za-z_]\w{0,63})\s*(?=[,}])")  # {name, ...} of JavaScript
_PAIR: Final = re.compile(r"""[(\[]\s*['"]([\w-]{1,64})['"]\s*,""")  # ("name", x)
_SPACE: Final = re.compile(r"\s*")
_OPEN: Final = "([{"
_CLOSE: Final = ")]}"


class Member(NamedTuple):
    """The name of a member, and where it is in the file."""

    name: str
    place: int


def object_start(source: str, place: int) -> int | None:
    """Return the place of the bracket that opens an object; None if no object is written here."""
    found = _START.match(source, place)
    return None if found is None else found.start(1)


def members_of(source: str, start: int) -> Iterator[Member]:
    """Yield the members whose names are texts.

    Args:
        source: the file.
        start: the bracket that opens the object.
    """
    depth, place, begins = 0, start + 1, True
    limit = min(len(source), start + MAX_CHARS)
    while place < limit:
        if begins and depth == 0:
            found = _member_at(source, place, source[start])
            begins = False
            if found is not None:
                yield Member(found[1], found.start(1))
                place = found.end(1) + (source[found.end(1) : found.end(1) + 1] in ("'", '"'))
                depth += found[0].lstrip()[:1] in ("(", "[")
                continue
        sign = source[place]
        depth += (sign in _OPEN) - (sign in _CLOSE)
        if depth < 0:
            return
        begins = sign == ","
        place = _behind_text(source, place, limit) if sign in "'\"`" else place + 1


def _member_at(source: str, place: int, bracket: str) -> re.Match[str] | None:
    quoted = _QUOTED.match(source, place)
    if quoted is not None:
        return quoted
    space = _SPACE.match(source, place)
    place = place if space is None else space.end()
    short = _SHORT.match(source, place) if bracket == "{" else _PAIR.match(source, place)
    return _BARE.match(source, place) or short


def _behind_text(source: str, place: int, limit: int) -> int:
    """The place behind a text in quotes, so that no bracket in it counts."""
    quote, place = source[place], place + 1
    while place < limit and source[place] != quote:
        place += 2 if source[place] == "\\" else 1
    return place + 1
