"""Tests of liveform.cli.batch.writing.json_lines: objects as they came, and a URL."""

import json
from datetime import date

from liveform.cells import UnreadableCell
from liveform.cli.batch.rows import Row
from liveform.cli.batch.writing.json_lines import JsonLines

URL = "https://form.argosidentity.com/?pid=a"


def line(row: Row, columns: tuple[str, ...] | None = None, *, as_it_came: bool = False) -> str:
    """Return the line of a row."""
    return JsonLines(columns, "link", as_it_came=as_it_came).encode([row], [URL]).decode()


def test_object_keeps_its_text_to_the_last_digit() -> None:
    """An object of JSON Lines keeps its exact text, to which only the URL is added."""
    for text, comma in (('{"a": 1.10, "b": 12345678901234567890123, "ü": [ ]}', ","), ("{}", "")):
        row = Row(list(json.loads(text)), list(json.loads(text).values()), text)
        assert line(row, as_it_came=True) == f'{text[:-1]}{comma}"link":"{URL}"}}\n'


def test_cells_become_members() -> None:
    """A row of cells is written as an object, with other types as their text."""
    row = Row(("a", "b", "c"), (date(2026, 1, 2), None, UnreadableCell("", "#N/A")))
    assert json.loads(line(row)) == {"a": "2026-01-02", "b": None, "c": "#N/A", "link": URL}


def test_kept_columns_are_those_and_no_others() -> None:
    """Only the kept columns are written, in their order, without what a row lacks."""
    assert (
        line(Row(["a", "b"], ["x", [1, "é"]]), ("b", "c", "a")) == f'{{"b":[1,"é"],"a":"x","link":"{URL}"}}\n'
    )


def test_rows_without_a_url_are_left_out() -> None:
    """A row without a URL is not written."""
    rows = [Row(["a"], [1]), Row(["a"], [2])]
    assert JsonLines(None, "url", as_it_came=False).encode(rows, [None, "u"]) == b'{"a":2,"url":"u"}\n'
