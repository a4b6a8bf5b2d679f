"""Tests of liveform.cli.batch.building, which makes URLs, lines and refusals of a chunk."""

from functools import partial
from typing import NamedTuple

from liveform import Project
from liveform.batch import RowBuilder
from liveform.cells import UnreadableCell
from liveform.cli.batch.building import ChunkBuilder, Codes, Refusal
from liveform.cli.batch.qr_files import file_name
from liveform.cli.batch.rows import Row, RowsChunk
from liveform.cli.batch.writing.json_lines import JsonLines

COLUMNS = ("userid", "note")
CANNOT = UnreadableCell("is a time that cannot be shown")


class ObjectsChunk(NamedTuple):
    """Rows with columns of their own, as JSON Lines have."""

    objects: list[Row]
    columns: None = None

    def rows(self) -> list[Row]:
        """Return the rows."""
        return self.objects


def maker(**options: object) -> ChunkBuilder:
    """Return a builder of plain URLs that ignores notes, and writes JSON Lines."""
    builder = RowBuilder(Project("abc123de45"), columns={"note": None})
    return ChunkBuilder(builder, JsonLines(None, "url", as_it_came=False), **options)  # type: ignore[arg-type]


def rows(*cells: tuple[object, object]) -> RowsChunk:
    """Return a chunk of rows of these cells, from line 2 on."""
    return RowsChunk(COLUMNS, [Row(COLUMNS, row, line=line) for line, row in enumerate(cells, 2)])


def test_chunk_becomes_lines_and_refusals() -> None:
    """Rows are built, refused with their place and line, or blank, and all are counted."""  # B2 B19
    made = maker().make(rows(("u1", "x"), ("", " "), ("", "x"), (1.5, ""), (None, None), ("u2", "")))
    assert (made.rows, made.blank) == (6, 2)
    assert made.encoded.count(b"\n") == 2
    assert [(one.place, one.line, one.field) for one in made.refused] == [(2, 4, "row"), (3, 5, "userid")]


def test_row_with_columns_of_its_own_is_matched_alone() -> None:
    """A row of JSON Lines is refused if it cannot be read, or has a member named like the URL's."""
    objects = [
        Row(("userid",), ("u1",), line=1),
        Row((), (), problem="is not UTF-8", line=2),
        Row(("userid", "url"), ("u2", "mine"), line=3),
    ]
    made = maker(url_member="url").make(ObjectsChunk(objects))
    assert [one.problem for one in made.refused] == [
        "is not UTF-8",
        "is what the URL is called; --url-column renames it",
    ]
    assert made.encoded.count(b"\n") == 1


def test_cell_that_cannot_be_shown_is_the_error_of_its_row() -> None:
    """A row whose kept cell has no text is refused, and the rows beside it are written."""  # B10
    made = maker().make(rows(("u1", "x"), ("u2", CANNOT), ("u3", "y")))
    assert made.refused == [
        Refusal(1, 3, "row", "has a cell that is a time that cannot be shown; --keep leaves its column out")
    ]
    assert b"u1" in made.encoded
    assert b"u3" in made.encoded
    assert made.encoded.count(b"\n") == 2


def test_label_that_cannot_be_read_is_the_error_of_its_row() -> None:
    """A code is not printed above another text than its cell shows; other rows stay what they are."""
    other = UnreadableCell("is a number that Excel shows otherwise", "1012345678")
    made = maker(label="note").make(rows(("u1", "x"), ("u2", other), ("", ""), (1.5, other)))
    problem = "is a number that Excel shows otherwise"
    assert made.refused[0] == Refusal(1, 3, "note", problem)
    assert [one.field for one in made.refused[1:]] == ["userid"]
    assert made.blank == 1
    assert made.encoded.count(b"\n") == 1


def test_codes_are_made_row_by_row() -> None:
    """With codes each row is written alone, with its file; a wrong file name is a wrong row."""
    codes = Codes(partial(file_name, "note", "svg"), str.encode)
    made = maker(codes=codes).make(rows(("u1", "x"), ("u2", "a/b"), ("u3", CANNOT), ("", "")))
    assert made.encoded is None
    (drawn,) = made.drawn
    assert (drawn.place, drawn.line, drawn.name) == (0, 2, "x.svg")
    assert drawn.code.endswith(b"userid=u1")
    assert drawn.encoded.startswith(b'{"userid":"u1"')
    assert [one.place for one in made.refused] == [1, 2]
    assert made.blank == 1
