"""Tests of files that appear complete or not at all."""

import os
import stat
from pathlib import Path

import pytest

from liveform import FieldError
from liveform.rest.sending.files import check_target, write_file


def test_file_is_written_for_its_owner_alone(tmp_path: Path) -> None:
    """A file has all bytes, can be read by its owner only, and has no other file beside it."""
    write_file(tmp_path / "face.jpg", b"\xff\xd8")
    assert (tmp_path / "face.jpg").read_bytes() == b"\xff\xd8"
    assert stat.S_IMODE((tmp_path / "face.jpg").stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["face.jpg"]  # noqa: PTH208 - names, in whatever order


def test_bytes_are_on_the_disk_before_the_file_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What goes to the disk is all of the file, under a hidden name, which shell patterns leave out."""
    seen: dict[str, bytes] = {}
    monkeypatch.setattr(
        os, "fsync", lambda _: seen.update({path.name: path.read_bytes() for path in tmp_path.iterdir()})
    )
    write_file(tmp_path / "face.jpg", b"\xff\xd8")
    ((name, content),) = seen.items()
    assert name.startswith(".liveform-")
    assert content == b"\xff\xd8"


def test_older_file_is_replaced(tmp_path: Path) -> None:
    """A file of the same name is replaced as a whole; a path may be text."""
    (tmp_path / "a").write_bytes(b"older and longer")
    write_file(str(tmp_path / "a"), b"new")
    assert (tmp_path / "a").read_bytes() == b"new"


@pytest.mark.parametrize("path", ["missing/a", "\0", "", "."])
def test_path_that_cannot_be_written_is_refused(
    tmp_path: Path, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing directory, a directory, or no path at all is a FieldError, and nothing is left behind."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FieldError) as caught:
        write_file(path, b"x")
    assert caught.value.field == "path"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("path", [None, 7])
def test_path_of_another_type_is_refused(path: object) -> None:
    """A path that is neither text nor a path is a FieldError."""
    with pytest.raises(FieldError):
        write_file(path, b"x")  # type: ignore[arg-type]


@pytest.mark.parametrize("error", [OSError(28, "full"), KeyboardInterrupt()])
def test_failure_leaves_the_older_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    """A write that fails leaves the older file as it was, and no other."""

    def fail(_: int) -> None:
        raise error

    (tmp_path / "a").write_bytes(b"older")
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises((FieldError, KeyboardInterrupt)):
        write_file(tmp_path / "a", b"new")
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"older"]


def test_what_is_no_file_is_not_replaced(tmp_path: Path) -> None:
    """A device, a pipe such as /dev/stdout, or a link to one, stays as it is."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "pipe")
    for name in ("pipe", "link"):
        for write in (check_target, lambda path: write_file(path, b"x")):
            with pytest.raises(FieldError, match="path: cannot be written: only a file can be replaced"):
                write(tmp_path / name)
    assert (tmp_path / "pipe").is_fifo()
    assert (tmp_path / "link").is_symlink()
    assert len(list(tmp_path.iterdir())) == 2
