"""Runs ``liveform simulate`` as a program of its own, and other programs that use it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from servers import START_S, free_port, wait_until_it_answers

from liveform import Project
from webhelper.simulate import form_driver

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class SimulatorProgram(NamedTuple):
    """``liveform simulate`` as another program, and the variables that it printed."""

    variables: dict[str, str]

    @property
    def project(self) -> Project:
        """Return the project that the variables describe."""
        return Project.from_env(self.variables)

    def complete(self, url: str, outcome: str) -> str:
        """Open a form, end it, and return the Return URL."""
        return form_driver.complete(url, outcome, {}) or ""

    def run(self, program: Path, *arguments: str) -> str:
        """Run a program to its end, and return what it printed; it must not complain."""
        with self.started(program, *arguments) as process:
            printed, problems = process.communicate(timeout=START_S)
        assert problems == ""
        return printed

    @contextmanager
    def started(self, program: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """Start a Python program with the variables, and open pipes to it."""
        process = subprocess.Popen(
            [sys.executable, "-X", "utf8", "-W", "error", str(program), *arguments],
            env=_environment() | self.variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        with process:
            yield process


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("LIVEFORM_")}


@contextmanager
def simulate(directory: Path, *options: str) -> Iterator[SimulatorProgram]:
    """Run ``liveform simulate`` on a free port, and read the variables that it prints."""
    port = free_port()
    command = [sys.executable, "-m", "webhelper.simulate", "--port", str(port), *options]
    output = directory / "simulate.txt"
    with output.open("w", encoding="utf-8") as file:
        server = subprocess.Popen(
            command, cwd=directory, env=_environment(), stdout=file, stderr=subprocess.STDOUT
        )
        try:
            wait_until_it_answers(f"http://127.0.0.1:{port}/inbox")
            printed = output.read_text(encoding="utf-8")
            yield SimulatorProgram(dict(re.findall(r"^  export (LIVEFORM_\w+)=(.*)$", printed, re.MULTILINE)))
        finally:
            server.terminate()
            server.wait(timeout=START_S)
