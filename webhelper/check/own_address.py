"""Whether the site answers at its own address, ``BASE_URL``, and what the clock there says."""

from __future__ import annotations

import json
import socket
import ssl
import urllib.request
from email.utils import mktime_tz, parsedate_tz
from http.client import HTTPException
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

from liveform.form_urls import is_loopback
from webhelper.check.finding import Finding, fault, note

if TYPE_CHECKING:
    from collections.abc import Callable

_BASE_URL: Final = "BASE_URL"
_TIMEOUT_S: Final = 5.0
_MOST_OFFSET_S: Final = 30.0
_MOST_BYTES: Final = 1_000
_SILENT: Final = "does not answer yet; check again once the server and the proxy run"
_OTHER: Final = "another program answers at its /healthz; does the proxy lead to this site?"


class Reply(NamedTuple):
    """What came back from ``/healthz``.

    Attributes:
        problem: the finding; None if this site answered.
        date: Unix time in the header ``Date``; None without one.
    """

    problem: Finding | None
    date: float | None = None


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Follow no redirect: its end says nothing about this address."""


def ask(url: str) -> Reply:
    """Ask an address once, for five seconds at most."""
    try:
        with urllib.request.build_opener(_NoRedirects).open(url, timeout=_TIMEOUT_S) as answer:
            body, written = answer.read(_MOST_BYTES), parsedate_tz(answer.headers.get("Date", ""))
            is_ours = json.loads(body) == {"status": "ok"}
    except HTTPError as error:
        error.close()
        return Reply(fault(_BASE_URL, _OTHER))
    except URLError as error:
        return Reply(_why_silent(error.reason))
    except ValueError:  # not JSON, or not text
        return Reply(fault(_BASE_URL, _OTHER))
    except (OSError, HTTPException):
        return Reply(note(_BASE_URL, _SILENT))
    if not is_ours:
        return Reply(fault(_BASE_URL, _OTHER))
    return Reply(None, None if written is None else float(mktime_tz(written)))


def _why_silent(reason: object) -> Finding:
    if isinstance(reason, socket.gaierror):
        return fault(_BASE_URL, "its host has no address in the DNS, as this machine sees it")
    if isinstance(reason, ssl.SSLCertVerificationError):
        return fault(_BASE_URL, f"its certificate is refused: {reason.verify_message}")
    return note(_BASE_URL, _SILENT)


def check_own_address(
    base_url: str, *, clock: Callable[[], float], ask: Callable[[str], Reply]
) -> list[Finding]:
    """Return what is to be said of the address of a site.

    Args:
        base_url: of the site.
        clock: returns Unix time.
        ask: asks an address.
    """
    if is_loopback(urlsplit(base_url).hostname or ""):
        return [note(_BASE_URL, "is on this machine; nobody else can open its links")]
    reply = ask(f"{base_url}/healthz")
    if reply.problem is not None:
        return [reply.problem]
    offset_s = 0.0 if reply.date is None else clock() - reply.date
    if abs(offset_s) <= _MOST_OFFSET_S:
        return []
    ahead = "ahead of" if offset_s > 0 else "behind"
    return [fault("clock", f"is {abs(offset_s):.0f} seconds {ahead} the one at BASE_URL; links end by it")]
