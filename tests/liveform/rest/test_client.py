"""Tests of both clients: the loop, the limits, several calls, closing, and that the two are alike."""

import asyncio
import copy
import gc
import inspect
import json
import pickle
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import Any

import anyio
import httpx2
import pytest
from rest_clients import (
    EMAIL,
    FORM,
    KEY,
    KINDS,
    READ,
    REPEATABLE,
    WRITE,
    Answers,
    Caller,
    Time,
    caller,
    required_backend,
)

from liveform import ConfigError, LiveformError, VendorError
from liveform.rest import AsyncClient, Client, Dialect, Limits, Steps, async_resources, resources
from liveform.rest.async_calls import AsyncResource
from liveform.rest.calls import Resource
from liveform.rest.sending.setup import Timing

OK = httpx2.Response(200, json={"ok": True})
BUSY = httpx2.Response(503, json={"message": "x"})
both = pytest.mark.parametrize("kind", KINDS)


@both
def test_call_sends_one_request_and_reads_the_answer(kind: str) -> None:
    """A call sends its key, method, path and query once, and returns what the operation reads."""
    answers = Answers(OK)
    with caller(kind, answers) as one:
        assert one.send(READ) == {"ok": True}
    [request] = answers.requests
    assert request.method == "GET"
    assert request.headers["x-api-key"] == KEY
    assert request.url.params["email"] == EMAIL


@both
@pytest.mark.parametrize("operation", [READ, REPEATABLE, FORM])
def test_same_request_is_sent_again(kind: str, operation: Any) -> None:
    """A repeated request has the same bytes, a form too, and the waits double."""
    time, answers = Time(), Answers(BUSY, httpx2.ConnectError("x"), OK)
    with caller(kind, answers, timing=time.timing(kind)) as one:
        assert one.send(replace(operation, repeatable=True)) == {"ok": True}
    assert time.slept == [0.5, 1.0]
    assert len({request.content for request in answers.requests}) == 1
    assert len(answers.requests) == 3


@both
def test_write_is_sent_again_only_if_it_was_not_done(kind: str) -> None:
    """A write is repeated where no connection opened, and not after 429, 503 or a break."""
    for first, tries, may_have_happened in (
        (httpx2.ConnectError("x"), 2, False),
        (httpx2.Response(429), 1, False),
        (BUSY, 1, True),
        (httpx2.ReadError("x"), 1, True),
    ):
        answers = Answers(first, OK)
        with caller(kind, answers, timing=Time().timing(kind)) as one:
            if tries == 2:
                assert one.send(WRITE) == {"ok": True}
            else:
                with pytest.raises(VendorError) as caught:
                    one.send(WRITE)
                assert caught.value.may_have_happened is may_have_happened
        assert len(answers.requests) == tries


@both
def test_retry_after_is_waited_for(kind: str) -> None:
    """The seconds of Retry-After are waited for as they are."""
    time, answers = Time(), Answers(httpx2.Response(429, headers={"Retry-After": "60"}), OK)
    with caller(kind, answers, timing=time.timing(kind)) as one:
        one.send(READ)
    assert time.slept == [60.0]


@both
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_is_not_followed(kind: str, status: int) -> None:
    """A redirect is an error, and neither key nor query reaches the other address."""
    answers = Answers(httpx2.Response(status, headers={"Location": f"https://other.example.com/?e={EMAIL}"}))
    with caller(kind, answers) as one, pytest.raises(VendorError, match="follows no redirect") as caught:
        one.send(READ)
    assert (caught.value.reason, caught.value.status) == ("refused", status)
    assert len(answers.requests) == 1


class Countdown:
    """A count that a caller keeps."""

    def __init__(self, taken: int) -> None:
        self.taken = taken
        self.days: list[date] = []
        self.threads: set[str] = set()

    def take(self, day: date) -> int:
        """Count one call."""
        self.taken += 1
        self.days.append(day)
        self.threads.add(threading.current_thread().name)
        return self.taken


@both
def test_day_limit_sends_nothing_and_counts_each_try(kind: str) -> None:
    """Repeated tries count, the day is that of UTC, and after the last call nothing is sent."""
    time, answers, count = Time(), Answers(BUSY, OK), Countdown(7)
    limits = Limits(per_day=9, day_count=count)
    with caller(kind, answers, timing=time.timing(kind), limits=limits) as one:
        one.send(READ)
        with pytest.raises(VendorError, match="used up") as caught:
            one.send(READ)
    assert caught.value.reason == "limit"
    assert len(answers.requests) == 2
    assert count.days == [date(2026, 7, 1)] * 3


