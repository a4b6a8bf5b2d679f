"""Tests of liveform.cli.batch.sheet, which writes codes to print as a page or a PDF."""

import builtins
from pathlib import Path
from typing import Any

import matplotlib
import pypdfium2
import pytest
import resvg_py
from scanning import codes_in

from liveform import ConfigError, FieldError
from liveform.cli.batch import sheet
from liveform.cli.batch.formats import open_source
from liveform.cli.batch.sheet import check_sheet

URL = "https://form.argosidentity.com/?pid=abc123de45&userid=u"
FONT = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"


def write(path: Path, *labels: str, **options: Any) -> int:
    """Return the number of codes on a sheet, written from an output with these labels."""
    output = path.parent / "out.jsonl"
    output.write_text(
        "".join(f'{{"name": "{label}", "url": "{URL}{n}"}}\n' for n, label in enumerate(labels, 1))
    )
    source = open_source(output)
    wishes: dict[str, Any] = {"url_column": "url", "label_column": "name", "title": "A & B"} | options
    try:
        return sheet.write_sheet(path, source, **wishes)
    finally:
        source.close()
        output.unlink()


def pages(path: Path) -> list[tuple[str, list[str]]]:
    """Return the text and the codes on each page of a PDF, as PDFium draws it."""
    document = pypdfium2.PdfDocument(path)
    try:
        return [
            (page.get_textpage().get_text_range(), codes_in(page.render(scale=3).to_pil()))
            for page in document
        ]
    finally:
        document.close()


def test_page_has_a_code_and_a_label_for_each_row(tmp_path: Path) -> None:
    """A page has a code and a label for each row, and escapes HTML in the label."""
    page = tmp_path / "sheet.html"
    assert write(page, "<b>1", "2") == 2
    text = page.read_text()
    assert text.count("<svg") == text.count("<li>") == 2
    assert "<p>&lt;b&gt;1</p>" in text
    assert "<h1>A &amp; B</h1>" in text
    first = "<svg" + text.split("<svg", 1)[1].split("</svg>")[0] + "</svg>"
    assert codes_in(bytes(resvg_py.svg_to_bytes(svg_string=first, width=400))) == [f"{URL}1"]
    assert text.endswith("</html>\n")
    assert [path.name for path in tmp_path.iterdir()] == ["sheet.html"]


def test_label_is_the_text_that_a_formula_gives(tmp_path: Path) -> None:
    """A label that a program has written as a formula is printed as its text, as it is read for a URL."""
    write(tmp_path / "sheet.html", '=\\"00123\\"')
    assert "<p>00123</p>" in (tmp_path / "sheet.html").read_text()


def test_pdf_has_twelve_codes_on_a_page(tmp_path: Path) -> None:
    """A PDF has twelve codes on a page, and each can be read from the drawn page."""
    assert write(tmp_path / "sheet.pdf", *(f"Counter {number}" for number in range(1, 15))) == 14
    (text, codes), (_, rest) = pages(tmp_path / "sheet.pdf")
    assert sorted(codes) == sorted(f"{URL}{number}" for number in range(1, 13))
    assert sorted(rest) == [f"{URL}13", f"{URL}14"]
    assert "A & B" in text
    assert "Counter 12" in text
    assert "Counter 13" not in text
    assert [path.name for path in tmp_path.iterdir()] == ["sheet.pdf"]


def test_pdf_fits_a4_and_letter(tmp_path: Path) -> None:
    """A PDF page is A4, and what is on it also fits Letter with margins of 1 cm."""
    write(tmp_path / "sheet.pdf", *["x" * 200] * 12)
    document = pypdfium2.PdfDocument(tmp_path / "sheet.pdf")
    width, height = document[0].get_size()
    image = document[0].render(scale=1).to_pil().convert("L").point(lambda grey: 255 - grey)
    document.close()
    left, upper, right, lower = image.getbbox()
    assert (round(width), round(height)) == (595, 842)
    assert min(left, upper, width - right, 792 - lower) >= 28  # 1 cm; Letter is 612 by 792 points


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("매장 7", None),
        ("Жук", "Жук"),
        ("é ü ß ÿ", "é ü ß ÿ"),
        ("a\\n  b\\tc", "a b c"),
        ("", ""),
        ("tab\\u0000", None),
    ],
)
def test_pdf_shows_a_label_or_says_that_it_cannot(label: str, shown: str | None, tmp_path: Path) -> None:
    """A label with a character that the font lacks is refused by its row; white space is one space."""
    path = tmp_path / "sheet.pdf"
    if shown is None:
        with pytest.raises(FieldError, match=r"--sheet-label \(row 2\): has a character that the font lacks"):
            write(path, "1", label, font=FONT)
        assert list(tmp_path.iterdir()) == []
    else:
        assert write(path, "1", label, font=FONT) == 2
        assert shown in pages(path)[0][0]


