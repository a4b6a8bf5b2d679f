"""This benchmark runs ``liveform batch`` from CSV and Excel to CSV, beside the loop that people write."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook

from tests.benchmarks import references
from tests.benchmarks.harness import FULL, Effort, Result, side_by_side

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEADER: Final = ("email", "userid", "cf1", "cf2", "allowedCountries", "rejectDuplicateUser", "ageLimit")
_ENVIRONMENT: Final = {
    **os.environ,
    "LIVEFORM_PID": references.PID,
    "LIVEFORM_KEY": references.KEY_TEXT,
    "LIVEFORM_CIPHER": "gcm",
}


_TEXTS: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TEXTS_KIND: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"


def run(effort: Effort) -> Iterator[Result]:
    """Yield the time for 100,000 rows, in two processes for a million, and the memory for both."""
    rows = 100_000 if effort == FULL else 1_000
    with TemporaryDirectory() as folder:
        table = _table(Path(folder) / "in.csv", rows)
        loop = ("-m", references.__name__, str(table), str(table.with_name("loop.csv")))
        took = side_by_side(
            {"ours": partial(_liveform_batch, table), "loop": partial(_maximum_bytes, *loop)},
            Effort(min(7, effort.rounds), 0),
        )
        memory = {rows: _liveform_batch(table)}
        large = _table(table, 10 * rows)
        memory[10 * rows] = _liveform_batch(large)
        jobs = side_by_side(
            {"two": partial(_liveform_batch, large, "--jobs", "2"), "one": partial(_liveform_batch, large)},
            Effort(min(3, effort.rounds), 0),
        )
        excel = [_liveform_batch(_workbook(Path(folder) / "in.xlsx", count)) for count in (rows // 10, rows)]
    name, more = f"batch, {rows:,} rows", f"batch, {10 * rows:,} rows"
    yield Result(
        work=name, reference="csv loop with snippet", ours=took["ours"], theirs=took["loop"], goal=0.45
    )
    yield Result(
        work=f"{more}, two processes",
        reference="one process",
        ours=jobs["two"],
        theirs=jobs["one"],
        goal=1 / 1.7,
    )
    yield Result(work=f"{name}: memory", reference="60 MB", ours=memory[rows], theirs=60e6, goal=1, unit="B")
    yield Result(
        work=f"{more}: memory",
        reference=f"{rows:,} rows",
        ours=memory[10 * rows],
        theirs=memory[rows],
        goal=1.05,
        unit="B",
    )
    yield Result(
        work=f"{name} of Excel: memory",
        reference=f"{rows // 10:,} rows",
        ours=excel[1],
        theirs=excel[0],
        goal=1.1,
        unit="B",
    )


# Linux counts what a parent has in memory as its child's, so that a small parent starts what is measured.
_SMALL_PARENT: Final = """
import os, sys
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
_, status, usage = os.wait4(child, 0)
print(usage.ru_maxrss, file=sys.stderr)
sys.exit(os.waitstatus_to_exitcode(status))
"""


def _table(path: Path, rows: int) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_HEADER)
        user = references.USER
        for number in range(rows):
            email, userid = f"jane.{number}@example.com", f"user_{number:010}"
            writer.writerow((email, userid, *user[2:], "USA,KOR", "false", "false"))
    return path


def _workbook(path: Path, rows: int) -> Path:
    """Write the same table as Excel does, with its texts in a table of their own."""
    book = Workbook()
    book.save(path)
    with ZipFile(path) as parts:
        files = {name: parts.read(name).decode() for name in parts.namelist()}
    texts = [*_HEADER, *references.USER[2:], "USA,KOR"]
    lines = ["".join(f'<c t="s"><v>{number}</v></c>' for number in range(len(_HEADER)))]
    for number in range(rows):
        texts += (f"jane.{number}@example.com", f"user_{number:010}")
        places = (len(texts) - 2, len(texts) - 1, 7, 8, 9)
        cells = "".join(f'<c t="s"><v>{place}</v></c>' for place in places)
        lines.append(cells + 2 * '<c t="b"><v>0</v></c>')
    sheet = "xl/worksheets/sheet1.xml"
    files[sheet] = files[sheet].replace(
        "<sheetData></sheetData>", f"<sheetData><row>{'</row><row>'.join(lines)}</row></sheetData>"
    )
    items = "".join(f"<si><t>{text}</t></si>" for text in texts)
    files["xl/sharedStrings.xml"] = f'<sst xmlns="{_TEXTS}">{items}</sst>'
    part = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_TEXTS_KIND}"/></Types>'
    files["[Content_Types].xml"] = files["[Content_Types].xml"].replace("</Types>", part)
    with ZipFile(path, "w", ZIP_DEFLATED) as parts:
        for name, text in files.items():
            parts.writestr(name, text)
    return path


def _liveform_batch(table: Path, *options: str) -> int:
    output = table.with_name("out.csv")
    command = ("-m", "liveform.cli", "batch", "--quiet", "--overwrite", *options)
    return _maximum_bytes(*command, str(table), str(output))


def _maximum_bytes(*arguments: str) -> int:
    """Run Python with these arguments, and return the most memory that it used."""
    command = [sys.executable, "-I", "-S", "-c", _SMALL_PARENT, sys.executable, *arguments]
    done = subprocess.run(command, env=_ENVIRONMENT, capture_output=True, check=True)
    return int(done.stderr) * 1024
