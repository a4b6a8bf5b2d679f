"""Everybody who asks the server, in one thread: a generator each, which yields requests and gets answers.

An open loop: a request is sent when it is due, however long others take, and its time counts from then. The
connections are few and kept alive, as those of a proxy in front of the server are.
"""

from __future__ import annotations

import selectors
from array import array
from collections import Counter, defaultdict, deque
from collections.abc import Generator
from heapq import heappop, heappush
from itertools import count
from time import perf_counter
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from tests.load.wire import Answer, Connection

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator

_PATIENCE_S: Final = 30.0
_MOST_ANSWERS: Final = 100  # on one connection: so all processes of a server get some
_SHOWN_CHARS: Final = 200


class Step(NamedTuple):
    """A request: when it is due, in seconds from the start, what kind it is, and its bytes."""

    at: float
    kind: str
    request: bytes


Actor: TypeAlias = Generator[Step, Answer, None]


class WrongAnswerError(Exception):
    """An answer does not mean what it should; the message says what it was."""


class _Waiting(NamedTuple):
    """An actor whose next request is to be sent."""

    due: float
    order: int  # of those that are due at the same moment
    step: Step
    actor: Actor


class Client:
    """Lets actors ask a server on loopback.

    Args:
        port: of the server.
        connections: how many.

    Attributes:
        took: seconds of every answer, by the kind of request.
        errors: what went wrong, and how often.
    """

    def __init__(self, port: int, *, connections: int) -> None:
        self.took: dict[str, array[float]] = defaultdict(lambda: array("f"))
        self.errors: Counter[str] = Counter()
        self._port = port
        self._selector = selectors.DefaultSelector()
        self._idle: deque[Connection] = deque()
        self._busy: dict[Connection, _Waiting] = {}
        self._waiting: list[_Waiting] = []
        self._order = count()
        self._start = perf_counter()
        for _ in range(connections):
            self._connect()

    def watch(self, one: socket.socket, ready: Callable[[], None]) -> None:
        """Call ``ready`` whenever there is something to read."""
        self._selector.register(one, selectors.EVENT_READ, ready)

    def forget(self, one: socket.socket) -> None:
        """Watch it no longer."""
        self._selector.unregister(one)

    def run(self, arrivals: Iterator[tuple[float, Actor]]) -> None:
        """Let everybody come at his time, and return when the last one has gone.

        Args:
            arrivals: seconds from now, never going back, and who comes then.

        Raises:
            TimeoutError: no answer came for half a minute.
        """
        self._start = perf_counter()
        coming = next(arrivals, None)
        while coming is not None or self._waiting or self._busy:
            now = self._now()
            while coming is not None and coming[0] <= now:
                self._go_on(coming[1], None, "first request")
                coming = next(arrivals, None)
            self._send(now)
            self._read(None if coming is None else coming[0])

    def attend(self, seconds: float) -> None:
        """Answer for so long what is watched, and send nothing."""
        until = perf_counter() + seconds
        while (left := until - perf_counter()) > 0:
            for key, _ in self._selector.select(left):
                key.data()

    def close(self) -> None:
        """Close the connections of the client."""
        for one in (*self._idle, *self._busy):
            one.socket.close()
        self._selector.close()

    def _now(self) -> float:
        return perf_counter() - self._start

    def _connect(self) -> None:
        connection = Connection(self._port)
        self.watch(connection.socket, lambda: self._receive(connection))
        self._idle.append(connection)

    def _send(self, now: float) -> None:
        """Send what is due, on the connections that have been idle longest."""
        while self._waiting and self._idle and self._waiting[0].due <= now:
            one, connection = heappop(self._waiting), self._idle.popleft()
            connection.socket.sendall(one.step.request)
            self._busy[connection] = one

    def _read(self, next_arrival: float | None) -> None:
        """Wait for answers until the next request is due."""
        moments = [] if next_arrival is None else [next_arrival]
        moments += [self._waiting[0].due] if self._waiting and self._idle else []
        pause = max(0.0, min(moments) - self._now()) if moments else _PATIENCE_S
        ready = self._selector.select(pause)
        if not ready and not moments:
            raise TimeoutError
        for key, _ in ready:
            key.data()

    def _receive(self, connection: Connection) -> None:
        try:
            answer = connection.receive()
        except ConnectionError:
            self._lose(connection)
            return
        if answer is None:
            return
        one = self._busy.pop(connection)
        if connection.answers < _MOST_ANSWERS:
            self._idle.append(connection)
        else:
            self._replace(connection)
        self.took[one.step.kind].append(self._now() - one.due)
        self._go_on(one.actor, answer, one.step.kind)

    def _lose(self, connection: Connection) -> None:
        """Replace a connection that the server has closed; the request that it had is an error."""
        if connection in self._busy:
            self.errors[f"{self._busy.pop(connection).step.kind}: the connection was closed"] += 1
        else:
            self._idle.remove(connection)
        self._replace(connection)

    def _replace(self, connection: Connection) -> None:
        self.forget(connection.socket)
        connection.socket.close()
        self._connect()

    def _go_on(self, actor: Actor, answer: Answer | None, kind: str) -> None:
        try:
            step = next(actor) if answer is None else actor.send(answer)
        except StopIteration:
            return
        except WrongAnswerError as error:
            self.errors[f"{kind}: {error}"[:_SHOWN_CHARS]] += 1
            return
        heappush(self._waiting, _Waiting(max(step.at, self._now()), next(self._order), step, actor))
