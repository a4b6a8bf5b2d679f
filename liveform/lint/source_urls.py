"""A file -> every URL of the form in it, as far as it is certain."""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import islice
from typing import TYPE_CHECKING, Final

from liveform.lint.expressions import ExpressionReader, add_query
from liveform.lint.literals import quote_before
from liveform.lint.members import Member
from liveform.lint.names import HOST, NamedObjects, named_texts
from liveform.lint.pieces import Pieces

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from liveform.lint.languages import Language
    from liveform.lint.names import NamedText

_LINE_CHARS: Final = 500  # of a line in front of a URL, in which a comment may begin
_NEAR: Final = 3_000  # signs behind a URL in which a program may add to it
_MAX_USES: Final = 1_000  # of one text that has a name
_HOST: Final = re.compile(HOST, re.IGNORECASE)
_COMMENT: Final = re.compile(r"^\s*(?://|#(?!\{)|\*|/\*|--|<!--|;|%|\{#)|\s(?://|#)\s")
_ASSIGNED: Final = re.compile(
    r"([$\w]+)\s*(?::[\w<>\[\]., ?|]{1,40})?:?=\s*(?:new\s+\w+\(|\(|\w+\()?\s*\w{0,2}['\"`]{0,3}$"
)
_PARAMS: Final = re.compile(r"\s*,\s*(?:\{\s*)?['\"]?params['\"]?\s*[:=]\s*")
_BUILDER: Final = re.compile(
    r"\.\s*(?:queryParam|addQueryParameter|setQueryParameter|setParameter|addParameter|appendQueryParameter|"
    r"addQueryParam)\(\s*['\"]([\w-]{1,64})['\"]"
)
_WITH_QUERY: Final = re.compile(r"\s*+(?:\)\s*+)?\.\s*(?:with_query|update_query|add|set)\(\s*")


class SourceUrls:
    """Finds the URLs of one file.

    Args:
        source: the file.
        language: its language.
    """

    def __init__(self, source: str, language: Language) -> None:
        self._source, self._language = source, language
        names = not language.is_text
        self._texts = named_texts(source) if names else {}
        self._objects = NamedObjects(source if names else "")
        self._hosts = [found.start() for found in _HOST.finditer(source)]
        self._uses = {name: list(islice(self._uses_of(name), _MAX_USES)) for name in self._texts}
        self._begins = sorted(use.start() for uses in self._uses.values() for use in uses)
        self._expressions = ExpressionReader(source, language, hosts=self._hosts, objects=self._objects)

    def __iter__(self) -> Iterator[Pieces]:
        """Yield the signs of each URL: of texts that have a name, then of others."""
        used: set[int] = set()
        for name, uses in self._uses.items():
            if uses:
                used.add(self._texts[name].start)
                yield from self._urls_of(self._texts[name], uses)
        for place in self._hosts:
            if place not in used and not self._is_comment(place):
                yield self._url_at(place)

    def _is_comment(self, place: int) -> bool:
        start = max(0, place - _LINE_CHARS)
        line = self._source[max(start, self._source.rfind("\n", start, place) + 1) : place]
        return not self._language.is_text and _COMMENT.search(line) is not None

    def _url_at(self, place: int) -> Pieces:
        """The URL whose host is written here."""
        pieces = Pieces()
        end = self._expressions.literal(place, quote_before(self._source, place), pieces)
        return self._whole(place, end, pieces)

    def _urls_of(self, text: NamedText, uses: Sequence[re.Match[str]]) -> Iterator[Pieces]:
        """The URLs that begin with a text that has a name: in a text, or in front of a joint."""
        named = self._expressions.named_text(text)
        for use in uses:
            pieces, end = Pieces(), use.end()
            pieces.extend(named)
            if use["inside"] is not None:
                quote, following = quote_before(self._source, use.start()), bisect_left(self._begins, end)
                until = self._begins[following] if following < len(self._begins) else None
                end = self._expressions.literal(end, quote, pieces, until=until)
            yield self._whole(use.start(), end, pieces)

    def _uses_of(self, name: str) -> Iterator[re.Match[str]]:
        """Where a program uses the text of a name."""
        owner = rf"(?:[\w$@]+(?:\.|->|::))*[$@]?{re.escape(name)}"
        joints = "|".join(re.escape(sign) for sign in self._language.joins) or r"(?!)"
        inside = rf"(?:\$\{{|#\{{|\{{\{{?)\s*{owner}\s*\}}\}}?"
        if self._language.has_dollar:
            inside += rf"|\$\{{?{re.escape(name)}\b\}}?(?!\s*[.+&]?=(?![=>]))"
        beside = rf"(?<![\w$.>:@]){owner}\s*(?=(?:{joints})(?![=+])|,\s*(?:\{{\s*)?['\"]?params\b)"
        for found in re.finditer(rf"(?P<inside>{inside})|{beside}", self._source):
            if not self._is_comment(found.start()):
                yield found

    def _whole(self, start: int, end: int, pieces: Pieces) -> Pieces:
        """Add what a program joins to the text, or adds to it later."""
        if self._language.is_text:
            return pieces
        end = self._expressions.rest(end, pieces)
        self._add_arguments(end, pieces)
        assigned = _ASSIGNED.search(self._source, max(0, start - 200), start)
        if assigned is not None:
            self._add_later(assigned[1], end, pieces)
        return pieces

    def _add_arguments(self, end: int, pieces: Pieces) -> None:
        """Add what a call gets beside the URL (``params={...}``), or a builder behind it."""
        for pattern in (_PARAMS, _WITH_QUERY):
            found = pattern.match(self._source, end)
            if found is not None:
                self._expressions.query_of_object(found.end(), pieces)
        statement = self._source[end : end + _NEAR].partition(";")[0]
        built = [Member(found[1], end + found.start(1)) for found in _BUILDER.finditer(statement)]
        add_query(built, pieces)

    def _add_later(self, name: str, end: int, pieces: Pieces) -> None:
        """Add what is joined to the variable that the URL was given to, until it gets another value."""
        owner = rf"(?<![\w$]){re.escape(name)}"
        near = self._source[end : end + _NEAR]
        again = re.search(rf"{owner}\s*=(?![=>])", near)
        near = near if again is None else near[: again.start()]
        read_to = end
        for found in re.finditer(rf"{owner}\s*(?:\+=|\.=|&=)\s*", near):
            if end + found.end() > read_to:
                operand = self._expressions.operand(end + found.end(), pieces)
                read_to = self._expressions.rest(operand, pieces)
        add_query(self._objects.added(f"{name.lstrip('$')}.searchParams", end, end + _NEAR), pieces)
