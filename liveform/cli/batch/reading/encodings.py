"""Which encoding a text file has, and its text. Nothing is guessed that is not certain.

A byte order mark decides. Without one a file is UTF-8, unless ``--encoding`` says otherwise. ``auto`` reads
the whole file first, and takes an encoding that no other explains: UTF-8, UTF-16, or the one of Korean
Windows. A file in a single-byte encoding could be in any of them, so that one has to be named.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from liveform.errors import FieldError, MalformedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from liveform.cli.batch.reading.input_file import InputFile

AUTO: Final = "auto"
UTF8: Final = "utf-8"
KOREAN: Final = "cp949"

_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, UTF8),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What files of these names really hold, as browsers read them (WHATWG Encoding Standard, section 4.2); and
# those whose name alone leaves the byte order open, which a file without a mark has from its machine.
_READ_AS: Final = {
    "euc_kr": KOREAN,
    "shift_jis": "cp932",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "utf-16": "utf-16-le",
    "utf-32": "utf-32-le",
    "utf-8-sig": UTF8,
}
_SYNTAX: Final = '",;\t|\r\n='
_HANGUL: Final = re.compile("[\uac00-\ud7a3]")
_KOREAN_TEXT: Final = re.compile(
    "[\x00-\x7f\uac00-\ud7a3\u3131-\u318e\u2010-\u266f\u3000-\u301f\uff01-\uffe6]*"
)
# Syllables of names, places and headers: most of a Korean table, and few of what Chinese and Japanese look
# like when they are read as Korean.
_COMMON: Final = frozenset(
    "이김박최정강조윤장임한오서신권황안송유홍전고문손양배백허남심노하곽성차주우구민진지나엄원천방공현함변염여"
    "추도소석선설마길연위표명기반라왕금옥육인맹제모탁국수영미경은준혜희상재동호철울부산대광시군읍면로메일름번"
    "객회사용자아디점매상품가입날짜비"
)


class Encoding(NamedTuple):
    """How text is written as bytes.

    Attributes:
        name: Python's name, one that writes no byte order mark by itself.
        mark: the byte order mark at the beginning; empty if there is none.
    """

    name: str
    mark: bytes = b""

    @property
    def about(self) -> str:
        """Its name for people."""
        return self.name.upper() + (" with a byte order mark" if self.mark else "")


def encoding_of(file: InputFile, wanted: str | None) -> Encoding:
    """Return the encoding of a file.

    Args:
        file: which nothing has been read of.
        wanted: what the user says; None for UTF-8, ``"auto"`` for what is certain.

    Raises:
        FieldError: ``wanted`` is not an encoding of tables, or ``auto`` is not certain.
    """
    named = None if wanted is None or wanted.lower() == AUTO else _named(wanted)
    for mark, name in _MARKS:
        if file.start.startswith(mark):
            return Encoding(name, mark)
    if named is not None:
        return Encoding(named)
    unmarked = _utf16_without_mark(file.start)
    if unmarked is not None and wanted is None:
        raise FieldError("IN", f"looks like UTF-16 without a byte order mark; --encoding {unmarked} reads it")
    return Encoding(UTF8 if wanted is None else unmarked or _certain(file))


def _named(wanted: str) -> str:
    """Python's name of an encoding in which commas, quotes and line breaks are what they are in ASCII."""
    try:
        found = codecs.lookup(wanted).name
        fits = found.startswith(("utf-16", "utf-32")) or _SYNTAX.encode(found) == _SYNTAX.encode()
    except (LookupError, ValueError):
        fits = False
    if not fits and wanted.lower() != "utf-8-sig":
        raise FieldError("--encoding", "must be an encoding, such as utf-8, cp949, cp1252, utf-16 or auto")
    return _READ_AS.get(found, found)


def _utf16_without_mark(start: bytes) -> str | None:
    """UTF-16, if the name of a column would have a zero byte beside each letter."""
    first, second = start[0:64:2], start[1:64:2]
    zeros = first.count(0), second.count(0)
    if len(second) < 4 or max(zeros) < len(second) / 4 or min(zeros):
        return None
    return "utf-16-be" if zeros[0] else "utf-16-le"


def _certain(file: InputFile) -> str:
    """UTF-8 or CP949, if the whole file is nothing but that."""
    if _decoded_whole(file, UTF8) is not None:
        return UTF8
    hangul = _decoded_whole(file, KOREAN)
    if hangul is None or not _is_korean(hangul):
        raise FieldError("--encoding", f"auto is not certain; {_ASK}")
    return KOREAN


def _decoded_whole(file: InputFile, name: str) -> Counter[str] | None:
    """The Hangul of a file; None if the file is not of this encoding, or no Korean text in that of Korea."""
    again = file.again()
    hangul: Counter[str] = Counter()
    try:
        for text in text_blocks(again, Encoding(name)):
            if name == KOREAN and not _KOREAN_TEXT.fullmatch(text):
                return None
            hangul.update(_HANGUL.findall(text))
    except MalformedError:
        return None
    finally:
        again.close()
    return hangul


def _is_korean(hangul: Counter[str]) -> bool:
    """Whether syllables are those that Korean tables have, and not bytes of another language."""
    common = sum(count for syllable, count in hangul.items() if syllable in _COMMON)
    return hangul.total() >= 2 and common >= 0.4 * hangul.total()


def text_blocks(file: InputFile, encoding: Encoding) -> Iterator[str]:
    """Return the text of a file, some at a time, without its byte order mark.

    Raises:
        MalformedError: a byte that is not of this encoding, named by its line.
    """
    decoder = codecs.getincrementaldecoder(encoding.name)("strict")
    skipped, line, last = len(encoding.mark), 1, ""
    while True:
        data = file.read()
        try:
            text = decoder.decode(data[skipped:], final=not data)
        except UnicodeDecodeError as error:
            before = error.object[: error.start].decode(encoding.name, "ignore")
            found = line + line_breaks(last + before)
            raise MalformedError(_wrong_byte(found, encoding, error.object[error.start :])) from None
        if text:
            seen = last + text
            last = "\r" if text[-1] == "\r" else ""  # which may be half of a line break
            line += line_breaks(seen.removesuffix(last))
            yield text
        if not data:
            return
        skipped = 0


def line_breaks(text: str) -> int:
    """Return how many lines end in a text: at a line feed, at a carriage return, or at both together."""
    returns = text.count("\r")
    return text.count("\n") + (returns - text.count("\r\n") if returns else 0)


_ASK: Final = (
    "say what wrote the file: --encoding cp949 for Windows in Korean, cp1252 in Western Europe, cp932 in "
    "Japanese, utf-16 for Unicode text of Excel; or save it as CSV UTF-8"
)


def _wrong_byte(line: int, encoding: Encoding, rest: bytes) -> str:
    problem = f"IN: line {line} is not {encoding.name.upper()}"
    if encoding.name != UTF8:
        return f"{problem}; {_ASK}"
    if _looks_korean(rest[:4096]):
        return f"{problem}; it looks like CP949, which Excel in Korean writes: --encoding cp949 reads it"
    return f"{problem}; {_ASK}"


def _looks_korean(data: bytes) -> bool:
    text = data.decode(KOREAN, "replace").rstrip("\ufffd")  # the last character may be cut
    return _KOREAN_TEXT.fullmatch(text) is not None and _is_korean(Counter(_HANGUL.findall(text)))