@pytest.mark.parametrize("character", ["Ж", "매", "\u0100", "\x7f"])
def test_pdf_without_a_font_shows_latin_1(character: str, tmp_path: Path) -> None:
    """A PDF without ``--sheet-font`` shows Latin-1, and refuses other characters."""
    write(tmp_path / "sheet.pdf", "é")
    for wishes in ({"title": character}, {}):
        with pytest.raises(FieldError, match="--sheet-font names another"):
            write(tmp_path / "sheet.pdf", character, **wishes)


@pytest.mark.parametrize(
    ("label", "lines"),
    [("Counter 1", 1), ("word " * 20, 3), ("x" * 150, 3), ("x" * 180, 4), ("x" * 1000, 4)],
)
def test_pdf_label_is_as_large_as_lets_it_stand(label: str, lines: int, tmp_path: Path) -> None:
    """A long label is set on up to four lines of smaller type, and cut if it is longer."""
    write(tmp_path / "sheet.pdf", label)
    (text, _), *more = pages(tmp_path / "sheet.pdf")
    assert more == []
    assert len(text.splitlines()) == 1 + lines


@pytest.mark.parametrize("name", ["sheet.html", "sheet.pdf", "SHEET.PDF"])
@pytest.mark.parametrize(
    ("wishes", "limit", "problem"),
    [
        ({"label_column": "other"}, 10, "OUT has no column other"),
        ({}, 1, "holds 1 codes at most"),
    ],
)
def test_sheet_that_cannot_be_made_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, wishes: Any, limit: int, problem: str
) -> None:
    """A sheet without its label column, or with too many codes, leaves no file."""
    monkeypatch.setattr(sheet, "MAX_CODES", limit)
    with pytest.raises(FieldError, match=problem):
        write(tmp_path / name, "1", "2", **wishes)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["sheet.html", "sheet.pdf"])
def test_sheet_that_cannot_be_written_is_told(tmp_path: Path, name: str) -> None:
    """A sheet cannot be written where a folder has its name, and leaves no other file."""
    (tmp_path / name).mkdir()
    with pytest.raises(FieldError, match="--sheet: cannot be written"):
        write(tmp_path / name, "1")
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", ["sheet", "sheet.txt", "sheet.pdf.new", "pdf"])
def test_sheet_of_another_ending_is_refused(name: str) -> None:
    """A sheet must be a file whose name ends in .html or .pdf."""
    with pytest.raises(FieldError, match=r"--sheet: must end in \.html or \.pdf"):
        check_sheet(Path(name), None)


def test_page_has_no_font_of_its_own() -> None:
    """``--sheet-font`` is refused for a page in HTML."""
    with pytest.raises(FieldError, match=r"--sheet-font: is for a \.pdf"):
        check_sheet(Path("sheet.html"), FONT)


@pytest.mark.parametrize("content", [None, b"", b"no font", b"\0\1\0\0" + b"\xff" * 300])
@pytest.mark.parametrize("name", ["font.ttf", "font.otf", "font.ttc"])
def test_font_that_is_none_is_refused(content: bytes | None, name: str, tmp_path: Path) -> None:
    """A font file that is missing, empty or broken is refused."""
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(FieldError, match="--sheet-font: cannot be read as a font"):
        check_sheet(Path("sheet.pdf"), tmp_path / name)


@pytest.mark.parametrize("name", ["font", "font.txt", "font.woff2", "ttf"])
def test_font_of_another_ending_is_refused(name: str) -> None:
    """A font must end in .ttf, .otf, .ttc or .otc."""
    with pytest.raises(FieldError, match=r"--sheet-font: must end in one of \.ttf, \.otf, \.ttc, \.otc"):
        check_sheet(Path("sheet.pdf"), Path(name))


def test_pdf_without_fpdf2_says_which_extra_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without fpdf2, the error names the extra ``liveform[pdf]`` before any row is read."""
    whole = builtins.__import__

    def without(name: str, *arguments: Any, **named: Any) -> Any:
        if name == "fpdf":
            raise ImportError
        return whole(name, *arguments, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(
        ConfigError, match=r"fpdf2: is not installed; it comes with the extra liveform\[pdf\]"
    ):
        check_sheet(Path("sheet.pdf"), None)
