"""These tests copy a store while it is used, and put copies back."""

import os
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from racing import processes
from sites import NOW, open_store
from store_racing import create_while_copied
from store_values import link_spec

from webhelper.errors import StoreError
from webhelper.links.stores.errors import StoreInUseError, WrongStoreError
from webhelper.links.stores.lists import Filter
from webhelper.links.stores.sqlite import files


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return the file of a store with one link, which nobody has open."""
    store = open_store(tmp_path)
    store.create(link_spec(label="first"), now=NOW)
    store.close()
    return tmp_path / "links.db"


def labels(file: Path) -> set[str | None]:
    """Return the labels of the links of a store."""
    with closing(sqlite3.connect(file)) as connection:
        return {label for (label,) in connection.execute("SELECT label FROM links")}


def test_copy_of_an_open_store_has_what_was_acknowledged(tmp_path: Path, file: Path) -> None:  # F5
    """A copy is one file with every link, also those that SQLite has in the WAL only."""
    store = open_store(tmp_path)
    store.create(link_spec(label="second"), now=NOW)
    target = tmp_path / "copy.db"
    assert files.back_up(file, target) == 2
    assert labels(target) == {"first", "second"}
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("copy")] == ["copy.db"]
    store.close()


def test_copy_under_load_has_all_that_was_acknowledged_before_it(tmp_path: Path, file: Path) -> None:  # F5
    """While two processes create links, each copy is whole, with every link acknowledged before it."""
    with processes(2) as start:
        missing, copies, created = zip(*start(create_while_copied, tmp_path), strict=True)
    assert sum(missing) == 0
    assert min(copies) >= 3
    assert len(labels(file)) == sum(created) + 1


def test_copy_replaces_no_file(tmp_path: Path, file: Path) -> None:
    """A file that is there already stays."""
    target = tmp_path / "copy.db"
    target.write_text("mine", encoding="utf-8")
    with pytest.raises(StoreError):
        files.back_up(file, target)
    assert target.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("damage", ["text", "empty", "other", "page"])
def test_copy_of_something_else_is_refused_and_removed(tmp_path: Path, file: Path, damage: str) -> None:
    """Neither another program's file nor a damaged store is copied; no half copy stays."""
    if damage == "text":
        file.write_text("no database " * 99, encoding="utf-8")
    elif damage == "empty":
        file.write_bytes(b"")
    elif damage == "other":
        file.unlink()
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("CREATE TABLE links (a)")
    else:
        content = bytearray(file.read_bytes())
        content[1024 * 2 : 1024 * 3] = os.urandom(1024)
        file.write_bytes(content)
    with pytest.raises(WrongStoreError):
        files.back_up(file, tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()


@pytest.mark.parametrize("name", ["missing.db", "."])
def test_copy_of_what_is_no_file_is_refused(tmp_path: Path, name: str) -> None:
    """Where there is no file, none is made."""
    with pytest.raises(StoreError):
        files.back_up(tmp_path / name, tmp_path / "copy.db")
    assert list(tmp_path.iterdir()) == []


def test_copy_to_where_nothing_can_be_written_is_refused(tmp_path: Path, file: Path) -> None:
    """A folder that is not there is an error."""
    with pytest.raises(StoreError):
        files.back_up(file, tmp_path / "missing" / "copy.db")


def test_restored_store_is_the_copy_and_the_old_one_is_kept(tmp_path: Path, file: Path) -> None:  # F5
    """After a restore, the links of the copy are there, and what was there is beside it."""
    copy, kept = tmp_path / "copy.db", tmp_path / "kept.db"
    files.back_up(file, copy)
    store = open_store(tmp_path)
    store.create(link_spec(label="second"), now=NOW)
    store.close()
    assert files.restore(copy, file, kept) == 1
    assert (labels(file), labels(kept)) == ({"first"}, {"first", "second"})
    again = open_store(tmp_path)
    assert [link.spec.label for link in again.page(Filter(), now=NOW, limit=9).links] == ["first"]
    again.close()


def test_store_in_use_is_not_replaced(tmp_path: Path, file: Path) -> None:  # F5
    """While a process has the store open, a restore is refused and changes nothing."""
    copy = tmp_path / "copy.db"
    files.back_up(file, copy)
    store = open_store(tmp_path)
    store.create(link_spec(label="second"), now=NOW)
    with pytest.raises(StoreInUseError):
        files.restore(copy, file, tmp_path / "kept.db")
    assert len(store.page(Filter(), now=NOW, limit=9).links) == 2
    assert {path.name for path in tmp_path.iterdir()} & {"kept.db", "links.db.restoring"} == set()
    store.close()


def test_restore_replaces_nothing_that_was_kept(tmp_path: Path, file: Path) -> None:
    """Where a store is to be kept, nothing is replaced; the store stays where it is."""
    copy, kept = tmp_path / "copy.db", tmp_path / "kept.db"
    files.back_up(file, copy)
    kept.write_text("an older store", encoding="utf-8")
    with pytest.raises(StoreError):
        files.restore(copy, file, kept)
    assert kept.read_text(encoding="utf-8") == "an older store"
    assert (labels(file), (tmp_path / "links.db.restoring").exists()) == ({"first"}, False)


def test_one_restore_at_a_time(tmp_path: Path, file: Path) -> None:
    """A second restore would take the place of what the first one writes: it is refused."""
    copy = tmp_path / "copy.db"
    files.back_up(file, copy)
    with files._only_one_in(tmp_path), pytest.raises(StoreInUseError):
        files.restore(copy, file, tmp_path / "kept.db")
    assert files.restore(copy, file, tmp_path / "kept.db") == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_restored_store_belongs_to_whom_it_belonged(tmp_path: Path, file: Path) -> None:
    """A restore as root leaves the store to the user that serves, with its rights."""
    copy = tmp_path / "copy.db"
    files.back_up(file, copy)
    os.chown(file, 65534, 65534)
    file.chmod(0o640)
    files.restore(copy, file, tmp_path / "kept.db")
    found = file.stat()
    assert (found.st_uid, found.st_gid, stat.S_IMODE(found.st_mode)) == (65534, 65534, 0o640)


@pytest.fixture
def foreign(file: Path) -> Iterator[Path]:
    """Return a store in a directory of another user, who can reach it."""
    with TemporaryDirectory() as directory:
        store = Path(shutil.copy(file, directory))
        for path in (store.parent, store):
            os.chown(path, 65534, 65534)
        yield store


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be led to a file of root's")
@pytest.mark.parametrize("swapped_before", ["connect", "check", "end"])
def test_restore_by_root_is_led_to_no_other_file(
    swapped_before: str, tmp_path: Path, file: Path, foreign: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever owns the store's directory gets no file of root's by a link in the place of the new store."""
    new, victim, missing = foreign.with_name("links.db.restoring"), tmp_path / "victim", tmp_path / "missing"
    victim.touch(mode=0o600)
    files.back_up(file, tmp_path / "copy.db")

    def swap(moment: str) -> None:
        if moment == swapped_before and not foreign.with_name("away").exists():
            new.rename(foreign.with_name("away"))
            new.symlink_to(missing if moment == "connect" else victim)

    really_connect, really_checked, really_sync = sqlite3.connect, files._checked, os.fsync

    def connect(path: Path, **options: Any) -> sqlite3.Connection:
        if path == new:
            swap("connect")
        made: sqlite3.Connection = really_connect(path, **options)
        return made

    def checked(connection: sqlite3.Connection) -> int:
        swap("check")
        return really_checked(connection)

    def sync(descriptor: int) -> None:
        really_sync(descriptor)
        swap("end")

    monkeypatch.setattr(sqlite3, "connect", connect)
    monkeypatch.setattr(files, "_checked", checked)
    monkeypatch.setattr(os, "fsync", sync)
    with ExitStack() as stack:
        if swapped_before != "end":  # later than any look at it, its owner has a link instead of a store
            stack.enter_context(pytest.raises(StoreError))
        files.restore(tmp_path / "copy.db", foreign, foreign.with_name("kept.db"))
    found = victim.stat()
    assert (found.st_uid, stat.S_IMODE(found.st_mode), found.st_size) == (0, 0o600, 0)
    assert not missing.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root acts as another user")
def test_files_that_root_makes_beside_a_store_belong_to_the_owner_of_their_directory(
    tmp_path: Path, file: Path, foreign: Path
) -> None:
    """A store that root restores where none is, and a copy beside it, can be used by those who serve."""
    copy, beside = tmp_path / "copy.db", foreign.with_name("beside.db")
    files.back_up(file, copy)
    foreign.unlink()
    files.restore(copy, foreign, foreign)
    files.back_up(foreign, beside)
    assert [path.stat().st_uid for path in (copy, foreign, beside)] == [0, 65534, 65534]


def test_copy_of_a_named_pipe_is_refused(tmp_path: Path) -> None:
    """What is neither a file nor a directory is not read."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(StoreError) as caught:
        files.back_up(tmp_path / "pipe", tmp_path / "copy.db")
    assert "not a regular file" in str(caught.value.__cause__)


def test_store_of_another_user_is_not_replaced_by_one_who_cannot_give_it_away(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who may not leave the store to its owner changes nothing: the owner could not open it."""
    copy = tmp_path / "copy.db"
    files.back_up(file, copy)

    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    asked = os.stat_result((0o100600, 1, 1, 1, 4711, 4711, 1, 1, 1, 1))
    monkeypatch.setattr(os, "fchown", refuse)
    real = os.lstat
    monkeypatch.setattr(os, "lstat", lambda path: asked if path == file else real(path))
    with pytest.raises(StoreError) as caught:
        files.restore(copy, file, tmp_path / "kept.db")
    assert isinstance(caught.value.__cause__, PermissionError)
    monkeypatch.undo()
    assert not (tmp_path / "kept.db").exists()


def test_store_that_was_deleted_is_restored(tmp_path: Path, file: Path) -> None:
    """What SQLite has left beside a deleted file is not taken for the copy's."""
    copy = tmp_path / "copy.db"
    files.back_up(file, copy)
    store = open_store(tmp_path)
    store.create(link_spec(label="second"), now=NOW)
    wal = shutil.copy(tmp_path / "links.db-wal", tmp_path / "wal")
    store.close()
    file.unlink()
    shutil.copy(wal, tmp_path / "links.db-wal")
    assert files.restore(copy, file, tmp_path / "kept.db") == 1
    assert labels(file) == {"first"}


def test_damaged_store_is_replaced_and_kept(tmp_path: Path, file: Path) -> None:
    """A store that is beyond reading is put aside too."""
    copy, kept = tmp_path / "copy.db", tmp_path / "kept.db"
    files.back_up(file, copy)
    file.write_text("no database " * 99, encoding="utf-8")
    assert files.restore(copy, file, kept) == 1
    assert (labels(file), kept.read_bytes()[:11]) == ({"first"}, b"no database")


def test_damaged_copy_is_not_restored(tmp_path: Path, file: Path) -> None:
    """A copy that is no store leaves the store as it is."""
    copy = tmp_path / "copy.db"
    copy.write_bytes(file.read_bytes()[:2000])
    with pytest.raises(WrongStoreError):
        files.restore(copy, file, tmp_path / "kept.db")
    assert labels(file) == {"first"}


def test_nobody_else_is_beside_who_is_alone(tmp_path: Path, file: Path) -> None:
    """While a command has the store alone, nobody else reads or writes it."""
    with files.alone(file), pytest.raises(StoreInUseError), files.alone(file):
        pass
    other = sqlite3.connect(file, timeout=0)
    with files.alone(file), pytest.raises(sqlite3.OperationalError):
        other.execute("SELECT count(*) FROM links")
    other.close()


def test_failure_that_is_not_about_others_is_told_as_such(tmp_path: Path, file: Path) -> None:
    """A file that is no database is wrong, and not in use."""
    file.write_text("no database " * 99, encoding="utf-8")
    with pytest.raises(WrongStoreError), files.alone(file):
        pass
