"""What has a name in a file: texts with the form's address, and objects that may become a query."""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from liveform.lint.members import Member, members_of

if TYPE_CHECKING:
    from collections.abc import Iterator

# The form's host, also with the slashes that JSON and JavaScript escape.
HOST: Final = r"(?:https?:)?\\?/\\?/(?:[\w.-]{1,64}@)?form\.argosidentity\.com(?![\w-]|\.\w)"
_NAMED_TEXT: Final = re.compile(
    r"(?:(?<![\w$])\$?(?P<name>[A-Za-z_]\w{0,63})['\"]?\s*(?::[\w<>\[\]., ?|]{1,40})?(?:=|:=|=>|:)\s*"
    r"|\bdefine\s*\(\s*['\"](?P<defined>\w{1,64})['\"]\s*,\s*)"
    rf"(?:[A-Za-z]{{1,2}}(?=['\"`]))?(?P<quote>'''|\"\"\"|['\"`])(?={HOST})",
    re.IGNORECASE,
)
_MAKES_OBJECT: Final = r"(?::[\w<>\[\]., ?|]{1,40})?=\s*+(?:new\s++)?(?:dict|array|Map\.of|mapOf)?\s*+[({\[]"
_NAMED_OBJECT: Final = re.compile(rf"(?<![\w$.?&])\$?([A-Za-z_]\w{{0,63}})\s*{_MAKES_OBJECT}")
_ADDED: Final = re.compile(
    r"""(?<![\w$])\$?([A-Za-z_]\w{0,63}(?:\.searchParams)?)"""
    r"""(?:\[\s*['"]([\w-]{1,64})['"]\s*\]\s*=(?!=)|\.(?:[Aa]ppend|[Ss]et|put|[Aa]dd)\(\s*['"]([\w-]{1,64})['"]\s*,)"""
)
_MAX_TEXTS: Final = 100  # of one file
_MAX_OBJECTS: Final = 20  # of one name
_MAX_MEMBERS: Final = 200  # of all objects of one name
_NEW_QUERY: Final = re.compile(
    r"(?<![\w$.])\$?([A-Za-z_]\w{0,63})\s*:?=\s*+(?:new\s++URLSearchParams\s*+\(\s*+\)|url\.Values\{\})"
)


class NamedText(NamedTuple):
    """A text with the form's address that has a name: where it begins behind its quote, and the quote."""

    start: int
    quote: str


def named_texts(source: str) -> dict[str, NamedText]:
    """Return the texts with the form's address by name, if the name is given to one text only."""
    found: dict[str, list[NamedText]] = {}
    for match in _NAMED_TEXT.finditer(source):
        name = match["name"] or match["defined"]
        found.setdefault(name, []).append(NamedText(match.end(), match["quote"]))
    once = [(name, texts[0]) for name, texts in found.items() if len(texts) == 1][:_MAX_TEXTS]
    return {name: text for name, text in once if _is_given_once(source, name)}


def _is_given_once(source: str, name: str) -> bool:
    given = re.compile(rf"(?<![\w$])\$?{re.escape(name)}\s*(?::[\w<>\[\]., ?|]{{1,40}})?=(?![=>])")
    return len(given.findall(source)) <= 1


class NamedObjects:
    """Objects that have a name in a file, and what is added to them later; read when they are asked for.

    Args:
        source: the file.
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self._members: dict[str, list[Member]] = {}
        self._starts: dict[str, list[int]] = {}
        for match in _NAMED_OBJECT.finditer(source):
            self._starts.setdefault(match[1], []).append(match.end() - 1)
        for match in _NEW_QUERY.finditer(source):
            self._starts.setdefault(match[1], [])
        self._added: dict[str, list[Member]] = {}
        for match in _ADDED.finditer(source):
            group = 2 if match[2] is not None else 3
            self._added.setdefault(match[1], []).append(Member(match[group], match.start(group)))

    def members(self, name: str) -> list[Member]:
        """Return the members of every object of this name, or nothing if no object has it."""
        if name not in self._members:
            self._members[name] = list(islice(self._read(name), _MAX_MEMBERS))
        return self._members[name]

    def _read(self, name: str) -> Iterator[Member]:
        for start in self._starts.get(name, ())[:_MAX_OBJECTS]:
            yield from members_of(self._source, start)
        if name in self._starts:
            yield from self._added.get(name, ())

    def added(self, name: str, start: int, end: int) -> list[Member]:
        """Return what is added to an object between two places, such as ``url.searchParams``."""
        added = self._added.get(name, [])
        return added[bisect_left(added, start, key=_place) : bisect_left(added, end, key=_place)]


def _place(member: Member) -> int:
    return member.place
