"""This benchmark measures redirects of a reusable link, beside a Flask app with a constant answer.

Both run under the same server, on one core; the load comes from another, and goes to one at a time.
"""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

from tests.benchmarks.harness import Effort, Result
from tests.benchmarks.hosting import CONSTANT, GRANIAN, GUNICORN, OURS, new_link, on_core, serving
from tests.benchmarks.load import ClosedLoop, get

if TYPE_CHECKING:
    from collections.abc import Iterator

_CONNECTIONS: Final = 16
_LONGER: Final = 6  # than a work in process: a round has to be many answers long
_SERVERS: Final = {"gunicorn gthread": GUNICORN, "granian": GRANIAN}


def run(effort: Effort) -> Iterator[Result]:
    """Yield the redirects a second under each server, beside the constant app."""
    for name, server in _SERVERS.items():
        with tempfile.TemporaryDirectory() as directory, ExitStack() as stack:
            ours = stack.enter_context(serving(server, OURS, Path(directory)))
            constant = stack.enter_context(serving(server, CONSTANT, Path(directory)))
            path = new_link(ours, max_uses=None, expires_in=86_400)
            stack.enter_context(on_core(0))
            rates = alternately({"ours": ours, "constant": constant}, path, effort)
        yield Result(
            work=f"redirect of a reusable link, {name}",
            reference="Flask, a constant 302",
            ours=rates["ours"],
            theirs=rates["constant"],
            goal=1.0,
            unit="/s",
        )


def alternately(ports: dict[str, int], path: str, effort: Effort) -> dict[str, float]:
    """Return the redirects a second of each server, asked in turn for the same path."""
    loops = {
        name: ClosedLoop([port], get(path), connections=_CONNECTIONS, wanted=b"302")
        for name, port in ports.items()
    }
    seconds = effort.seconds * _LONGER
    rates: dict[str, list[float]] = {name: [] for name in loops}
    names = list(loops)
    for turn in range(effort.rounds + 1):  # the first is not counted: threads and connections are made
        for name in names if turn % 2 else reversed(names):
            rate = loops[name].requests_a_second(seconds)
            if turn:
                rates[name].append(rate)
    for loop in loops.values():
        loop.close()
    return {name: median(found) for name, found in rates.items()}
