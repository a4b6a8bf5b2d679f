"""Posts messages to ``OUTGOING_URL``, signed by Standard Webhooks."""

from __future__ import annotations

import logging
from contextvars import ContextVar
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from ssl import PROTOCOL_TLS_CLIENT, SSLContext
from typing import TYPE_CHECKING, Final

import anyio
import httpx2

from webhelper.messages.attempt import DELIVERED, Attempt
from webhelper.messages.contents import body_of
from webhelper.messages.standard_webhooks import sign

if TYPE_CHECKING:
    from collections.abc import Sequence

    from webhelper.links.stores.base import Store
    from webhelper.links.stores.outbox import Message

TIMEOUT_S: Final = 15.0
_HEADERS: Final = {"Content-Type": "application/json", "User-Agent": "liveform-webhelper"}
_LOGGERS: Final = tuple(f"httpcore2.{name}" for name in ("connection", "http11", "http2", "proxy", "socks"))
_IS_OURS: ContextVar[bool] = ContextVar("liveform_outgoing", default=False)


class Outgoing:
    """Delivers messages to the URL of the site.

    It follows no redirect, takes no proxy from the environment, keeps no cookie, and reads no answer's body.

    Args:
        url: where messages are posted.
        secrets: each of them signs.
        store: has labels and user ids.
        timeout_s: how long one attempt may take in all, in seconds.
    """

    def __init__(
        self, url: str, secrets: Sequence[bytes], store: Store, *, timeout_s: float = TIMEOUT_S
    ) -> None:
        self._url, self._secrets, self._store, self._timeout_s = url, secrets, store, timeout_s
        self._tls: SSLContext | None = None
        for name in _LOGGERS:  # at DEBUG, they would show the host and the answer's headers
            logging.getLogger(name).addFilter(_is_of_others)

    def deliver(self, message: Message, now: float) -> Attempt:
        """See ``Receiver``."""
        body = body_of(message, self._store)
        headers = sign(body, message_id=message.id, at=now, secrets=self._secrets)
        request = httpx2.Request("POST", self._url, headers=_HEADERS | headers, content=body)
        try:
            answer = anyio.run(self._post, request)
        except (httpx2.HTTPError, OSError) as error:
            return Attempt("no_connection" if isinstance(error, httpx2.ConnectError) else "no_answer")
        return Attempt("timeout") if answer is None else attempt_of(answer, now)

    async def _post(self, request: httpx2.Request) -> httpx2.Response | None:
        """Return the answer, whose body is not read; None if none came in time."""
        _IS_OURS.set(True)
        answer = None
        with anyio.move_on_after(self._timeout_s):
            async with httpx2.AsyncHTTPTransport(verify=self._ssl_context()) as transport:
                answer = await transport.handle_async_request(request)
                await answer.aclose()
        return answer

    def _ssl_context(self) -> SSLContext:
        """Return the context for the URL; http needs no certificates, which take long to load."""
        if self._tls is None:
            is_https = self._url.lower().startswith("https:")
            self._tls = httpx2.create_ssl_context() if is_https else SSLContext(PROTOCOL_TLS_CLIENT)
        return self._tls


def attempt_of(answer: httpx2.Response, now: float) -> Attempt:
    """Return how an attempt ended that got an answer: 2xx is delivered, and 410 ends all attempts."""
    status = answer.status_code
    if 200 <= status < 300:
        return DELIVERED
    retry_after_s = read_retry_after(answer.headers.get("Retry-After", ""), now)
    return Attempt(f"http_{status}", is_last=status == HTTPStatus.GONE, retry_after_s=retry_after_s)


def read_retry_after(value: str, now: float) -> float:
    """Return the seconds that a Retry-After asks for (RFC 9110 section 10.2.3); 0 if it asks for none.

    Args:
        value: the header: a number of seconds or an HTTP-date. Anything else counts as absent.
        now: Unix time.
    """
    text = value.strip()[:64]
    if text.isascii() and text.isdecimal():
        return float(text)
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return 0.0
    at = date if date.tzinfo is not None else date.replace(tzinfo=UTC)  # "-0000" has none
    return max(0.0, (at - datetime.fromtimestamp(now, UTC)).total_seconds())


def _is_of_others(_: logging.LogRecord) -> bool:
    return not _IS_OURS.get()
