"""This module calls both clients of the REST API in the same way, so that one test holds for both."""

from __future__ import annotations

import os
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, TypeVar, cast

import anyio
import anyio.to_thread
import httpx2
import pytest

from liveform.rest.async_client import AsyncClient
from liveform.rest.client import Client
from liveform.rest.operation import Answer, FormPart, Operation, Steps
from liveform.rest.sending.setup import Timing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")

KEY = "KuwVASemfm5tZh2rLKHDftdRYuKGMNFweGdZYMHe"
EMAIL = "jane.doe@example.com"
KINDS = ["sync", "asyncio", "trio"]
START = datetime(2026, 7, 1, 23, 59, tzinfo=UTC)


def value_of(answer: Answer) -> Any:
    """Return the JSON value of an answer."""
    return answer.value


def content_of(answer: Answer) -> bytes:
    """Return the bytes of a file."""
    return answer.content


READ: Operation[Any] = Operation(
    name="things.get", method="GET", path="/thing", query={"email": EMAIL}, read=value_of
)
WRITE: Operation[Any] = Operation(
    name="things.create", method="POST", path="/thing", body={"email": EMAIL}, read=value_of
)
REPEATABLE: Operation[Any] = Operation(
    name="things.put", method="PUT", path="/thing", body={"email": EMAIL}, read=value_of, repeatable=True
)
FILE: Operation[bytes] = Operation(
    name="things.picture", method="GET", path="/picture", read=content_of, is_file=True
)
FORM: Operation[Any] = Operation(
    name="things.upload",
    method="PUT",
    path="/thing/picture",
    read=value_of,
    form=(FormPart("email", EMAIL), FormPart("face", b"\xff\xd8", "face.jpg", "image/jpeg")),
)


class Time:
    """A clock that a sleep moves, and randomness that is always 1: the longest wait.

    Attributes:
        slept: the seconds of each sleep.
    """

    def __init__(self, start: datetime = START) -> None:
        self._start = start
        self.passed = 0.0
        self.slept: list[float] = []

    def timing(self, kind: str = "sync") -> Timing:
        """Return it for a client of this kind."""
        return Timing(
            clock=lambda: self.passed,
            now=lambda: self._start + timedelta(seconds=self.passed),
            random=lambda: 1.0,
            sleep=self._sleep if kind == "sync" else self._async_sleep,
        )

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.passed += seconds

    async def _async_sleep(self, seconds: float) -> None:
        self._sleep(seconds)
        await anyio.sleep(0)


class Caller:
    """Sends operations with a client of one kind.

    Args:
        kind: ``sync`` for ``Client``, else the backend under ``AsyncClient``.
        client: the client.
    """

    def __init__(self, kind: str, client: Any) -> None:
        self.kind = kind
        self.client = client

    def send(self, operation: Operation[T]) -> T:
        """Send one operation."""
        return cast("T", self.result(lambda client: client.send(operation)))

    def run(self, steps: Steps[T]) -> T:
        """Do work of several operations."""
        return cast("T", self.result(lambda client: client.run(steps)))

    def result(self, work: Callable[[Any], Any]) -> Any:
        """Return what ``work`` returns for the client, awaited if need be."""
        if self.kind == "sync":
            return work(self.client)

        async def main() -> Any:
            return await work(self.client)

        return anyio.run(main, backend=self.kind)


class Answers:
    """A handler for ``httpx2.MockTransport`` that gives one answer after the other, the last one for ever.

    Attributes:
        requests: what was sent.
    """

    def __init__(self, *answers: httpx2.Response | Exception | Callable[[], httpx2.Response]) -> None:
        self._answers = list(answers)
        self.requests: list[httpx2.Request] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        """Return the next answer, or raise it."""
        self.requests.append(request)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, httpx2.Response):
            return httpx2.Response(answer.status_code, headers=answer.headers, content=answer.content)
        return answer()


def required_backend(kind: str) -> None:
    """Skip a test whose backend is not installed; in CI, fail it."""
    if kind == "trio" and find_spec("trio") is None:
        if os.environ.get("CI"):
            pytest.fail("trio is not installed, and CI skips nothing")
        pytest.skip("trio is not installed")


@contextmanager
def caller(kind: str, answers: Answers | None = None, **options: Any) -> Iterator[Caller]:
    """Yield a caller of a new client, whose answers are given; without them it opens connections.

    The coroutines of an ``AsyncClient`` run in a loop each, so it is closed in one of its own.
    """
    required_backend(kind)
    if answers is not None:
        options["transport"] = httpx2.MockTransport(answers)
    if kind == "sync":
        with Client(KEY, **options) as client:
            yield Caller(kind, client)
        return
    one = Caller(kind, AsyncClient(KEY, **options))
    yield one
    one.result(lambda client: client.aclose())


def call(
    kind: str, operation: Any, *, after: Callable[[], object] = lambda: None, times: int = 1, **options: Any
) -> Any:
    """Send an operation with a new client, do ``after`` while the client is open still, and close it."""
    required_backend(kind)
    if kind == "sync":
        with Client(KEY, **options) as client:
            try:
                return [client.send(operation) for _ in range(times)][-1]
            finally:
                after()

    async def main() -> Any:
        async with AsyncClient(KEY, **options) as client:
            try:
                return [await client.send(operation) for _ in range(times)][-1]
            finally:
                with anyio.CancelScope(shield=True):
                    await anyio.to_thread.run_sync(after)

    return anyio.run(main, backend=kind)
