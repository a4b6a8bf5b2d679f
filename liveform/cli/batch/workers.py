"""Rows -> URLs in this process, or in several at once; the order of the rows is kept."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections import deque
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from liveform.cli.batch.readers import Row
from liveform.errors import ConfigError, FieldError, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.process import BaseProcess

    from liveform.batch import RowBuilder

CHUNK_ROWS: Final = 250
SENT_ROWS: Final = 1_000  # to another process at once, and its URLs back


class Refusal(NamedTuple):
    """Why a row has no URL."""

    field: str
    problem: str


class BuiltChunk(NamedTuple):
    """What was made of a chunk: for each row a URL or a refusal, and a drawing if there is to be one."""

    urls: list[str | Refusal]
    drawings: list[bytes]


class ChunkBuilder(NamedTuple):
    """What makes it.

    Attributes:
        builder: makes URLs.
        draw: makes a QR code of a URL; None for no code.
        url_member: what no row may have, for its URL gets this name; empty if the header was looked at.
    """

    builder: RowBuilder
    draw: Callable[[str], bytes] | None = None
    url_member: str = ""

    def make(self, rows: list[Row]) -> BuiltChunk:
        """Return what is made of the rows."""
        urls = [self._url(row) for row in rows]
        if self.draw is None:
            return BuiltChunk(urls, [])
        return BuiltChunk(urls, [self.draw(url) if isinstance(url, str) else b"" for url in urls])

    def _url(self, row: Row) -> str | Refusal:
        if row.problem is not None:
            return Refusal("row", row.problem)
        if self.url_member and self.url_member in row.columns:
            return Refusal(shown(self.url_member), "is what the URL is called; --url-column renames it")
        try:
            return self.builder.cells_url(row.columns, row.cells)
        except FieldError as error:
            return Refusal(error.field, error.problem)


def build_in_order(
    maker: ChunkBuilder, rows: Iterator[Row], jobs: int
) -> Iterator[tuple[list[Row], BuiltChunk]]:
    """Return the rows with what is made of them, a chunk at a time.

    Args:
        maker: makes it.
        rows: read only as far as the processes are ahead of who takes the results.
        jobs: how many processes work; 1 is this one alone.

    Raises:
        ConfigError: this system has no fork, and a key is never sent from one process to another.
    """
    if jobs == 1:
        for chunk in _chunks(rows, CHUNK_ROWS):
            yield chunk, maker.make(chunk)
        return
    if "fork" not in multiprocessing.get_all_start_methods():
        raise ConfigError(("--jobs", "must be 1 on this system"))
    forking = multiprocessing.get_context("fork")  # the maker and its keys are there, and not pickled
    with ProcessPoolExecutor(jobs, mp_context=forking, initializer=_adopt, initargs=(maker,)) as pool:
        waiting: deque[tuple[list[Row], Future[BuiltChunk]]] = deque()
        for chunk in _chunks(rows, SENT_ROWS):
            waiting.append((chunk, pool.submit(_make, [tuple(row) for row in chunk])))
            if len(waiting) > 2 * jobs:
                yield _result(waiting.popleft())
        while waiting:
            yield _result(waiting.popleft())


def _chunks(rows: Iterator[Row], size: int) -> Iterator[list[Row]]:
    return iter(lambda: list(islice(rows, size)), [])


def _result(sent: tuple[list[Row], Future[BuiltChunk]]) -> tuple[list[Row], BuiltChunk]:
    return sent[0], sent[1].result()


_adopted: list[ChunkBuilder] = []  # in a worker process: its one maker


def _adopt(maker: ChunkBuilder) -> None:
    _adopted.append(maker)
    threading.Thread(target=_end_with, args=(multiprocessing.parent_process(),), daemon=True).start()


def _end_with(parent: BaseProcess | None) -> None:
    """End when the parent does. After a kill nobody else would tell, and this process knows the keys."""
    if parent is not None:
        parent.join()
        os._exit(1)


def _make(rows: list[tuple[Any, ...]]) -> BuiltChunk:
    return _adopted[0].make([Row(*row) for row in rows])
