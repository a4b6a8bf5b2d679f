"""One text of a program -> its signs, with holes for what is put into it."""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from liveform.lint.languages import Language
    from liveform.lint.pieces import Pieces

QUOTES: Final = ("'''", '"""', "'", '"', "`")
MAX_CHARS: Final = 65_536  # of one text; see wire.encoding.MAX_TEXT_CHARS
_ENDS_TEXT: Final = re.compile(r"[\s\"'`<>\\^|]|&(?:quot|gt|lt|#39|apos);")
# What a text may hold that is put in when the program runs. None of it is part of a URL.
_HOLES: Final = re.compile(
    r"\$\{[^{}\n]{0,200}(?:\{[^{}\n]{0,100}\}[^{}\n]{0,100})?\}"  # ${x} of JavaScript, Kotlin, PHP and shells
    r"|#\{[^}\n]{0,200}\}"  # #{x} of Ruby
    r"|\{\{.{0,200}?\}\}|\{%.{0,200}?%\}"  # {{ x }} and {% x %} of templates
    r"|<\?(?:=|php).{0,200}?\?>|<%.{0,200}?%>"  # <?= $x ?> of PHP, <%= x %> of ERB and EJS
    r"|\\\([^()\n]{0,200}(?:\([^()\n]{0,100}\)[^()\n]{0,100})?\)"  # \(x) of Swift
    r"|\{[^{}\n\"]{0,200}\}"  # {x} of Python, C# and format()
    r"|%(?:\(\w{1,64}\)|\d\$)?[s@]|%[du](?![0-9A-Fa-f])"  # %s of printf
    r"|(?<==)<[A-Za-z][^<>\n]{0,64}>"  # <your pid> of documentation
)
_VARIABLE: Final = re.compile(r"\$[A-Za-z_]\w{0,64}(?:->\w{1,64}|\[[^\]\n]{0,64}\])*")
_ESCAPE: Final = re.compile(r"\\(u\{[0-9A-Fa-f]{1,6}\}|u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|.)", re.DOTALL)
_ENTITY: Final = re.compile(r"&(?:[a-z]{2,6}|#\d{1,5}|#x[0-9a-f]{1,5});", re.IGNORECASE)
_CONTROLS: Final = {"n": "\n", "r": "\r", "t": "\t", "\n": ""}
Fill: TypeAlias = "Callable[[int, int, Pieces], None]"


def add_hole(start: int, _end: int, pieces: Pieces) -> None:
    """Add a hole for what is put into a text."""
    pieces.add_hole(start)


class LiteralReader:
    """Reads the texts of one file.

    Args:
        source: the file.
        language: its language.
        hosts: where the form's host is, in order. A text is read up to the next one at most, so that the time
            for a file is in proportion to its length, also if no text in it has an end.
    """

    def __init__(self, source: str, language: Language, hosts: Sequence[int]) -> None:
        self._source, self._language, self._hosts = source, language, [*hosts, len(source)]

    def read(
        self, start: int, quote: str, pieces: Pieces, fill: Fill = add_hole, *, until: int | None = None
    ) -> int:
        """Add what a text in quotes holds, and return the place behind its last quote.

        Args:
            start: behind the first quote.
            quote: the one that ends the text; empty for a text without quotes, which ends with what no URL
                holds.
            pieces: what is added to.
            fill: adds what is put into the text, between two places; a hole by default.
            until: where another URL begins, beside those that begin with the host.
        """
        source, place = self._source, start
        host = self._hosts[min(bisect_right(self._hosts, start), len(self._hosts) - 1)]
        end = min(host, start + MAX_CHARS, len(source) if until is None else until)
        while place < end:
            if quote and source.startswith(quote, place):
                return place + len(quote)
            hole = _hole_at(source, place, self._language)
            if hole is not None:
                fill(place, hole, pieces)
                place = hole
            elif _ends(source, place, quote):
                return place
            else:
                place = _read_sign(source, place, self._language, pieces)
        if place < len(source):
            pieces.add_unknown_rest(place)
        return place


def _ends(source: str, place: int, quote: str) -> bool:
    """Whether a text ends here without a quote."""
    if quote:
        return len(quote) == 1 and quote != "`" and source[place] == "\n"
    ends = _ENDS_TEXT.match(source, place) is not None
    return ends and not source.startswith(("\\/", "\\u0026"), place)


def _hole_at(source: str, place: int, language: Language) -> int | None:
    found = _HOLES.match(source, place)
    if found is None and language.has_dollar:
        found = _VARIABLE.match(source, place)
    return None if found is None else found.end()


def _read_sign(source: str, place: int, language: Language, pieces: Pieces) -> int:
    """Add one sign, or what an escape or an entity means; return the place behind it."""
    escape = _ESCAPE.match(source, place)
    if escape is not None:
        pieces.add(_unescaped(escape[1]), place, step=0)
        return escape.end()
    entity = _ENTITY.match(source, place) if language.has_entities else None
    if entity is not None:
        pieces.add(html.unescape(entity[0]), place, step=0)
        return entity.end()
    pieces.add(source[place], place)
    return place + 1


def _unescaped(escape: str) -> str:
    if len(escape) > 1:
        number = int(escape.strip("ux{}"), 16)
        return chr(number) if number < 0xD800 or 0xE000 < number < 0x110000 else "\ufffd"
    return _CONTROLS.get(escape, escape)


def literal_at(source: str, place: int) -> tuple[int, str] | None:
    """Return where a text begins behind its quote, and the quote; None if there is none at this place."""
    prefix = re.compile(r"(?:[A-Za-z]{1,2}|\$@?|@\$?)?").match(source, place)
    place = prefix.end() if prefix is not None else place
    quote = next((quote for quote in QUOTES if source.startswith(quote, place)), None)
    return None if quote is None else (place + len(quote), quote)


def quote_before(source: str, place: int) -> str:
    """Return the quote that is right in front of a place; empty if there is none."""
    return next((quote for quote in QUOTES if source.endswith(quote, 0, place)), "")
