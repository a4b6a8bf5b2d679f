"""These tests take the disk, the file or the lock away from a store that is open."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from racing import PATIENCE_S, in_threads, outcome_of
from sites import NOW, new_visit
from store_values import link_spec, use_code

from webhelper.errors import StoreError
from webhelper.links.stores.lists import Filter
from webhelper.links.stores.sqlite import connections, opening
from webhelper.links.stores.sqlite.connections import RETRY_S
from webhelper.links.stores.sqlite.opening import BUSY_S
from webhelper.links.stores.sqlite.store import SqliteStore

SHORT_S = 0.08  # instead of two seconds


@contextmanager
def held(file: Path) -> Iterator[None]:
    """Hold the write lock of a file, as another process does."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch, store: SqliteStore) -> None:
    """Let writes wait less than two seconds."""
    monkeypatch.setattr(connections, "BUSY_S", SHORT_S)
    monkeypatch.setattr(opening, "BUSY_S", SHORT_S)
    store._connections.patience_s = SHORT_S
    store._connections.close()


def test_store_that_works_is_ready(store: SqliteStore) -> None:  # F2
    """To be ready, a store has written and committed something each time it was asked."""
    assert [store.is_ready() for _ in range(3)] == [True] * 3
    with store._connections.reading() as connection:
        assert connection.execute("SELECT ready_checks FROM site").fetchall()[0][0] == 3


@pytest.mark.parametrize("fault", ["deleted", "moved", "replaced", "a folder"])
def test_store_whose_file_is_gone_acknowledges_nothing(
    fault: str, store: SqliteStore, tmp_path: Path
) -> None:  # F2
    """A file that was deleted, moved away or replaced is no longer written to, and the store is not ready."""
    file = tmp_path / "links.db"
    store.create(link_spec(), now=NOW)
    if fault == "deleted":
        file.unlink()
    elif fault == "replaced":
        shutil.copy(file, tmp_path / "other.db")
        (tmp_path / "other.db").replace(file)
    else:
        file.rename(tmp_path / "away.db")
        if fault == "a folder":
            file.mkdir()
    assert not store.is_ready()
    with pytest.raises(StoreError):
        store.create(link_spec(), now=NOW)
    store._connections.close()  # a new connection makes no new file either
    with pytest.raises(StoreError):
        store.page(Filter(), now=NOW, limit=9)
    assert file.exists() is (fault in {"replaced", "a folder"})


def test_store_whose_file_comes_back_goes_on(store: SqliteStore, tmp_path: Path) -> None:  # F2
    """When the same file is where it was, the store is ready again."""
    link, _ = store.create(link_spec(), now=NOW)
    (tmp_path / "links.db").rename(tmp_path / "away.db")
    assert not store.is_ready()
    (tmp_path / "away.db").rename(tmp_path / "links.db")
    assert store.is_ready()
    assert store.get(link.id) == link


def test_file_that_cannot_be_written_is_not_ready(store: SqliteStore) -> None:  # F2
    """A store that can only be read is not ready, and is read."""
    link, _ = store.create(link_spec(), now=NOW)
    with store._connections.reading() as connection:
        connection.execute("PRAGMA query_only = ON")
    assert not store.is_ready()
    assert store.get(link.id) == link
    assert store.is_ready()  # with a connection of its own


def run_full_disk(directory: Path, *words: str) -> tuple[dict[str, object], str]:
    """Return what the process with the full disk tells, and its log."""
    done = subprocess.run(
        [sys.executable, "-m", "full_disk", str(directory), *words],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, object] = json.loads(done.stdout)
    return told, done.stderr


FULL = {"created": "store_unavailable", "ready": False, "listed": 1, "found": True}


def test_full_disk_leaves_reading_alone(tmp_path: Path) -> None:  # F2, F8
    """On a full disk nothing is acknowledged, lists are read, and with space again openings are written."""
    told, _ = run_full_disk(tmp_path, "recovers")
    assert told == FULL | {"ready_again": True, "uses": 1}


def test_process_that_ends_on_a_full_disk_says_what_is_lost(tmp_path: Path) -> None:  # F8
    """A process that cannot write its last openings ends at once, and its log has their number."""
    told, log = run_full_disk(tmp_path)
    assert told == FULL
    assert log.splitlines()[-1] == "1 visits are lost: they could not be written"


def test_writes_wait_two_seconds_at_most() -> None:  # F3
    """A write waits two seconds for others, and the next ones hardly, as long as that is in vain."""
    assert (BUSY_S, RETRY_S) == (2.0, 0.05)


@pytest.mark.usefixtures("impatient")
def test_held_lock_is_an_error_and_then_not_waited_for(store: SqliteStore, tmp_path: Path) -> None:  # F3
    """While another process holds the lock, writes fail, reads go on, and writes do not pile up."""
    link, _ = store.create(link_spec(), now=NOW)
    with held(tmp_path / "links.db"):
        for _ in range(2):
            with pytest.raises(StoreError):
                store.create(link_spec(), now=NOW)
            assert store._connections.patience_s == RETRY_S
        assert store.get(link.id) == link
        assert not store.is_ready()
    assert store.is_ready()
    assert store._connections.patience_s == SHORT_S


@pytest.mark.usefixtures("impatient")
def test_writers_of_one_process_wait_no_longer_together(store: SqliteStore) -> None:  # F3
    """A writer that has waited for others of its process waits so much less for those of other processes."""
    with store._connections.writing():
        waited = in_threads(1, lambda _: outcome_of(lambda: use_code(store, "a", now=NOW)))
    assert waited == ["store_unavailable"]
    assert store._connections.patience_s == RETRY_S
    turns, wait_s = store._connections.next_writer()
    turns.turn.release()
    assert wait_s == RETRY_S
    assert use_code(store, "b", now=NOW)
    assert use_code(store, "c", now=NOW)


def test_openings_that_cannot_be_written_do_not_keep_lists_waiting(store: SqliteStore) -> None:  # F8
    """Once openings could not be written, lists are read without another try, until one has worked."""
    tries: list[int] = []
    link, _ = store.create(link_spec(max_uses=None), now=NOW)
    buffer, write = store._visit_buffer, store._visit_buffer._write

    def fail(_: object) -> None:
        tries.append(len(tries))
        raise StoreError

    buffer._write = fail
    store.visit(link, new_visit(link), browser=None)
    assert [store.get(link.id).uses for _ in range(3)] == [0, 0, 0]
    assert tries == [0]
    buffer._write = write
    buffer.flush()
    assert store.get(link.id).uses == 1
