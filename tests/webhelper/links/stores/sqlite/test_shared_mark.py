"""These tests change a mark that several processes map into their memory."""

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from webhelper.errors import StoreError
from webhelper.links.stores.sqlite.shared_mark import SharedMark


def test_mark_is_seen_by_all_that_map_its_file(tmp_path: Path) -> None:
    """A mark that one process changes is another one for every process, also after a restart."""
    path = tmp_path / "mark"
    one, other = SharedMark(path, owner=tmp_path), SharedMark(path, owner=tmp_path)
    assert one.read() == other.read() == bytes(8)
    one.change()
    assert one.read() == other.read() != bytes(8)
    first = one.read()
    other.change()
    assert one.read() == SharedMark(path, owner=tmp_path).read() != first
    assert path.stat().st_mode & 0o777 == 0o600


def test_mark_whose_file_cannot_be_opened_raises_store_error(tmp_path: Path) -> None:
    """A folder in the place of the file is the store's own error."""
    (tmp_path / "mark").mkdir()
    with pytest.raises(StoreError):
        SharedMark(tmp_path / "mark", owner=tmp_path)


def test_mark_closes_the_file_that_it_has_mapped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mark does not keep the descriptor that it opened its file with."""
    opened, closed = [], []
    really_open, really_close = os.open, os.close

    def noted_open(*arguments: Any) -> int:
        opened.append(really_open(*arguments))
        return opened[-1]

    def noted_close(descriptor: int) -> None:
        closed.append(descriptor)
        really_close(descriptor)

    monkeypatch.setattr(os, "open", noted_open)
    monkeypatch.setattr(os, "close", noted_close)
    SharedMark(tmp_path / "mark", owner=tmp_path)
    assert len(opened) == 1
    assert closed == opened


def test_mark_has_real_bytes_before_it_is_mapped(tmp_path: Path) -> None:
    """A file that is a hole gets its block: on a full disk, to touch it would end the process."""
    path = tmp_path / "mark"
    path.touch()
    os.truncate(path, 8)
    mark = SharedMark(path, owner=tmp_path)
    assert (mark.read(), path.stat().st_size) == (bytes(8), 8)
    assert path.stat().st_blocks > 0


def test_mark_on_a_full_disk_raises_store_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without space for its bytes a mark is not mapped."""

    def refuse(*_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    mark = SharedMark(tmp_path / "mark", owner=tmp_path)
    monkeypatch.setattr(os, "posix_fallocate", refuse)
    with pytest.raises(StoreError):
        SharedMark(tmp_path / "other", owner=tmp_path)
    mark.change()
    os.truncate(tmp_path / "mark", 0)
    with pytest.raises(StoreError):
        mark.change()


def test_mark_without_a_call_that_reserves_space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On macOS, which lacks ``posix_fallocate``, a mark is made all the same, and one that is there stays."""
    monkeypatch.delattr(os, "posix_fallocate")
    one = SharedMark(tmp_path / "mark", owner=tmp_path)
    one.change()
    other = SharedMark(tmp_path / "mark", owner=tmp_path)
    assert one.read() == other.read() != bytes(8)


def test_mark_that_was_cut_short_is_mapped_anew(tmp_path: Path) -> None:
    """A file that somebody has truncated gets its bytes again before they are touched."""
    path = tmp_path / "mark"
    one, other = SharedMark(path, owner=tmp_path), SharedMark(path, owner=tmp_path)
    os.truncate(path, 0)
    one.change()
    other.check()
    assert one.read() == other.read() != bytes(8)


@pytest.mark.parametrize("user", [0, 4711])
def test_mark_belongs_to_the_owner_of_the_store(
    user: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command that root calls leaves no file that the server's user cannot open."""
    given: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "geteuid", lambda: user)
    monkeypatch.setattr(os, "fchown", lambda _, *owner: given.append(owner))
    found = tmp_path.stat()
    SharedMark(tmp_path / "mark", owner=tmp_path)
    assert given == [(found.st_uid, found.st_gid)] * (user == 0)
