"""Tests of liveform.cli.batch.reading.xlsx and what is below it: workbooks as Excel saves them."""

import gc
import sys
import tracemalloc
import zipfile
from contextlib import closing
from datetime import date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import read_cells, read_rows, share_texts, write_workbook

from liveform import ConfigError, FieldError, LiveformError, MalformedError
from liveform.cells import UnreadableCell
from liveform.cli.batch.formats import ReadOptions, open_source
from liveform.cli.batch.reading import shared_strings, xlsx
from liveform.cli.batch.reading.shared_strings import SharedStrings
from liveform.cli.batch.reading.sheet_layout import MERGED
from liveform.cli.batch.rows import rows_of


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of a workbook to write."""
    return tmp_path / "a.xlsx"


def rewritten(path: Path, part: str, *changes: tuple[str, str]) -> None:
    """Change the XML of one part of a workbook."""
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    name = next(name for name in parts if name.endswith(part))
    text = parts[name].decode()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    with zipfile.ZipFile(path, "w") as book:
        for each, data in parts.items():
            book.writestr(each, text if each == name else data)


def test_cells_have_the_types_of_excel(path: Path) -> None:
    """Text, numbers, booleans and times are what Excel holds, and whole numbers are whole."""  # B5 B9
    when = datetime(2026, 4, 30, 15, 0)
    cells: list[object] = [
        "한글 & <b>",
        12345,
        1.5,
        1e5,
        100.0,
        True,
        when,
        time(9, 30),
        timedelta(hours=30),
        None,
        "",
    ]
    write_workbook(path, [f"c{n}" for n in range(len(cells))], cells)
    ((*read,),) = read_cells(path)
    assert read[:-2] == cells[:-2]
    assert [type(cell) for cell in read[1:6]] == [int, float, int, int, bool]
    assert read[-2:] in ([None, None], [None, ""])


def save_123(path: Path, *, shown_as: str) -> None:
    """Save a workbook with one number, and the format in which Excel shows it."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["userid"])
    sheet.append([123])
    sheet["A2"].number_format = shown_as
    book.save(path)


@pytest.mark.parametrize(
    ("shown_as", "cell"),
    [("00000", "00123"), ("0", 123), ("General", 123), ("0.00", 123), ("0000;@", "0123")],
)
def test_number_has_the_zeros_that_excel_shows(path: Path, shown_as: str, cell: object) -> None:
    """An id that Excel shows as 00123 is 00123, and not the number 123 that is in the file."""  # B9
    save_123(path, shown_as=shown_as)
    assert read_cells(path) == [[cell]]


def test_number_that_excel_shows_with_other_text_is_unreadable(path: Path) -> None:
    """A number that Excel shows as ID-0123 is refused as a value, and a copy of the row has its digits."""
    save_123(path, shown_as='"ID-"0000')
    ((cell,),) = read_cells(path)
    assert isinstance(cell, UnreadableCell)
    assert cell.problem.startswith("is a number that Excel shows in a format of its own")
    assert cell.text == "123"


@pytest.mark.parametrize(
    ("shown_as", "number"), [('0 "km"', 123), ("0%", None), ("0.00%", None), ('0.0,"k"', None)]
)
def test_number_with_other_text_is_certain_unless_it_is_scaled(
    path: Path, shown_as: str, number: int | None
) -> None:
    """A number with a unit is certain as a number; one that Excel shows multiplied or divided is not."""
    save_123(path, shown_as=shown_as)
    ((cell,),) = read_cells(path)
    assert isinstance(cell, UnreadableCell)
    assert (cell.text, cell.number) == ("123", number)


def test_number_that_has_lost_digits_is_unreadable(path: Path) -> None:
    """A whole number of more than 15 digits is no id, for Excel has changed its last digits."""  # B9
    write_workbook(path, ["a"], [999_999_999_999_999], [10**15], [-(10**15)], [12345678901234567890])
    small, *others = (cells[0] for cells in read_cells(path))
    assert small == 999_999_999_999_999
    assert all(isinstance(cell, UnreadableCell) and "more than 15 digits" in cell.problem for cell in others)
    assert [getattr(cell, "text", None) for cell in others[:2]] == ["1000000000000000", "-1000000000000000"]


