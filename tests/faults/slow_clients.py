"""Slow clients attack a gunicorn, with its own settings and with ours, and another client waits."""

from __future__ import annotations

import tempfile
import threading
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import gunicorn
from gunicorn_sites import OURS, PLAIN, GunicornSite

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

PATIENCE_S: Final = 25.0
_DRIP_S: Final = 0.2
_SETTLE_S: Final = 0.5  # until the threads of the server have what they are attacked with
_GET: Final = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
_BODY: Final = b"POST /api/returns HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n"
_HEAD: Final = b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Header: "
# what attacks -> how many connections, what each sends, and whether it goes on, byte by byte
_ATTACKS: Final = {
    "nobody": (0, b"", False),
    "20 connections kept after Connection: close": (20, _GET, False),
    "20 connections that say nothing": (20, b"", False),
    "8 bodies that drip": (8, _BODY, True),
    "8 heads that drip": (8, _HEAD, True),
    "32 bodies that drip": (32, _BODY, True),
}


def attacked() -> Iterator[str]:
    """Yield, for each attack, after how many seconds another client got its answer (F1)."""
    for config, words in {"its own settings": PLAIN, "ours": OURS}.items():
        with tempfile.TemporaryDirectory() as directory, GunicornSite(Path(directory), config=words) as site:
            for name, attack in _ATTACKS.items():
                yield f"gunicorn {gunicorn.__version__}, {config}; {name}: {_waited(site, *attack)}"


def _waited(site: GunicornSite, count: int, start: bytes, drips: bool) -> str:
    is_over = threading.Event()
    with ExitStack() as held:
        held.callback(is_over.set)
        for _ in range(count):
            connection = held.enter_context(site.connect())
            connection.sendall(start)
            if drips:
                threading.Thread(target=_drip, args=(connection, is_over), daemon=True).start()
        is_over.wait(_SETTLE_S)
        return _answer_time(site)


def _drip(connection: socket.socket, is_over: threading.Event) -> None:
    with suppress(OSError):
        while not is_over.wait(_DRIP_S):
            connection.sendall(b"x")


def _answer_time(site: GunicornSite) -> str:
    started = time.monotonic()
    try:
        with site.connect() as connection:
            connection.settimeout(PATIENCE_S)
            connection.sendall(_GET)
            connection.recv(4096)
    except OSError:
        return f"no answer in {PATIENCE_S:.0f} s"
    return f"{time.monotonic() - started:.2f} s"
