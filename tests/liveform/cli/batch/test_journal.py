"""Tests of liveform.cli.batch.journal, which keeps on the disk how far a run has come."""

import os
from pathlib import Path
from typing import Any

import pytest

from liveform import FieldError
from liveform.cli.batch.journal import Journal, Progress, fingerprint_of

PROGRESS = Progress(fingerprint="f", key_check="k", rows=7, refused=2, output_mark=70, errors_mark=20)
SETTINGS: dict[str, Any] = {"pipeline": "id_document", "ignore": ["phone"], "plain": False, "keep": None}


def test_journal_is_on_the_disk_before_it_is_put_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A commit is written, flushed, synced and only then renamed."""
    new, place = tmp_path / "out.csv.progress.new", tmp_path / "out.csv.progress"
    synced: list[bytes] = []
    renamed: list[tuple[Path, Path, bytes]] = []
    fsync, replace = os.fsync, Path.replace

    def sync(descriptor: int) -> None:
        assert os.path.samestat(os.fstat(descriptor), new.stat())
        synced.append(new.read_bytes())
        assert not place.exists()
        fsync(descriptor)

    def put(path: Path, target: Path) -> Path:
        renamed.append((path, target, path.read_bytes()))
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(Path, "replace", put)
    Journal(place).write(PROGRESS)
    assert synced == [place.read_bytes()]
    assert renamed == [(new, place, synced[0])]


def test_journal_gives_back_the_last_commit(tmp_path: Path) -> None:
    """A journal returns the last commit, or None before the first one."""
    journal = Journal(tmp_path / "out.csv.progress")
    assert journal.read() is None
    journal.write(Progress(fingerprint="f"))
    journal.write(PROGRESS)
    assert Journal(journal.path).read() == PROGRESS


def test_journal_that_is_removed_is_forgotten(tmp_path: Path) -> None:
    """A journal that was removed returns None, and may be removed again."""
    journal = Journal(tmp_path / "out.csv.progress")
    journal.write(PROGRESS)
    journal.remove()
    journal.remove()
    assert journal.read() is None
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"[]", b'{"rows": 1}', b'{"fingerprint": "f", "x": 1}', b"\xff"]
)
def test_journal_that_is_damaged_is_refused_by_its_name(tmp_path: Path, damage: bytes) -> None:
    """A damaged journal is refused by its file name, with the advice to use ``--overwrite``."""
    journal = Journal(tmp_path / "out.csv.progress")
    journal.path.write_bytes(damage)
    with pytest.raises(FieldError, match=r"^OUT: out\.csv\.progress cannot be read; .*--overwrite$"):
        journal.read()


def test_fingerprint_of_the_same_settings_is_the_same_in_any_order() -> None:
    """The fingerprint of settings does not depend on their order."""
    assert fingerprint_of(**SETTINGS) == fingerprint_of(**dict(reversed(SETTINGS.items())))


@pytest.mark.parametrize(
    "other",
    [
        {"pipeline": "knowledge"},
        {"ignore": []},
        {"ignore": "phone"},
        {"plain": True},
        {"keep": ""},
        {"bytes": 5},
        {"to": "another"},
    ],
)
def test_fingerprint_of_other_settings_is_another_one(other: dict[str, Any]) -> None:
    """The fingerprint changes with each setting, and with each new one."""
    assert fingerprint_of(**(SETTINGS | other)) != fingerprint_of(**SETTINGS)


def test_fingerprint_does_not_hold_the_settings() -> None:
    """A fingerprint is a digest of 64 hexadecimal digits, which shows no setting."""
    fingerprint = fingerprint_of(**SETTINGS)
    assert len(fingerprint) == 64
    assert int(fingerprint, 16) > 0
