"""Rows of JSON Lines: one JSON object a line, read as strictly as all JSON from outside."""

from __future__ import annotations

import json
from collections import Counter
from math import isinf
from typing import TYPE_CHECKING, Final, NamedTuple

from liveform.cli.batch.reading.encodings import UTF8, encoding_of, text_blocks
from liveform.cli.batch.rows import Row
from liveform.errors import FieldError, MalformedError, shown
from liveform.wire.json_object import MAX_NUMBER_CHARS, read_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from liveform.cli.batch.reading.input_file import InputFile

CHUNK_BYTES: Final = 65_536
MAX_LINE_BYTES: Final = 1_048_576

_LOOKED_AT_BYTES: Final = 4_096  # for another kind of JSON


class JsonChunk(NamedTuple):
    """Whole lines, as bytes in UTF-8.

    Attributes:
        data: the lines.
        line: the number of the first.
    """

    data: bytes
    line: int

    @property
    def columns(self) -> None:
        """None: each object names its own members."""

    def rows(self) -> list[Row]:
        """Return a row for each line that is not empty; one that is not an object is a row with a problem."""
        lines = enumerate(self.data.split(b"\n"), self.line)
        return [_row(text, number) for number, line in lines if (text := line.strip())]


class JsonLinesSource:
    """A file of JSON Lines.

    Args:
        file: its bytes.
        encoding: what the user says of it; None or ``"auto"`` if nothing.

    Raises:
        FieldError: more than one encoding would do, or it is JSON, but not in lines.
    """

    columns = None

    def __init__(self, file: InputFile, *, encoding: str | None = None) -> None:
        self._file = file
        self.close: Callable[[], None] = file.close
        self.share_read: Callable[[], float] = file.share_read
        try:
            self.encoding = encoding_of(file, encoding)
            start = file.start[len(self.encoding.mark) :][:_LOOKED_AT_BYTES]
            _refuse_other_json(start.decode(self.encoding.name, "replace"))
        except FieldError:
            self.close()
            raise

    @property
    def about(self) -> str:
        """Its format and encoding."""
        return f"JSON Lines in {self.encoding.about}"

    def chunks(self) -> Iterator[JsonChunk]:
        """Return whole lines, about ``CHUNK_BYTES`` at a time, and of a line that is too long its ends."""
        data, line = b"", 1
        for block in self._blocks():
            data += block
            while len(data) > CHUNK_BYTES:
                end = data.rfind(b"\n", 0, CHUNK_BYTES) + 1 or data.find(b"\n") + 1
                if not end:
                    break
                yield JsonChunk(data[:end], line)
                line += data.count(b"\n", 0, end)
                data = data[end:]
            if len(data) > MAX_LINE_BYTES:
                data = data[: MAX_LINE_BYTES + 1]
        if data:
            yield JsonChunk(data, line)

    def _blocks(self) -> Iterator[bytes]:
        """The bytes behind the byte order mark, in UTF-8. Wrong ones are refused line by line."""
        if self.encoding.name != UTF8:
            yield from (text.encode("utf-8", "replace") for text in text_blocks(self._file, self.encoding))
            return
        data = self._file.read()[len(self.encoding.mark) :]
        while data:
            yield data
            data = self._file.read()


def _refuse_other_json(start: str) -> None:
    """Refuse an array, or an object over several lines, which would give an error for each line.

    Raises:
        FieldError: it says what makes lines of it.
    """
    first = start.lstrip().partition("\n")[0].rstrip()
    if first.startswith("["):
        raise FieldError("IN", "is a JSON array, not JSON Lines; jq -c '.[]' FILE makes lines of it")
    if first == "{":
        raise FieldError("IN", "has a JSON object over several lines; jq -c . FILE makes a line of each")
    if "\r" in first:
        raise FieldError("IN", "has lines that end in a carriage return alone; save it with LF or CR LF")


def _known_problem(text: str) -> str | None:
    """What is wrong with a line that is nearly JSON; None if that is not known."""
    if text.startswith("{'"):
        return "has names in '; JSON has them in \""
    if text.endswith(","):
        return "ends in a comma; JSON Lines has nothing between its lines"
    found: list[str] = []

    def members(pairs: list[tuple[str, object]]) -> None:
        counts = Counter(name for name, _ in pairs)
        found.extend(f"has the member {shown(name)} twice" for name, count in counts.items() if count > 1)

    def constant(name: str) -> None:
        found.append(f"has {name}, which JSON has not; write null")

    def number(digits: str) -> None:
        if len(digits) > MAX_NUMBER_CHARS:
            found.append(f"has a number of more than {MAX_NUMBER_CHARS:,} characters; write it as text")
        elif isinf(float(digits)):
            found.append("has a number that is too large for JSON readers; write it as text")

    try:
        json.loads(
            text,
            parse_constant=constant,
            parse_float=number,
            parse_int=number,
            object_pairs_hook=members,
        )
    except (RecursionError, ValueError):
        return None
    return found[0] if found else None


def _row(line: bytes, number: int) -> Row:
    if len(line) > MAX_LINE_BYTES:
        return Row((), (), problem=f"has more than {MAX_LINE_BYTES:,} bytes", line=number)
    try:
        text = line.decode()
        members = read_object(text)
    except UnicodeDecodeError:
        return Row((), (), problem="is not UTF-8; --encoding names another encoding", line=number)
    except MalformedError as error:
        return Row((), (), problem=_known_problem(text) or str(error), line=number)
    return Row([*members], [*members.values()], text, line=number)
