"""This benchmark redeems one-use links, each written to disk, beside the least that counts uses."""

from __future__ import annotations

import sqlite3
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.benchmarks.harness import Effort, Result, side_by_side
from tests.benchmarks.many_links import add_links, open_bench

if TYPE_CHECKING:
    from collections.abc import Iterator

_BROWSER: Final = bytes(32)  # the digest of a cookie, which the page in front of the link sets
_MOST_A_SECOND: Final = 40_000  # links are made for so many; no disk is that quick
_USE: Final = "INSERT OR IGNORE INTO ledger VALUES (?)"


def run(effort: Effort) -> Iterator[Result]:
    """Yield the links redeemed a second, with all checks, beside a single INSERT."""
    count = 1000 + round(effort.rounds * effort.seconds * _MOST_A_SECOND)
    with tempfile.TemporaryDirectory() as directory:
        bench = open_bench(Path(directory))
        tokens = add_links(bench, count, max_uses=1)
        ledger = _ledger(Path(directory) / "ledger.db")
        ours, theirs = iter(tokens), iter(tokens)
        took = side_by_side(
            {
                "ours": lambda: bench.service.redeem(bench.service.find(next(ours)), _BROWSER),
                "ledger": lambda: _use(ledger, next(theirs)),
            },
            effort,
        )
        ledger.close()
        bench.store.close()
    yield Result(
        work="redeeming a one-use link",
        reference="a ledger of used tokens: one INSERT in SQLite, also with synchronous=FULL",
        ours=1 / took["ours"],
        theirs=1 / took["ledger"],
        goal=0.55,
        unit="/s",
    )


def _ledger(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.executescript(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;CREATE TABLE ledger (id TEXT PRIMARY KEY);"
    )
    return connection


def _use(ledger: sqlite3.Connection, token: str) -> None:
    if ledger.execute(_USE, (token,)).rowcount != 1:
        raise LookupError
