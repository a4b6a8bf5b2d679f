"""A million links that expired long ago."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, TypeVar

from sites import KEY, NOW
from store_values import link_spec, put_many

from webhelper.errors import StoreError
from webhelper.links.purging import purge
from webhelper.links.signing.sealing import Sealer
from webhelper.links.stores.sqlite.store import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")
_LINKS = 1_000_000
_AT_ONCE = 10_000
_LATER = NOW + 200 * 86_400


class _TimedUpkeep:
    """Measures how long each slice takes, and how large the WAL becomes."""

    def __init__(self, store: SqliteStore, wal: Path) -> None:
        self._upkeep, self._wal = store.upkeep, wal
        self.slices: list[float] = []
        self.most_wal = 0

    def purge(self, *, now: float) -> int:
        return self._timed(lambda: self._upkeep.purge(now=now))

    def shrink(self) -> bool:
        return self._timed(self._upkeep.shrink)

    def _timed(self, run: Callable[[], T]) -> T:
        begun = time.monotonic()
        done = run()
        self.slices.append(time.monotonic() - begun)
        self.most_wal = max(self.most_wal, self._wal.stat().st_size)
        return done


def purged() -> Iterator[str]:
    """Purge them while somebody creates links (F4)."""
    with TemporaryDirectory() as directory:
        file = Path(directory) / "links.db"
        store = SqliteStore(file, Sealer([KEY]), retention_days=90)
        for _ in range(_LINKS // _AT_ONCE):
            put_many(store, [link_spec(label="a poster at the door")] * _AT_ONCE)
        before = file.stat().st_size
        upkeep = _TimedUpkeep(store, Path(f"{file}-wal"))
        creates: list[float] = []
        stop = threading.Event()
        creator = threading.Thread(target=_create, args=(store, stop, creates))
        creator.start()
        begun = time.monotonic()
        deleted = purge(upkeep, now=_LATER)  # type: ignore[arg-type]  # all that it needs
        took = time.monotonic() - begun
        stop.set()
        creator.join()
        yield f"{deleted:,} rows deleted in {took:.0f} s; the longest slice took {max(upkeep.slices):.3f} s"
        yield f"{len(creates):,} links created meanwhile; the slowest took {max(creates):.3f} s"
        store.close()
        sizes = (before >> 20, file.stat().st_size >> 20, upkeep.most_wal >> 20)
        yield "the file had {} MiB before and has {} after; the WAL had {} at most".format(*sizes)


def _create(store: SqliteStore, stop: threading.Event, took: list[float]) -> None:
    while not stop.wait(0.02):
        begun = time.monotonic()
        with suppress(StoreError):  # after two seconds, which is told of as the slowest
            store.create(link_spec(expires_at=int(_LATER) + 900), now=_LATER)
        took.append(time.monotonic() - begun)
