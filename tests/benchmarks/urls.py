"""``form_url`` with seven fields, all checks on, beside the typical snippets and beside Node's."""

from __future__ import annotations

import json
import subprocess
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from liveform import Project
from tests.benchmarks import references
from tests.benchmarks.harness import Effort, Result, side_by_side

if TYPE_CHECKING:
    from collections.abc import Iterator

_NODE = Path(__file__).with_name("node_snippet.mjs")


def run(effort: Effort) -> Iterator[Result]:
    """GCM and ECB."""
    gcm = Project(references.PID, key=references.KEY_TEXT, cipher="gcm")
    ecb = Project(references.PID, key=references.KEY_TEXT, cipher="ecb")
    took = side_by_side(
        {
            "gcm": lambda: gcm.form_url(**references.NAMED),
            "gcm snippet": partial(references.gcm_url, references.MEMBERS),
            "ecb": lambda: ecb.form_url(**references.NAMED),
            "ecb snippet": partial(references.ecb_url, references.MEMBERS),
        },
        effort,
    )
    node = _node(effort)
    for cipher, goal in (("gcm", 0.45), ("ecb", 0.35)):
        name = f"form_url, {cipher.upper()}"
        ours = took[cipher]
        yield Result(
            work=name, reference="typical snippet", ours=ours, theirs=took[f"{cipher} snippet"], goal=goal
        )
        yield Result(work=name, reference="Node's snippet", ours=ours, theirs=node[cipher], goal=1)


def _node(effort: Effort) -> dict[str, float]:
    """Seconds for the same by Node's own crypto."""
    setting = {
        "keyText": references.KEY_TEXT,
        "pid": references.PID,
        "members": references.MEMBERS,
        "rounds": effort.rounds,
        "calls": max(100, round(effort.seconds * 100_000)),
    }
    command = ["node", str(_NODE), json.dumps(setting)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return {name: microseconds / 1e6 for name, microseconds in json.loads(printed).items()}
