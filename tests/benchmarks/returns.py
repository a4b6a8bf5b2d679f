"""This benchmark reads encrypted returns with ``read_return``, with all its checks."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from liveform import Project
from tests.benchmarks import references
from tests.benchmarks.harness import Effort, Result, side_by_side

if TYPE_CHECKING:
    from collections.abc import Iterator


def run(effort: Effort) -> Iterator[Result]:
    """Yield the result for ECB, the only cipher of a Return URL."""
    project = Project(references.PID, key=references.KEY_TEXT, cipher="ecb")
    url = project.build_return("https://app.example.com/done", references.CLAIMS)
    took = side_by_side(
        {"ours": partial(project.read_return, url), "snippet": partial(references.read_return, url)}, effort
    )
    yield Result(
        work="read_return, ECB",
        reference="typical snippet",
        ours=took["ours"],
        theirs=took["snippet"],
        goal=0.7,
    )
