"""These tests attack and stop a real gunicorn with our settings, as docs/deployment.md starts it."""

from __future__ import annotations

import json
import re
import signal
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from http.client import HTTPConnection, HTTPException, RemoteDisconnected
from typing import TYPE_CHECKING

import gunicorn
import pytest
from gunicorn_sites import GunicornSite
from servers import START_S
from sites import TOKEN, open_store
from stores import PostgresqlStores

from webhelper import gunicorn_conf

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

METRICS_TOKEN = "met-Zm9yIHRlc3RzIG9ubHksIGFuZCBzdHJvbmcu"
DRIP_S = 0.2


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GunicornSite]:
    """Yield a site with one process."""
    with GunicornSite(tmp_path_factory.mktemp("site")) as running:
        yield running


@pytest.mark.parametrize("path", ["/", "/links/new", "/sign-in", "/healthz", "/nowhere"])
@pytest.mark.parametrize(
    "headers",
    [
        {"SCRIPT_NAME": "//evil.example"},
        {"SCRIPT-NAME": "//evil.example"},
        {"PATH_INFO": "/healthz"},
        {"X-Forwarded-Proto": "https", "X-Forwarded-Ssl": "off"},
        {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"},
    ],
    ids=lambda headers: next(iter(headers)),
)
def test_headers_of_a_client_behind_a_proxy_on_loopback_change_nothing(
    site: GunicornSite, path: str, headers: dict[str, str]
) -> None:  # A11
    """Headers that say where the site is change no answer; gunicorn itself would trust loopback."""
    usual_status, usual, _ = site.call("GET", path)
    status, answered, text = site.call("GET", path, **headers)
    assert (status, answered["Location"]) == (usual_status, usual["Location"])
    assert "evil.example" not in f"{answered}{text}"


@pytest.mark.parametrize("path", ["/api/returns", "/api/links", "/sign-in", "/nowhere"])
@pytest.mark.parametrize(
    "chunks", [b"zz\r\n{}\r\n0\r\n\r\n", b"-1\r\n{}", b"2\r\n{}XX0\r\n\r\n", b"2\r\n{}", b"5\r\n{"]
)
def test_broken_body_is_the_fault_of_the_client(site: GunicornSite, path: str, chunks: bytes) -> None:
    """Chunks that are wrong or cut short are 400 wherever a body is read, and no error of the site."""
    kind = "x-www-form-urlencoded" if path == "/sign-in" else "json"
    head = (
        f"POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/{kind}\r\n"
        f"Authorization: Bearer {TOKEN}\r\nAccept: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    with site.connect() as client:
        client.sendall(head.encode() + chunks)
        client.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: client.recv(65536), b""))
    if path == "/nowhere":  # which reads no body
        assert answer.startswith(b"HTTP/1.1 404 ")
    else:
        assert answer.startswith(b"HTTP/1.1 400 ")
        assert b'"code":"malformed"' in answer
    assert "unexpected" not in site.log
    assert "Traceback" not in site.log


def test_form_that_is_cut_short_makes_no_link(site: GunicornSite) -> None:
    """Of a form that did not arrive whole nothing is kept: its last field may be half of what was meant."""
    form = b"pipeline=id_document&expires_in=86400&max_uses=1&label=cut+short&userid=customer-000123"
    cookie = _signed_in(site)
    head = (
        f"POST /links HTTP/1.1\r\nHost: x\r\nConnection: close\r\nCookie: {cookie}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(form)}\r\n\r\n"
    )
    with site.connect() as client:
        client.sendall(head.encode() + form.removesuffix(b"123"))
        client.shutdown(socket.SHUT_WR)  # the worker does the same to our end, when a request takes too long
        assert client.recv(65536).startswith(b"HTTP/1.1 400 ")
    _, _, found = site.call("GET", "/api/links?search=cut+short", Authorization=f"Bearer {TOKEN}")
    assert json.loads(found)["links"] == []


def _signed_in(site: GunicornSite) -> str:
    """Return the cookie of a member of staff."""
    connection = HTTPConnection("127.0.0.1", site.port, timeout=START_S)
    form = {"Content-Type": "application/x-www-form-urlencoded", "Connection": "close"}
    connection.request("POST", "/sign-in", f"token={TOKEN}", form)
    cookie = connection.getresponse().headers["Set-Cookie"]
    connection.close()
    return cookie.split(";")[0]


