"""liveform.batch codes, sheet and workers: what is drawn of a row, and where."""

import multiprocessing
from io import BytesIO
from pathlib import Path

import pytest
import resvg_py
import zxingcpp
from PIL import Image

from liveform import ConfigError, FieldError, Project
from liveform.batch import sheet, workers
from liveform.batch.codes import CodeFiles, Drawing
from liveform.batch.files import open_source
from liveform.batch.tables import Row
from liveform.batch.urls import RowBuilder
from liveform.batch.workers import Maker, Refusal, make_in_order

URL = "https://form.argosidentity.com/?pid=abc123de45&userid=u"


def staged(folder: Path, *names: object) -> CodeFiles:
    """A folder in which the codes of these rows are staged."""
    codes = CodeFiles(folder / "codes", "svg", "name")
    for number, name in enumerate(names, 1):
        codes.stage(number, Row(("name",), (name,)), b"code")
    return codes


def names(folder: Path) -> list[str]:
    """The files there."""
    return sorted(path.name for path in (folder / "codes").iterdir())


def test_code_counts_when_it_is_committed(tmp_path: Path) -> None:
    """Until then its name begins with a dot and the row."""
    codes = staged(tmp_path, "store-17", 18)
    assert names(tmp_path) == [".000000000001-store-17.svg", ".000000000002-18.svg"]
    codes.commit()
    assert names(tmp_path) == ["18.svg", "store-17.svg"]


def test_codes_that_were_staged_are_put_in_place_or_deleted(tmp_path: Path) -> None:
    """Those of rows that were committed, and those behind them; other files stay."""
    staged(tmp_path, "a", "b")
    (tmp_path / "codes" / ".keep").touch()
    CodeFiles(tmp_path / "codes", "svg", "name").begin(1)
    assert names(tmp_path) == [".keep", "a.svg"]


def test_folder_with_files_is_refused_at_the_beginning(tmp_path: Path) -> None:
    """A name that is taken could not be told from one of this run."""
    staged(tmp_path, "a").commit()
    with pytest.raises(FieldError, match="must be empty"):
        CodeFiles(tmp_path / "codes", "svg", "name").begin(0)


@pytest.mark.parametrize("name", ["", None, True, [], ".a", "a.", "a/b", "..", "a b", "é", "x" * 101, "a\n"])
def test_cell_that_names_no_file_is_refused(tmp_path: Path, name: object) -> None:
    """No path, no hidden file, nothing that a file system may refuse."""
    with pytest.raises(FieldError, match="name: names no file"):
        staged(tmp_path, name)
    assert names(tmp_path) == []


def test_name_that_is_taken_is_refused(tmp_path: Path) -> None:
    """Staged or in place, also where only the case differs; and no file is lost."""
    codes = staged(tmp_path, "a")
    with pytest.raises(FieldError, match="is there already"):
        codes.stage(2, Row(("name",), ("A",)), b"other")
    codes.commit()
    with pytest.raises(FieldError, match="is there already"):
        codes.stage(3, Row(("name",), ("a",)), b"other")
    assert (tmp_path / "codes" / "a.svg").read_bytes() == b"code"


def test_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """A file stands in its place."""
    (tmp_path / "codes").touch()
    with pytest.raises(FieldError, match="--qr-dir: cannot be made"):
        CodeFiles(tmp_path / "codes", "svg", "name")


def test_drawing_is_read_by_another_program() -> None:
    """As PNG and as SVG."""
    png, svg = Drawing("png").draw(URL), Drawing("svg").draw(URL)
    assert png.startswith(b"\x89PNG")
    assert read(png) == URL
    assert read(bytes(resvg_py.svg_to_bytes(svg_string=svg.decode(), width=400))) == URL


def read(png: bytes) -> str:
    """The text of the code in an image."""
    image = Image.open(BytesIO(png)).convert("L")
    (code,) = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode]))
    return str(code.text)


