"""Runs every engine on every target, several at a time, and gathers what they say."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, NamedTuple

from tests.fuzz import corpus, guided
from tests.fuzz.report import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

PATIENCE_S: Final = 120  # beyond the time of a run; growing inputs take 60 of it, imports some


class Plan(NamedTuple):
    """What is run.

    Attributes:
        targets: their names.
        engines: ``guided``, ``typed`` or both.
        seconds: for each target and engine.
        seed: of the random numbers.
        jobs: how many processes at a time.
    """

    targets: Sequence[str]
    engines: Sequence[str]
    seconds: float
    seed: int
    jobs: int


def run(plan: Plan) -> Iterator[Verdict]:
    """Yield a verdict for each target and engine."""
    with ThreadPoolExecutor(plan.jobs) as pool:
        for verdicts in pool.map(lambda target: [*_of_target(target, plan)], plan.targets):
            yield from verdicts


def _of_target(target: str, plan: Plan) -> Iterator[Verdict]:
    """The engines one after the other: the typed one measures what the other found to be slow."""
    for engine in plan.engines:
        yield _run(engine, target, plan)


def _run(engine: str, target: str, plan: Plan) -> Verdict:
    command = [sys.executable, "-m", "tests.fuzz.child", engine, target, str(plan.seconds), str(plan.seed)]
    path = [str(corpus.ROOT), str(corpus.ROOT / "tests" / "support"), os.environ.get("PYTHONPATH", "")]
    environ = os.environ | {
        "PYTHONPATH": os.pathsep.join(filter(None, path)),
        "FUZZ_FOLDER": str(corpus.KEPT),
    }
    for old in guided.artifacts(corpus.KEPT / target):
        old.unlink()
    try:
        done = subprocess.run(
            command,
            cwd=corpus.ROOT,
            env=environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=plan.seconds + PATIENCE_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Verdict(target, engine, 0, "the process did not end in time")
    return (_guided if engine == "guided" else _typed)(target, done)


def _guided(target: str, done: subprocess.CompletedProcess[str]) -> Verdict:
    said = done.stdout + done.stderr
    saved: Path | None = None
    for artifact in guided.artifacts(corpus.KEPT / target):
        saved = corpus.save(corpus.FOUND / target, artifact.read_bytes())
        artifact.unlink()
    return Verdict(target, "guided", guided.executions(said), guided.problem(said, done.returncode), saved)


def _typed(target: str, done: subprocess.CompletedProcess[str]) -> Verdict:
    try:
        said = json.loads(done.stdout)
    except ValueError:
        return Verdict(
            target, "typed", 0, f"the process ended with {done.returncode}: {done.stderr[-300:]!r}"
        )
    return Verdict(target, "typed", said["executions"], said.get("problem", ""), said.get("saved"))
