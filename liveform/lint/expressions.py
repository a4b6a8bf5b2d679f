"""An expression that joins texts -> the text that it makes, as far as that is certain."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from liveform.lint.literals import QUOTES, LiteralReader, literal_at
from liveform.lint.members import MAX_CHARS, members_of, object_start
from liveform.lint.names import HOST
from liveform.lint.pieces import Pieces

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from liveform.lint.languages import Language
    from liveform.lint.members import Member
    from liveform.lint.names import NamedObjects, NamedText

_HOST: Final = re.compile(HOST, re.IGNORECASE)
_MAX_OPERANDS: Final = 64
_MAX_OPERAND_CHARS: Final = 2_000
_SPACE: Final = re.compile(r"(?:\s|\\\n)*")
_NAME: Final = re.compile(
    r"(?:[\w$@]+(?:\.|->|::)(?!toString\b|Encode\b))*[$@]?(\w+)(?:\.(?:toString|Encode)\(\))?\s*"
)
_INSIDE: Final = re.compile(
    r"(?:[$#]?\{\{?|\\\(|<\?(?:=|php\s+echo)|<%=)\s*"
)  # what begins an expression in a text
_APPEND: Final = re.compile(r"\s*\)\s*\.\s*append\(\s*")  # of Java's StringBuilder
# What makes a query of an object: urlencode({...}), http_build_query([...]), new URLSearchParams({...}) ...
_QUERY_MAKER: Final = re.compile(
    r"(?:urlencode|http_build_query|URLSearchParams|stringify|encode_www_form)\s*\(\s*"
)
_CLOSING: Final = {"(": ")", "[": "]", "{": "}"}


class ExpressionReader:
    """Reads expressions of one file.

    Args:
        source: the file.
        language: its language.
        hosts: where the form's host is, in order.
        objects: those that have a name.
    """

    def __init__(
        self, source: str, language: Language, *, hosts: Sequence[int], objects: NamedObjects
    ) -> None:
        self._source, self._language, self._objects = source, language, objects
        self._literals = LiteralReader(source, language, hosts)

    def named_text(self, text: NamedText) -> Pieces:
        """Return a text that has a name, with what is joined to it where it gets the name."""
        pieces = Pieces()
        self.rest(self.literal(text.start, text.quote, pieces), pieces)
        return pieces

    def literal(self, start: int, quote: str, pieces: Pieces, *, until: int | None = None) -> int:
        """Add a text, with what is put into it; return the place behind it."""
        end = self._literals.read(start, quote, pieces, self._fill, until=until)
        if quote or self._language.is_text:
            return end
        behind = next((sign for sign in QUOTES if self._source.startswith(sign, end)), "")
        return end + len(behind)

    def _fill(self, start: int, end: int, pieces: Pieces) -> None:
        """Add what is put into a text: the query of an object, or a hole."""
        inside = _INSIDE.match(self._source, start, end)
        self._value(end if inside is None else inside.end(), end, pieces)

    def rest(self, place: int, pieces: Pieces) -> int:
        """Add what is joined to a text behind this place; return where the expression ends."""
        for _ in range(_MAX_OPERANDS):
            operand = self._operand_behind(place)
            if operand is None or self._is_another_url(operand):
                break
            place = self.operand(operand, pieces)
        return place

    def _operand_behind(self, place: int) -> int | None:
        """Where the next operand begins; None if the expression ends here."""
        appended = _APPEND.match(self._source, place)
        if appended is not None:
            return appended.end()
        start = self._behind_space(place)
        for sign in self._language.joins:
            if self._source.startswith(sign, start) and not self._source.startswith(
                (f"{sign}=", "++"), start
            ):
                return self._behind_space(start + len(sign))
        beside = literal_at(self._source, start) if self._language.joins_adjacent else None
        return start if beside is not None and len(beside[1]) == 1 else None  # three quotes end a docstring

    def _is_another_url(self, place: int) -> bool:
        literal = literal_at(self._source, place)
        return literal is not None and _HOST.match(self._source, literal[0]) is not None

    def _behind_space(self, place: int) -> int:
        found = _SPACE.match(self._source, place)
        return place if found is None else found.end()

    def operand(self, place: int, pieces: Pieces) -> int:
        """Add one operand: a text, the query of an object, or a hole."""
        literal = literal_at(self._source, place)
        if literal is not None:
            return self.literal(*literal, pieces)
        end = self._end_of_operand(place)
        self._value(place, end, pieces)
        return end

    def _value(self, place: int, end: int, pieces: Pieces) -> None:
        """Add what an expression between two places makes, if that is known."""
        name = _NAME.match(self._source, place, end)
        is_name = name is not None and not self._source[name.end() : end].strip("}) \t%>?")
        maker = _QUERY_MAKER.search(self._source, place, end)
        members = self._objects.members(name[1]) if is_name and name is not None else ()
        if members:
            add_query(members, pieces)
        elif maker is None or not self.query_of_object(maker.end(), pieces):
            pieces.add_hole(place)

    def query_of_object(self, place: int, pieces: Pieces) -> bool:
        """Add the query of an object that is written here or has a name; return whether it is one."""
        start, name = object_start(self._source, place), _NAME.match(self._source, place)
        if start is not None:
            add_query(members_of(self._source, start), pieces)
            return True
        members = [] if name is None else self._objects.members(name[1])
        call = self._source.rfind("(", max(0, place - MAX_CHARS), place)
        named = [] if call < 0 else list(members_of(self._source, call))  # f(pid: x) of Ruby
        if named and named[0].place == place:
            members = named
        add_query(members, pieces)
        return bool(members)

    def _end_of_operand(self, place: int) -> int:
        """Where an expression without a text of its own ends: at a joint, or at what ends a statement."""
        closing: list[str] = []
        limit = min(len(self._source), place + _MAX_OPERAND_CHARS)
        while place < limit:
            sign = self._source[place]
            literal = literal_at(self._source, place) if sign in "'\"`" else None
            if literal is not None:
                place = self._literals.read(*literal, Pieces())
                continue
            if sign in _CLOSING:
                closing.append(_CLOSING[sign])
            elif closing and sign == closing[-1]:
                closing.pop()
            elif not closing and (sign in ";,)]}\n" or self._is_joint(place)):
                break
            place += 1
        return place

    def _is_joint(self, place: int) -> bool:
        """Whether a sign joins texts here: the dot of PHP has space beside it, that of a number has none."""
        return any(
            self._source.startswith(sign, place)
            and (sign != "." or not self._source[place + 1 : place + 2].isdigit())
            for sign in self._language.joins
        )


def add_query(members: Iterable[Member], pieces: Pieces) -> None:
    """Add a query with these names, and holes for the values."""
    for member in members:
        if pieces.last not in ("?", "&"):
            pieces.add("&", member.place, step=0)
        pieces.add(f"{member.name}=", member.place)
        pieces.add_hole(member.place)
