"""``python -m tests.last_tag FOLDER``: run the tests of the last tag on this code, in a folder."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT: Final = Path(__file__).parents[2]
CHANGED: Final = Path(__file__).with_name("changed.txt")
# What users see. The other tests look at the sources, the docs and the tools of their own release.
_TESTS: Final = (
    *("tests/liveform", "tests/webhelper", "tests/contract", "tests/regression"),
    *("tests/test_attacks.py", "tests/test_properties.py", "tests/test_robustness.py"),
)
_OF_THE_SOURCES: Final = ("test_architecture.py", "test_translations.py")
_NEEDED: Final = ("tests", "examples", "docs", "pyproject.toml", "README.md", "CHANGELOG.md")


def main(argv: Sequence[str], *, root: Path = ROOT, changed: Path = CHANGED, jobs: str = "auto") -> int:
    """Return what pytest returns; 0 without a tag, which is said."""
    tag = last_tag(root)
    if tag is None:
        print("there is no tag yet: no tests of an earlier release to run")
        return 0
    folder = Path(argv[0]).resolve()
    unpack(root, tag, folder)
    print(f"the tests of {tag}, on this code:", flush=True)
    return subprocess.run(
        [sys.executable, "-m", "pytest", *_arguments(folder, changed, jobs)],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(root)},
        check=False,
    ).returncode


def last_tag(root: Path) -> str | None:
    """Return the last tag such as ``v0.2.0`` before this commit; None without one."""
    done = _git(root, "describe", "--tags", "--abbrev=0", "--match", "v*")
    return done.stdout.decode().strip() if done.returncode == 0 else None


def unpack(root: Path, tag: str, folder: Path) -> None:
    """Write the tests of a tag, and what they read, into an empty folder; none of its code."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    there = _git(root, "ls-tree", "--name-only", tag).stdout.decode().splitlines()
    archive = _git(root, "archive", "--format=tar", tag, *(name for name in _NEEDED if name in there))
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as tar:
        tar.extractall(folder, filter="data")


def _git(root: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, check=False)


def _arguments(folder: Path, changed: Path, jobs: str) -> Iterator[str]:
    yield from ("-p", "no:cacheprovider", "-q", "--numprocesses", jobs, "--dist", "loadfile")
    yield from (f"--ignore-glob=*/{name}" for name in _OF_THE_SOURCES)
    yield from (f"--deselect={line}" for line in _lines(changed))
    yield from (name for name in _TESTS if (folder / name).exists())


def _lines(changed: Path) -> list[str]:
    lines = (line.strip() for line in changed.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
