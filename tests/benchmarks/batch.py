"""This benchmark runs ``liveform batch`` from CSV to CSV, beside the loop that people write."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

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


def run(effort: Effort) -> Iterator[Result]:
    """Yield the time for 100,000 rows, and the memory for 100,000 and a million."""
    rows = 100_000 if effort == FULL else 1_000
    with TemporaryDirectory() as folder:
        table = _table(Path(folder) / "in.csv", rows)
        took = side_by_side(
            {
                "ours": partial(_liveform_batch, table),
                "loop": partial(
                    _maximum_bytes, "-m", references.__name__, str(table), str(table.with_name("loop.csv"))
                ),
            },
            Effort(min(7, effort.rounds), 0),
        )
        memory = {count: _liveform_batch(_table(table, count)) for count in (rows, 10 * rows)}
    name = f"batch, {rows:,} rows"
    yield Result(
        work=name, reference="csv loop with snippet", ours=took["ours"], theirs=took["loop"], goal=0.5
    )
    yield Result(work=f"{name}: memory", reference="60 MB", ours=memory[rows], theirs=60e6, goal=1, unit="B")
    yield Result(
        work=f"batch, {10 * rows:,} rows: memory",
        reference=f"{rows:,} rows",
        ours=memory[10 * rows],
        theirs=memory[rows],
        goal=1.05,
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


def _liveform_batch(table: Path) -> int:
    output = table.with_name("out.csv")
    return _maximum_bytes("-m", "liveform.cli", "batch", "--quiet", "--overwrite", str(table), str(output))


def _maximum_bytes(*arguments: str) -> int:
    """Run Python with these arguments, and return the most memory that it used."""
    command = [sys.executable, "-I", "-S", "-c", _SMALL_PARENT, sys.executable, *arguments]
    done = subprocess.run(command, env=_ENVIRONMENT, capture_output=True, check=True)
    return int(done.stderr) * 1024
