"""One call without I/O: the request, and after each try, what to do next.

``client.py`` and ``async_client.py`` have the loop around it: limit, send, wait, read.
"""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Final, Generic, NamedTuple, TypeVar

import httpcore2
import httpx2

from liveform.errors import VendorError
from liveform.rest.sending.requests import build_request
from liveform.rest.sending.responses import FailedTry, Received, max_bytes, read_response
from liveform.rest.sending.retry import Effect, Happened, Trouble, may_have_happened, seconds_to_wait

if TYPE_CHECKING:
    from liveform.errors import VendorFailure
    from liveform.rest.operation import Operation
    from liveform.rest.sending.setup import Setup

T = TypeVar("T")

# What a transport raises. DeadlineTransport lets the errors of httpcore2 through, which have the same names.
TRANSPORT_ERRORS: Final = (
    httpx2.HTTPError,
    httpcore2.NetworkError,
    httpcore2.TimeoutException,
    httpcore2.ProtocolError,
    httpcore2.ProxyError,
    httpcore2.UnsupportedProtocol,
    OSError,  # TimeoutError too
)
_NOT_OPENED: Final = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.ProxyError,
    httpcore2.ConnectError,
    httpcore2.ConnectTimeout,
    httpcore2.PoolTimeout,
    httpcore2.ProxyError,
)
_TIMEOUTS: Final = (httpx2.TimeoutException, httpcore2.TimeoutException, TimeoutError)

_REASONS: Final[dict[Happened, VendorFailure]] = {
    Happened.NOT_OPENED: "unreachable",
    Happened.CERTIFICATE: "unreachable",
    Happened.BROKEN: "unreachable",
    Happened.TIMEOUT: "timeout",
    Happened.UNREADABLE: "unreadable",
    Happened.OTHER_SHAPE: "unreadable",
    Happened.STATUS: "refused",
}
_TEXTS: Final = {
    Happened.NOT_OPENED: "no connection could be opened: check the network, base_url and any proxy",
    Happened.CERTIFICATE: (
        "the server's certificate does not hold: check base_url, and whether a proxy opens TLS connections"
    ),
    Happened.BROKEN: "the connection broke before the whole answer was there",
    Happened.TIMEOUT: "no whole answer came within {timeout:g} s",
}
_MAY_HAVE_HAPPENED: Final = "it may have been done all the same, so look before you repeat it"


class Done(NamedTuple, Generic[T]):
    """The end of a call that succeeded."""

    value: T


class Wait(NamedTuple):
    """The time until the next try, in seconds."""

    seconds: float


class Exchange(Generic[T]):
    """One call of a client.

    Args:
        operation: what to send.
        setup: the client's.

    Attributes:
        request: what to send, each time.
        max_bytes: how long an answer may be.
        may_have_happened: whether a try so far may have done what was asked.
    """

    __slots__ = ("_operation", "_repeats", "_setup", "max_bytes", "may_have_happened", "request")

    def __init__(self, operation: Operation[T], setup: Setup) -> None:
        self._operation = operation
        self._setup = setup
        self._repeats = 0
        self.may_have_happened: bool = False
        self.request: httpx2.Request = build_request(operation, setup)
        self.max_bytes: int = max_bytes(operation)

    def after(self, tried: Received | Happened) -> Done[T] | Wait:
        """Return the result, or how long to wait before the next try.

        Args:
            tried: the answer, or why there is none.

        Raises:
            VendorError: there is no next try.
        """
        if isinstance(tried, Happened):
            failed = FailedTry(Trouble(tried), _TEXTS[tried].format(timeout=self._setup.timeout))
        else:
            try:
                return Done(read_response(self._operation, tried, self._setup))
            except FailedTry as error:
                failed = error
        effect = Effect(self._operation.method == "GET", self._operation.repeatable)
        self.may_have_happened |= may_have_happened(failed.trouble, effect)
        wait = seconds_to_wait(
            failed.trouble,
            effect,
            repeats=self._repeats,
            max_retries=self._setup.max_retries,
            random=self._setup.timing.random,
        )
        if wait is None:
            raise self._error(failed)
        self._repeats += 1
        return Wait(wait)

    def _error(self, failed: FailedTry) -> VendorError:
        may_have = self.may_have_happened
        start = f"{self._operation.name}: "
        text = start + failed.problem.removeprefix(start)
        return VendorError(
            f"{text}; {_MAY_HAVE_HAPPENED}" if may_have else text,
            reason=_REASONS[failed.trouble.happened],
            status=failed.status,
            code=failed.code,
            retry_after_s=failed.trouble.retry_after_s,
            may_have_happened=may_have,
        )


def why_it_failed(error: Exception) -> Happened:
    """Return what became of a try in which the transport raised ``error``."""
    if isinstance(error, _NOT_OPENED):
        return Happened.CERTIFICATE if _is_about_certificate(error) else Happened.NOT_OPENED
    return Happened.TIMEOUT if isinstance(error, _TIMEOUTS) else Happened.BROKEN


def _is_about_certificate(error: BaseException) -> bool:
    causes: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and len(causes) < 8:
        causes.append(cause)
        cause = cause.__cause__ if cause.__cause__ is not None else cause.__context__
    return any(isinstance(one, ssl.SSLCertVerificationError) for one in causes)
