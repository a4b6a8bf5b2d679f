"""Posts messages to ``OUTGOING_URL``, signed by Standard Webhooks."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from ssl import PROTOCOL_TLS_CLIENT, SSLContext
from typing import TYPE_CHECKING, Final

import httpcore2
import httpx2

from liveform.rest.sending.transport import (
    Deadline,
    DeadlineTransport,
    during_call,
    keep_calls_out_of_logs,
)
from webhelper.messages.attempt import DELIVERED, Attempt
from webhelper.messages.contents import body_of
from webhelper.messages.standard_webhooks import sign

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from webhelper.links.stores.base import Store
    from webhelper.links.stores.outbox import Message

TIMEOUT_S: Final = 15.0
_HEADERS: Final = {"Content-Type": "application/json", "User-Agent": "liveform-webhelper"}
_BROKEN: Final = (httpcore2.NetworkError, httpcore2.ProtocolError, OSError)


class Outgoing:
    """Delivers messages to the URL of the site.

    It follows no redirect, takes no proxy from the environment, keeps no cookie, and reads no answer's body.

    Args:
        url: where messages are posted.
        secrets: each of them signs.
        store: has labels and user ids.
        timeout_s: how long one attempt may take in all, in seconds.
        clock: returns seconds that never go back.
    """

    def __init__(
        self,
        url: str,
        secrets: Sequence[bytes],
        store: Store,
        *,
        timeout_s: float = TIMEOUT_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url, self._secrets, self._store = url, secrets, store
        self._timeout_s, self._clock = timeout_s, clock
        self._transport = DeadlineTransport(_ssl_context(url))
        keep_calls_out_of_logs()

    def deliver(self, message: Message, now: float) -> Attempt:
        """See ``Receiver``."""
        body = body_of(message, self._store)
        headers = sign(body, message_id=message.id, at=now, secrets=self._secrets)
        request = httpx2.Request("POST", self._url, headers=_HEADERS | headers, content=body)
        try:
            with during_call(Deadline(self._timeout_s, self._clock)):
                answer = self._transport.handle_request(request)
                answer.close()
        except httpcore2.ConnectError:
            return Attempt("no_connection")
        except httpcore2.TimeoutException:
            return Attempt("timeout")
        except _BROKEN:
            return Attempt("no_answer")
        return attempt_of(answer, now)


def _ssl_context(url: str) -> SSLContext | None:
    """Return the context for a URL; http needs no certificates, which take long to load."""
    return None if url.lower().startswith("https:") else SSLContext(PROTOCOL_TLS_CLIENT)


def attempt_of(answer: httpx2.Response, now: float) -> Attempt:
    """Return how an attempt ended that got an answer: 2xx is delivered, and 410 ends all attempts."""
    status = answer.status_code
    if status // 100 == 2:
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