@both
def test_day_limit_tells_of_an_earlier_try(kind: str) -> None:
    """If the day ends between two tries of a write, the error says that the first may have been done."""
    answers = Answers(httpx2.ReadError("x"), OK)
    options: dict[str, Any] = {"timing": Time().timing(kind), "limits": Limits(per_day=1)}
    with caller(kind, answers, **options) as one, pytest.raises(VendorError) as caught:
        one.send(REPEATABLE)
    assert (caught.value.reason, caught.value.may_have_happened) == ("limit", True)


@both
def test_count_of_a_day_starts_again_at_midnight(kind: str) -> None:
    """The next day in UTC has calls again."""
    time, answers = Time(), Answers(OK)
    with caller(kind, answers, timing=time.timing(kind), limits=Limits(per_day=1)) as one:
        one.send(READ)
        with pytest.raises(VendorError) as caught:
            one.send(READ)
        assert caught.value.retry_after_s == 60
        time.passed += 60
        one.send(READ)


def test_count_of_a_caller_does_not_block_the_loop() -> None:
    """``AsyncClient`` asks a count that may wait for a database in another thread."""
    count = Countdown(0)
    with caller("asyncio", Answers(OK), limits=Limits(day_count=count)) as one:
        one.send(READ)
    assert threading.current_thread().name not in count.threads


@both
def test_limits_may_be_off(kind: str) -> None:
    """None switches both limits off."""
    with caller(kind, Answers(OK), limits=Limits(per_second=None, per_day=None)) as one:
        assert [one.send(READ) for _ in range(3)] == [{"ok": True}] * 3


@both
def test_call_waits_for_its_turn_in_the_second(kind: str) -> None:
    """With the second's calls used up, a call waits until the first of them is a second old."""
    time = Time()
    with caller(kind, Answers(OK), timing=time.timing(kind), limits=Limits(per_second=2)) as one:
        for _ in range(5):
            one.send(READ)
    assert 2.0 <= time.passed <= 2.1


def three() -> Steps[list[Any]]:
    """Send three operations, of which the second may fail."""
    read = [(yield READ)]
    try:
        read.append((yield WRITE))
    except VendorError as error:
        read.append(error.code)
    read.append((yield READ))
    return read


@both
def test_steps_get_answers_and_errors(kind: str) -> None:
    """Work of several calls gets what each one read, or its error, and its result is returned."""
    failed = httpx2.Response(400, json={"errorCode": "invalid_admin"})
    with caller(kind, Answers(OK, failed, OK)) as one:
        assert one.run(three()) == [{"ok": True}, "invalid_admin", {"ok": True}]


@both
def test_steps_are_closed_when_they_fail(kind: str) -> None:
    """An error that the work does not catch leaves it, and its ``finally`` runs."""
    ended = []

    def work() -> Steps[None]:
        try:
            yield READ
        finally:
            ended.append(True)

    with caller(kind, Answers(httpx2.Response(400))) as one, pytest.raises(VendorError):
        one.run(work())
    assert ended == [True]


@both
def test_work_without_calls_has_a_result(kind: str) -> None:
    """Work that yields nothing sends nothing."""

    def work() -> Steps[str]:
        yield from ()
        return "done"

    answers = Answers(OK)
    with caller(kind, answers) as one:
        assert one.run(work()) == "done"
    assert answers.requests == []


@both
def test_closed_client_sends_nothing(kind: str) -> None:
    """After closing, which may be done twice, every call is a ConfigError and nothing is sent."""
    answers = Answers(OK)
    with caller(kind, answers) as one:
        for _ in range(2):
            one.result(lambda client: client.close() if kind == "sync" else client.aclose())
        for work in (lambda: one.send(READ), lambda: one.run(three())):
            with pytest.raises(ConfigError, match="is closed"):
                work()
    assert answers.requests == []


@both
def test_call_that_waits_to_be_sent_again_ends_with_the_client(kind: str) -> None:
    """A client that is closed between two tries of a call sends nothing more, and opens no connection."""
    callers: list[Caller] = []

    def closing(_: float) -> Any:
        client = callers[0].client
        return client.close() if kind == "sync" else client.aclose()

    answers = Answers(BUSY, OK)
    with caller(kind, answers, timing=Timing(sleep=closing)) as one:
        callers.append(one)
        with pytest.raises(ConfigError, match="is closed"):
            one.send(READ)
    assert len(answers.requests) == 1


