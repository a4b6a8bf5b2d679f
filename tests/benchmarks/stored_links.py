"""This benchmark measures what a link costs among many others, and redirects in many threads."""

from __future__ import annotations

import tempfile
from functools import partial
from itertools import cycle
from pathlib import Path
from threading import Thread
from time import perf_counter
from typing import TYPE_CHECKING, Final

from tests.benchmarks.harness import FULL, Curve, Effort, Result, side_by_side
from tests.benchmarks.many_links import Bench, add_links, open_bench
from webhelper.links.models import LinkState
from webhelper.links.stores.lists import Filter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeAlias

    _Lines: TypeAlias = dict[str, list[tuple[float, float]]]

_SIZES: Final = (1_000, 10_000, 100_000, 1_000_000)
_QUICK_SIZES: Final = 2
_THREADS: Final = (1, 2, 4, 8)
_LISTED: Final = 20  # a page of the console
_LIMIT_S: Final = 0.05  # for each filter
_SAMPLE: Final = 997  # links that are opened in turn, spread over the store
_MOST_A_SECOND: Final = 20_000  # one-use links that are set aside


def curves(effort: Effort) -> Iterator[Curve | Result]:
    """Yield the curves over links in the store, the one over threads, and the slowest of the lists."""
    sizes = _SIZES if effort.rounds >= FULL.rounds else _SIZES[:_QUICK_SIZES]
    links: _Lines = {}
    lists: _Lines = {}
    with tempfile.TemporaryDirectory() as directory:
        bench = open_bench(Path(directory))
        tokens: list[str] = []
        for size in sizes:
            tokens += add_links(bench, size - len(tokens), max_uses=None)
            for name, seconds in side_by_side(_lists(bench), effort).items():
                lists.setdefault(name, []).append((size, seconds * 1e3))
            # One after the other: they would wait for each other's writes.
            for name, seconds in (_redirect(bench, tokens, effort) | _redeem(bench, effort)).items():
                links.setdefault(name, []).append((size, seconds * 1e6))
        yield _by_links("links_in_store", "A link, by how many are in the store", "µs", links)
        yield _by_links("lists_in_store", "The console's list, by how many are in the store", "ms", lists)
        yield _by_threads(bench, tokens[:_SAMPLE], effort)
        yield _slowest(lists)
        bench.store.close()


def _slowest(lists: _Lines) -> Result:
    count, _ = next(iter(lists.values()))[-1]
    return Result(
        work=f"the console's list by its slowest filter, among {count:,.0f} links",
        reference=f"{_LIMIT_S * 1000:.0f} ms",
        ours=max(points[-1][1] for points in lists.values()) / 1e3,
        theirs=_LIMIT_S,
        goal=1,
    )


def _by_links(name: str, title: str, unit: str, lines: _Lines) -> Curve:
    return Curve(name=name, title=title, x_label="links in the store", y_label=unit, lines=lines, log_x=True)


def _lists(bench: Bench) -> dict[str, Callable[[], object]]:
    """Return what asks for a page by each filter; where a filter finds nothing, it has to look everywhere."""
    now = bench.service.clock()
    filters = {
        "all links, first page": Filter(),
        **{f"{state} links": Filter(state=state) for state in LinkState},
        "a label (none)": Filter(label="nobody's"),
        "a part of a label": Filter(text="ORDER 77"),
        "a part of a label (none)": Filter(text="nobody's"),
        "two letters (none)": Filter(text="매장"),
        "a part of an id (none)": Filter(text="22222222"),
        "active links with a part of a label (none)": Filter(state=LinkState.ACTIVE, text="nobody's"),
    }
    return {
        name: partial(bench.store.page, wanted, now=now, limit=_LISTED) for name, wanted in filters.items()
    }


def _redirect(bench: Bench, tokens: list[str], effort: Effort) -> dict[str, float]:
    service = bench.service
    turn = cycle(tokens[:: max(1, len(tokens) // _SAMPLE)])
    return side_by_side(
        {"redirect of a reusable link": lambda: service.redeem(service.find(next(turn)))}, effort
    )


def _redeem(bench: Bench, effort: Effort) -> dict[str, float]:
    """Return the seconds of redeeming a link, with links that are deleted afterwards."""
    service = bench.service
    count = 1000 + round(effort.rounds * effort.seconds * _MOST_A_SECOND)
    turn = iter(add_links(bench, count, max_uses=1))
    took = side_by_side(
        {"redeeming a one-use link": lambda: service.redeem(service.find(next(turn)))}, effort
    )
    with bench.store._connections.writing() as connection:
        connection.execute("DELETE FROM links WHERE max_uses = 1")
    return took


def _by_threads(bench: Bench, tokens: list[str], effort: Effort) -> Curve:
    calls = max(100, round(effort.rounds * effort.seconds * 4000))
    points = [(float(count), _redirects_a_second(bench, tokens, count, calls)) for count in _THREADS]
    return Curve(
        name="redirects_by_threads",
        title="Redirects in one process, by threads",
        x_label="threads",
        y_label="redirects a second",
        lines={"redirect": points},
    )


def _redirects_a_second(bench: Bench, tokens: list[str], count: int, calls: int) -> float:
    def work() -> None:
        turn = cycle(tokens)
        for _ in range(calls // count):
            bench.service.redeem(bench.service.find(next(turn)))

    threads = [Thread(target=work) for _ in range(count)]
    start = perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return calls // count * count / (perf_counter() - start)
