"""Inputs on the disk: those that were findings once, which stay, and those of a run, which need not."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT: Final = Path(__file__).parents[2]
FOUND: Final = ROOT / "tests" / "regression" / "inputs"
KEPT: Final = Path(os.environ.get("FUZZ_FOLDER", ROOT / ".fuzz"))


def save(folder: Path, data: bytes) -> Path:
    """Write an input to a file that is named after its content, and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / sha256(data).hexdigest()[:16]
    path.write_bytes(data)
    return path


def save_all(folder: Path, inputs: Iterable[bytes]) -> None:
    """Write some inputs."""
    for data in inputs:
        save(folder, data)


def load(folder: Path) -> list[bytes]:
    """Return the inputs of a folder, in the order of their names; none if there is no such folder."""
    return [path.read_bytes() for path in sorted(folder.glob("*")) if path.is_file()]
