"""``python -m tests.mutants``: break the code in small ways, and report what the tests let pass."""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
from itertools import chain, zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.mutants import harmless, report
from tests.mutants.breaks import Break, breaks_of
from tests.mutants.run import Plan, Verdict, runner
from tests.mutants.targets import TARGETS, WIDER, modules
from tests.mutants.trees import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT: Final = Path(__file__).parents[2]


def main(argv: list[str] | None = None) -> int:
    """Return 0 if enough breaks were caught, 1 if not, and 2 if the tests fail without a break."""
    parser = _parser()
    arguments = parser.parse_args(argv)
    chosen = modules(ROOT, TARGETS, arguments.module)
    if not chosen:
        parser.error(f"--module: the modules that have tests in targets.py are in {', '.join(TARGETS)}")
    made = [breaks_of(module, (ROOT / module).read_text(encoding="utf-8")) for module in chosen]
    known = harmless.read(harmless.FILE.read_text(encoding="utf-8"))
    counted = [harmless.without(breaks, known) for breaks in made]
    drawn = draw(counted, None if arguments.all else arguments.number, arguments.seed)
    if arguments.list:
        print("\n".join(map(report.line, drawn)))
        return 0
    plan = Plan(root=ROOT, targets=TARGETS, wider=WIDER, limit_s=arguments.limit, jobs=arguments.jobs)
    with runner(plan) as running:
        _say("testing the unbroken project ...")
        for failure in running.failures({one.module for one in drawn}):
            _say(f"the tests must pass without a break:\n{failure}")
            return 2
        verdicts = list(_followed(running.verdicts(drawn), len(drawn)))
    print(report.summary(verdicts))
    return 0 if report.percent(verdicts) >= arguments.at_least else 1


def draw(made: list[list[Break]], number: int | None, seed: int) -> list[Break]:
    """Return breaks drawn at random, from each module about as many; all of them if ``number`` is None."""
    if number is None:
        return list(chain.from_iterable(made))
    dice = random.Random(seed)
    shuffled = [dice.sample(breaks, len(breaks)) for breaks in dice.sample(made, len(made))]
    in_turns = [one for turn in zip_longest(*shuffled) for one in turn if one is not None]
    return sorted(in_turns[:number], key=lambda one: (one.module, one.start))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    add = parser.add_argument
    add("--number", type=int, default=300, help="how many breaks to draw at random (default: 300)")
    add("--seed", type=int, default=0, help="the start of the random numbers (default: 0)")
    add("--all", action="store_true", help="make every break")
    add("--module", action="append", default=[], metavar="PATH", help="only this module or folder")
    add("--jobs", type=int, default=os.cpu_count() or 1, help="runs at a time (default: the cores)")
    add("--limit", type=float, default=120, metavar="SECONDS", help="for one run of tests (default: 120)")
    add("--at-least", type=float, default=97, metavar="PERCENT", help="exit with 1 below it (default: 97)")
    add("--list", action="store_true", help="print the breaks, and run nothing")
    return parser


def _followed(verdicts: Iterable[Verdict], number: int) -> Iterable[Verdict]:
    signs = {Outcome.FAILED: "caught", Outcome.TIMED_OUT: "timed out", Outcome.PASSED: "SURVIVED"}
    for done, one in enumerate(verdicts, start=1):
        _say(
            f"{done}/{number} {signs[one.outcome]}: {one.broken.module}:{one.broken.line} {one.broken.words}"
        )
        yield one


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the copies are deleted
    sys.exit(main())
