"""A file that is gone, replaced, damaged, copied under load, or on a full disk."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from racing import processes
from sites import TOKEN, settings
from store_racing import create_while_copied

from webhelper import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient

_PAGES_BYTES = 65_536
_LINK = {"project": "shop", "pipeline": "id_document"}


def broken() -> Iterator[str]:
    """Delete, replace and overwrite a file, and let it grow no more, and ask a site about it (F2)."""
    for fault, make in (
        ("nothing", _nothing),
        ("deleted", Path.unlink),
        ("replaced", _replace),
        ("overwritten", _overwrite),
    ):
        with TemporaryDirectory() as directory:
            client = create_app(settings(Path(directory))).test_client()
            _answers(client)
            make(Path(directory) / "links.db")
            ready, created = _answers(client)
            yield f"{fault}: /readyz {ready}, POST /api/links {created}"
    with TemporaryDirectory() as directory:
        yield f"no more space: {_told(_run_full_disk(directory, ['recovers']))}"


def _nothing(_: Path) -> None:
    return


def _replace(file: Path) -> None:
    shutil.copy(file, file.with_name("other.db"))
    file.with_name("other.db").replace(file)


def _overwrite(file: Path) -> None:
    """Write over the first pages, those of the WAL too."""
    for path in (file, file.with_name("links.db-wal")):
        with path.open("r+b") as opened:
            opened.write(bytes(_PAGES_BYTES))


def _answers(client: FlaskClient) -> tuple[int, int]:
    """Return the statuses of ``/readyz`` and of a new link."""
    created = client.post("/api/links", json=_LINK, headers={"Authorization": f"Bearer {TOKEN}"})
    return client.get("/readyz").status_code, created.status_code


def copied() -> Iterator[str]:
    """Copy a store while four processes create links in it (F5)."""
    with TemporaryDirectory() as directory, processes(4) as start:
        counts = list(zip(*start(create_while_copied, Path(directory)), strict=True))
        missing, copies, created = (sum(numbers) for numbers in counts)
    yield f"{copies} copies while {created:,} links were created: {missing} acknowledged ones missing"


def full() -> Iterator[str]:
    """Fill the disk while an opening of a reusable link waits (F8)."""
    for words in (["recovers"], []):
        with TemporaryDirectory() as directory:
            done = _run_full_disk(directory, words)
            yield _told(done)
            yield from (line for line in done.stderr.splitlines() if "lost" in line)


def _told(done: subprocess.CompletedProcess[str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in json.loads(done.stdout).items())


def _run_full_disk(directory: str, words: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "full_disk", directory, *words],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        capture_output=True,
        text=True,
        check=True,
    )
