"""A chunk of rows -> its URLs, as the output writes them, and what is wrong with the others."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from liveform.errors import FieldError, shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from liveform.batch import RowBuilder
    from liveform.cli.batch.rows import Chunk, Row
    from liveform.cli.batch.writing.output import OutputFormat

T = TypeVar("T")


class Refusal(NamedTuple):
    """Why a row has no URL.

    Attributes:
        place: of the row in its chunk.
        line: of the row in the file.
        field: the column.
        problem: what is allowed.
    """

    place: int
    line: int | None
    field: str
    problem: str


class Drawn(NamedTuple):
    """A row with a QR code, which counts only if the name of its file is free.

    Attributes:
        place, line: as of a refusal.
        name: of the file.
        code: the file.
        encoded: the row, as the output writes it.
    """

    place: int
    line: int | None
    name: str
    code: bytes
    encoded: Any


class BuiltChunk(NamedTuple):
    """What was made of a chunk.

    Attributes:
        rows: how many there were.
        blank: how many of them had no value.
        refused: those without a URL.
        encoded: those with a URL, as the output writes them; None if codes are drawn.
        drawn: those with a URL, one by one, if codes are drawn.
        unused: the columns that options name and none of them has, if each has columns of its own.
    """

    rows: int
    blank: int
    refused: list[Refusal]
    encoded: Any
    drawn: list[Drawn]
    unused: frozenset[str] = frozenset()


class Codes(NamedTuple):
    """How QR codes are made: the name of a row's file, and its content."""

    name: Callable[[Row], str]
    draw: Callable[[str], bytes]


class ChunkBuilder(NamedTuple):
    """What makes something of a chunk.

    Attributes:
        builder: makes URLs.
        output: how rows are written.
        codes: makes a QR code of a URL; None for no code.
        url_member: what no row may have, for its URL gets this name; empty if the header was looked at.
        keep: the columns that the output keeps, if each row has columns of its own; empty for all.
        label: the column whose cells are printed below the codes of a sheet; empty without a sheet.
    """

    builder: RowBuilder
    output: OutputFormat
    codes: Codes | None = None
    url_member: str = ""
    keep: tuple[str, ...] = ()
    label: str = ""

    def make(self, chunk: Chunk) -> BuiltChunk:
        """Return what is made of a chunk."""
        rows = chunk.rows()
        if chunk.columns is not None:
            made = self.builder.urls(chunk.columns, [row.cells for row in rows])
        else:
            made = [self._url(row) for row in rows]
        if self.label:
            made = [self._labelled(row, url) for row, url in zip(rows, made, strict=True)]
        urls = [url if isinstance(url, str) else None for url in made]
        refused = [
            Refusal(place, rows[place].line, error.field, error.problem)
            for place, error in enumerate(made)
            if isinstance(error, FieldError)
        ]
        blank = urls.count(None) - len(refused)
        encoded, drawn = None, []
        if self.codes is None:
            encoded = self._encoded(rows, urls, refused)
        else:
            drawn = self._each(rows, urls, refused, partial(self._with_code, self.codes))
        unused = frozenset() if chunk.columns is not None else self._unused(rows)
        return BuiltChunk(len(rows), blank, sorted(refused), encoded, drawn, unused)

    def _unused(self, rows: list[Row]) -> frozenset[str]:
        """The columns that options name, and none of the rows has."""
        columns = {column for row in rows for column in row.columns}
        return frozenset((*self.builder.matcher.unused(columns), *(set(self.keep) - columns)))

    def _url(self, row: Row) -> str | FieldError | None:
        """The URL of a row that has columns of its own."""
        if row.problem is not None:
            return FieldError("row", row.problem)
        if self.url_member and self.url_member in row.columns:
            return FieldError(shown(self.url_member), "is what the URL is called; --url-column renames it")
        return self.builder.url(row.columns, row.cells)

    def _labelled(self, row: Row, url: str | FieldError | None) -> str | FieldError | None:
        """The URL of a row, if what is printed below its code is what the cell shows."""
        try:
            if isinstance(url, str):
                row.readable(self.label)
        except FieldError as error:
            return FieldError(error.field, error.problem)  # without its frames
        return url

    def _encoded(self, rows: list[Row], urls: list[str | None], refused: list[Refusal]) -> Any:  # noqa: ANN401 - of the output
        """The rows as the output writes them; those with a cell that cannot be shown are refused."""
        try:
            return self.output.encode(rows, urls)
        except FieldError:
            can_be_shown = self._each(rows, urls, refused, self._tried)
            urls = [urls[place] if place in can_be_shown else None for place in range(len(rows))]
            return self.output.encode(rows, urls)

    def _tried(self, place: int, row: Row, url: str) -> int:
        self.output.encode([row], [url])
        return place

    def _with_code(self, codes: Codes, place: int, row: Row, url: str) -> Drawn:
        name = codes.name(row)
        return Drawn(place, row.line, name, codes.draw(url), self.output.encode([row], [url]))

    def _each(
        self,
        rows: list[Row],
        urls: list[str | None],
        refused: list[Refusal],
        work: Callable[[int, Row, str], T],
    ) -> list[T]:
        """What is made of each row with a URL; those for which that fails are added to ``refused``."""
        made = []
        for place, (row, url) in enumerate(zip(rows, urls, strict=True)):
            try:
                if url is not None:
                    made.append(work(place, row, url))
            except FieldError as error:
                refused.append(Refusal(place, row.line, error.field, error.problem))
        return made
