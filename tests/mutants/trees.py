"""A copy of the project in a temporary directory, in which one module at a time is broken and tested."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from enum import StrEnum
from itertools import count
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tests.mutants.breaks import Break

_COPIED: Final = (
    "liveform",
    "webhelper",
    "tests",
    "examples",
    "docs",
    "pyproject.toml",
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "LICENSE",
    "Makefile",
)
# Of all installed plugins only the one that the tests use: the others double the time of a start.
_PYTEST: Final = (
    "-x",
    "-q",
    "-p",
    "no:cacheprovider",
    "-p",
    "_hypothesis_pytestplugin",
    "--hypothesis-seed=0",
)
# What a pytest or a coverage that started this process has left for its children.
_DROPPED: Final = ("PYTEST_", "COV_", "COVERAGE_", "LIVEFORM_")


class Outcome(StrEnum):
    """How a run of the tests ended."""

    PASSED = "passed"
    FAILED = "failed"
    TIMED_OUT = "timed out"


class Tree:
    """A copy of the project.

    Args:
        root: the project, which stays as it is.
        home: an empty directory, in which the copy and the temporary files of its tests are made.
    """

    def __init__(self, root: Path, home: Path) -> None:
        self._copy = home / "tree"
        self._temporary = home / "tmp"
        self._times = count(1_000_000_000)
        self._copy.mkdir(parents=True)
        for name in _COPIED:
            if (root / name).is_dir():
                shutil.copytree(root / name, self._copy / name, ignore=shutil.ignore_patterns("__pycache__"))
            elif (root / name).exists():
                shutil.copy2(root / name, self._copy / name)

    @contextmanager
    def broken(self, one: Break) -> Iterator[None]:
        """Break the copy, and restore it at the end."""
        path = self._copy / one.module
        source = path.read_bytes()
        self._write(path, one.apply(source.decode()).encode())
        try:
            yield
        finally:
            self._write(path, source)
            shutil.rmtree(self._copy / ".hypothesis", ignore_errors=True)  # what has caught one break only

    def _write(self, path: Path, source: bytes) -> None:
        """Write a module with a time of its own, for Python knows outdated bytecode by time and size."""
        path.write_bytes(source)
        time = next(self._times)
        os.utime(path, (time, time))

    def test(self, tests: Sequence[str], limit_s: float) -> tuple[Outcome, str]:
        """Run the tests in the copy, and return what they say and the end of what they print."""
        paths = [str(path) for pattern in tests for path in sorted(self._copy.glob(pattern))]
        command = [sys.executable, "-m", "pytest", *_PYTEST, f"--basetemp={self._temporary}", *paths]
        environ = {name: value for name, value in os.environ.items() if not name.startswith(_DROPPED)}
        environ |= {"PYTHONPATH": str(self._copy), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        with subprocess.Popen(
            command,
            cwd=self._copy,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # so that what the tests have started ends with them
        ) as process:
            try:
                printed, _ = process.communicate(timeout=limit_s)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                return Outcome.TIMED_OUT, ""
        said = printed.decode(errors="replace")[-2000:]
        return (Outcome.PASSED if process.returncode == 0 else Outcome.FAILED), said
