"""Kill -9 of workers, of hosts and of the database, at random moments of creates and redeems over HTTP.

``python -m tests.faults.kills --store postgresql --requests 10000``. Two gunicorn masters are the hosts, with
two processes each, and one store. Clients whose answer is lost ask the other host, with the same
Idempotency-Key.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPException
from itertools import count, cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from gunicorn_sites import GunicornSite
from postgresql_server import PostgresqlServer
from sites import TOKEN
from stores import PostgresqlStores, SqliteStores

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from stores import Stores

STORES: Final = ("sqlite", "postgresql")
_HOSTS: Final = 2
_WORKERS: Final = 2
_CLIENTS: Final = 8
_REQUESTS_A_KILL: Final = 200
_PATIENCE_S: Final = 120.0  # of a client, for one answer
_AGAIN_S: Final = 0.05
_LATE_S: Final = 0.05  # how long after a request something is killed, at most
_LINK: Final = {"pipeline": "id_document", "max_uses": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a run found. All of the last five must be 0.

    Attributes:
        created, redeemed: how many links and uses were acknowledged.
        asked_again: how many answers were lost, or 503.
        kills: how often what was killed.
        missing_links, missing_uses: acknowledged, and not in the store.
        twice: links that were opened twice, by what clients were told or by what the store has.
        too_many: links in the store that no client was told of: a repeated request made a second one.
        others: answers that were neither as they should be nor 503.
    """

    created: int
    redeemed: int
    asked_again: int
    kills: Counter[str]
    missing_links: int
    missing_uses: int
    twice: int
    too_many: int
    others: int


class _Clients:
    """Create links, redeem them, and let somebody else try it a second time."""

    def __init__(self, hosts: Sequence[GunicornSite]) -> None:
        self._hosts = hosts
        self._lock = Lock()
        self.answered = 0
        self.asked_again = 0
        self.created: set[str] = set()
        self.uses: Counter[str] = Counter()
        self.others: Counter[int] = Counter()

    def use_link(self, number: int) -> None:
        """Create one link, and try to use it twice."""
        headers = {"Authorization": f"Bearer {TOKEN}", "Idempotency-Key": f"kills-{number}"}
        status, text = self._ask(number, "/api/links", _LINK, **headers)
        if status not in (200, 201):
            self._note_other(status)
            return
        link = json.loads(text)
        with self._lock:
            self.created.add(link["id"])
        for browser in range(2):  # without a cookie, each request is of another browser
            status, _ = self._ask(number + browser, urlsplit(link["url"]).path)
            if status == 303:
                with self._lock:
                    self.uses[link["id"]] += 1
            elif status != 410:
                self._note_other(status)

    def _ask(self, first: int, path: str, body: object = None, **headers: str) -> tuple[int, str]:
        """Return status and text of an answer, of whichever host gives one."""
        end = time.monotonic() + _PATIENCE_S
        for turn in count(first):
            with suppress(OSError, HTTPException):
                status, _, text = self._hosts[turn % len(self._hosts)].call("POST", path, body, **headers)
                if status != 503:
                    with self._lock:
                        self.answered += 1
                    return status, text
            with self._lock:
                self.asked_again += 1
            if time.monotonic() > end:
                break
            time.sleep(_AGAIN_S)
        raise TimeoutError(path)

    def _note_other(self, status: int) -> None:
        with self._lock:
            self.others[status] += 1


