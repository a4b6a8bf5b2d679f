"""``python -m tests.fuzz.child ENGINE TARGET SECONDS SEED``: one engine on one target, in its own process.

So an input that ends the process, fills the memory or never ends is a finding like others.
"""

from __future__ import annotations

import json
import sys
import traceback
from time import monotonic, thread_time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fuzz.target import Target
    from tests.fuzz.watch import Watch


def main(engine: str, name: str, seconds: float, seed: int) -> None:
    """Run one engine; the typed one prints what it has found, as JSON."""
    if engine == "guided":
        from tests.fuzz import guided  # before all that is instrumented

        guided.main(name, seconds, seed)
    else:
        from tests.fuzz.targets import TARGETS

        print(json.dumps(typed(TARGETS[name], seconds, seed)))


def typed(target: Target, seconds: float, seed: int) -> dict[str, Any]:
    """Run what is known, then what Hypothesis draws, then inputs that grow; end at the first finding."""
    from tests.fuzz import corpus
    from tests.fuzz.typed import Found, fuzz
    from tests.fuzz.watch import Watch

    slow = corpus.KEPT / target.name / "slow"
    run = Watch(target, slow, thread_time)
    known = [*target.seeds, *corpus.load(corpus.FOUND / target.name)]
    found = _first_finding(run, known) or fuzz(
        target, run, seconds=seconds, first_seed=seed * 1_000_000, clock=monotonic
    )
    if found is None:
        return {"executions": run.count, **_growth(target, known + corpus.load(slow))}
    data, error = Found(*found)
    saved = corpus.save(corpus.FOUND / target.name, data)
    return {"executions": run.count, "problem": problem_of(error), "saved": str(saved)}


def _first_finding(run: Watch, inputs: list[bytes]) -> tuple[bytes, Exception] | None:
    for data in inputs:
        try:
            run(data)
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            return data, error
    return None


def _growth(target: Target, inputs: list[bytes]) -> dict[str, str]:
    from tests.fuzz import corpus
    from tests.fuzz.growth import steepest
    from tests.fuzz.target import check

    def read(data: bytes) -> None:
        check(target, data)

    steep = steepest(read, inputs, max_bytes=target.max_bytes, clock=thread_time)
    if steep is None:
        return {}
    saved: Path = corpus.save(corpus.KEPT / target.name / "steep", steep.data)
    problem = (
        f"time grows with length to the power of {steep.exponent:.1f}, {steep.seconds:.2f} s for this input"
    )
    return {"problem": problem, "saved": str(saved)}


def problem_of(error: Exception) -> str:
    """Return an error in one line, with the place that raised it."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {place.filename}:{place.lineno}: {error}".splitlines()[0][:300]


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), int(sys.argv[4]))
