"""This benchmark measures imports and the command, each in a fresh Python process."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial
from typing import TYPE_CHECKING

from tests.benchmarks import references
from tests.benchmarks.harness import Effort, Result, side_by_side

if TYPE_CHECKING:
    from collections.abc import Iterator

# Byte code is written at the first, unmeasured run, as it is on any machine that installs a package.
_UNWANTED = ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED")
_ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if name not in _UNWANTED},
    "LIVEFORM_PID": references.PID,
    "LIVEFORM_KEY": references.KEY_TEXT,
    "LIVEFORM_CIPHER": "gcm",
}


def run(effort: Effort) -> Iterator[Result]:
    """Yield the results of importing the library, and of a cold ``liveform url``."""
    took = side_by_side(
        {
            "liveform": partial(_python, "-c", "from liveform import Project"),  # liveform is lazy
            "aead": partial(_python, "-c", "import cryptography.hazmat.primitives.ciphers.aead"),
            "command": partial(_python, "-m", "liveform.cli", "url", "--userid", "user_12345"),
            "click": partial(_python, "-c", "import click"),
        },
        effort,
    )
    yield Result(
        work="import liveform",
        reference="import cryptography's AEAD",
        ours=took["liveform"],
        theirs=took["aead"],
        goal=1.3,
    )
    yield Result(
        work="liveform url, cold",
        reference="import click",
        ours=took["command"],
        theirs=took["click"],
        goal=2,
    )


def _python(*arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True, env=_ENVIRONMENT)
