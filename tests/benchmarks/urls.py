"""This benchmark measures ``form_url`` with seven fields and all checks, beside two kinds of snippets."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from liveform import Project
from tests.benchmarks import references
from tests.benchmarks.harness import Effort, Result, side_by_side

if TYPE_CHECKING:
    from collections.abc import Iterator

_NODE = Path(__file__).with_name("node_snippet.mjs")


def run(effort: Effort) -> Iterator[Result]:
    """Yield results for GCM and ECB: without extras, and then with the extra ``fast``."""
    loaded = sys.modules.pop("orjson", None)
    yield from _results("", effort)
    sys.modules["orjson"] = loaded or import_module("orjson")
    yield from _results(" with orjson", effort)


def _results(name: str, effort: Effort) -> Iterator[Result]:
    gcm = Project(references.PID, key=references.KEY_TEXT, cipher="gcm")
    ecb = Project(references.PID, key=references.KEY_TEXT, cipher="ecb")
    took = side_by_side(
        {
            "gcm": partial(_form_url, gcm, *references.USER),
            "gcm snippet": partial(references.gcm_url, *references.USER),
            "ecb": partial(_form_url, ecb, *references.USER),
            "ecb snippet": partial(references.ecb_url, *references.USER),
        },
        effort,
    )
    for cipher, goal in (("gcm", 0.45), ("ecb", 0.35)):
        yield Result(
            work=f"form_url, {cipher.upper()}{name}",
            reference="typical snippet",
            ours=took[cipher],
            theirs=took[f"{cipher} snippet"],
            goal=goal,
        )
    if name:
        node = _node(effort)["gcm"]
        yield Result(
            work=f"form_url, GCM{name}", reference="Node's snippet", ours=took["gcm"], theirs=node, goal=1
        )


def _form_url(project: Project, email: str, userid: str, campaign: str, store: str) -> str:
    return project.form_url(
        email=email,
        userid=userid,
        cf1=campaign,
        cf2=store,
        allowed_countries="USA,KOR",
        reject_duplicate_user=False,
        age_limit=False,
    )


def _node(effort: Effort) -> dict[str, float]:
    """Return the seconds that Node's own crypto takes for the same."""
    setting = {
        "keyText": references.KEY_TEXT,
        "pid": references.PID,
        "user": references.USER,
        "rounds": effort.rounds,
        "calls": max(100, round(effort.seconds * 100_000)),
    }
    command = ["node", str(_NODE), json.dumps(setting)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return {name: microseconds / 1e6 for name, microseconds in json.loads(printed).items()}
