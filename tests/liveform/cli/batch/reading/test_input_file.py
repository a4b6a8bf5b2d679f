"""Tests of liveform.cli.batch.reading.input_file, which opens what is really text."""

import bz2
import gzip
import io
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveform import FieldError, LiveformError, MalformedError
from liveform.cli.batch.reading import input_file
from liveform.cli.batch.reading.input_file import InputFile


def content(file: InputFile) -> bytes:
    """Return all that is left of a file, and close it."""
    data = b"".join(iter(file.read, b""))
    file.close()
    return data


@pytest.mark.parametrize("gzipped", [False, True])
def test_file_is_read_from_front_to_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, gzipped: bool
) -> None:
    """A file, compressed or not, gives its bytes in order, and the share that has been read."""  # B5
    monkeypatch.setattr(input_file, "READ_BYTES", 10)
    path = tmp_path / "a"
    text = bytes(range(65, 91)) * 50
    path.write_bytes(gzip.compress(text) if gzipped else text)
    file = InputFile(path, gzipped=gzipped)
    assert file.start == text[:10]
    assert 0 <= file.share_read() <= 1
    again = file.again()
    assert b"".join(iter(file.read, b"")) == text
    assert file.share_read() == 1
    file.close()
    assert content(again) == text


@pytest.mark.parametrize(
    ("start", "problem"),
    [
        (b"PK\x03\x04", "is a zip file, such as an Excel workbook; if it is one, let its name end in .xlsx"),
        (b"\x1f\x8b\x08", "let its name end in .gz"),
        (b"\xd0\xcf\x11\xe0", "is an Excel file of before 2007"),
        (b"PAR1", "let its name end in .parquet"),
        (b"PAR1\x15\x04", "let its name end in .parquet"),
        (b"%PDF-1.7", "is a PDF"),
        (b"SQLite format 3\0", "is a SQLite database"),
    ],
)
def test_file_that_is_not_text_is_named(tmp_path: Path, start: bytes, problem: str) -> None:
    """A file of another kind that was renamed is named by what it is, with what to do."""  # B5
    (tmp_path / "a").write_bytes(start + bytes(20))
    with pytest.raises(FieldError, match=problem):
        InputFile(tmp_path / "a")


@pytest.mark.parametrize(
    "header", [b"PAR1;userid", b"PAR1,userid", b"PAR1\tuserid", b"PAR1\n", b"%PDF;userid"]
)
def test_header_that_begins_like_another_kind_of_file_is_text(tmp_path: Path, header: bytes) -> None:
    """A column called like the first bytes of another kind of file is a column."""
    (tmp_path / "a").write_bytes(header)
    assert content(InputFile(tmp_path / "a")) == header


@pytest.mark.parametrize(
    "damage", [b"no gzip", gzip.compress(b"a" * 9, mtime=0)[:-9], b"\x1f\x8b\x08" + bytes(20)]
)
def test_gzip_that_is_damaged_is_told(tmp_path: Path, damage: bytes) -> None:
    """A file that ends in .gz and is not whole gzip raises a MalformedError."""  # B5
    (tmp_path / "a").write_bytes(damage)
    with pytest.raises(MalformedError, match="cannot be read as gzip; it is damaged or incomplete"):
        content(InputFile(tmp_path / "a", gzipped=True))


@given(
    data=st.binary(max_size=80), is_cut=st.booleans(), place=st.integers(0, 60), change=st.integers(0, 255)
)
def test_any_bytes_of_gzip_are_bytes_or_an_error_of_liveform(
    data: bytes, place: int, change: int, *, is_cut: bool
) -> None:
    """Any bytes in a file that ends in .gz give bytes or a LiveformError."""  # B5
    zipped = bytearray(gzip.compress(data, mtime=0))
    zipped[place % len(zipped)] ^= change
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a"
        path.write_bytes(zipped[: place if is_cut else None] + (b"" if is_cut else data))
        try:
            content(InputFile(path, gzipped=True))
        except LiveformError:
            return


@pytest.mark.parametrize("name", ["none", "folder", "a\0b"])
def test_file_that_cannot_be_read_is_told(tmp_path: Path, name: str) -> None:
    """A file that is missing, a folder or no name at all raises an error of liveform."""
    (tmp_path / "folder").mkdir()
    with pytest.raises(LiveformError, match="cannot be read"):
        InputFile(tmp_path / name)


def test_file_that_breaks_off_is_told(tmp_path: Path) -> None:
    """A disk that fails while a file is read raises a MalformedError."""
    (tmp_path / "a").touch()
    file = InputFile(tmp_path / "a")

    def fail(_: int) -> bytes:
        raise OSError(5, "Input/output error")

    file.close()
    file._file = SimpleNamespace(read=fail)  # type: ignore[assignment]
    file.read()
    with pytest.raises(MalformedError, match="IN: cannot be read: Input/output error"):
        file.read()


def test_stdin_is_read_and_stays_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stdin gives its bytes, has no share and no second reading, and is not closed."""  # B18
    stdin = io.BytesIO(b"userid\nu1\n")
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=stdin))
    file = InputFile(None)
    assert (content(file), file.share_read()) == (b"userid\nu1\n", 0)
    assert not stdin.closed
    with pytest.raises(FieldError, match="--encoding: auto reads IN twice"):
        file.again()


@pytest.mark.parametrize(
    ("start", "problem"),
    [
        (bz2.compress(b"a"), "is compressed by bzip2; unpack it first, as in bunzip2 -c FILE"),
        (bz2.compress(b"a", 1), "is compressed by bzip2"),
        (b"\xfd7zXZ\0", "is compressed by xz; unpack it first, as in xz -dc FILE"),
        (b"\x28\xb5\x2f\xfd", "is compressed by zstd; unpack it first, as in zstd -dc FILE"),
        (b"PK\x03\x04", "is a zip file, such as an Excel workbook; .*; if not, unzip it"),
        (
            gzip.compress(b"a", mtime=0),
            r"is compressed by gzip; unpack it first, as in gunzip -c FILE \| liveform batch",
        ),
    ],
)
def test_stdin_that_is_compressed_is_told_how_to_unpack(
    monkeypatch: pytest.MonkeyPatch, start: bytes, problem: str
) -> None:
    """Compressed bytes are named, and on stdin the advice is a command, for stdin has no name to change."""
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(start)))
    with pytest.raises(FieldError, match=problem):
        InputFile(None)


def test_header_that_begins_like_a_compressed_file_is_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """A header with the first letters of bzip2 is a header."""
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"BZhid,userid\n")))
    assert InputFile(None).start == b"BZhid,userid\n"


def test_stdin_that_is_closed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program without stdin raises a FieldError."""
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(FieldError, match="stdin is closed"):
        InputFile(None)
