"""The options of ``liveform batch``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from liveform.parameters.model import Pipeline

if TYPE_CHECKING:
    from argparse import ArgumentParser

FORMATS = ("csv", "tsv", "jsonl", "ndjson")


def add_options(sub: ArgumentParser) -> None:
    """Add the options of the command, but for those of the project."""
    sub.add_argument(
        "input", metavar="IN", help="a .csv, .tsv, .jsonl, .ndjson, .xlsx or .parquet file; - reads stdin"
    )
    sub.add_argument(
        "output",
        metavar="OUT",
        nargs="?",
        help="likewise, but not .xlsx: the rows of IN, each with its URL; - writes to stdout",
    )
    _add_reading(sub)
    _add_urls(sub)
    _add_writing(sub)
    _add_codes(sub)


def _add_reading(sub: ArgumentParser) -> None:
    group = sub.add_argument_group("how IN is read")
    group.add_argument(
        "--preview", action="store_true", help="show columns, parameters and three URLs; write nothing"
    )
    group.add_argument(
        "--encoding", metavar="NAME", help="of text: utf-8, cp949, utf-16 ...; auto takes what is certain"
    )
    group.add_argument(
        "--separator", metavar="NAME", help="of CSV: comma, semicolon, tab or pipe (as in the header)"
    )
    group.add_argument(
        "--format", choices=FORMATS, help="of stdin and stdout (csv), and of files with other endings"
    )
    group.add_argument("--worksheet", metavar="NAME", help="of a workbook (the first that is visible)")


def _add_urls(sub: ArgumentParser) -> None:
    group = sub.add_argument_group("what goes into the URLs")
    group.add_argument(
        "--pipeline",
        choices=[pipeline.value for pipeline in Pipeline],
        default=Pipeline.ID_DOCUMENT.value,
        help="which form the URLs open (id_document)",
    )
    group.add_argument("--plain", action="store_true", help="encrypt nothing")
    group.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="COLUMN=PARAMETER",
        help="a column whose name is not that of its parameter",
    )
    group.add_argument(
        "--ignore", action="append", default=[], metavar="COLUMN", help="a column that stays outside"
    )
    group.add_argument(
        "--ignore-others", action="store_true", help="ignore every column that is not a parameter"
    )
    group.add_argument(
        "--field", action="append", default=[], metavar="PARAMETER=VALUE", help="the same for every row"
    )


def _add_writing(sub: ArgumentParser) -> None:
    group = sub.add_argument_group("what is written")
    group.add_argument("--keep", metavar="COLUMN,COLUMN", help="which columns of IN are kept in OUT (all)")
    group.add_argument("--url-column", default="url", metavar="NAME", help="the column of the URL (url)")
    group.add_argument(
        "--bom", action="store_true", help="write CSV in UTF-8 with a byte order mark, for Excel (as IN is)"
    )
    group.add_argument("--errors", metavar="FILE", help="rows without a URL, and why (OUT.errors.csv)")
    group.add_argument("--overwrite", action="store_true", help="begin again, though OUT exists or is begun")
    group.add_argument("--jobs", type=int, default=1, metavar="N", help="how many processes work (1)")
    group.add_argument("--quiet", action="store_true", help="no progress bar")


def _add_codes(sub: ArgumentParser) -> None:
    group = sub.add_argument_group("QR codes")
    group.add_argument("--qr-dir", metavar="DIR", help="where a QR code of each URL is written")
    group.add_argument("--qr-name", metavar="COLUMN", help="the column with the names of their files")
    group.add_argument("--qr-kind", choices=("svg", "png"), default="svg", help="SVG or PNG (svg)")
    group.add_argument("--sheet", metavar="FILE", help="an .html page or a .pdf of all codes, to print")
    group.add_argument("--sheet-label", metavar="COLUMN", help="the column of the labels below the codes")
    group.add_argument("--sheet-title", default="QR codes", metavar="TEXT", help="the heading of the sheet")
    group.add_argument("--sheet-font", metavar="FILE", help="a .ttf or .otf, where text is not Latin-1")
