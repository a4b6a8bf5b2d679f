"""gunicorn with its own settings and with ours: kept connections, and settings that are wrong."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from gunicorn_sites import OURS, PLAIN, GunicornSite
from servers import START_S

if TYPE_CHECKING:
    from collections.abc import Iterator

_TABLETS = 50
_POLLS = 15  # of each
_BETWEEN_S = 2.0  # as a kiosk polls
_CONFIGS = {"gunicorn's own settings": PLAIN, "ours": OURS}


def polled() -> Iterator[str]:
    """Poll every two seconds, as tablets do, each on the connection that it has (F7)."""
    for name, words in _CONFIGS.items():
        with TemporaryDirectory() as directory, GunicornSite(Path(directory), config=words) as site:
            with ThreadPoolExecutor(_TABLETS) as pool:
                broken = sum(pool.map(_broken_polls, [site.port] * _TABLETS))
            yield f"{name}: {broken} of {_TABLETS * _POLLS} polls broken"


def _broken_polls(port: int) -> int:
    connection, broken = HTTPConnection("127.0.0.1", port, timeout=START_S), 0
    connection.connect()
    connection.auto_open = 0  # a browser does not send POST again; neither does this
    for _ in range(_POLLS):
        try:
            connection.request("GET", "/healthz")
            connection.getresponse().read()
        except (HTTPException, OSError):
            broken += 1
            connection.close()
            connection.connect()
        time.sleep(_BETWEEN_S)
    connection.close()
    return broken


def misconfigured() -> Iterator[str]:
    """Start with a setting that is wrong (F9)."""
    for name, words in _CONFIGS.items():
        with TemporaryDirectory() as directory:
            site = GunicornSite(Path(directory), config=words, LIVEFORM_PROXIES="many")
            site.start()
            code, lines = site.process.wait(timeout=START_S), site.log.splitlines()
            yield f"{name}: exit {code}, {len(lines)} lines; the last one: {lines[-1].strip()[:100]}"
