"""``python -m tests.fuzz``: look for inputs that break a reader, or take it longer than they should."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING, Final

from tests.fuzz import guided
from tests.fuzz.report import summary
from tests.fuzz.run import Plan, run
from tests.fuzz.targets import TARGETS

if TYPE_CHECKING:
    from collections.abc import Sequence

ENGINES: Final = ("guided", "typed")


def main(argv: Sequence[str] | None = None) -> int:
    """Return 0 if nothing was found, 1 if something was."""
    arguments = _parser().parse_args(argv)
    engines = arguments.engine or [name for name in ENGINES if name != "guided" or guided.is_installed()]
    if "guided" not in engines:
        print("without atheris, which has wheels for Linux on x86-64 alone: no inputs guided by coverage")
    plan = Plan(
        targets=arguments.target or list(TARGETS),
        engines=engines,
        seconds=arguments.seconds,
        seed=arguments.seed,
        jobs=arguments.jobs,
    )
    verdicts = []
    for one in run(plan):
        verdicts.append(one)
        print(f"{one.target}, {one.engine}: {one.executions:,} executions", file=sys.stderr, flush=True)
    print(summary(verdicts, seconds=plan.seconds))
    return 1 if any(one.problem for one in verdicts) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    add = parser.add_argument
    add("--target", action="append", choices=list(TARGETS), help="only this one")
    add("--engine", action="append", choices=ENGINES, help="only this one (default: all that are installed)")
    add("--seconds", type=float, default=60, help="for each target and engine (default: 60)")
    add("--seed", type=int, default=0, help="the start of the random numbers (default: 0)")
    add("--jobs", type=int, default=os.cpu_count() or 1, help="processes at a time (default: the cores)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