def test_connections_held_after_their_end_keep_nobody_waiting(site: GunicornSite) -> None:  # F1
    """Clients that do not close after ``Connection: close`` are left, and others are answered."""
    with ExitStack() as held:
        for _ in range(60):  # two seconds each would be longer than any client waits
            one = held.enter_context(site.connect())
            one.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert one.recv(4096).startswith(b"HTTP/1.1 200 OK")
        assert site.call("GET", "/healthz")[0] == 200


def test_connections_that_say_nothing_keep_nobody_waiting(site: GunicornSite) -> None:  # F1
    """Connections that browsers open ahead, and do not use, keep no thread."""
    with ExitStack() as held:
        for _ in range(60):  # five seconds each, for eight threads, would be longer than any client waits
            held.enter_context(site.connect())
        assert site.call("GET", "/healthz")[0] == 200


@pytest.mark.parametrize(
    "start",
    [
        b"POST /api/returns HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n",
        b"POST /webhooks/default HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nEA60\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Header: ",
    ],
    ids=["body", "chunk", "head"],
)
def test_requests_that_drip_keep_nobody_waiting(site: GunicornSite, start: bytes) -> None:  # F1
    """As many dripping requests as there are threads are ended, and others are answered."""
    is_over = threading.Event()

    def drip(connection: socket.socket) -> None:
        with suppress(OSError):
            while not is_over.wait(DRIP_S):
                connection.sendall(b"x")

    with ExitStack() as held, ThreadPoolExecutor(2 * gunicorn_conf.threads) as pool:
        dripping = [held.enter_context(site.connect()) for _ in range(2 * gunicorn_conf.threads)]
        for one in dripping:
            one.sendall(start)
            pool.submit(drip, one)
        try:
            assert site.call("GET", "/healthz")[0] == 200
        finally:
            is_over.set()


def test_body_that_nobody_reads_does_not_cost_the_answer(site: GunicornSite) -> None:
    """A client that sends more than is taken reads why, although the rest was not read."""
    with site.connect() as one:
        one.sendall(
            b"POST /api/returns HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n" + b"x" * 200_000
        )
        answer = b""
        while part := one.recv(65_536):
            answer += part
    assert answer.startswith(b"HTTP/1.1 413 ")


def test_connection_is_kept_for_longer_than_a_poll(site: GunicornSite) -> None:  # F7
    """A connection takes further requests, and is kept for longer than the two seconds of a poll."""
    connection = HTTPConnection("127.0.0.1", site.port, timeout=START_S)
    connection.connect()
    kept = connection.sock
    for _ in range(3):
        connection.request("GET", "/healthz")
        assert connection.getresponse().read()
        assert connection.sock is kept
    connection.close()
    assert gunicorn_conf.keepalive == 5


def test_wrong_setting_is_the_only_message(tmp_path: Path) -> None:  # F9
    """gunicorn with a wrong setting writes our list and nothing else, however many processes there are."""
    site = GunicornSite(tmp_path, workers=2, LIVEFORM_PROXIES="many", LIVEFORM_STORE="")
    site.start()
    assert site.process.wait(timeout=START_S) != 0
    first, second = site.log.splitlines()
    assert first == "liveform cannot start. Of its settings:"
    assert second.startswith("  LIVEFORM_PROXIES: must be the number of your proxies")


class Visitors:
    """People who use a site until it no longer answers, and what it acknowledged to them."""

    def __init__(self, site: GunicornSite, *, enough: int) -> None:
        self.site = site
        self.created: list[str] = []
        self.redeemed: list[str] = []
        self.opened = 0
        self.reached = threading.Event()
        self._enough = enough
        self._lock = threading.Lock()
        self._reusable = site.new_link(max_uses=None)
        self.reusable_id: str = self._reusable["id"]

    def go_on(self, _: int) -> None:
        """Create links, redeem them and open a reusable one, until the connection is refused."""
        with suppress(OSError, HTTPException):
            while True:
                link = self.site.new_link()
                self._note(self.created, link["id"])
                if self.site.call("POST", link["path"])[0] == 303:
                    self._note(self.redeemed, link["id"])
                if self.site.call("GET", self._reusable["path"])[0] == 302:
                    with self._lock:
                        self.opened += 1

    def _note(self, what: list[str], link_id: str) -> None:
        with self._lock:
            what.append(link_id)
            if len(self.redeemed) >= self._enough:
                self.reached.set()


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """Return an empty place for a store of each engine, as ``open_store`` takes it."""
    if request.param == "sqlite":
        return tmp_path
    stores = PostgresqlStores(request.getfixturevalue("postgresql_server"))
    stores.empty()
    return stores.place


