"""Tests of liveform.cli.batch.lock, which lets only one run at a time write an output."""

from __future__ import annotations

import fcntl
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from liveform import ConfigError, FieldError
from liveform.cli.batch.lock import check_lock, only_run

if TYPE_CHECKING:
    from collections.abc import Iterator

HOLDER = """
import pathlib, sys
from liveform.cli.batch.lock import only_run
with only_run(pathlib.Path(sys.argv[1])):
    {inside}
    print("held", flush=True)
    sys.stdin.read()
"""
WITH_A_WORKER = """
    import os
    reader, writer = os.pipe()
    if os.fork() == 0:
        os.write(writer, b"1")
        sys.stdin.read()
        os._exit(0)
    os.read(reader, 1)  # until the worker runs
"""


@contextmanager
def holder_of(path: Path, inside: str = "") -> Iterator[subprocess.Popen[bytes]]:
    """A process that holds a lock until its input ends."""
    command = [sys.executable, "-c", HOLDER.format(inside=inside), str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        yield holder


def test_lock_is_held_by_one_process_until_it_ends(tmp_path: Path) -> None:
    """A second run is refused while the first one lives, and a lock that a killed run left stops nobody."""
    path = tmp_path / "out.csv.lock"
    with holder_of(path) as holder:
        with pytest.raises(FieldError, match="OUT: is being written by another run"), only_run(path):
            pytest.fail("two at once")
        assert path.exists()
        holder.kill()
        holder.wait()
        assert path.exists()
    with only_run(path):
        assert path.exists()
    assert not path.exists()


def test_lock_ends_with_its_run_although_a_worker_lives_on(tmp_path: Path) -> None:
    """Worker processes do not keep the lock of a run that was killed."""
    path = tmp_path / "out.csv.lock"
    with holder_of(path, WITH_A_WORKER) as holder:
        holder.kill()
        holder.wait()
        with only_run(path):  # the worker still reads: its input has not ended
            pass


def test_lock_is_free_after_a_run_that_ended_well(tmp_path: Path) -> None:
    """A run that ends deletes its lock file, and the next one begins with a new file."""
    path = tmp_path / "out.csv.lock"
    with holder_of(path) as holder:
        assert holder.stdin is not None
        holder.stdin.close()
        assert holder.wait() == 0
        assert not path.exists()
    with only_run(path):
        assert path.exists()


def test_lock_is_free_after_a_run_that_failed(tmp_path: Path) -> None:
    """A run that ends with an error deletes its lock file too."""
    path = tmp_path / "out.csv.lock"
    with pytest.raises(ZeroDivisionError), only_run(path):
        raise ZeroDivisionError
    assert not path.exists()


def test_lock_is_refused_to_a_second_run_of_the_same_process(tmp_path: Path) -> None:
    """A run is one run, not all runs of its process or thread."""
    path = tmp_path / "out.csv.lock"
    with only_run(path):
        with pytest.raises(FieldError, match="OUT: is being written by another run"), only_run(path):
            pytest.fail("two at once")
        assert path.exists()
    assert not path.exists()


def test_lock_that_was_just_deleted_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that opened the file a moment before its holder ended is refused: nobody else sees that file."""
    path = tmp_path / "out.csv.lock"
    real = fcntl.flock

    def late(*arguments: Any) -> None:
        path.unlink(missing_ok=True)
        real(*arguments)

    monkeypatch.setattr(fcntl, "flock", late)
    with pytest.raises(FieldError, match="OUT: is being written by another run"), only_run(path):
        pytest.fail("nobody sees this lock")


RACER = """
import os, pathlib, sys
from liveform import FieldError
from liveform.cli.batch.lock import only_run
path, inside = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
entered = 0
for _ in range(1_000):
    try:
        with only_run(path):
            os.close(os.open(inside, os.O_CREAT | os.O_EXCL))  # fails if another one is inside
            entered += 1
            inside.unlink()
    except FieldError:
        pass
print(entered)
"""


def test_lock_lets_one_in_however_many_come_and_go(tmp_path: Path) -> None:
    """Deleting the file at the end of each run never lets two runs in at once."""
    command = [sys.executable, "-c", RACER, str(tmp_path / "out.csv.lock"), str(tmp_path / "inside")]
    racers = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(4)]
    told = [racer.communicate() for racer in racers]
    assert [(racer.returncode, error) for racer, (_, error) in zip(racers, told, strict=True)] == [
        (0, b"")
    ] * 4
    assert all(int(out) for out, _ in told)


def test_lock_file_that_cannot_be_deleted_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows deletes no file that is open, and the run ends well all the same."""
    path = tmp_path / "out.csv.lock"

    def refuse(_: Path) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "unlink", refuse)
    with only_run(path):
        pass
    assert path.exists()
    with only_run(path):
        pass


def test_lock_in_a_folder_that_is_missing_makes_no_folder(tmp_path: Path) -> None:
    """A mistyped folder is an error, and stays missing."""
    with pytest.raises(FileNotFoundError), only_run(tmp_path / "missing" / "out.csv.lock"):
        pytest.fail("there is no such folder")
    assert list(tmp_path.iterdir()) == []


def test_lock_without_filelock_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message has the command that installs the extra."""
    monkeypatch.setitem(sys.modules, "filelock", None)
    with pytest.raises(ConfigError) as caught:
        check_lock()
    assert str(caught.value) == "filelock: is not installed; it comes with the extra liveform[batch]"
