"""One run: a server, its database and its vendor are started, everybody comes, and the books are compared."""

from __future__ import annotations

import os
import tempfile
import time
from contextlib import ExitStack, contextmanager
from heapq import merge
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from processes import descendants, name_of, processor_s

from tests.load import memory, site
from tests.load.client import Client
from tests.load.ledger import OPEN_EVENTS, Ledger, asker
from tests.load.people import STORES, People
from tests.load.tablets import Tablets
from tests.load.vendor import Vendor

if TYPE_CHECKING:
    from array import array
    from collections.abc import Callable, Iterator, Mapping

    from gunicorn_sites import GunicornSite
    from postgresql_server import PostgresqlServer

    from tests.load.amounts import Amounts
    from tests.load.client import Actor
    from tests.load.ledger import Query
    from tests.load.memory import Sample

_CONNECTIONS: Final = 48
_POSTERS_EVERY: Final = 50  # links
_SAMPLES: Final = 150
_SETTLE_S: Final = 0.2
_PATIENCE_S: Final = 120.0


class Findings(NamedTuple):
    """What a run has shown.

    Attributes:
        took: seconds of every answer, by the kind of request.
        errors: what went wrong, and how often.
        books: what was counted, how many were acknowledged, and how many the store holds.
        samples: memory of each process of the server, by its name.
        processor_s: seconds that each part has computed, by its name.
        lasted_s: how long the run took.
        worked_after_s: how long after it the last webhook was worked.
    """

    took: Mapping[str, array[float]]
    errors: Mapping[str, int]
    books: list[tuple[str, int, int]]
    samples: Mapping[str, list[Sample]]
    processor_s: Mapping[str, float]
    lasted_s: float
    worked_after_s: float

    @property
    def is_right(self) -> bool:
        """Whether nothing went wrong, and the store holds what was acknowledged."""
        return not self.errors and all(told == held for _, told, held in self.books)


def run(amounts: Amounts, *, workers: int, on_postgresql: bool) -> Findings:
    """Let a chain's customers come, and return what happened."""
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        database = stack.enter_context(_postgresql()) if on_postgresql else None
        vendor = Vendor()
        stack.callback(vendor.close)
        server = site.site(directory, api_port=vendor.port, workers=workers, database=database)
        query = asker(directory / "links.db", database)
        return _used(stack.enter_context(server), vendor, amounts, query)


@contextmanager
def _postgresql() -> Iterator[PostgresqlServer]:
    server = site.postgresql()
    try:
        server.start()
        yield server
    finally:
        server.remove()


def _used(server: GunicornSite, vendor: Vendor, amounts: Amounts, query: Query) -> Findings:
    _wait_for_all(server)
    client, ledger = Client(server.port, connections=_CONNECTIONS), Ledger()
    vendor.listen(client)
    people = People(vendor, ledger, amounts.pace)
    tablets = Tablets(people, ledger, amounts.pace, amounts.seconds)
    client.run(_set_up(people, tablets, amounts))
    client.took.clear()
    processes = _processes(server)
    before = _computed(processes)
    with memory.sampled(processes, amounts.seconds / _SAMPLES) as samples:
        lasted_s = _seconds_of(lambda: client.run(_arrivals(people, tablets, amounts)))
    took_s = {name: after - before.get(name, 0.0) for name, after in _computed(processes).items()}
    worked_after_s = _seconds_of(lambda: _wait_for_the_inbox(client, query))
    client.close()
    server.stop()  # what is buffered is written then
    errors = client.errors + site.problems_in(server.log)
    books = list(ledger.compared(query))
    return Findings(client.took, errors, books, samples, took_s, lasted_s, worked_after_s)


def _processes(server: GunicornSite) -> dict[str, int]:
    workers = {f"worker {number}": one for number, one in enumerate(server.workers(), 1)}
    return {"main process": server.process.pid} | workers


def _computed(processes: Mapping[str, int]) -> dict[str, float]:
    """Return the seconds that this process, those of the server, and the database have computed so far."""
    took = {"client and vendor": time.process_time()}
    took |= {name: processor_s(process) for name, process in processes.items()}
    database = [one for one in descendants(os.getpid()) if name_of(one) == "postgres"]
    return took | ({"PostgreSQL": sum(map(processor_s, database))} if database else {})


def _wait_for_all(server: GunicornSite) -> None:
    """Return when every worker serves, and not only the first one: it has more threads than one then."""
    until = time.monotonic() + _PATIENCE_S
    while any(len([*Path(f"/proc/{one}/task").iterdir()]) == 1 for one in server.workers()):
        if time.monotonic() > until:
            raise TimeoutError
        time.sleep(_SETTLE_S)


def _seconds_of(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _wait_for_the_inbox(client: Client, query: Query) -> None:
    """Return when every webhook was worked, or after two minutes; the vendor goes on to answer meanwhile."""
    until = time.monotonic() + _PATIENCE_S
    while query(OPEN_EVENTS) != [(0,)] and time.monotonic() < until:
        client.attend(_SETTLE_S)


def _set_up(people: People, tablets: Tablets, amounts: Amounts) -> Iterator[tuple[float, Actor]]:
    """Yield who comes before everybody else: each store hangs up a poster, and tablets are set up."""
    yield 0.0, tablets.set_up(amounts.tablets)
    for number in range(1, STORES + 1):
        yield 0.0, people.poster(-number, 0.0)


def _arrivals(people: People, tablets: Tablets, amounts: Amounts) -> Iterator[tuple[float, Actor]]:
    kinds = (_made(people, amounts), _passers_by(people, amounts), tablets.arrivals())
    return merge(*kinds, key=lambda arrival: arrival[0])


def _made(people: People, amounts: Amounts) -> Iterator[tuple[float, Actor]]:
    """Yield a creation of a link after the other, early enough for what its customer does until the end."""
    seconds = amounts.seconds - amounts.pace.webhook
    customers = _Customers(people, amounts)
    for number in range(amounts.creates):
        at = number * seconds / amounts.creates
        if number % _POSTERS_EVERY == _POSTERS_EVERY - 1:
            yield at, people.poster(number, at)
        else:
            yield at, customers.next(number, at)


class _Customers:
    """Says of each customer how far he goes; those who go on are spread evenly."""

    def __init__(self, people: People, amounts: Amounts) -> None:
        self._people = people
        self._amounts = amounts
        self._came, self._opened, self._returned = count(), count(), count()

    def next(self, number: int, at: float) -> Actor:
        """Return the next customer."""
        ours = self._amounts
        customers = ours.creates - ours.creates // _POSTERS_EVERY
        opens = _is_among(next(self._came), ours.visits, customers)
        returns = opens and _is_among(next(self._opened), ours.returns, ours.visits)
        is_told = returns and _is_among(next(self._returned), ours.webhooks, ours.returns)
        return self._people.customer(number, at, opens=opens, returns=returns, is_told=is_told)


def _is_among(number: int, some: int, total: int) -> bool:
    """Return whether one of ``total`` is among ``some`` of them, which are spread evenly."""
    return (number + 1) * some // total > number * some // total


def _passers_by(people: People, amounts: Amounts) -> Iterator[tuple[float, Actor]]:
    for number in range(amounts.redirects):
        at = number * amounts.seconds / amounts.redirects
        yield at, people.passer_by(number, at)
