"""``Client``: the loop that sends operations, with blocking sockets."""

from __future__ import annotations

import time
import weakref
from typing import TYPE_CHECKING, Any, Self, TypeVar, Unpack, cast

import httpx2

from liveform.crypto.keys import KeyHolder, SecretKey
from liveform.errors import ConfigError, VendorError
from liveform.rest.dialect import Dialect  # noqa: TC001 - for hints at run time
from liveform.rest.operation import Operation, Steps, checked_operation, checked_steps
from liveform.rest.resources import Aml, FaceAuths, Images, Projections, ProjectResource, Submissions, Tokens
from liveform.rest.sending.exchange import TRANSPORT_ERRORS, Exchange, Wait, why_it_failed
from liveform.rest.sending.limits import check_day
from liveform.rest.sending.responses import Received, too_long, unpack
from liveform.rest.sending.setup import ClientOptions, Setup, checked_setup
from liveform.rest.sending.transport import Deadline, DeadlineTransport, during_call, keep_calls_out_of_logs
from liveform.tracebacks import strips_traceback

if TYPE_CHECKING:
    from liveform.rest.sending.retry import Happened


T = TypeVar("T")


class Client(KeyHolder):
    """A client of the vendor's REST API for one project. Threads may share one. Close it, or use ``with``.

    Args:
        api_key: the API key of the dashboard; a secretKey does not do.
        transport: what sends requests, such as ``httpx2.HTTPTransport(proxy=...)``; the client closes it.
            None opens connections itself, and verifies certificates as httpx2 does.
        **options: as follows; all may be left out.
            base_url: the API's address; https only, except for loopback hosts.
            face_auth_key: the API key of the FaceAuth add-on, for ``face_auth``.
            secure_data_transfer: the dashboard's setting, as in ``Project``.
            previous_keys: API keys that were in use before; they only decrypt.
            engine: the library that encrypts, as in ``Project``.
            timeout: the seconds that one try may take, from opening a connection to the last byte.
            max_retries: how often a call is sent again (``retry.py`` has the table).
            limits: how many calls a second and a day.
            dialect: how the vendor spells what its pages leave open.
            timing: clock, sleep and randomness, for tests.

    Raises:
        ConfigError: arguments are wrong; all of them are listed, by name.
    """

    __slots__ = ("__weakref__", "_close", "_setup", "_transport")
    _setup: Setup
    _transport: httpx2.BaseTransport
    _close: weakref.finalize[[], Self]

    @strips_traceback
    def __init__(
        self,
        api_key: str | SecretKey,
        *,
        transport: httpx2.BaseTransport | None = None,
        **options: Unpack[ClientOptions],
    ) -> None:
        setup = checked_setup(api_key, options, sleep=time.sleep)
        if transport is not None and not isinstance(transport, httpx2.BaseTransport):
            raise ConfigError(("transport", "must be an httpx2.BaseTransport"))
        keep_calls_out_of_logs()
        chosen = DeadlineTransport() if transport is None else transport
        self._fill(_setup=setup, _transport=chosen, _close=weakref.finalize(self, chosen.close))

    @property
    def dialect(self) -> Dialect:
        """Return how the vendor spells what its pages leave open."""
        return self._setup.dialect

    @property
    def submissions(self) -> Submissions:
        """Return the methods for submissions."""
        return Submissions(self)

    @property
    def images(self) -> Images:
        """Return the methods for images of submissions."""
        return Images(self)

    @property
    def tokens(self) -> Tokens:
        """Return the methods for token ids of private mode."""
        return Tokens(self)

    @property
    def face_auth(self) -> FaceAuths:
        """Return the methods for face authentications (FaceAuth add-on)."""
        return FaceAuths(self)

    @property
    def aml(self) -> Aml:
        """Return the methods for screening for money laundering."""
        return Aml(self)

    @property
    def projections(self) -> Projections:
        """Return the methods for projections."""
        return Projections(self)

    @property
    def project(self) -> ProjectResource:
        """Return the methods for the project and its settings."""
        return ProjectResource(self)

    @strips_traceback
    def send(self, operation: Operation[T]) -> T:
        """Send one operation, again if that is harmless, and return what it reads from the answer.

        Raises:
            VendorError: the call failed.
            ConfigError: the client is closed, or lacks the key that the operation needs.
            FieldError: not an operation, or a value of it cannot be sent.
        """
        return self._send(operation)

    @strips_traceback
    def run(self, steps: Steps[T]) -> T:
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
                    read = self._send(operation)
                except VendorError as error:
                    operation = steps.throw(error)
                else:
                    operation = steps.send(read)
        except StopIteration as end:
            return cast("T", end.value)
        finally:
            steps.close()

    def _send(self, operation: Operation[T]) -> T:
        exchange = Exchange(checked_operation(operation), self._setup)
        while True:
            if not self._close.alive:  # before this call, or while it waited
                raise ConfigError(("client", "is closed; make another one"))
            self._wait_for_turn(exchange)
            after = exchange.after(self._try(exchange))
            if not isinstance(after, Wait):
                return after.value
            self._setup.timing.sleep(after.seconds)

    def _wait_for_turn(self, exchange: Exchange[Any]) -> None:
        setup = self._setup
        if setup.day_count is not None:
            now = setup.timing.now()
            taken = setup.day_count.take(now.date())
            check_day(taken, setup.limits, now, may_have_happened=exchange.may_have_happened)
        while setup.pace is not None and (wait := setup.pace.take()) > 0:
            setup.timing.sleep(wait)

    def _try(self, exchange: Exchange[Any]) -> Received | Happened:
        deadline = Deadline(self._setup.timeout, self._setup.timing.clock)
        with during_call(deadline):
            try:
                response = self._transport.handle_request(exchange.request)
                try:
                    return _read(response, exchange.max_bytes, deadline)
                finally:
                    response.close()
            except TRANSPORT_ERRORS as error:
                return why_it_failed(error)

    def close(self) -> None:
        """Close all connections. A closed client sends nothing more; closing it again does nothing."""
        self._close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Client({self._setup.base_url!r})"


def _read(response: httpx2.Response, max_bytes: int, deadline: Deadline) -> Received:
    chunks, size = [], 0
    for chunk in cast("httpx2.SyncByteStream", response.stream):
        size += len(chunk)
        if size > max_bytes:
            return too_long(response)
        chunks.append(chunk)
        deadline.within(None)
    return unpack(response, b"".join(chunks), max_bytes)
