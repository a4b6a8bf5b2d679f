"""Targets that read tables: CSV in any encoding, JSON Lines, workbooks of Excel."""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hypothesis import strategies as st

from liveform.cli.batch.formats import ReadOptions, open_source
from liveform.cli.batch.rows import rows_of
from tests.fuzz.target import Target
from tests.fuzz.targets.texts import chosen, json_values, with_choice

if TYPE_CHECKING:
    from collections.abc import Callable

_FOLDER: Final = tempfile.TemporaryDirectory(prefix="liveform-fuzz-")
_KNOWN: Final = frozenset(("userid", "email", "cf1", "lang"))
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_KIND: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"

# A workbook as small as can be; an input replaces its parts.
_PARTS: Final = {
    "[Content_Types].xml": f"""<Types xmlns="{_PACKAGE}/content-types">
<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>
<Override PartName="/xl/sharedStrings.xml" ContentType="{_KIND}.sharedStrings+xml"/>
<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/></Types>""",
    "_rels/.rels": f"""<Relationships xmlns="{_PACKAGE}/relationships">
<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>""",
    "xl/_rels/workbook.xml.rels": f"""<Relationships xmlns="{_PACKAGE}/relationships">
<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="/xl/worksheets/sheet1.xml"/></Relationships>""",
    "xl/workbook.xml": f"""<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>
<sheet name="one" sheetId="1" r:id="rId1"/></sheets></workbook>""",
    "xl/styles.xml": f"""<styleSheet xmlns="{_MAIN}"><numFmts count="1">
<numFmt numFmtId="164" formatCode="00000"/></numFmts><fonts><font/></fonts><fills><fill/></fills>
<borders><border/></borders><cellStyleXfs><xf/></cellStyleXfs>
<cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="14"/></cellXfs></styleSheet>""",
    "xl/sharedStrings.xml": f"""<sst xmlns="{_MAIN}"><si><t>userid</t></si>
<si><r><t>em</t></r><r><t>ail</t></r></si></sst>""",
    "xl/worksheets/sheet1.xml": f"""<worksheet xmlns="{_MAIN}"><dimension ref="A1:C3"/><sheetData>
<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c>
<c r="C1" t="inlineStr"><is><t>cf1</t></is></c></row>
<row r="2"><c r="A2" s="1"><v>17</v></c><c r="B2" t="b"><v>1</v></c><c r="C2" s="2"><v>45000.5</v></c></row>
<row r="4"><c r="A4" t="e"><v>#N/A</v></c><c r="C4"><f>1+1</f></c></row></sheetData></worksheet>""",
}
_FUZZED: Final = ("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml")


def _reader_of(ending: str) -> Callable[[bytes], object]:
    """Return what reads an input as a file of this kind, to its end."""
    path = Path(_FOLDER.name) / f"input.{ending}"

    def read(data: bytes) -> None:
        path.write_bytes(data)
        with closing(open_source(path, ReadOptions(knows=_KNOWN.__contains__))) as source:
            for row in rows_of(source):
                if row.problem is None and len(row.cells) and row.columns is None:
                    raise AssertionError("cells without columns")

    return read


_csv, _tsv, _gzipped, _json_lines, _xlsx = map(_reader_of, ("csv", "tsv", "csv.gz", "jsonl", "xlsx"))


def _part(name: str) -> Callable[[bytes], object]:
    return lambda data: _xlsx(workbook_with(name, data))


def workbook_with(name: str, content: bytes) -> bytes:
    """Return a workbook of which one part is replaced."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as book:
        for part, text in _PARTS.items():
            book.writestr(part, content if part == name else text)
    return file.getvalue()


def _csv_texts() -> st.SearchStrategy[bytes]:
    """Return a strategy of tables that some program may have written, in some encoding."""
    pieces = st.sampled_from(
        ['"', '""', ",", ";", "\t", "|", "\r\n", "\n", "\r", "sep=;\n", "userid", "\ufeff", "가", "é"]
    )
    text = st.lists(pieces | st.text(max_size=5), max_size=30).map("".join)
    encodings = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp949", "cp1252"])
    return st.tuples(text, encodings).map(lambda drawn: drawn[0].encode(drawn[1], errors="replace"))


def _cut_and_joined(text: str) -> st.SearchStrategy[bytes]:
    """Return a strategy of a text with a part of it replaced by another part, or by anything."""
    places = st.integers(0, len(text))
    return st.tuples(places, places, places, places, st.text(max_size=4)).map(
        lambda drawn: (
            text[: drawn[0]] + text[min(drawn[2:4]) : max(drawn[2:4])] + drawn[4] + text[drawn[1] :]
        ).encode(errors="surrogatepass")
    )


_TABLE: Final = 'userid,email,"cf1"\r\nuser_1,a@example.com,"a ""b"", c"\r\n\r\n"x\ny",,\n'
_OBJECTS: Final = '{"userid":"user_1","cf1":[1,{"a":null}]}\n\n[]\n{"a":1,"a":2}\n'

TARGETS: Final = (
    Target(
        "csv",
        lambda data: chosen(data, _csv, _tsv, _gzipped),
        (
            b"\0" + _TABLE.encode(),
            b"\0sep=;\r\nuserid;email\r\n1;2",
            b"\0" + "이름,userid\n김,1".encode("cp949"),
            b"\0" + "userid\temail\n1\t2".encode("utf-16"),
            b'\1userid\tcf1\n1\t"2\n3"',
            b"\2\x1f\x8b\x08\0\0\0\0\0\0\xff",
        ),
        with_choice(_csv_texts(), _csv_texts()),
        65_536,
    ),
    Target(
        "json_lines",
        _json_lines,
        (_OBJECTS.encode(), b"\xef\xbb\xbf{}", '{"a":"b"}\n'.encode("utf-16")),
        st.lists(json_values, max_size=5).map(lambda rows: "\n".join(map(json.dumps, rows)).encode()),
        65_536,
    ),
    Target(
        "xlsx",
        lambda data: chosen(data, _xlsx, *map(_part, _FUZZED)),
        (
            b"\0" + workbook_with("", b""),
            *(bytes([place]) + _PARTS[part].encode() for place, part in enumerate(_FUZZED, start=1)),
        ),
        with_choice(
            st.binary(max_size=99).map(b"PK\3\4".__add__),
            *(_cut_and_joined(_PARTS[part]) for part in _FUZZED),
        ),
        65_536,
    ),
)
