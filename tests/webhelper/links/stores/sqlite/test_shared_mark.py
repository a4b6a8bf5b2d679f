"""These tests change a mark that several processes map into their memory."""

import os
from pathlib import Path
from typing import Any

import pytest

from webhelper.errors import StoreError
from webhelper.links.stores.sqlite.shared_mark import SharedMark


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
    SharedMark(tmp_path / "mark")
    assert len(opened) == 1
    assert closed == opened
