"""Runs the tests on each break, on several copies of the project at a time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory
from time import monotonic
from typing import TYPE_CHECKING, Final, TypeVar

from tests.mutants.targets import listed
from tests.mutants.trees import Outcome, Tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from tests.mutants.breaks import Break

T = TypeVar("T")
R = TypeVar("R")
_PATIENCE: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How breaks are tested.

    Attributes:
        root: the project.
        targets: a module or folder -> the tests that mirror it, which run first.
        wider: a folder -> the tests that run when those have passed.
        limit_s: after how many seconds a run of tests is stopped, and its break counts as caught. Tests that
            need long without a break get four times what they need, for a busy machine catches nothing.
        jobs: how many copies are tested at a time.
    """

    root: Path
    targets: Mapping[str, tuple[str, ...]]
    wider: Mapping[str, tuple[str, ...]]
    limit_s: float = 120
    jobs: int = 1

    def lists(self, module: str) -> list[tuple[str, ...]]:
        """Return the lists of tests for a module, in the order in which they run."""
        return [tests for table in (self.targets, self.wider) if (tests := listed(module, table))]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the tests have caught a break; ``outcome`` is that of the last run."""

    broken: Break
    outcome: Outcome

    @property
    def caught(self) -> bool:
        """Whether a test failed, or did not end in time."""
        return self.outcome is not Outcome.PASSED


class Runner:
    """Tests the project in copies, one for each job."""

    def __init__(self, plan: Plan, trees: Iterable[Tree]) -> None:
        self._plan = plan
        self._trees: SimpleQueue[Tree] = SimpleQueue()
        for tree in trees:
            self._trees.put(tree)
        self._needed_s: dict[tuple[str, ...], float] = {}

    def failures(self, modules: Iterable[str]) -> Iterator[str]:
        """Yield what the tests of these modules print when they fail on the unbroken project."""
        lists = dict.fromkeys(tests for module in modules for tests in self._plan.lists(module))

        def check(tests: tuple[str, ...]) -> str:
            with self._lent() as tree:
                began = monotonic()
                outcome, said = tree.test(tests, _PATIENCE * self._plan.limit_s)
            self._needed_s[tests] = monotonic() - began
            return "" if outcome is Outcome.PASSED else f"{' '.join(tests)}: {outcome}\n{said}"

        yield from filter(None, self._spread(check, lists))

    def verdicts(self, breaks: Iterable[Break]) -> Iterator[Verdict]:
        """Yield the verdict on each break, in their order."""
        yield from self._spread(self._judge, breaks)

    def _judge(self, one: Break) -> Verdict:
        outcome = Outcome.PASSED
        with self._lent() as tree, tree.broken(one):
            for tests in self._plan.lists(one.module):
                limit_s = max(self._plan.limit_s, _PATIENCE * self._needed_s.get(tests, 0))
                outcome, _ = tree.test(tests, limit_s)
                if outcome is not Outcome.PASSED:
                    break
        return Verdict(one, outcome)

    @contextmanager
    def _lent(self) -> Iterator[Tree]:
        tree = self._trees.get()
        try:
            yield tree
        finally:
            self._trees.put(tree)

    def _spread(self, work: Callable[[T], R], over: Iterable[T]) -> Iterator[R]:
        with ThreadPoolExecutor(self._plan.jobs) as pool:
            try:
                yield from pool.map(work, over)
            finally:
                pool.shutdown(wait=False, cancel_futures=True)


@contextmanager
def runner(plan: Plan) -> Iterator[Runner]:
    """Lend a runner whose copies are deleted at the end."""
    with TemporaryDirectory(prefix="mutants-") as home:
        yield Runner(plan, [Tree(plan.root, Path(home) / str(job)) for job in range(plan.jobs)])
