"""``python -m tests.fuzz.child ENGINE TARGET SECONDS SEED``: one engine on one target, in its own process.

So an input that ends the process, fills the memory or never ends is a finding like others.
"""

from __future__ import annotations

import json
import sys
import traceback
from itertools import takewhile
from time import monotonic, thread_time
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.fuzz.target import Target

_LEAST_S: Final = 1  # for inputs that grow
_MOST_S: Final = 60  # for them; whoever waits for this process waits for twice as long beyond the run


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
    from tests.fuzz.typed import fuzz
    from tests.fuzz.watch import Watch

    slow = corpus.KEPT / target.name / "slow"
    run = Watch(target, slow, thread_time)
    known = [*target.seeds, *corpus.load(corpus.FOUND / target.name)]
    found = first_finding(run, known) or fuzz(
        target, run, seconds=seconds, first_seed=seed * 1_000_000, clock=monotonic
    )
    if found is None:
        end = monotonic() + growing_s(seconds)
        inputs = takewhile(lambda _: monotonic() < end, [*corpus.load(slow), *known])
        return {"executions": run.count, **growth(target, inputs)}
    return {"executions": run.count, **_saved(target, *found)}


def growing_s(seconds: float) -> float:
    """Return for how long inputs grow, after a run of so many seconds."""
    return min(max(seconds, _LEAST_S), _MOST_S)


def first_finding(run: Callable[[bytes], object], inputs: list[bytes]) -> tuple[bytes, Exception] | None:
    """Return the first input that is a finding, and what was raised; None if none is."""
    for data in inputs:
        try:
            run(data)
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            return data, error
    return None


def growth(target: Target, inputs: Iterable[bytes]) -> dict[str, str]:
    """Return what is found when inputs are made longer; an empty dict for nothing."""
    from tests.fuzz import corpus
    from tests.fuzz.growth import steepest
    from tests.fuzz.target import check

    broken: list[tuple[bytes, Exception]] = []

    def read(data: bytes) -> None:
        try:
            check(target, data)
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            broken.append((data, error))

    steep = steepest(read, inputs, max_bytes=target.max_bytes, clock=thread_time)
    if broken:
        return _saved(target, *broken[0])
    if steep is None:
        return {}
    problem = f"time grows with the length to the power of {steep.exponent:.1f}, here {steep.seconds:.2f} s"
    return {"problem": problem, "saved": str(corpus.save(corpus.KEPT / target.name / "steep", steep.data))}


def _saved(target: Target, data: bytes, error: Exception) -> dict[str, str]:
    from tests.fuzz import corpus

    return {"problem": problem_of(error), "saved": str(corpus.save(corpus.FOUND / target.name, data))}


def problem_of(error: Exception) -> str:
    """Return an error in one line, with the place that raised it."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {place.filename}:{place.lineno}: {error}".splitlines()[0][:300]


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), int(sys.argv[4]))