def test_with_closes_the_transport_once() -> None:
    """Leaving ``with`` closes the transport, and closing again does not."""
    closed = []

    class Transport(httpx2.MockTransport):
        def close(self) -> None:
            closed.append("sync")

        async def aclose(self) -> None:
            closed.append("async")

    with Client(KEY, transport=Transport(Answers(OK))) as client:
        assert closed == []
    client.close()

    async def main() -> None:
        async with AsyncClient(KEY, transport=Transport(Answers(OK))) as other:
            assert await other.send(READ) == {"ok": True}
        await other.aclose()

    asyncio.run(main())
    assert closed == ["sync", "async"]


def test_client_that_is_not_closed_closes_itself_quietly() -> None:
    """A client that nobody holds any more closes its connections, without a warning."""
    closed = []

    class Transport(httpx2.MockTransport):
        def close(self) -> None:
            closed.append(True)

    client = Client(KEY, transport=Transport(Answers(OK)))
    client.send(READ)
    del client
    AsyncClient(KEY)
    gc.collect()
    assert closed == [True]


@pytest.mark.parametrize("make", [Client, AsyncClient])
def test_client_shows_and_gives_away_no_key(make: Any) -> None:
    """A client shows its address alone, is its own copy, and is never pickled."""
    client = make(KEY, face_auth_key="face-auth-key")
    for shown in (repr(client), str(client), f"{client}", repr(client.submissions)):
        assert KEY not in shown
        assert "face-auth-key" not in shown
        assert "rest-api.argosidentity.com" in shown
    assert copy.deepcopy(client) is client
    with pytest.raises(LiveformError):
        pickle.dumps(client)
    with pytest.raises(TypeError):
        vars(client)
    with pytest.raises(AttributeError):
        client._setup = None


@pytest.mark.parametrize("make", [Client, AsyncClient])
@pytest.mark.parametrize("transport", ["http", httpx2.Client, object()])
def test_transport_of_another_kind_is_refused(make: Any, transport: Any) -> None:
    """A transport that is none of httpx2 for this client is a ConfigError."""
    with pytest.raises(ConfigError, match="transport"):
        make(KEY, transport=transport)


@pytest.mark.parametrize("make", [Client, AsyncClient])
def test_faults_of_the_arguments_are_listed(make: Any) -> None:
    """A client with several wrong arguments names them all."""
    with pytest.raises(ConfigError) as caught:
        make("a\nb", timeout=-1, max_retries="x", base_url="http://example.com")
    assert len(caught.value.faults) == 4


def test_threads_share_a_client() -> None:
    """Many threads may use one client at once, and each gets its own answer."""

    def echo(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, json=dict(request.url.params))

    with Client(KEY, transport=httpx2.MockTransport(echo)) as client, ThreadPoolExecutor(8) as pool:
        read = list(pool.map(lambda n: client.send(replace(READ, query={"n": str(n)})), range(200)))
    assert read == [{"n": str(n)} for n in range(200)]


@pytest.mark.parametrize("kind", ["asyncio", "trio"])
def test_tasks_share_a_client(kind: str) -> None:
    """Many tasks may use one client at once."""
    required_backend(kind)
    read: set[str] = set()

    async def main() -> None:
        async def echo(request: httpx2.Request) -> httpx2.Response:
            await anyio.sleep(0)
            return httpx2.Response(200, json=dict(request.url.params))

        async with AsyncClient(KEY, transport=httpx2.MockTransport(echo)) as client:

            async def one(n: int) -> None:
                read.add((await client.send(replace(READ, query={"n": str(n)})))["n"])

            async with anyio.create_task_group() as group:
                for n in range(50):
                    group.start_soon(one, n)

    anyio.run(main, backend=kind)
    assert read == {str(n) for n in range(50)}


def test_secure_data_transfer_goes_both_ways() -> None:
    """A client with Secure Data Transfer encrypts what it sends, and opens what comes."""
    from liveform.data_transfer import SecureDataTransfer, TransferCipher

    cipher = TransferCipher(SecureDataTransfer(), KEY)

    def answer(request: httpx2.Request) -> httpx2.Response:
        assert list(request.url.params) == ["data"]
        return httpx2.Response(200, json=cipher.encrypt_answer({"ok": EMAIL}))

    with Client(KEY, transport=httpx2.MockTransport(answer), secure_data_transfer=True) as client:
        assert client.send(replace(READ, transfer=True)) == {"ok": EMAIL}


