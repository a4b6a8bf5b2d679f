"""Tests of liveform.cli.batch.lock, which lets only one run at a time write an output."""

import fcntl
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from liveform import FieldError
from liveform.cli.batch.lock import only_run

HOLDER = """
import pathlib, sys
from liveform.cli.batch.lock import only_run
with only_run(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_lock_is_held_by_one_process_until_it_ends(tmp_path: Path) -> None:
    """One process holds the lock of an output until it ends, even if it is killed."""
    path = tmp_path / "out.csv.lock"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdout is not None
    assert holder.stdin is not None
    assert holder.stdout.readline() == b"held\n"
    with pytest.raises(FieldError, match="OUT: is being written by another run"), only_run(path):
        pytest.fail("two at once")
    assert path.exists()
    holder.kill()
    holder.wait()
    holder.stdin.close()
    holder.stdout.close()
    assert path.exists()
    with only_run(path):
        assert path.exists()
    assert not path.exists()


def test_lock_that_was_just_deleted_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lock file that is deleted while a run locks it is refused as another run's."""
    path = tmp_path / "out.csv.lock"
    real = fcntl.lockf

    def late(*arguments: Any) -> None:
        path.unlink()
        real(*arguments)

    monkeypatch.setattr(fcntl, "lockf", late)
    with pytest.raises(FieldError, match="OUT: is being written by another run"), only_run(path):
        pytest.fail("nobody sees this lock")


def test_lock_where_there_is_none_lets_everybody_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without fcntl, as on Windows, the lock lets every run pass and leaves no file."""
    monkeypatch.setitem(sys.modules, "fcntl", None)
    with only_run(tmp_path / "a.lock"), only_run(tmp_path / "b.lock"):
        assert (tmp_path / "a.lock").exists()
    assert list(tmp_path.iterdir()) == []
