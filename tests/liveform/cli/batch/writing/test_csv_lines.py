"""Tests of liveform.cli.batch.writing.csv_lines: CSV is written as it was read."""

import csv
from contextlib import closing
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveform import FieldError
from liveform.cli.batch.formats import ReadOptions, open_source, output_for
from liveform.cli.batch.reading.encodings import Encoding
from liveform.cli.batch.rows import Row, rows_of
from liveform.cli.batch.writing.csv_lines import CsvLines, CsvStyle

URL = "https://form.argosidentity.com/?pid=a&encrypted=x%2By"
COLUMNS = ("a", "b")
cells = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)


def copied(path: Path, name: str = "out.csv", encoding: str | None = None, **options: Any) -> bytes:
    """Return the output of a copy of a file in which every row has a URL."""
    with closing(open_source(path, ReadOptions(encoding=encoding))) as source:
        rows = list(rows_of(source))
        written = output_for(name, source, **{"keep": None, "url_column": "url"} | options)
        output = written.open(path.with_name("part"), 0)
        output.add(written.encode(rows, [URL] * len(rows)))
        output.commit()
        output.finish(path.with_name("out"))
    return path.with_name("out").read_bytes()


@given(st.lists(st.lists(cells, min_size=2, max_size=2), min_size=1), st.sampled_from(",;\t|"))
def test_line_is_read_back_by_the_standard_library(rows: list[list[str]], separator: str) -> None:
    """The csv module reads back any quotes, separators and line breaks that a written cell holds."""
    lines = CsvLines(COLUMNS, "url", COLUMNS, CsvStyle.utf8(separator, with_mark=False))
    text = lines.encode([Row(COLUMNS, row) for row in rows], [URL] * len(rows)).decode()
    assert [*csv.reader(StringIO(text, newline=""), delimiter=separator)] == [[*row, URL] for row in rows]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("\ufeffuserid,이름\r\nu1,홍길동\r\n", "utf-8"),
        ("userid;이름\r\nu1;홍길동\r\n", "utf-8"),
        ("sep=;\r\nuserid;a\r\nu1;x\r\n", "utf-8"),
        ("userid\t이름\r\nu1\t홍길동\r\n", "utf-16"),
        ("userid,이름\r\nu1,홍길동\r\n", "cp949"),
        ('userid,note\r\nu1,"quoted, as it was"\r\n', "utf-8"),
        ('userid,"no\r\nte"\r\nu1,5" x\r\n', "utf-8"),
    ],
)
def test_csv_is_written_as_it_was_read(tmp_path: Path, content: str, encoding: str) -> None:
    """The output has the encoding, the byte order mark, the separator and the quotes of the input."""  # B6
    path = tmp_path / "in.csv"
    path.write_bytes(content.encode(encoding))
    separator = next(one for one in ";\t," if one in content.replace("sep=;", ""))
    last = content.rstrip("\r\n").rpartition("\r\n")[0] + separator + "url\r\n"
    wanted = last + content.rstrip("\r\n").rpartition("\r\n")[2] + separator + URL + "\r\n"
    assert copied(path, encoding=None if encoding == "utf-16" else encoding) == wanted.encode(encoding)


def test_mark_is_written_on_demand(tmp_path: Path) -> None:
    """``--bom`` writes UTF-8 with a byte order mark, whatever was read."""  # B6
    (tmp_path / "in.csv").write_bytes("userid,이름\nu1,홍길동\n".encode("cp949"))
    written = copied(tmp_path / "in.csv", encoding="cp949", with_mark=True)
    assert written == f"\ufeffuserid,이름,url\r\nu1,홍길동,{URL}\r\n".encode()


def test_tsv_is_written_with_tabs(tmp_path: Path) -> None:
    """An output that ends in .tsv has tabs, and does not repeat the separator that was declared."""  # B3
    (tmp_path / "in.csv").write_text("sep=;\nuserid;a\nu1;x\ty\n")
    assert copied(tmp_path / "in.csv", "out.TSV").decode() == f'userid\ta\turl\r\nu1\t"x\ty"\t{URL}\r\n'


def test_columns_without_a_name_are_left_out(tmp_path: Path) -> None:
    """Columns without a name, and empty cells behind the header, are not in the output."""  # B4
    (tmp_path / "in.csv").write_text("a,b,,\n1,2,,\n")
    assert copied(tmp_path / "in.csv").decode() == f"a,b,url\r\n1,2,{URL}\r\n"
    (tmp_path / "in.csv").write_text("a,b\n1,2,,\n")
    assert copied(tmp_path / "in.csv").decode() == f"a,b,url\r\n1,2,{URL}\r\n"


def test_rows_without_a_url_are_left_out() -> None:
    """A row without a URL is not written."""
    lines = CsvLines(COLUMNS, "url", COLUMNS, CsvStyle.utf8(",", with_mark=False))
    assert lines.encode([Row(COLUMNS, ("1", "2")), Row(COLUMNS, ("3", "4"))], [None, "u"]) == b"3,4,u\r\n"


def test_url_column_that_cannot_be_written_is_refused() -> None:
    """A name of the URL's column that the encoding of the input lacks is refused before the first row."""
    style = CsvStyle(",", Encoding("cp949"))
    with pytest.raises(
        FieldError, match="--url-column: cannot be written in CP949, as IN is; --bom writes UTF-8"
    ):
        CsvLines(COLUMNS, "ürl", COLUMNS, style)
