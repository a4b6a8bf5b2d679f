"""A worker of gunicorn whose threads slow clients cannot keep, and which stops without losing requests."""

from __future__ import annotations

import errno
import socket
import time
from contextlib import suppress
from mmap import mmap
from threading import Timer
from typing import TYPE_CHECKING, Final, cast

from gunicorn.http.errors import NoMoreData, ParseException
from gunicorn.workers.gthread import TConn, ThreadWorker

from webhelper.services import EXTENSION

if TYPE_CHECKING:
    from gunicorn.http.body import ChunkedReader
    from gunicorn.http.message import Request

    from webhelper.services import Services

READ_S: Final = 10.0  # in which a request must have arrived
PRESSED_S: Final = 2.0  # the same, while every thread is busy
FIRST_DATA_S: Final = 0.1
_LOOK_EVERY_S: Final = 0.5
_LINGER_S: Final = 1.0
_LINGER_BYTES: Final = 1_048_576


class Reloads:
    """How often a server was reloaded, in memory that its processes share."""

    def __init__(self) -> None:
        self._memory = mmap(-1, 1)

    @property
    def count(self) -> int:
        """The number of reloads, from 0 to 255 and then from 0 again."""
        return self._memory[0]

    def add(self) -> None:
        """Count a reload."""
        self._memory[0] = (self.count + 1) % 256


class Connection(TConn):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's connection, which waits for its first data for a moment only (gunicorn 25 and newer)."""

    def wait_for_data(self, timeout: float) -> object:
        """Return whether data has come; if none has, gunicorn looks after the connection without a thread."""
        return super().wait_for_data(min(timeout, FIRST_DATA_S))


class BodyReader:
    """Reads a body as gunicorn's reader does, and raises ``ConnectionResetError`` where that one gives up."""

    def __init__(self, reader: ChunkedReader) -> None:
        self._reader = reader

    def read(self, size: int) -> bytes:
        """Return so many bytes at most."""
        try:
            return cast("bytes", self._reader.read(size))
        except (ParseException, NoMoreData):
            raise ConnectionResetError(errno.ECONNRESET, "the body is broken") from None


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's worker with threads, and five things more.

    1. A request whose head or body drips is cut off, sooner when every thread is busy. gunicorn itself waits
       for ever, and a few such clients keep all threads.
    2. A connection that says nothing yet, as browsers open them ahead, keeps a thread for a moment only.
       gunicorn 25 and 27 let it wait for five seconds in a thread.
    3. A client that keeps its connection after ``Connection: close`` keeps no one waiting. gunicorn 27 waits
       for it in the loop that takes new connections.
    4. A process that is told to stop is not ready for ``DRAIN_SECONDS``, and goes on to answer meanwhile, so
       that load balancers see it in time. One that a reload replaces stops at once: its successor is ready.
    5. A body whose chunks are wrong, or end too early, is a connection that was lost. gunicorn's own errors
       are not known to any app, which answers them with 500. Bodies with a length it just ends, without an
       error: ``WholeRequest`` in ``web/flask_app.py`` compares them with their length.
    """

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self._since: dict[TConn, float] = {}
        self._next_look = 0.0
        self._reloads = Reloads()
        self._born = 0

    def belong_to(self, reloads: Reloads) -> None:
        """Know the reloads of the server, in the process of this worker."""
        self._reloads, self._born = reloads, reloads.count

    def accept(self, *listening: object) -> None:
        """Take a connection, unless this process stops: gunicorn 23 would take one more and reset it."""
        if self.alive:
            super().accept(*listening)

    def handle(self, conn: TConn) -> object:
        """Handle a request in a thread of the pool; gunicorn's versions return different things."""
        self._since[conn] = time.monotonic()
        if not conn.initialized:
            conn.__class__ = Connection  # gunicorn has no place where one could make them
        try:
            result = super().handle(conn)
        finally:
            self._since.pop(conn, None)
        if result is False and not self.cfg.is_ssl:
            part(conn.sock)
        return result

    def handle_request(self, req: Request, conn: TConn) -> object:
        """Answer a request."""
        req.body.reader = BodyReader(req.body.reader)
        return super().handle_request(req, conn)

    def notify(self) -> None:
        """Tell the main process that this one lives, and end slow requests: twice a second.

        gunicorn calls this after every event, and would touch a file each time.
        """
        now = time.monotonic()
        if now >= self._next_look:
            self._next_look = now + _LOOK_EVERY_S
            super().notify()
            self._end_slow(now)

    def _end_slow(self, now: float) -> None:
        """Stop reading where a request takes too long to arrive; one that has arrived is answered."""
        most_s = READ_S if len(self._since) < self.cfg.threads else PRESSED_S
        for conn, since in list(self._since.items()):
            if now - since > most_s:
                with suppress(OSError):
                    conn.sock.shutdown(socket.SHUT_RD)

    def handle_exit(self, sig: int, frame: object) -> None:
        """Stop at SIGTERM, at once or after draining; a second signal changes nothing."""
        services = _services_of(getattr(self, "wsgi", None))
        is_replaced = self._reloads.count != self._born
        if services is None or services.readiness.drain_s == 0 or is_replaced:
            super().handle_exit(sig, frame)
        elif services.readiness.drain():
            later = Timer(services.readiness.drain_s, super().handle_exit, (sig, frame))
            later.daemon = True
            later.start()


def part(sock: socket.socket) -> None:
    """End the conversation with a client, as RFC 9112 section 9.6 says: it reads our answer to the end.

    Closing while something of its request is unread would make the kernel reset the connection, and the
    answer would be lost. So what is there is read, for a second at most.
    """
    end, left = time.monotonic() + _LINGER_S, _LINGER_BYTES
    with suppress(OSError):
        sock.shutdown(socket.SHUT_WR)
        while left > 0 and sock.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT):
            sock.settimeout(max(0.01, end - time.monotonic()))
            left -= len(sock.recv(min(left, 65_536)))
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RD)


def start_background(app: object) -> None:
    """Start what a site does in the background, in this process; another app has none."""
    services = _services_of(app)
    if services is not None:
        services.background.start()


def _services_of(app: object) -> Services | None:
    extensions = getattr(app, "extensions", {})
    return cast("Services | None", extensions.get(EXTENSION))
