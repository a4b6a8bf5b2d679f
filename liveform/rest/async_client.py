"""``AsyncClient``: the loop that sends operations, for asyncio and trio."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing, nullcontext
from threading import Event
from typing import TYPE_CHECKING, Any, Self, TypeVar, Unpack, cast

import anyio
import anyio.to_thread
import httpx2

from liveform.crypto.keys import KeyHolder, SecretKey
from liveform.errors import ConfigError, VendorError
from liveform.rest.async_resources import (
    AsyncAml,
    AsyncFaceAuths,
    AsyncImages,
    AsyncProjections,
    AsyncProjectResource,
    AsyncSubmissions,
    AsyncTokens,
)
from liveform.rest.dialect import Dialect  # noqa: TC001 - for hints at run time
from liveform.rest.operation import Operation, Steps, checked_operation, checked_steps
from liveform.rest.sending.async_tracebacks import strips_async_traceback
from liveform.rest.sending.async_transport import AsyncTransport
from liveform.rest.sending.exchange import TRANSPORT_ERRORS, Exchange, Wait, why_it_failed
from liveform.rest.sending.limits import MemoryDayCount, check_day
from liveform.rest.sending.responses import Received, too_long, unpack
from liveform.rest.sending.setup import ClientOptions, Setup, checked_setup
from liveform.rest.sending.transport import Deadline, during_call, keep_calls_out_of_logs
from liveform.tracebacks import strips_traceback

if TYPE_CHECKING:
    from liveform.rest.sending.retry import Happened


T = TypeVar("T")


class AsyncClient(KeyHolder):
    """A client of the vendor's REST API, for asyncio and trio. Close it, or use ``async with``.

    Tasks may share one within one event loop. In another loop, each call is a ``ConfigError``.

    Args:
        api_key: the API key of the dashboard; a secretKey does not do.
        transport: what sends requests, such as ``httpx2.AsyncHTTPTransport(proxy=...)``; the client closes
            it. None opens connections itself, and verifies certificates as httpx2 does.
        **options: as in ``Client``.

    Raises:
        ConfigError: arguments are wrong; all of them are listed, by name.
    """

    __slots__ = ("_closed", "_setup", "_transport")
    _setup: Setup
    _transport: httpx2.AsyncBaseTransport
    _closed: Event

    @strips_traceback
    def __init__(
        self,
        api_key: str | SecretKey,
        *,
        transport: httpx2.AsyncBaseTransport | None = None,
        **options: Unpack[ClientOptions],
    ) -> None:
        setup = checked_setup(api_key, options, sleep=anyio.sleep)
        if transport is not None and not isinstance(transport, httpx2.AsyncBaseTransport):
            raise ConfigError(("transport", "must be an httpx2.AsyncBaseTransport"))
        keep_calls_out_of_logs()
        self._fill(
            _setup=setup,
            _transport=AsyncTransport() if transport is None else transport,
            _closed=Event(),
        )

    @property
    def dialect(self) -> Dialect:
        """Return how the vendor spells what its pages leave open."""
        return self._setup.dialect

    @property
    def submissions(self) -> AsyncSubmissions:
        """Return the methods for submissions."""
        return AsyncSubmissions(self)

    @property
    def images(self) -> AsyncImages:
        """Return the methods for images of submissions."""
        return AsyncImages(self)

    @property
    def tokens(self) -> AsyncTokens:
        """Return the methods for token ids of private mode."""
        return AsyncTokens(self)

    @property
    def face_auth(self) -> AsyncFaceAuths:
        """Return the methods for face authentications (FaceAuth add-on)."""
        return AsyncFaceAuths(self)

    @property
    def aml(self) -> AsyncAml:
        """Return the methods for screening for money laundering."""
        return AsyncAml(self)

    @property
    def projections(self) -> AsyncProjections:
        """Return the methods for projections."""
        return AsyncProjections(self)

    @property
    def project(self) -> AsyncProjectResource:
        """Return the methods for the project and its settings."""
        return AsyncProjectResource(self)

    @strips_async_traceback
    async def send(self, operation: Operation[T]) -> T:
        """Send one operation, again if that is harmless, and return what it reads from the answer.

        Raises:
            VendorError: the call failed.
            ConfigError: the client is closed, or lacks the key that the operation needs.
            FieldError: not an operation, or a value of it cannot be sent.
        """
        return await self._send(operation)

    @strips_async_traceback
    async def run(self, steps: Steps[T]) -> T:
        """Send the operations that a generator yields, and return its result.

        The generator gets what each operation reads, or its ``VendorError`` is thrown into it.

        Raises:
            VendorError, ConfigError, FieldError: as in ``send``, if the generator lets them out; FieldError
                also for what is not a generator.
        """
        steps = checked_steps(steps)
        try:
            operation = next(steps)
            while True:
                try:
                    read = await self._send(operation)
                except VendorError as error:
                    operation = steps.throw(error)
                else:
                    operation = steps.send(read)
        except StopIteration as end:
            return cast("T", end.value)
        finally:
            steps.close()

    async def _send(self, operation: Operation[T]) -> T:
        exchange = Exchange(checked_operation(operation), self._setup)
        while True:
            if self._closed.is_set():  # before this call, or while it waited
                raise ConfigError(("client", "is closed; make another one"))
            await self._wait_for_turn(exchange)
            after = exchange.after(await self._try(exchange))
            if not isinstance(after, Wait):
                return after.value
            await self._setup.timing.sleep(after.seconds)

    async def _wait_for_turn(self, exchange: Exchange[Any]) -> None:
        setup = self._setup
        if setup.day_count is not None:
            now = setup.timing.now()
            if isinstance(setup.day_count, MemoryDayCount):
                taken = setup.day_count.take(now.date())
            else:
                taken = await anyio.to_thread.run_sync(setup.day_count.take, now.date())
            check_day(taken, setup.limits, now, may_have_happened=exchange.may_have_happened)
        while setup.pace is not None and (wait := setup.pace.take()) > 0:
            await setup.timing.sleep(wait)

    async def _try(self, exchange: Exchange[Any]) -> Received | Happened:
        with during_call(Deadline(self._setup.timeout, self._setup.timing.clock)):
            try:
                with anyio.fail_after(self._setup.timeout):
                    response = await self._transport.handle_async_request(exchange.request)
                    try:
                        return await _read(response, exchange.max_bytes)
                    finally:
                        with anyio.CancelScope(shield=True):
                            await response.aclose()
            except TRANSPORT_ERRORS as error:
                return why_it_failed(error)

    @strips_async_traceback
    async def aclose(self) -> None:
        """Close all connections. A closed client sends nothing more; closing it again does nothing."""
        if not self._closed.is_set():
            self._closed.set()
            await self._transport.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"AsyncClient({self._setup.base_url!r})"


async def _read(response: httpx2.Response, max_bytes: int) -> Received:
    chunks, size = [], 0
    body = aiter(cast("httpx2.AsyncByteStream", response.stream))
    async with aclosing(body) if isinstance(body, AsyncGenerator) else nullcontext():
        async for chunk in body:
            size += len(chunk)
            if size > max_bytes:
                return too_long(response)
            chunks.append(chunk)
    return unpack(response, b"".join(chunks), max_bytes)
