"""Tests of liveform.cli.batch.reading.encodings, which guesses nothing that is not certain."""

import codecs
from pathlib import Path

import pytest

from liveform import FieldError, MalformedError
from liveform.cli.batch.reading import input_file
from liveform.cli.batch.reading.encodings import Encoding, encoding_of, line_breaks, text_blocks
from liveform.cli.batch.reading.input_file import InputFile

HEADER = "userid,이름,도시\n"
KOREAN = HEADER + "u1,홍길동,서울\nu2,김영희,부산\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of a file to write."""
    return tmp_path / "a.csv"


def found(path: Path, data: bytes, wanted: str | None = None) -> Encoding:
    """Return the encoding that is found for a file of these bytes."""
    path.write_bytes(data)
    file = InputFile(path)
    try:
        return encoding_of(file, wanted)
    finally:
        file.close()


def text(path: Path, data: bytes, wanted: str | None = None) -> str:
    """Return the text that is read from a file of these bytes."""
    path.write_bytes(data)
    file = InputFile(path)
    try:
        return "".join(text_blocks(file, encoding_of(file, wanted)))
    finally:
        file.close()


@pytest.mark.parametrize("wanted", [None, "auto", "AUTO", "cp949"])
@pytest.mark.parametrize(
    ("mark", "name"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_byte_order_mark_decides(path: Path, mark: bytes, name: str, wanted: str | None) -> None:
    """A byte order mark decides the encoding, whatever else is said, and is no part of the text."""  # B5 B6
    data = mark + KOREAN.encode(name)
    assert found(path, data, wanted) == Encoding(name, mark)
    assert text(path, data, wanted) == KOREAN


@pytest.mark.parametrize(
    ("wanted", "written"),
    [
        ("utf-8", "utf-8"),
        ("UTF8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("cp949", "cp949"),
        ("ms949", "cp949"),
        ("euc-kr", "cp949"),
        ("EUC_KR", "euc_kr"),
        ("utf-16", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32-le"),
    ],
)
def test_encoding_that_is_named_is_used(path: Path, wanted: str, written: str) -> None:
    """``--encoding`` takes any name of an encoding, and reads EUC-KR with what Windows adds."""  # B5
    assert text(path, KOREAN.encode(written), wanted) == KOREAN


@pytest.mark.parametrize(
    ("wanted", "letter"),
    [("latin-1", "é"), ("cp1252", "€"), ("shift_jis", "①"), ("gbk", "中"), ("big5", "中")],
)
def test_encoding_of_other_languages_is_read(path: Path, wanted: str, letter: str) -> None:
    """Encodings of Western Europe, Japan and China are read when they are named."""  # B5
    wider = {"shift_jis": "cp932"}
    assert text(path, f"a,{letter}\n".encode(wider.get(wanted, wanted)), wanted) == f"a,{letter}\n"


@pytest.mark.parametrize(
    "wanted", ["", "nope", "rot13", "base64", "utf-7\0", "punycode", "cp037", "undefined"]
)
def test_encoding_that_is_none_is_refused(path: Path, wanted: str) -> None:
    """What is not an encoding, or not one of tables of text, is refused with examples."""
    with pytest.raises(FieldError, match="--encoding: must be an encoding, such as utf-8, cp949"):
        found(path, b"a\n", wanted)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (KOREAN.encode(), "utf-8"),
        (b"userid\nu1\n", "utf-8"),
        (b"", "utf-8"),
        (KOREAN.encode("cp949"), "cp949"),
        (KOREAN.encode("utf-16-le"), "utf-16-le"),
        (KOREAN.encode("utf-16-be"), "utf-16-be"),
        ("userid,이름\n".encode("cp949") + b"u,a\n" * 200_000, "cp949"),
    ],
)
def test_auto_takes_what_is_certain(path: Path, data: bytes, name: str) -> None:
    """``--encoding auto`` reads UTF-8, UTF-16 and Korean Windows without being told which."""  # B5
    assert found(path, data, "auto") == Encoding(name)
    assert text(path, data, "auto") == data.decode(name)


@pytest.mark.parametrize(
    ("line", "encoding"),
    [
        ("Müller,Zürich", "latin-1"),
        ("§§,ÄÖÜß", "cp1252"),
        ("東京,大阪", "cp932"),
        ("あいうえ,カキクケ", "cp932"),
        ("ﾀﾅｶ,ｻﾄｳ", "cp932"),
        ("北京,北京", "gbk"),
        ("张伟,上海", "gbk"),
        ("王小明,臺北", "big5"),
        ("Привет,мир", "cp1251"),
        ("가", "cp949"),
    ],
)
def test_auto_guesses_nothing(path: Path, line: str, encoding: str) -> None:
    """``--encoding auto`` refuses what could be one of several encodings, and says what to pass."""  # B5
    with pytest.raises(
        FieldError, match="--encoding: auto is not certain; say what wrote the file: --encoding"
    ):
        found(path, f"a,b\n{line}\n".encode(encoding), "auto")


@pytest.mark.parametrize("name", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_named(path: Path, name: str) -> None:
    """A file that looks like UTF-16 without a mark is refused with the option that reads it."""  # B5
    with pytest.raises(FieldError, match=rf"IN: looks like UTF-16 .* --encoding {name} reads it"):
        found(path, KOREAN.encode(name))


@pytest.mark.parametrize("data", [b"a\0b,c\n1,2\n", b"\0" * 80, b"a\0"])
def test_zero_bytes_alone_are_not_utf16(path: Path, data: bytes) -> None:
    """Single zero bytes do not make a file UTF-16."""
    assert found(path, data) == Encoding("utf-8")


@pytest.mark.parametrize("size", [1, 2, 3, 7, 262_144])
@pytest.mark.parametrize(
    ("before", "line"), [("", 1), ("a\n", 2), ("a\r\nb\r\n", 3), ("a\rb\r", 3), ("\n\n\n", 4), ("é\n", 2)]
)
def test_wrong_byte_is_named_by_its_line(
    path: Path, before: str, line: int, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A byte that is not of the encoding is named by its true line, wherever the file was cut."""  # B5
    monkeypatch.setattr(input_file, "READ_BYTES", size)
    with pytest.raises(MalformedError, match=rf"^IN: line {line} is not UTF-8; say what wrote the file"):
        text(path, before.encode() + b"x\xff\nmore\n")


def test_wrong_byte_of_a_named_encoding_is_told(path: Path) -> None:
    """A byte that is not of the encoding that was named is told with that name."""  # B5
    with pytest.raises(MalformedError, match=r"^IN: line 2 is not CP949; say what wrote"):
        text(path, b"a\n\xff\xff\n", "cp949")


def test_korean_text_that_is_not_utf8_is_recognised(path: Path) -> None:
    """A file of Korean Excel without an option is refused with the option that reads it."""  # B5
    with pytest.raises(
        MalformedError, match=r"^IN: line 1 is not UTF-8; it looks like CP949.* --encoding cp949"
    ):
        text(path, KOREAN.encode("cp949"))


@pytest.mark.parametrize(
    ("lines", "count"),
    [("", 0), ("a", 0), ("a\n", 1), ("a\r\nb\r\n", 2), ("\r\r\n\n", 3), ("\x0b\u2028\x85", 0)],
)
def test_line_ends_at_a_line_feed_or_a_carriage_return(lines: str, count: int) -> None:
    """Lines end as editors count them: LF, CR or both together, and nowhere else."""
    assert line_breaks(lines) == count


@pytest.mark.parametrize(
    ("encoding", "about"),
    [
        (Encoding("utf-8"), "UTF-8"),
        (Encoding("cp949"), "CP949"),
        (Encoding("utf-8", b"x"), "UTF-8 with a byte order mark"),
    ],
)
def test_encoding_has_a_name_for_people(encoding: Encoding, about: str) -> None:
    """An encoding is named in capitals, with its byte order mark if it has one."""
    assert encoding.about == about
