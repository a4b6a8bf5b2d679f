"""One POST of one event, to a program on this machine or on a host that the settings allow."""

from __future__ import annotations

from ssl import PROTOCOL_TLS_CLIENT, SSLContext, create_default_context
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urlsplit

import httpx2

from liveform.form_urls import is_loopback

if TYPE_CHECKING:
    from collections.abc import Collection

_HEADERS: Final = {"Content-Type": "application/json", "User-Agent": "liveform-simulator"}
_DEFAULT_TIMEOUT_S: Final = 10.0  # the vendor documents none (9.4)


class Posted(NamedTuple):
    """How one POST ended.

    Attributes:
        status: the HTTP status; None if no answer came.
        problem: why no answer came, in a word; empty with a status.
    """

    status: int | None
    problem: str = ""

    @property
    def is_delivered(self) -> bool:
        """Whether the receiver answered 2xx, which the vendor asks for (FAQ)."""
        return self.status is not None and 200 <= self.status < 300


NOT_ALLOWED: Final = Posted(None, "this host is not allowed")


class Poster:
    """Sends bodies by POST. It follows no redirect, uses no proxy, and reads no answer's body.

    Args:
        allowed_hosts: hosts beside the loopback ones that may be called, in lower case and without a port.
        timeout_s: how long it waits for a connection, and then for an answer, in seconds.
        transport: what httpx2 sends with; tests pass their own.
    """

    def __init__(
        self,
        *,
        allowed_hosts: Collection[str] = (),
        timeout_s: float = _DEFAULT_TIMEOUT_S,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        self._allowed_hosts = frozenset(allowed_hosts)
        self._timeout_s = timeout_s
        self._transport = transport

    def may_call(self, url: str) -> bool:
        """Return whether the URL is one of http or https, on loopback or on an allowed host."""
        try:
            parts = urlsplit(url)
            host = parts.hostname or ""
            _ = parts.port
        except ValueError:
            return False
        return parts.scheme in ("http", "https") and (is_loopback(host) or host in self._allowed_hosts)

    def post(self, url: str, body: bytes) -> Posted:
        """Send ``body`` as JSON, and return how that ended."""
        if not self.may_call(url):
            return NOT_ALLOWED
        try:
            with (
                httpx2.Client(
                    timeout=self._timeout_s,
                    trust_env=False,
                    follow_redirects=False,
                    transport=self._transport,
                    verify=_tls(url),
                ) as client,
                client.stream("POST", url, content=body, headers=_HEADERS) as answer,
            ):
                return Posted(answer.status_code)
        except httpx2.TimeoutException:
            return Posted(None, "time-out")
        except httpx2.ConnectError:
            return Posted(None, "no connection")
        except (httpx2.HTTPError, httpx2.InvalidURL):
            return Posted(None, "no answer")


def _tls(url: str) -> SSLContext:
    """Return the context for a URL; http needs no certificates, which take long to load."""
    return create_default_context() if url.startswith("https:") else SSLContext(PROTOCOL_TLS_CLIENT)
