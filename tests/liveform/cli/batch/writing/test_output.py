"""Tests of liveform.cli.batch.writing.output: files that can be cut back, and stdout."""

import io
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from liveform import FieldError
from liveform.cli.batch.writing.output import StreamOutput, TextOutput, check_folder, open_at, open_new


def test_file_grows_from_its_mark(tmp_path: Path) -> None:
    """A file begins with its header, and is cut back to a mark before more is added."""
    part, done = tmp_path / "part", tmp_path / "done"
    first = TextOutput(part, 0, b"header\n")
    first.add(b"one\n")
    mark = first.commit()
    first.add(b"lost\n")
    first.close()
    second = TextOutput(part, mark, b"header\n")
    second.add(b"two\n")
    second.finish(done)
    assert done.read_bytes() == b"header\none\ntwo\n"
    assert not part.exists()


def test_file_that_is_shorter_than_its_mark_is_refused(tmp_path: Path) -> None:
    """A file that was cut by somebody else is refused, and closed."""
    (tmp_path / "part").write_bytes(b"123")
    with pytest.raises(FieldError, match="OUT: part is shorter than it was; begin again with --overwrite"):
        open_at(tmp_path / "part", 4)


def test_file_that_cannot_be_written_is_told_by_its_option(tmp_path: Path) -> None:
    """A file in a folder that is missing is refused in the words of the command."""
    missing = tmp_path / "none" / "part"
    with pytest.raises(FieldError, match="--errors: part cannot be written"):
        open_at(missing, 0, "--errors")
    with pytest.raises(FieldError, match="--errors: part cannot be written"):
        open_new(missing, "--errors")
    with pytest.raises(FieldError, match="--errors: part cannot be written"):
        check_folder(missing, "--errors")


def test_new_file_takes_the_place_of_no_other(tmp_path: Path) -> None:
    """A file that must be new is refused where another one is, which stays."""
    with open_new(tmp_path / "part", "--errors") as file:
        file.write(b"one")
    with pytest.raises(FieldError, match="--errors: part is there by now, from another run; name another"):
        open_new(tmp_path / "part", "--errors")
    assert (tmp_path / "part").read_bytes() == b"one"


def test_stdout_gets_the_lines_and_stays_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stdout gets header and lines, has no mark, and is not closed or renamed."""  # B18
    stdout = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", SimpleNamespace(buffer=stdout))
    output = StreamOutput(b"header\n")
    output.add(b"one\n")
    assert output.commit() == 0
    output.finish(tmp_path / "out")
    output.close()
    assert stdout.getvalue() == b"header\none\n"
    assert list(tmp_path.iterdir()) == []


def test_stdout_that_is_closed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows for a closed stdout are refused before the first one."""
    monkeypatch.setattr(sys, "stdout", None)
    with pytest.raises(FieldError, match="OUT: stdout is closed; name a file"):
        StreamOutput()
