"""Rows of a CSV file (RFC 4180), in whatever encoding and with whatever separator a program wrote it.

The text is cut into chunks between two rows, by a pattern that looks for quotes and line breaks only, so that
other processes can take the rows apart.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final, NamedTuple

from liveform.cli.batch.reading.encodings import encoding_of, line_breaks, text_blocks
from liveform.cli.batch.reading.separators import read_header, records_pattern
from liveform.cli.batch.rows import Row, checked_header
from liveform.errors import LiveformError, MalformedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from liveform.cli.batch.reading.input_file import InputFile

CHUNK_CHARS: Final = 65_536
MAX_ROW_CHARS: Final = 8_388_608


class CsvChunk(NamedTuple):
    """Whole rows, as text.

    Attributes:
        text: of the rows.
        line: on which the first begins.
        columns: the header.
        separator: between the cells.
    """

    text: str
    line: int
    columns: tuple[str, ...]
    separator: str

    def rows(self) -> list[Row]:
        """Return the rows; one without cells is a blank line."""
        lines = list(io.StringIO(self.text, newline=""))
        csv.field_size_limit(MAX_ROW_CHARS)  # of this process; 131,072 would end a run at a column of notes
        reader = csv.reader(lines, delimiter=self.separator, strict=True)
        rows, begin = [], 0
        try:
            for cells in reader:
                end = reader.line_num
                text = lines[begin] if end == begin + 1 else "".join(lines[begin:end])
                rows.append(Row(self.columns, cells, text.rstrip("\r\n"), None, self.line + begin))
                begin = end
        except csv.Error as error:
            raise MalformedError(f"IN: line {self.line + reader.line_num - 1}: {error}") from None
        return rows


class CsvSource:
    """A CSV file with a header.

    Args:
        file: its bytes.
        encoding: what the user says of it; None or ``"auto"`` if nothing.
        separator: the same.
        knows: whether a name is that of a parameter or of a column that the user named.
        usual: the separator of this kind of file; kept as an attribute.

    Attributes:
        columns: the header; an empty name for a column without one.
        encoding: in which it is written.
        separator: between its cells.
        declared: its first line, if that is ``sep=;``.

    Raises:
        FieldError: no header, a column twice, or more than one encoding or separator that would do.
        MalformedError: the header cannot be read.
    """

    def __init__(
        self,
        file: InputFile,
        *,
        encoding: str | None = None,
        separator: str | None = None,
        knows: Callable[[str], bool] = bool,
        usual: str | None = None,
    ) -> None:
        self.usual = usual
        self.close: Callable[[], None] = file.close
        self.share_read: Callable[[], float] = file.share_read
        try:
            self.encoding = encoding_of(file, encoding)
            self._blocks = text_blocks(file, self.encoding)
            self._text = next(self._blocks, "")
            header = read_header(self._text, separator, knows=knows, usual=usual)
            while header.end == len(self._text) < MAX_ROW_CHARS and (block := next(self._blocks, "")):
                self._text += block
                header = read_header(self._text, separator, knows=knows, usual=usual)
            self.columns = checked_header(header.cells)
        except LiveformError:
            self.close()
            raise
        self.separator, self.declared = header.separator, header.declared
        self._text, self._line = self._text[header.end :], header.line

    @property
    def about(self) -> str:
        """Its format, encoding and separator."""
        name = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "pipes"}[self.separator]
        return f"CSV in {self.encoding.about}, with {name}"

    def chunks(self) -> Iterator[CsvChunk]:
        """Return whole rows, about ``CHUNK_CHARS`` at a time."""
        text, line, size, is_all = self._text, self._line, CHUNK_CHARS, False
        while text or not is_all:
            while len(text) <= size and not is_all:
                block = next(self._blocks, None)
                text, is_all = text + (block or ""), block is None
            end = len(text) if is_all and len(text) <= size else self._end_of_rows(text, size)
            if end:
                yield CsvChunk(text[:end], line, self.columns, self.separator)
                text, line, size = text[end:], line + line_breaks(text[:end]), CHUNK_CHARS
            elif size < MAX_ROW_CHARS and text:
                size *= 2
            elif text:
                problem = f"a row has more than {MAX_ROW_CHARS:,} characters; is a quote without end?"
                raise MalformedError(f"IN: line {line}: {problem}")

    def _end_of_rows(self, text: str, size: int) -> int:
        """Where the last whole row of the first ``size`` characters ends; 0 if there is none."""
        found = records_pattern(self.separator).match(text, 0, size)
        end = 0 if found is None else max(0, found.end(1))
        return end + 1 if end and text[end - 1 : end + 1] == "\r\n" else end
