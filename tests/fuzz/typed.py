"""The typed fuzzer: Hypothesis draws inputs that are nearly right, and makes a finding small."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from hypothesis import HealthCheck, Phase, given, seed, settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fuzz.target import Target

BATCH: Final = 100  # inputs between two looks at the clock
_SETTINGS: Final = settings(
    max_examples=BATCH,
    deadline=None,
    database=None,
    phases=(Phase.generate, Phase.shrink),
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)


class Found(NamedTuple):
    """An input that was a finding, as small as could be, and what was raised."""

    data: bytes
    error: Exception


def fuzz(
    target: Target,
    run: Callable[[bytes], None],
    *,
    seconds: float,
    first_seed: int,
    clock: Callable[[], float],
) -> Found | None:
    """Run drawn inputs until the time is over or one is a finding, and return that.

    Args:
        target: whose inputs are drawn.
        run: runs an input; what it raises is a finding.
        seconds: how long.
        first_seed: of the first batch; each later one has the next.
        clock: in seconds.
    """
    end = clock() + seconds
    number = first_seed
    while True:
        found = _batch(target, run, number)
        if found is not None or clock() >= end:
            return found
        number += 1


def _batch(target: Target, run: Callable[[bytes], None], number: int) -> Found | None:
    last = b""

    @seed(number)
    @_SETTINGS
    @given(target.inputs)
    def each(data: bytes) -> None:
        nonlocal last
        last = data[: target.max_bytes]
        run(last)

    try:
        each()
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        return Found(last, error)
    return None