def test_formula_is_its_result_or_unreadable(path: Path) -> None:
    """A formula counts as its saved result; one that was never worked out, or failed, is unreadable."""  # B5
    write_workbook(path, ["a", "b", "c", "d"], ["=1+1", "=1+1", "=1/0", '=""'])
    rewritten(
        path,
        "sheet1.xml",
        ('<c r="A2"><f>1+1</f><v />', '<c r="A2"><f>1+1</f><v>2</v>'),
        ('<c r="D2"><f>""</f><v />', '<c r="D2" t="str"><f>""</f><v></v>'),
        ('<c r="C2"><f>1/0</f><v />', '<c r="C2" t="e"><f>1/0</f><v>#DIV/0!</v>'),
    )
    ((good, without, failed, empty),) = read_cells(path)
    assert (good, empty) == (2, None)
    assert without == UnreadableCell("holds a formula without a result; save the workbook in Excel")
    assert failed == UnreadableCell("holds the error #DIV/0!", "#DIV/0!")


def test_date_out_of_range_is_unreadable(path: Path) -> None:
    """A number in the format of a date that is beyond all dates is a cell of its row."""
    write_workbook(path, ["a"], [date(2026, 1, 1)])
    rewritten(path, "sheet1.xml", ("<v>46023</v>", "<v>99999999</v>"))
    assert isinstance(read_cells(path)[0][0], UnreadableCell)


def test_text_of_several_fonts_is_one_text(path: Path) -> None:
    """A text in several fonts is one text, without the reading aids of Japanese."""
    write_workbook(path, ["a"], ["東京x"])
    share_texts(path)
    runs = "<r><t>東</t></r><r><t xml:space='preserve'> 京</t></r><rPh sb='0' eb='1'><t>トウ</t></rPh>"
    rewritten(path, "sharedStrings.xml", ("<t>東京x</t>", runs))
    assert read_cells(path) == [["東 京"]]


@pytest.mark.parametrize("text", ["x", "한글", "a_x005F_b", " space ", "1", "=", "\ud7ff"])
def test_text_is_read_as_it_is(path: Path, text: str) -> None:
    """Text in a workbook is read as openpyxl itself reads it."""
    write_workbook(path, ["a"], [text])
    share_texts(path)
    with closing(openpyxl.load_workbook(path)) as book:
        assert read_cells(path) == [[book.worksheets[0]["A2"].value]]


@pytest.mark.parametrize("is_shared", [True, False])
@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("u1_x000D_", "u1\r"),
        ("a_x000a_b", "a\nb"),
        ("_x005F_x000D_", "_x000D_"),
        ("a_x005F_", "a_"),
        ("_xD83D__xDE00_", "\U0001f600"),
        ("_xD83D_", "\ufffd"),
        ("_x00_", "_x00_"),
        ("_xyz", "_xyz"),
    ],
)
def test_escaped_character_is_that_character(path: Path, *, is_shared: bool, written: str, text: str) -> None:
    """A character that a program has escaped, such as a carriage return, is read as itself."""
    write_workbook(path, ["a"], ["ESCAPED"])
    part = "sharedStrings.xml" if is_shared else "sheet1.xml"
    if is_shared:
        share_texts(path)
    rewritten(path, part, ("ESCAPED", written))
    assert read_cells(path) == [[text]]