def run(store: str, *, requests: int, kills: int) -> Result:
    """Let clients make so many creates and redeems, half of each, and kill something so many times."""
    with TemporaryDirectory() as directory, ExitStack() as held:
        if store == "postgresql":
            server = held.enter_context(_durable_server())
            stores: Stores = PostgresqlStores(server)
            address, kinds = server.url(), {"PostgreSQL": lambda: _restart(server)}
        else:
            stores, kinds = SqliteStores(Path(directory)), {}
            address = f"sqlite:///{Path(directory) / 'links.db'}"
        with ExitStack() as running:
            hosts = [
                running.enter_context(_host(Path(directory) / f"host-{number}", address))
                for number in range(_HOSTS)
            ]
            kinds |= {"worker": lambda: _kill_worker(hosts), "host": lambda: _restart(random.choice(hosts))}
            clients = _Clients(hosts)
            killed = _race(clients, requests // 2, kinds, kills)
        return _result(clients, killed, stores)


@contextmanager
def _durable_server() -> Iterator[PostgresqlServer]:
    """Start a PostgreSQL server that has on its disk what it acknowledges."""
    server = PostgresqlServer({"fsync": "on", "synchronous_commit": "on"})
    try:
        server.start()
        yield server
    finally:
        server.remove()


def _host(directory: Path, address: str) -> GunicornSite:
    directory.mkdir()
    settings = {"LIVEFORM_STORE": address, "LIVEFORM_LIMITS": "api=off"}
    return GunicornSite(directory, workers=_WORKERS, **settings)


def _race(clients: _Clients, links: int, kinds: dict[str, Callable[[], None]], kills: int) -> Counter[str]:
    """Let clients use links, and kill as many things in turn; return how often what was killed."""
    plan = zip(sorted(random.sample(range(3 * links), kills)), islice(cycle(kinds), kills), strict=True)
    killed: Counter[str] = Counter()
    with ThreadPoolExecutor(_CLIENTS) as pool:
        done = [pool.submit(clients.use_link, number) for number in range(links)]
        for at, kind in plan:
            while clients.answered < at and not all(one.done() for one in done[-_CLIENTS:]):
                time.sleep(_AGAIN_S / 50)
            time.sleep(random.random() * _LATE_S)
            kinds[kind]()
            killed[kind] += 1
        for one in done:
            one.result()
    return killed


def _kill_worker(hosts: Sequence[GunicornSite]) -> None:
    """Kill one process that serves; its host starts another one."""
    workers = [worker for host in hosts for worker in host.workers()]
    with suppress(ProcessLookupError):  # it has ended by itself
        os.kill(random.choice(workers), signal.SIGKILL)


def _restart(one: GunicornSite | PostgresqlServer) -> None:
    """Kill all processes of a host, or of the database, and start it again."""
    one.kill()
    one.start()


def _result(clients: _Clients, killed: Counter[str], stores: Stores) -> Result:
    kept = dict(stores.execute("SELECT id, uses FROM links"))
    again = stores.execute("SELECT link FROM visits GROUP BY link HAVING count(*) > 1")
    return Result(
        created=len(clients.created),
        redeemed=clients.uses.total(),
        asked_again=clients.asked_again,
        kills=killed,
        missing_links=len(clients.created - kept.keys()),
        missing_uses=sum(kept.get(link, 0) < uses for link, uses in clients.uses.items()),
        twice=sum(max(uses, clients.uses[link]) > 1 for link, uses in kept.items()) + len(again),
        too_many=len(kept.keys() - clients.created),
        others=clients.others.total(),
    )


def _lines(store: str, result: Result) -> Iterator[str]:
    kills = ", ".join(f"{times} x {what}" for what, times in sorted(result.kills.items()))
    yield f"{store}: {result.created:,} creates and {result.redeemed:,} redeems acknowledged"
    yield f"killed: {kills}; {result.asked_again:,} answers lost or 503, and asked again"
    yield f"missing: {result.missing_links} links, {result.missing_uses} uses; used twice: {result.twice}"
    yield f"made twice: {result.too_many}; other answers: {result.others}"


def main() -> None:
    """Run what the command line says, and print what happened."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.kills")
    parser.add_argument("--store", choices=STORES, default=STORES[0])
    parser.add_argument("--requests", type=int, default=10_000)
    asked = parser.parse_args()
    kills = max(3, asked.requests // _REQUESTS_A_KILL)
    for line in _lines(asked.store, run(asked.store, requests=asked.requests, kills=kills)):
        sys.stdout.write(f"kills  {line}\n")


if __name__ == "__main__":
    main()
