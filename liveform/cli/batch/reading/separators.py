"""What separates the cells of a CSV file, found in its header and nowhere else."""

from __future__ import annotations

import csv
import re
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from liveform.cli.batch.reading.encodings import line_breaks
from liveform.errors import FieldError, MalformedError
from liveform.parameters.text_values import bare

if TYPE_CHECKING:
    from collections.abc import Callable

SEPARATORS: Final = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
_NAMES: Final = {separator: name for name, separator in SEPARATORS.items()}
_DECLARED: Final = re.compile(r'"?sep=(.)"?(?:\r\n?|\n)', re.IGNORECASE)
_BLANK_LINES: Final = re.compile(r"(?:[\s,;|]*?(?:\r\n?|\n))*")


class HeaderRecord(NamedTuple):
    """The first row of a file that is not blank.

    Attributes:
        separator: what is between its cells.
        cells: the names of the columns.
        end: where the next row begins in the text.
        line: the line on which that is.
        declared: the line ``sep=;`` in front, as Excel reads it; empty without one.
    """

    separator: str
    cells: list[str]
    end: int
    line: int
    declared: str = ""


def separator_named(wanted: str) -> str:
    """Return the separator of a name such as ``tab``, or of the character itself.

    Raises:
        FieldError: it is another character.
    """
    separator = SEPARATORS.get(wanted.lower(), "\t" if wanted == "\\t" else wanted)
    if separator not in _NAMES:
        raise FieldError("--separator", f"must be one of {', '.join(SEPARATORS)}")
    return separator


def read_header(
    text: str, wanted: str | None, *, knows: Callable[[str], bool], usual: str | None = None
) -> HeaderRecord:
    """Return the header of a file.

    Args:
        text: the beginning of the file.
        wanted: the separator that the user names; None to find it.
        knows: whether a name is that of a parameter, or of a column that the user named.
        usual: the separator of this kind of file, if it separates anything.

    Raises:
        FieldError: several separators would do.
        MalformedError: a quote in the first row has no end.
    """
    declared = _DECLARED.match(text)
    start = declared.end() if declared is not None else 0
    if declared is not None and wanted is None and declared[1] in _NAMES:
        wanted = declared[1]
    blank = _BLANK_LINES.match(text, start)
    begin = blank.end() if blank is not None else start
    choices = [wanted] if wanted is not None else [*_NAMES]
    found = [record for one in choices if (record := _record(text, begin, one)) is not None]
    if not found:
        raise MalformedError(f"IN: line {1 + line_breaks(text[:begin])}: a quote in the first row has no end")
    record = _likely(found, knows, usual)
    return record._replace(declared="" if declared is None else text[: declared.end()])


def _record(text: str, begin: int, separator: str) -> HeaderRecord | None:
    found = record_pattern(separator).match(text, begin)
    if found is None or found.end(1) < 0:
        return None
    try:
        rows = list(csv.reader(_lines(found[0]), delimiter=separator, strict=True))
    except csv.Error:
        return None
    end = found.end(1)
    return HeaderRecord(separator, rows[0] if rows else [], end, 1 + line_breaks(text[:end]))


def _lines(text: str) -> list[str]:
    return re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", text)


def _likely(found: list[HeaderRecord], knows: Callable[[str], bool], usual: str | None) -> HeaderRecord:
    """The record whose separator is the only one, or the one that gives most names that are known."""
    of_kind = [record for record in found if record.separator == usual]
    separated = [record for record in found if len(record.cells) > 1] or of_kind or found[:1]
    if of_kind and of_kind[0] in separated:
        return of_kind[0]
    known = [sum(knows(bare(cell)) for cell in record.cells) for record in separated]
    best = [record for record, count in zip(separated, known, strict=True) if count == max(known)]
    if len(best) > 1:
        names = " or ".join(_NAMES[record.separator] for record in best)
        raise FieldError("IN", f"may be separated by {names}; --separator says by which")
    return best[0]


@cache
def record_pattern(separator: str) -> re.Pattern[str]:
    """Return a pattern of the first row of a text; group 1 is the line break behind it, or the end."""
    return re.compile(f"(?:{_tokens(separator)})*+(\\r\\n?|\\n|\\Z)")


@cache
def records_pattern(separator: str) -> re.Pattern[str]:
    """Return a pattern of all whole cells of a text; group 1 is the last line break that ends a row."""
    return re.compile(f"(?:{_tokens(separator)}|(\\r\\n?|\\n))*+")


def _tokens(separator: str) -> str:
    """What a row is made of. A quote opens a cell at its beginning; elsewhere it is like any character."""
    between = re.escape(separator) + r"\r\n"
    in_quotes = f'(?<![^{between}])"[^"]*+(?:""[^"]*+)*+"'
    return f'[^"\\r\\n]++|{in_quotes}|(?<=[^{between}])"'