def test_text_inside_cells_is_read(path: Path) -> None:
    """Text that is in the cells themselves, as other programs write it, is read."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(["userid"])
    sheet.append(["u1"])
    book.save(path)
    assert read_cells(path) == [["u1"]]


def test_blank_rows_are_rows_and_lines_are_those_of_the_sheet(path: Path) -> None:
    """Rows have the numbers that Excel shows, blank rows and rows that the file leaves out too."""  # B2 B19
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for place, value in {
        "B2": " ",
        "A3": "userid",
        "C3": "email",
        "A4": "u1",
        "C7": "a@b.c",
        "B8": " ",
    }.items():
        sheet[place] = value
    sheet.row_dimensions[4].height = 30
    book.save(path)
    rows = read_rows(path)
    assert [(row.line, [cell for cell in row.cells if cell]) for row in rows] == [
        (4, ["u1"]),
        (5, []),
        (6, []),
        (7, ["a@b.c"]),
        (8, [" "]),
    ]
    assert rows[0].columns == ("userid", "", "email")


def test_first_visible_sheet_is_read_or_the_one_that_is_named(path: Path) -> None:
    """The first visible sheet is read, the others are told, and ``--worksheet`` names one."""  # B5
    write_workbook(path, ["userid"], sheets={"Hidden": "hidden", "둘째": "visible"})
    with closing(open_source(path)) as source:
        assert source.about == "Excel, sheet Sheet; not read: 둘째"
    for name, problem in (
        ("둘째", "the sheet is empty"),
        ("Hidden", "--worksheet: IN has no such visible sheet"),
    ):
        with pytest.raises(FieldError, match=problem):
            open_source(path, ReadOptions(sheet=name))


def test_workbook_whose_sheets_are_hidden_has_none(path: Path) -> None:
    """A workbook without a visible sheet is refused."""
    write_workbook(path, ["userid"])
    rewritten(path, "workbook.xml", ('state="visible"', 'state="hidden"'))
    with pytest.raises(FieldError, match="IN: has no visible sheet with cells that can be read"):
        open_source(path)


def test_workbook_in_strict_open_xml_is_told_how_to_save_it(path: Path) -> None:
    """A workbook in the strict format, which has no readable sheet, is refused with what to save instead."""
    write_workbook(path, ["userid"], ["u1"])
    old, new = "http://schemas.openxmlformats.org", "http://purl.oclc.org/ooxml"
    relations, main = "/officeDocument/2006/relationships", "/spreadsheetml/2006/main"
    for part in ("xl/workbook.xml", "workbook.xml.rels"):
        rewritten(path, part, (old + relations, f"{new}/officeDocument/relationships"))
    rewritten(path, "xl/workbook.xml", (old + main, f"{new}/spreadsheetml/main"))
    with pytest.raises(FieldError, match="not as Strict Open XML Spreadsheet"):
        open_source(path)


def test_part_of_merged_cells_is_unreadable(path: Path) -> None:
    """A cell under a merged range is unreadable, since the value that is shown there is in another row."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (["title"], ["userid", "cf1", "cf2"], ["u1", "a", "b"], ["", "c", ""], ["", "", ""], ["u2"]):
        sheet.append(row)
    for merged in ("A1:C1", "A3:A5", "C4:C5", "B6:C6"):
        sheet.merge_cells(merged)
    book.save(path)
    rewritten(path, "sheet1.xml", (">title<", "> <"))
    rows = read_cells(path)
    assert [[isinstance(cell, UnreadableCell) for cell in row] for row in rows] == [
        [False, False, False],
        [True, False, False],
        [True, False, False],
        [False, False, False],
    ]
    assert rows[1][0] == UnreadableCell(MERGED, "")


def test_hidden_rows_and_columns_are_told(path: Path) -> None:
    """Rows and columns that a filter hides are read, and the preview says so."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (["userid", "cf1"], ["u1", "a"], ["u2", "b"], ["u3", "c"]):
        sheet.append(row)
    sheet.column_dimensions["B"].hidden = True
    book.save(path)
    with closing(open_source(path)) as source:
        assert source.about == "Excel, sheet Sheet; read as well: hidden columns: cf1"
    sheet.row_dimensions[3].hidden = True
    book.save(path)
    with closing(open_source(path)) as source:
        assert source.about == "Excel, sheet Sheet; read as well: hidden rows: 1; hidden columns: cf1"
        assert len(list(rows_of(source))) == 3


def test_rows_that_the_file_leaves_out_come_in_chunks(path: Path) -> None:
    """A stray cell far below the others does not make one chunk of all the blank rows in front of it."""
    write_workbook(path, ["userid"], ["u1"], ["u2"])
    rewritten(path, "sheet1.xml", ('<row r="3">', '<row r="5003">'), ('r="A3"', 'r="A5003"'))
    with closing(open_source(path)) as source:
        chunks = list(source.chunks())
    assert [len(chunk.rows()) for chunk in chunks] == [1000] * 5 + [2]
    assert [row.line for chunk in chunks for row in chunk.rows()] == list(range(2, 5004))


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"userid\nu1\n", "cannot be read as an Excel workbook"),
        (b"\xd0\xcf\x11\xe0" + bytes(20), "is an Excel file of before 2007"),
        (b"PK\x03\x04", "cannot be read as an Excel workbook"),
        (b"", "cannot be read as an Excel workbook"),
    ],
)
def test_file_that_is_no_workbook_is_told(path: Path, content: bytes, problem: str) -> None:
    """A file that only ends in .xlsx is refused with what it is."""  # B5
    path.write_bytes(content)
    with pytest.raises(FieldError, match=problem):
        open_source(path)
    with pytest.raises(FieldError, match="cannot be read"):
        open_source(path.with_name("none.xlsx"))


@pytest.mark.parametrize("part", ["sharedStrings.xml", "styles.xml"])
def test_file_that_is_no_workbook_leaves_nothing_open(
    path: Path, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file of texts is closed, and so deleted, if they or what is read behind them is damaged."""
    opened: list[IO[bytes]] = []

    def recorded() -> IO[bytes]:
        opened.append(TemporaryFile())  # noqa: SIM115 - the reader closes it
        return opened[-1]

    write_workbook(path, ["userid"], ["user_1"])
    share_texts(path)
    rewritten(path, part, ("</", "<<"))
    monkeypatch.setattr(shared_strings, "TemporaryFile", recorded)
    with pytest.raises(FieldError, match="cannot be read as an Excel workbook"):
        open_source(path)
    assert [file.closed for file in opened] == [True]


