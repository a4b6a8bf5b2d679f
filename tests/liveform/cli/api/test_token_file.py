"""Tests of the file of registered token ids, which a killed run leaves complete."""

from pathlib import Path

import pytest

from liveform.cli.api.token_file import TokenFile, append
from liveform.errors import FieldError

FIRST, SECOND = ["token-id-1", "token-id-2"], ["token-id-3"]


def test_id_is_on_the_disk_before_and_after_it_is_sent(tmp_path: Path) -> None:
    """An id is pending before it is sent, and in the file once it is registered."""
    file = TokenFile(tmp_path / "ids", resume=False)
    file.begin(FIRST)
    assert (tmp_path / "ids.pending").read_text() == "token-id-1\ntoken-id-2\n"
    file.commit(FIRST, pending=[])
    file.begin(SECOND)
    file.commit([], pending=SECOND)
    assert (tmp_path / "ids").read_text() == "token-id-1\ntoken-id-2\n"
    assert (tmp_path / "ids.pending").read_text() == "token-id-3\n"


def test_run_that_goes_on_knows_what_was_pending(tmp_path: Path) -> None:
    """After a kill, pending ids that are not registered are sent again."""
    (tmp_path / "ids").write_text("token-id-1\ntoken-id-2\n")
    (tmp_path / "ids.pending").write_text("token-id-2\ntoken-id-3\n")
    file = TokenFile(tmp_path / "ids", resume=True)
    assert (file.registered, file.pending) == (FIRST, SECOND)


def test_half_a_line_is_cut_off(tmp_path: Path) -> None:
    """A line that a kill cut short is removed; its id is pending still."""
    (tmp_path / "ids").write_text("token-id-1\ntoken-")
    file = TokenFile(tmp_path / "ids", resume=True)
    assert file.registered == ["token-id-1"]
    assert (tmp_path / "ids").read_text() == "token-id-1\n"


def test_resume_without_a_file_begins_one(tmp_path: Path) -> None:
    """``--resume`` in front of every run is harmless."""
    file = TokenFile(tmp_path / "ids", resume=True)
    file.commit(SECOND, pending=[])
    assert (tmp_path / "ids").read_text() == "token-id-3\n"


def test_existing_file_is_not_touched_without_resume(tmp_path: Path) -> None:
    """A file that is there is refused without ``--resume``."""
    (tmp_path / "ids").write_text("mine")
    with pytest.raises(FieldError, match="--resume goes on"):
        TokenFile(tmp_path / "ids", resume=False)
    assert (tmp_path / "ids").read_text() == "mine"


@pytest.mark.parametrize("name", ["none/ids", "a\0b", "."])
@pytest.mark.parametrize("resume", [True, False])
def test_file_that_cannot_be_written_is_refused(name: str, resume: bool, tmp_path: Path) -> None:
    """A path that cannot be a file is refused, at the latest when it is written."""
    with pytest.raises(FieldError, match="--output"):
        TokenFile(tmp_path / name, resume=resume).commit(FIRST, pending=[])


def test_file_of_other_text_is_refused(tmp_path: Path) -> None:
    """A file that is no list of token ids is refused and not read as one."""
    (tmp_path / "ids").write_bytes(b"\xff\xfe\n")
    with pytest.raises(FieldError, match="cannot be read"):
        TokenFile(tmp_path / "ids", resume=True)


def test_append_names_the_option(tmp_path: Path) -> None:
    """A file that cannot be written is named by its option."""
    with pytest.raises(FieldError, match="--errors: cannot be written"):
        append(tmp_path, ["a"], option="--errors")