@pytest.mark.parametrize("drain", ["0", "1"])
def test_stop_under_load_loses_nothing_that_was_acknowledged(
    tmp_path: Path, place: Path | str, drain: str
) -> None:
    """SIGTERM under load: every link, use and opening that was acknowledged is in the store afterwards."""
    settings = {"LIVEFORM_DRAIN_SECONDS": drain}
    if isinstance(place, str):
        settings["LIVEFORM_STORE"] = place
    with GunicornSite(tmp_path, workers=2, **settings) as site:
        visitors = Visitors(site, enough=60)
        with ThreadPoolExecutor(8) as pool:
            done = pool.map(visitors.go_on, range(8))
            assert visitors.reached.wait(START_S)
            code = site.stop()
            list(done)
    assert code == 0, site.log
    store = open_store(place)
    try:
        assert len(visitors.redeemed) >= 60
        assert all(store.get(link_id).uses == 1 for link_id in visitors.redeemed)
        assert [store.get(link_id).id for link_id in visitors.created] == visitors.created
        assert store.get(visitors.reusable_id).uses >= visitors.opened > 0
    finally:
        store.close()
    assert "Traceback" not in site.log


def test_process_that_drains_answers_and_is_not_ready(tmp_path: Path) -> None:
    """After SIGTERM ``/readyz`` is 503 for DRAIN_SECONDS, and every other request is answered."""
    with GunicornSite(tmp_path, LIVEFORM_DRAIN_SECONDS="20") as site:
        site.process.send_signal(signal.SIGTERM)
        while site.call("GET", "/readyz")[0] != 503:
            pass
        assert '"draining"' in site.call("GET", "/readyz")[2]
        assert site.call("GET", "/healthz")[0] == 200
        assert site.new_link()["state"] == "active"
        site.process.send_signal(signal.SIGINT)  # the test need not wait


# gunicorn 23 may close a connection in the moment of a reload (its issue 3394); a proxy asks again.
DROPPED = (RemoteDisconnected,) if gunicorn.version_info < (24,) else ()


def test_reload_is_not_noticed(tmp_path: Path) -> None:
    """After SIGHUP new processes replace the old ones, and the site is ready all the time."""
    with GunicornSite(tmp_path, LIVEFORM_DRAIN_SECONDS="20") as site:
        (old,) = site.workers()
        site.process.send_signal(signal.SIGHUP)
        while old in site.workers():
            with suppress(*DROPPED):
                assert site.call("GET", "/readyz")[0] == 200
        assert len(site.workers()) == 1
        site.process.send_signal(signal.SIGINT)  # the test need not wait


def count_of(site: GunicornSite, route: str) -> float:
    """Return how many requests of a route the metrics count."""
    status, _, text = site.call("GET", "/metrics", Authorization=f"Bearer {METRICS_TOKEN}")
    assert status == 200
    found = re.findall(
        rf'^liveform_requests_total{{.*route="{re.escape(route)}".*}} (\S+)$', text, re.MULTILINE
    )
    return sum(map(float, found))


def test_metrics_of_all_processes_are_one(tmp_path: Path) -> None:
    """Each process shows what both counted, and nothing stays behind when the server stops."""
    with GunicornSite(tmp_path, workers=2, LIVEFORM_METRICS_TOKEN=METRICS_TOKEN) as site:
        for _ in range(20):
            site.call("GET", "/sign-in")
        assert {count_of(site, "/sign-in") for _ in range(12)} == {20.0}
        assert list(tmp_path.glob("liveform-metrics-*"))
    assert not list(tmp_path.glob("liveform-metrics-*"))


def test_logs_are_json_when_they_should_be(tmp_path: Path) -> None:
    """With LOG_FORMAT=json every line that a site writes is JSON, with the id that its answer has."""
    with GunicornSite(tmp_path, LIVEFORM_LOG_FORMAT="json") as site:
        request_id = site.call("GET", "/api/links", Authorization=f"Bearer {TOKEN}")[1]["X-Request-Id"]
    lines = site.log.splitlines()
    assert [line for line in lines if not (line.startswith("{") and line.endswith("}"))] == []
    assert any(f'"request_id": "{request_id}"' in line for line in lines)