def test_sheet_that_breaks_off_says_where(path: Path) -> None:
    """A sheet whose XML is damaged is refused behind the last row that is whole."""
    write_workbook(path, ["userid"], ["u1"], ["u2"], ["u3"])
    rewritten(path, "sheet1.xml", ('<row r="4">', '<row r="four">'))
    with pytest.raises(MalformedError, match="cannot be read as an Excel sheet behind row 1"):
        read_rows(path)
    rewritten(path, "sheet1.xml", ('<row r="four">', "<row"))
    with pytest.raises(MalformedError, match="cannot be read as an Excel sheet"):
        read_rows(path)


def test_sheet_that_breaks_off_before_its_header_is_refused(path: Path) -> None:
    """A sheet that ends before its first row is whole is refused, and no row is named."""
    write_workbook(path, ["userid"], ["u1"])
    rewritten(path, "sheet1.xml", ('<row r="1">', "<row"))
    with pytest.raises(MalformedError, match=r"^IN: cannot be read as an Excel sheet$"):
        open_source(path)


def test_sheet_without_its_end_has_the_rows_it_has(path: Path) -> None:
    """A sheet with nothing behind its rows is read to its end, and one without rows has no header."""
    write_workbook(path, ["userid"], ["u1"])
    rewritten(path, "sheet1.xml", ("<sheetData>", "<other/><sheetData>"))
    assert read_cells(path) == [["u1"]]


@settings(max_examples=40)
@given(
    changes=st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.integers(1, 255)), min_size=1, max_size=20
    )
)
def test_any_damage_is_rows_or_an_error_of_liveform(changes: list[tuple[float, int]]) -> None:
    """A workbook with any changed bytes gives rows or a LiveformError."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        write_workbook(path, ["userid", "n"], ["u1", 1], ["u2", 2])
        content = bytearray(path.read_bytes())
        for place, change in changes:
            content[int(place * len(content))] ^= change
        path.write_bytes(content)
        try:
            read_rows(path)
        except LiveformError:
            return


def test_damaged_workbook_leaves_no_file_open(path: Path) -> None:
    """Wherever a workbook is damaged, its file and that of its texts are closed with the error, not later."""
    write_workbook(path, ["userid", "n"], ["u1", 1], ["u2", 2])
    share_texts(path)
    content = path.read_bytes()
    errors: list[LiveformError] = []  # kept, for what they hold would be closed with them
    gc.disable()
    try:
        before = len(list(Path("/dev/fd").iterdir()))
        for place in range(0, len(content), 20):
            path.write_bytes(content[:place] + bytes([content[place] ^ 0x55]) + content[place + 1 :])
            try:
                read_rows(path)
            except LiveformError as error:
                errors.append(error)
        assert len(list(Path("/dev/fd").iterdir())) == before
    finally:
        gc.enable()
    assert len(errors) > 50


def test_memory_does_not_grow_with_the_rows(path: Path) -> None:
    """Four times the rows, with texts of their own, take the same memory but for eight bytes a text."""
    peaks = []
    for count in (3_000, 12_000):
        write_workbook(path, *[[f"user_{number}", f"jane.{number}@example.com"] for number in range(count)])
        share_texts(path)
        with closing(open_source(path)) as source:
            tracemalloc.start()
            for _ in rows_of(source):
                pass
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]


def test_share_read_grows_with_the_rows(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The share of a sheet that has been read grows from row to row, as far as its size is known."""
    monkeypatch.setattr(xlsx, "CHUNK_ROWS", 1)
    write_workbook(path, ["userid"], *[[f"u{number}"] for number in range(4)])
    with closing(open_source(path)) as source:
        shares = [source.share_read() for _ in source.chunks()]
    assert shares == [0.4, 0.6, 0.8, 1.0]
    rewritten(path, "sheet1.xml", ('<dimension ref="A1:A5" />', ""))
    with closing(open_source(path)) as source:
        assert [source.share_read() for _ in source.chunks()] == [1.0] * 4


def test_without_openpyxl_the_extra_is_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without openpyxl, the error names the extra before the first row."""  # B14
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(
        ConfigError, match=r"openpyxl: is not installed; it comes with the extra liveform\[xlsx\]"
    ):
        open_source(path)


def test_shared_strings_are_a_list_on_the_disk() -> None:
    """Texts come back by their number, and no other number has one."""
    texts = ["", "a", "한글", "\ud800", "x" * 1000]
    kept = SharedStrings(texts)
    assert [kept[number] for number in range(len(kept))] == texts
    for number in (-1, 5):
        with pytest.raises(IndexError):
            kept[number]
    kept.close()
