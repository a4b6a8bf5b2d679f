"""This module runs scripts that use liveform.js in Node, on a page whose clock and network are the test's."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any, Final

from programs import required_program

import webhelper

MODULE: Final = Path(webhelper.__file__).parent / "static" / "liveform.js"
_PAGE: Final = Path(__file__).parent / "waiting_page.mjs"


def run_in_node(script: str) -> Any:
    """Return what a script returns; it sees ``liveform``, ``page`` and ``watched`` of waiting_page.mjs."""
    done = subprocess.run(
        [required_program("node"), str(_PAGE)],
        input=json.dumps({"module": MODULE.as_uri(), "script": script}),
        capture_output=True,
        check=False,
        encoding="utf-8",
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
