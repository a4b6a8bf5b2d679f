"""Tests of liveform.cli.batch.qr_files, which writes a QR code for each row."""

from pathlib import Path

import pytest
import resvg_py
from scanning import codes_in

from liveform import FieldError
from liveform.cli.batch.qr_files import Drawing, QrFiles, file_name
from liveform.cli.batch.rows import Row

URL = "https://form.argosidentity.com/?pid=abc123de45&userid=u"


def named(value: object) -> str:
    """Return the name of the file of a row with this cell."""
    return file_name("name", "svg", Row(("name",), (value,)))


def staged(folder: Path, *names: str) -> QrFiles:
    """Return a folder in which codes with these names are staged."""
    codes = QrFiles(folder / "codes", "name")
    for number, name in enumerate(names, 1):
        codes.stage(number, f"{name}.svg", b"code")
    return codes


def names(folder: Path) -> list[str]:
    """Return the sorted names of the files in the folder of codes."""
    return sorted(path.name for path in (folder / "codes").iterdir())


def test_code_counts_when_it_is_committed(tmp_path: Path) -> None:
    """A code has a hidden name with its row number until it is committed."""
    codes = staged(tmp_path, "store-17", "18")
    assert names(tmp_path) == [".000000000001-store-17.svg", ".000000000002-18.svg"]
    codes.commit()
    assert names(tmp_path) == ["18.svg", "store-17.svg"]


def test_codes_that_were_staged_are_put_in_place_or_deleted(tmp_path: Path) -> None:
    """Staged codes of committed rows get their names, and later ones are deleted."""
    staged(tmp_path, "a", "b")
    (tmp_path / "codes" / ".keep").touch()
    QrFiles(tmp_path / "codes", "name").begin(1)
    assert names(tmp_path) == [".keep", "a.svg"]


def test_folder_with_files_is_refused_at_the_beginning(tmp_path: Path) -> None:
    """A run that begins refuses a folder of codes that is not empty, and what was staged stays."""
    codes = staged(tmp_path, "a")
    codes.commit()
    codes.stage(2, "b.svg", b"code")
    with pytest.raises(FieldError, match="must be empty"):
        QrFiles(tmp_path / "codes", "name").begin(0)
    assert names(tmp_path) == [".000000000002-b.svg", "a.svg"]


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("store-17", "store-17.svg"),
        (18, "18.svg"),
        ("매장_7", "매장_7.svg"),
        (" a ", "a.svg"),
        ('="00123"', "00123.svg"),
        ("e\u0301", "\u00e9.svg"),
        ("x" * 200, "x" * 200 + ".svg"),
    ],
)
def test_cell_names_a_file_in_any_language(value: object, name: str) -> None:
    """A cell of letters, digits, - _ and . names a file, whatever the script, up to 200 bytes."""  # B16
    assert named(value) == name


@pytest.mark.parametrize(
    "value", ["", None, True, [], {}, ".a", "a.", "a/b", "a\\b", "..", "a b", "a:b", "x" * 201, "매" * 67]
)
def test_cell_that_names_no_file_is_refused(value: object) -> None:
    """A cell that is empty, hidden, a path, with other characters or too long is not a file name."""
    with pytest.raises(FieldError, match="name: must be a file name"):
        named(value)


@pytest.mark.parametrize("other", ["a", "A"])
@pytest.mark.parametrize("committed", [False, True])
def test_name_that_is_taken_is_refused_wherever_it_was(
    tmp_path: Path, other: str, *, committed: bool
) -> None:
    """A name that another row has is refused in either case, near that row or far from it."""  # B16
    codes = staged(tmp_path, "a")
    if committed:
        codes.commit()
    with pytest.raises(FieldError, match="names a file that another row has"):
        codes.stage(2, f"{other}.svg", b"other")
    codes.commit()
    assert (tmp_path / "codes" / "a.svg").read_bytes() == b"code"
    assert names(tmp_path) == ["a.svg"]


def test_name_of_an_earlier_run_is_taken_too(tmp_path: Path) -> None:
    """A run that goes on knows the names of the codes that were committed before."""  # B16
    staged(tmp_path, "a", "b").commit()
    codes = QrFiles(tmp_path / "codes", "name")
    codes.begin(2)
    with pytest.raises(FieldError, match="another row has"):
        codes.stage(3, "B.svg", b"other")


def test_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """A folder of codes cannot be made where a file has its name."""
    (tmp_path / "codes").touch()
    with pytest.raises(FieldError, match="--qr-dir: cannot be made"):
        QrFiles(tmp_path / "codes", "name")


def test_drawing_is_read_by_another_program() -> None:
    """A code drawn as PNG or as SVG is read by zxing-cpp."""
    png, svg = Drawing("png").draw(URL), Drawing("svg").draw(URL)
    assert png.startswith(b"\x89PNG")
    assert codes_in(png) == [URL]
    assert codes_in(bytes(resvg_py.svg_to_bytes(svg_string=svg.decode(), width=400))) == [URL]
