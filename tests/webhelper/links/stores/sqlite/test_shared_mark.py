"""These tests change a mark that several processes map into their memory."""

from pathlib import Path

import pytest

from webhelper.errors import StoreError
from webhelper.links.stores.sqlite.shared_mark import SharedMark


def open_descriptors() -> int:
    """How many files this process has open."""
    return sum(1 for _ in Path("/dev/fd").iterdir())


def test_mark_is_seen_by_all_that_map_its_file(tmp_path: Path) -> None:
    """A mark that one process changes is another one for every process, also after a restart."""
    path = tmp_path / "mark"
    one, other = SharedMark(path), SharedMark(path)
    assert one.read() == other.read() == bytes(8)
    one.change()
    assert one.read() == other.read() != bytes(8)
    first = one.read()
    other.change()
    assert one.read() == SharedMark(path).read() != first
    assert path.stat().st_mode & 0o777 == 0o600


def test_mark_whose_file_cannot_be_opened_raises_store_error(tmp_path: Path) -> None:
    """A folder in the place of the file is the store's own error."""
    (tmp_path / "mark").mkdir()
    with pytest.raises(StoreError):
        SharedMark(tmp_path / "mark")


def test_mark_keeps_one_descriptor_open(tmp_path: Path) -> None:
    """A mark keeps the descriptor of its mapping open, and not the one that it opened the file with."""
    before = open_descriptors()
    marks = [SharedMark(tmp_path / "mark") for _ in range(5)]
    assert open_descriptors() - before == len(marks)
