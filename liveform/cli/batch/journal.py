"""How far a run has come, kept beside its output, so that the next run goes on from there."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from liveform.errors import FieldError

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What was on the disk at the last commit.

    Attributes:
        fingerprint: of all that decides what the output looks like; another one cannot go on here.
        key_check: from ``RowBuilder.key_check``; another key cannot go on either.
        rows: how many rows of the input are done.
        refused: how many of them have no URL, though they have values.
        blank: how many of them have no value.
        chunks: how many chunks of the input that were.
        output_mark, errors_mark: where the two files ended.
        complete: whether every row is done, and only the output has to be put in its place.
        unused: the columns that options name and no row has had, if each row has columns of its own; None
            before the first.
    """

    fingerprint: str
    key_check: str = ""
    rows: int = 0
    refused: int = 0
    blank: int = 0
    chunks: int = 0
    output_mark: int = 0
    errors_mark: int = 0
    complete: bool = False
    unused: list[str] | None = None


def fingerprint_of(**settings: object) -> str:
    """Return a digest of settings."""
    return sha256(json.dumps(settings, sort_keys=True, default=repr).encode()).hexdigest()


# Part of each fingerprint: raised when a source cuts its chunks elsewhere, for a run goes on at a chunk.
CHUNKING: Final = 2


class NoJournal:
    """In place of a journal, for a run that cannot go on: stdin can be read once, stdout not taken back."""

    def read(self) -> None:
        """Return that there was no run."""

    def write(self, progress: Progress) -> None:
        """Keep nothing."""

    def remove(self) -> None:
        """There is nothing to forget."""


class Journal:
    """The file ``OUT.progress``, which is replaced as a whole and never half written."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> Progress | None:
        """Return the last commit of a run that was not finished; None if there is none."""
        try:
            return Progress(**json.loads(self.path.read_bytes()))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError):
            raise FieldError(
                "OUT", f"{self.path.name} cannot be read; begin again with --overwrite"
            ) from None

    def write(self, progress: Progress) -> None:
        """Take a commit down, on the disk, before anything else happens."""
        new = self.path.with_name(self.path.name + ".new")
        with new.open("wb") as file:
            file.write(json.dumps(asdict(progress)).encode())
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.path)

    def remove(self) -> None:
        """Forget the run."""
        self.path.unlink(missing_ok=True)
