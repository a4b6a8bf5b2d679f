"""What a run has found, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class Verdict(NamedTuple):
    """How one engine has fared with one target.

    Attributes:
        target, engine: their names.
        executions: how many inputs were run.
        problem: what was found, in one line; empty if nothing.
        saved: the input that shows it; None if there is none.
    """

    target: str
    engine: str
    executions: int
    problem: str = ""
    saved: Path | None = None


def summary(verdicts: Sequence[Verdict], *, seconds: float) -> str:
    """Return a table of the executions of each engine, and all findings below it."""
    engines = list(dict.fromkeys(one.engine for one in verdicts))
    counts = {(one.target, one.engine): f"{one.executions:,}" for one in verdicts}
    targets = list(dict.fromkeys(one.target for one in verdicts))
    rows = [
        f"{target:<14}" + "".join(f"{counts.get((target, engine), '-'):>14}" for engine in engines)
        for target in targets
    ]
    head = f"{'target':<14}" + "".join(f"{engine:>14}" for engine in engines)
    total = sum(one.executions for one in verdicts)
    findings = [one for one in verdicts if one.problem]
    return "\n".join(
        [
            head,
            *rows,
            "",
            *map(_finding, findings),
            f"{total:,} executions, {seconds:g} s for each target and engine; findings: {len(findings)}",
        ]
    )


def _finding(one: Verdict) -> str:
    where = (
        "" if one.saved is None else f"\n    {one.saved}: a test in tests/regression fails until it is mended"
    )
    return f"{one.target}, {one.engine}: {one.problem}{where}"
