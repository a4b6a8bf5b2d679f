"""Somebody guesses API tokens at the sign-in, as fast as the site answers."""

from __future__ import annotations

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from gunicorn_sites import GunicornSite
from servers import START_S

if TYPE_CHECKING:
    from collections.abc import Iterator

_GUESSING_S = 5.0
_THREADS = 8
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def guessed() -> Iterator[str]:
    """Guess from one address and from ten thousand, and say how many guesses were looked at (A9)."""
    for name, clients in {"one client": 1, "10,000 clients": 10_000}.items():
        with TemporaryDirectory() as directory:
            site = GunicornSite(Path(directory), workers=2, LIVEFORM_PROXIES="1")
            with site, ThreadPoolExecutor(_THREADS) as pool:
                guesses = _Guesses(site.port, clients)
                made = [pool.submit(guesses.make) for _ in range(_THREADS)]
                counts = sum((one.result() for one in made), Counter[int]())
            wrong, refused = counts[403], counts[429]
            yield f"{name}, {_GUESSING_S:.0f} s: {wrong} guesses looked at, {refused:,} answered with 429"


class _Guesses:
    """Guesses from addresses that a proxy tells, one after the other."""

    def __init__(self, port: int, clients: int) -> None:
        self._port, self._clients = port, clients
        self._end = time.monotonic() + _GUESSING_S
        self._lock, self._count = threading.Lock(), 0

    def make(self) -> Counter[int]:
        """Guess until the time is over; return how often each status was answered."""
        statuses: Counter[int] = Counter()
        connection = HTTPConnection("127.0.0.1", self._port, timeout=START_S)
        while time.monotonic() < self._end:
            with self._lock:
                self._count += 1
                number = self._count % self._clients
            address = f"203.{number >> 16}.{number >> 8 & 255}.{number & 255}"
            headers = _FORM | {"X-Forwarded-For": address}
            connection.request("POST", "/sign-in", f"token=a-guess-{self._count}", headers)
            answer = connection.getresponse()
            answer.read()
            statuses[answer.status] += 1
        connection.close()
        return statuses
