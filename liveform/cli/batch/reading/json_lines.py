"""Rows of JSON Lines: one JSON object a line, read as strictly as all JSON from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from liveform.cli.batch.reading.encodings import UTF8, encoding_of, text_blocks
from liveform.cli.batch.rows import Row
from liveform.errors import FieldError, MalformedError
from liveform.wire.json_object import read_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from liveform.cli.batch.reading.input_file import InputFile

CHUNK_BYTES: Final = 65_536
MAX_LINE_BYTES: Final = 1_048_576


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
        FieldError: more than one encoding would do.
    """

    columns = None

    def __init__(self, file: InputFile, *, encoding: str | None = None) -> None:
        self._file = file
        self.close: Callable[[], None] = file.close
        self.share_read: Callable[[], float] = file.share_read
        try:
            self.encoding = encoding_of(file, encoding)
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
        """The bytes behind the byte order mark, in UTF-8. Wrong ones are told line by line."""
        if self.encoding.name != UTF8:
            yield from (text.encode("utf-8", "replace") for text in text_blocks(self._file, self.encoding))
            return
        data = self._file.read()[len(self.encoding.mark) :]
        while data:
            yield data
            data = self._file.read()


def _row(line: bytes, number: int) -> Row:
    if len(line) > MAX_LINE_BYTES:
        return Row((), (), problem=f"has more than {MAX_LINE_BYTES:,} bytes", line=number)
    try:
        text = line.decode()
        members = read_object(text)
    except UnicodeDecodeError:
        return Row((), (), problem="is not UTF-8; --encoding names another encoding", line=number)
    except MalformedError as error:
        return Row((), (), problem=str(error), line=number)
    return Row([*members], [*members.values()], text, line=number)
