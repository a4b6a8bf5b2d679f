"""These tests change a mark that several processes keep open."""

import errno
import gc
import os
from pathlib import Path

import pytest

from webhelper.errors import StoreError
from webhelper.links.stores.sqlite.shared_mark import SharedMark


def no_space(*_: object) -> None:
    """Refuse as a full disk does."""
    raise OSError(errno.ENOSPC, "No space left on device")


def test_mark_is_seen_by_all_that_have_its_file_open(tmp_path: Path) -> None:
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


def test_mark_closes_its_file_when_nobody_has_it_any_more(tmp_path: Path) -> None:
    """A mark keeps one descriptor, and gives it back."""
    mark = SharedMark(tmp_path / "mark", owner=tmp_path)
    descriptor = mark._descriptor
    os.fstat(descriptor)
    del mark
    gc.collect()
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(descriptor)


def test_mark_closes_a_file_for_which_there_is_no_space(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mark that cannot be made leaves no descriptor open."""
    monkeypatch.setattr(os, "posix_fallocate", no_space)
    opened = set(Path("/proc/self/fd").iterdir())
    with pytest.raises(StoreError):
        SharedMark(tmp_path / "mark", owner=tmp_path)
    gc.collect()
    assert set(Path("/proc/self/fd").iterdir()) == opened


def test_mark_has_real_bytes_from_the_beginning(tmp_path: Path) -> None:
    """A file that is a hole gets its block: a revocation needs no space on a full disk."""
    path = tmp_path / "mark"
    path.touch()
    os.truncate(path, 8)
    mark = SharedMark(path, owner=tmp_path)
    assert (mark.read(), path.stat().st_size) == (bytes(8), 8)
    assert path.stat().st_blocks > 0


def test_mark_on_a_full_disk_raises_store_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without space for its bytes a mark is not made, and one that was cut short not changed."""
    mark = SharedMark(tmp_path / "mark", owner=tmp_path)
    monkeypatch.setattr(os, "posix_fallocate", no_space)
    with pytest.raises(StoreError):
        SharedMark(tmp_path / "other", owner=tmp_path)
    mark.change()
    monkeypatch.setattr(os, "pwrite", no_space)
    with pytest.raises(StoreError):
        mark.change()


def test_mark_without_a_call_that_reserves_space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On macOS, which lacks ``posix_fallocate``, a mark is made all the same, and one that is there stays."""
    monkeypatch.delattr(os, "posix_fallocate")
    one = SharedMark(tmp_path / "mark", owner=tmp_path)
    one.change()
    other = SharedMark(tmp_path / "mark", owner=tmp_path)
    assert one.read() == other.read() != bytes(8)


def test_mark_that_was_cut_short_is_read_and_changed(tmp_path: Path) -> None:
    """A file that somebody has truncated ends no process, and the next change is seen by all."""
    path = tmp_path / "mark"
    one, other = SharedMark(path, owner=tmp_path), SharedMark(path, owner=tmp_path)
    os.truncate(path, 0)
    assert one.read() == other.read() == b""
    os.truncate(path, 3)
    assert one.read() == other.read() == bytes(3)
    one.change()
    assert one.read() == other.read() != bytes(8)
    assert len(one.read()) == 8


def test_mark_follows_no_link(tmp_path: Path) -> None:
    """A symbolic link in the place of the file is refused, and the file that it leads to stays as it is."""
    (tmp_path / "elsewhere").write_text("secret", encoding="utf-8")
    (tmp_path / "mark").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreError):
        SharedMark(tmp_path / "mark", owner=tmp_path)
    assert (tmp_path / "elsewhere").read_text(encoding="utf-8") == "secret"


@pytest.mark.parametrize("user", [0, 4711])
@pytest.mark.parametrize("is_new", [True, False])
def test_mark_belongs_to_the_owner_of_the_store(
    *, user: int, is_new: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root makes no file that the server's user cannot open, and gives away no other one."""
    given: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "geteuid", lambda: user)
    monkeypatch.setattr(os, "fchown", lambda _, *owner: given.append(owner))
    found = tmp_path.stat()
    if not is_new:
        (tmp_path / "mark").touch()
    SharedMark(tmp_path / "mark", owner=tmp_path)
    assert given == [(found.st_uid, found.st_gid)] * (user == 0 and is_new)


def test_mark_that_cannot_be_read_raises_store_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that fails while the mark is read is the store's own error."""
    mark = SharedMark(tmp_path / "mark", owner=tmp_path)
    monkeypatch.setattr(os, "pread", no_space)
    with pytest.raises(StoreError):
        mark.read()
