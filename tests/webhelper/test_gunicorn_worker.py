"""These tests use our gunicorn worker without a server: how it ends slow requests, connections and itself."""

from __future__ import annotations

import errno
import os
import signal
import socket
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from gunicorn.config import Config
from gunicorn.http.parser import RequestParser
from gunicorn.workers.gthread import TConn, ThreadWorker

from webhelper import gunicorn_worker
from webhelper.gunicorn_worker import FIRST_DATA_S, PRESSED_S, READ_S, Reloads, Worker, part, start_background

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask

    from webhelper.services import Services

START = 1_000.0


@pytest.fixture
def worker(app: Flask) -> Iterator[Worker]:
    """Yield a worker with two threads, which serves a site."""
    config = Config()
    config.set("threads", 2)
    made = Worker(1, os.getpid(), [], None, 30, config, SimpleNamespace())
    made.wsgi = app
    yield made
    made.tmp.close()


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Yield both ends of a connection: ours, and the client's."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = socket.create_connection(listener.getsockname(), timeout=20)
        ours, _ = listener.accept()
    with ours, client:
        yield ours, client


class KeptConnection:
    """Stands for gunicorn's connection, which has had a request."""

    initialized = True

    def __init__(self, sock: object) -> None:
        self.sock = sock


class Reading:
    """What the threads of a worker are reading, each since a moment."""

    def __init__(self, worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = START
        self.ended: list[str] = []
        self._worker = worker
        monkeypatch.setattr("webhelper.gunicorn_worker.time.monotonic", lambda: self.now)

    def begin(self, name: str) -> None:
        """Let a thread begin to read a request."""

        def shutdown(how: int) -> None:
            assert how == socket.SHUT_RD
            self.ended.append(name)
            raise OSError  # the client may have left already

        self._worker._since[KeptConnection(SimpleNamespace(shutdown=shutdown))] = self.now

    def look(self, after_s: float) -> list[str]:
        """Return the requests that end when the worker looks again, so many seconds later."""
        self.now += after_s
        self.ended = []
        self._worker.notify()
        return self.ended


def test_request_that_arrives_slowly_is_ended(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:  # F1
    """While threads are free, a request may take ten seconds to arrive."""
    reading = Reading(worker, monkeypatch)
    reading.begin("first")
    assert reading.look(READ_S) == []
    assert reading.look(0.6) == ["first"]


def test_request_has_less_time_when_every_thread_is_busy(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:  # F1
    """When no thread is free, whoever reads for more than two seconds makes room."""
    reading = Reading(worker, monkeypatch)
    reading.begin("first")
    assert reading.look(PRESSED_S) == []
    reading.begin("second")
    assert reading.look(0.6) == ["first"]
    assert reading.look(PRESSED_S) == ["first", "second"]


def test_worker_looks_twice_a_second_at_most(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy worker, which tells that it lives after each event, does not look each time."""
    reading = Reading(worker, monkeypatch)
    reading.begin("first")
    assert reading.look(READ_S + 1) == ["first"]
    assert reading.look(0.4) == []
    assert reading.look(0.1) == ["first"]


@pytest.mark.parametrize(
    ("data", "is_right"),
    [
        (b"2\r\n{}\r\n0\r\n\r\n", True),
        (b"zz\r\n{}\r\n0\r\n\r\n", False),
        (b"-1\r\n{}\r\n0\r\n\r\n", False),
        (b"2\r\n{}XX0\r\n\r\n", False),
        (b"2\r\n{}", False),
        (b"5\r\n{}", False),
    ],
)
def test_broken_chunks_are_a_lost_connection(
    data: bytes, is_right: bool, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A body that gunicorn cannot read ends as one whose client has left, which every app knows."""
    head = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    config = Config()
    parser = RequestParser(config, iter([head + data]), ("127.0.0.1", 1))
    monkeypatch.setattr(ThreadWorker, "handle_request", lambda *answered: answered)
    request = next(parser)
    assert worker.handle_request(request, None) == (worker, request, None)
    if is_right:
        assert request.body.read() == b"{}"
    else:
        with pytest.raises(ConnectionResetError) as caught:
            request.body.read()
        assert caught.value.errno == errno.ECONNRESET


@pytest.mark.parametrize(("result", "is_ended"), [(False, True), (True, False), ((False, None), False)])
def test_connection_that_ends_is_ended_in_its_thread(
    worker: Worker, monkeypatch: pytest.MonkeyPatch, result: object, is_ended: bool
) -> None:  # F1
    """A thread parts from its client itself; gunicorn 23 does so too, and returns something else."""
    parted: list[object] = []
    connection = KeptConnection(object())
    busy: list[int] = []

    def handle(self: Worker, _: object) -> object:
        busy.append(len(self._since))
        return result

    monkeypatch.setattr(ThreadWorker, "handle", handle)
    monkeypatch.setattr(gunicorn_worker, "part", parted.append)
    assert worker.handle(connection) == result
    assert parted == ([connection.sock] if is_ended else [])
    assert (busy, worker._since) == ([1], {})


@pytest.mark.parametrize("is_new", [True, False])
def test_connection_that_says_nothing_keeps_no_thread(
    worker: Worker, pair: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch, is_new: bool
) -> None:  # F1
    """A thread waits a tenth of a second for the first data of a connection, and not for five."""
    waited: list[float] = []

    def wait_for_data(_: object, timeout: float) -> bool:
        waited.append(timeout)
        return False

    def handle(_: Worker, conn: Any) -> object:
        return conn.wait_for_data(5.0) or None

    ours, client = pair
    connection = TConn(worker.cfg, ours, client.getsockname(), ours.getsockname())
    connection.initialized = not is_new
    monkeypatch.setattr(TConn, "wait_for_data", wait_for_data, raising=False)  # since gunicorn 25
    monkeypatch.setattr(ThreadWorker, "handle", handle)
    assert worker.handle(connection) is None
    assert waited == [FIRST_DATA_S if is_new else 5.0]


def test_parting_lets_the_client_read_to_the_end(pair: tuple[socket.socket, socket.socket]) -> None:
    """A client that still sends gets all of the answer, and then the end."""
    ours, client = pair
    client.sendall(b"x" * 100_000)
    ours.sendall(b"the answer")
    client.shutdown(socket.SHUT_WR)
    part(ours)
    ours.close()
    assert client.recv(4096) == b"the answer"
    assert client.recv(4096) == b""


def test_parting_from_a_silent_client_does_not_wait(pair: tuple[socket.socket, socket.socket]) -> None:
    """A client that has sent everything, and keeps its end open, is left at once."""
    ours, client = pair
    ours.sendall(b"the answer")
    part(ours)
    assert ours.recv(1) == b""  # what gunicorn waits for
    assert client.recv(4096) == b"the answer"


def test_parting_from_a_client_that_sends_for_ever_ends(
    pair: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client that goes on to send is left after as many bytes as a body may have."""
    ours, client = pair
    client.sendall(b"x" * 5_000)
    monkeypatch.setattr(gunicorn_worker, "_LINGER_BYTES", 4_000)
    part(ours)
    assert len(ours.recv(65_536)) == 1_000


def test_parting_from_a_client_that_has_left_is_silent(pair: tuple[socket.socket, socket.socket]) -> None:
    """Nothing happens where the connection is closed already."""
    ours, _ = pair
    ours.close()
    part(ours)


class Timers:
    """Stands for ``threading.Timer``: collects what is to be called, and when."""

    def __init__(self) -> None:
        self.set: list[tuple[float, Callable[..., object], tuple[object, ...]]] = []
        self.daemon = False

    def __call__(self, seconds: float, function: Callable[..., object], args: tuple[object, ...]) -> Timers:
        """Keep the timer, so that the test runs it when it wants."""
        self.set.append((seconds, function, args))
        return self

    def start(self) -> None:
        """Do nothing: the test calls the function."""


@pytest.fixture
def stopped(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the signals by which gunicorn stopped its worker."""
    signals: list[int] = []
    monkeypatch.setattr(ThreadWorker, "handle_exit", lambda _, sig, frame: signals.append(sig))
    return signals


def test_worker_that_stops_takes_no_connection(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that stops leaves a new connection to its successor."""
    taken: list[object] = []
    monkeypatch.setattr(ThreadWorker, "accept", lambda _, *listening: taken.append(listening))
    worker.accept("a server", "its listener")
    worker.alive = False
    worker.accept("a server", "its listener")
    assert taken == [("a server", "its listener")]


@pytest.mark.parametrize("app_of_worker", [None, object()])
def test_worker_without_a_site_stops_at_once(
    worker: Worker, stopped: list[int], app_of_worker: object
) -> None:
    """A worker that serves another app, or none yet, stops as gunicorn's do."""
    worker.wsgi = app_of_worker
    worker.handle_exit(signal.SIGTERM, None)
    assert stopped == [signal.SIGTERM]


def test_worker_stops_at_once_without_draining(worker: Worker, stopped: list[int]) -> None:
    """With DRAIN_SECONDS = 0 a worker stops when it is told to."""
    worker.handle_exit(signal.SIGTERM, None)
    assert stopped == [signal.SIGTERM]


def test_worker_drains_once_and_then_stops(
    worker: Worker,
    stopped: list[int],
    make_app: Callable[..., Flask],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A worker is not ready first, and stops after DRAIN_SECONDS; a second signal does not shorten that."""
    timers = Timers()
    monkeypatch.setattr(gunicorn_worker, "Timer", timers)
    worker.wsgi = make_app(DRAIN_SECONDS=7)
    worker.handle_exit(signal.SIGTERM, None)
    worker.handle_exit(signal.SIGTERM, None)
    assert worker.wsgi.test_client().get("/readyz").status_code == 503
    ((seconds, stop, args),) = timers.set
    assert (seconds, stopped, timers.daemon) == (7, [], True)
    stop(*args)
    assert stopped == [signal.SIGTERM]


def test_worker_that_is_replaced_does_not_drain(
    worker: Worker, stopped: list[int], make_app: Callable[..., Flask]
) -> None:
    """After a reload the new processes are ready, and the old ones stop at once."""
    reloads = Reloads()
    worker.belong_to(reloads)
    worker.wsgi = make_app(DRAIN_SECONDS=7)
    reloads.add()
    worker.handle_exit(signal.SIGTERM, None)
    assert stopped == [signal.SIGTERM]
    assert worker.wsgi.test_client().get("/readyz").status_code == 200


def test_reloads_are_counted_round() -> None:
    """The count has one byte, which is enough to differ from the one before."""
    reloads = Reloads()
    for _ in range(255):
        reloads.add()
    assert reloads.count == 255
    reloads.add()
    assert reloads.count == 0


def test_background_of_a_site_starts_with_its_process(
    services: Services, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process starts what its site does in the background; an app that is none of ours has nothing."""
    started: list[bool] = []
    monkeypatch.setattr(type(services.background), "start", lambda _: started.append(True))
    start_background(app)
    start_background(object())
    assert started == [True]
