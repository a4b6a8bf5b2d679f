"""This module writes tables as people save them, and reads them back as a batch does."""

import re
import zipfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import openpyxl

from liveform.cli.batch.formats import ReadOptions, open_source
from liveform.cli.batch.rows import Row, rows_of


def read_rows(path: Path, **options: Any) -> list[Row]:
    """Return every row of a file, blank ones too."""
    with closing(open_source(path, ReadOptions(**options))) as source:
        return list(rows_of(source))


def read_cells(path: Path, **options: Any) -> list[list[object]]:
    """Return the cells of every row of a file."""
    return [list(row.cells) for row in read_rows(path, **options)]


def write_workbook(path: Path, *rows: Sequence[object], sheets: dict[str, str] | None = None) -> None:
    """Write a workbook with these rows in its first sheet.

    Args:
        path: of the workbook.
        rows: from the first line on.
        sheets: more sheets, each with its state, such as ``"hidden"``.
    """
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    for name, state in (sheets or {}).items():
        book.create_sheet(name).sheet_state = state
    book.save(path)


_INLINE = re.compile('t="inlineStr"><is>(<t.*?</t>)</is>', re.DOTALL)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"


def share_texts(path: Path) -> None:
    """Move the texts of the first sheet to a table of their own, where Excel keeps them."""
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name).decode() for name in book.namelist()}
    texts: list[str] = []

    def shared(cell: re.Match[str]) -> str:
        texts.append(f"<si>{cell[1]}</si>")
        return f't="s"><v>{len(texts) - 1}</v>'

    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = _INLINE.sub(shared, parts[sheet])
    parts["xl/sharedStrings.xml"] = f'<sst xmlns="{_MAIN}">{"".join(texts)}</sst>'
    listed = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_KIND}"/></Types>'
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace("</Types>", listed)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, text in parts.items():
            book.writestr(name, text)