def test_sheet_has_a_code_and_a_label_for_each_row(tmp_path: Path) -> None:
    """The label is a cell, and nothing in it is taken for HTML."""
    (tmp_path / "out.csv").write_text(f"name,url\n<b>1,{URL}1\n2,{URL}2\n")
    page = tmp_path / "sheet.html"
    source = open_source(tmp_path / "out.csv")
    assert sheet.write_sheet(page, source, url_column="url", label_column="name", title="A & B") == 2
    source.close()
    text = page.read_text()
    assert text.count("<svg") == text.count("<li>") == 2
    assert "<p>&lt;b&gt;1</p>" in text
    assert "<h1>A &amp; B</h1>" in text
    first = "<svg" + text.split("<svg", 1)[1].split("</svg>")[0] + "</svg>"
    assert read(bytes(resvg_py.svg_to_bytes(svg_string=first, width=400))) == f"{URL}1"
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".new")] == []


@pytest.mark.parametrize(
    ("label", "limit", "page", "problem"),
    [
        ("other", 10, "sheet.html", "OUT has no column other"),
        ("name", 1, "sheet.html", "holds 1 codes at most"),
        ("name", 10, "none/sheet.html", "--sheet: cannot be written"),
    ],
)
def test_sheet_that_cannot_be_made_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, label: str, limit: int, page: str, problem: str
) -> None:
    """And no half of it stays."""
    monkeypatch.setattr(sheet, "MAX_CODES", limit)
    (tmp_path / "out.csv").write_text(f"name,url\n1,{URL}1\n2,{URL}2\n")
    source = open_source(tmp_path / "out.csv")
    with pytest.raises(FieldError, match=problem):
        sheet.write_sheet(tmp_path / page, source, url_column="url", label_column=label, title="x")
    source.close()
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


def maker() -> Maker:
    """Makes plain URLs."""
    return Maker(RowBuilder(Project("abc123de45")))


def rows(count: int) -> list[Row]:
    """So many rows, of which every tenth cannot be read."""
    return [
        Row(("userid",), (f"u{number}",), problem="is wrong" if number % 10 == 0 else None)
        for number in range(1, count + 1)
    ]


@pytest.mark.parametrize("jobs", [1, 2])
def test_rows_keep_their_order_and_their_results(jobs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever made them."""
    monkeypatch.setattr(workers, "SENT_ROWS", 7)
    made = [*make_in_order(maker(), iter(rows(100)), jobs)]
    assert [row for chunk, _ in made for row in chunk] == rows(100)
    urls = [url for _, result in made for url in result.urls]
    assert urls[9::10] == [Refusal("row", "is wrong")] * 10
    assert urls[0] == f"{URL}1"


@pytest.mark.parametrize("jobs", [1, 2])
def test_rows_are_read_only_a_little_ahead(jobs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A million rows never stand in memory."""
    monkeypatch.setattr(workers, "CHUNK_ROWS", 10)
    monkeypatch.setattr(workers, "SENT_ROWS", 10)
    read_rows = 0

    def counted() -> object:
        nonlocal read_rows
        for row in rows(1_000):
            read_rows += 1
            yield row

    for done, _ in enumerate(make_in_order(maker(), counted(), jobs), 1):  # type: ignore[arg-type]
        assert read_rows <= 10 * done + 10 * 2 * jobs


def test_worker_makes_with_the_maker_that_it_was_born_with(monkeypatch: pytest.MonkeyPatch) -> None:
    """What runs in the other process, run here; keys never travel."""
    monkeypatch.setattr(workers, "_adopted", [])
    workers._adopt(maker())
    made = workers._make([tuple(row) for row in rows(10)])
    assert made.urls[0] == f"{URL}1"
    assert made.urls[9] == Refusal("row", "is wrong")


def test_several_processes_need_fork(monkeypatch: pytest.MonkeyPatch) -> None:
    """Elsewhere a key would have to be sent."""
    monkeypatch.setattr(multiprocessing, "get_all_start_methods", lambda: ["spawn"])
    with pytest.raises(ConfigError, match="--jobs: must be 1"):
        next(make_in_order(maker(), iter(rows(1)), 2))


def test_row_of_another_length_than_its_header_is_refused() -> None:
    """With both lengths."""
    builder = RowBuilder(Project("abc123de45"))
    with pytest.raises(FieldError, match="row: must have 1 cells"):
        builder.cells_url(("userid",), ["u", "v"])