# The two clients are alike.

RENAMED = {"aclose": "close", "__aenter__": "__enter__", "__aexit__": "__exit__"}


def members(cls: type) -> dict[str, Any]:
    """Return the public members and the context manager of a class, by the names of ``Client``."""
    return {
        RENAMED.get(name, name): member
        for base in reversed(cls.__mro__[:-1])
        for name, member in vars(base).items()
        if not name.startswith("_") or name in (*RENAMED, *RENAMED.values(), "__init__")
    }


def shape(member: Any) -> list[tuple[str, Any, Any]]:
    """Return names, kinds and defaults of the parameters of a function."""
    return [(one.name, one.kind, one.default) for one in inspect.signature(member).parameters.values()]


def test_both_clients_have_the_same_members() -> None:
    """``AsyncClient`` has each member of ``Client`` with the same parameters, and no other."""
    ours, theirs = members(Client), members(AsyncClient)
    assert ours.keys() == theirs.keys()
    for name, member in ours.items():
        assert isinstance(member, property) == isinstance(theirs[name], property), name
        if not isinstance(member, property):
            assert shape(member) == shape(theirs[name]), name


RESOURCES = [
    name for name, member in members(Client).items() if isinstance(member, property) and name != "dialect"
]


def test_resources_are_the_documented_ones() -> None:
    """Both clients have the same seven resources, and every class of the two modules is one of them."""
    assert sorted(RESOURCES) == [
        "aml",
        "face_auth",
        "images",
        "project",
        "projections",
        "submissions",
        "tokens",
    ]
    used = {type(getattr(Client(KEY), name)).__name__ for name in RESOURCES}
    for module, base, prefix in ((resources, Resource, ""), (async_resources, AsyncResource, "Async")):
        classes = {
            name
            for name, one in vars(module).items()
            if inspect.isclass(one) and issubclass(one, base) and one is not base
        }
        assert classes == {prefix + name for name in used}


@pytest.mark.parametrize("name", RESOURCES)
def test_resources_of_both_clients_have_the_same_methods(name: str) -> None:
    """Each resource has the same methods with the same parameters and docstrings in both clients."""
    ours, theirs = (members(type(getattr(make(KEY), name))) for make in (Client, AsyncClient))
    assert ours.keys() == theirs.keys()
    for method in ours.keys() - {"__init__"}:
        assert shape(ours[method]) == shape(theirs[method]), method
        assert inspect.getdoc(ours[method]) == inspect.getdoc(theirs[method])
        assert inspect.getdoc(ours[method])
        assert "dialect" not in inspect.signature(ours[method]).parameters
        assert next(iter(inspect.signature(ours[method]).parameters)) == "self"


@both
def test_client_hands_its_dialect_to_builders(kind: str) -> None:
    """A setting of the dialect changes what is sent."""
    answers = Answers(httpx2.Response(200, content=b"\xff\xd8", headers={"content-type": "image/jpeg"}))
    with caller(kind, answers, dialect=Dialect(image_id="submissionId")) as one:
        assert one.client.dialect.image_id == "submissionId"
        one.result(lambda client: client.images.get("abc123", "id_image"))
    assert "submissionId" in answers.requests[0].url.params


@both
def test_list_asks_for_a_page_when_it_is_needed(kind: str) -> None:
    """A list is an iterator that asks for the next page after the items of the one before."""
    first = {"Items": [{"submission_id": "a1"}], "nextpageKey": {"id": "a1", "created_at": "x"}}
    answers = Answers(
        httpx2.Response(200, json=first), httpx2.Response(200, json={"Items": [{"submission_id": "b2"}]})
    )

    def ids(items: Iterator[Any]) -> list[str]:
        return [item.submission_id for item in items]

    async def async_ids(items: Any) -> list[str]:
        return [item.submission_id async for item in items]

    with caller(kind, answers) as one:
        read = ids if kind == "sync" else async_ids
        assert one.result(lambda client: read(client.submissions.list(userid="user_12345"))) == ["a1", "b2"]
    assert len(answers.requests) == 2
    assert json.dumps(dict(answers.requests[1].url.params)).count("nextpage") == 2
