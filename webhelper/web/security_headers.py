"""WSGI middleware that adds security headers to every answer, and answers what fails behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from webhelper.web.failed_requests import answer_failed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

_NO_STORE: Final = ("Cache-Control", "no-store")
_STATIC: Final = "/static/"
FORM_LEADS_ON: Final = "webhelper.form leads on"  # in the WSGI environment, of a page
# A year, as ASVS v5.0.0-3.4.1 asks. Not for subdomains, which are other sites.
_STAY_WITH_HTTPS: Final = ("Strict-Transport-Security", "max-age=31536000")
_FOR_ALL_ORIGINS: Final = ("Access-Control-Allow-Origin", "*")


class SecurityHeaders:
    """Adds the headers to every answer.

    Args:
        app: what answers.
        form_addresses: where forms may lead beside this site; an app's is its scheme and a colon.
        is_https: whether browsers are told to stay with https (RFC 6797).

    A page whose form redeems a link has no ``form-action``: browsers check it against every redirect behind
    the form, and nobody knows to which hosts the vendor's form leads on.
    """

    def __init__(
        self, app: WSGIApplication, *, form_addresses: Iterable[str], is_https: bool = False
    ) -> None:
        self._app = app
        strict, leads_on = _policies(form_addresses)
        self._policy = ("Content-Security-Policy", strict)
        self._policy_that_leads_on = ("Content-Security-Policy", leads_on)
        self._headers = [
            ("Referrer-Policy", "no-referrer"),
            ("X-Content-Type-Options", "nosniff"),
            ("X-Frame-Options", "DENY"),
            ("X-Robots-Tag", "noindex"),
            *((_STAY_WITH_HTTPS,) if is_https else ()),
        ]
        self._headers_not_to_keep = [*self._headers, _NO_STORE]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer with the headers, and with ``no-store`` unless the answer says how long it may be kept.

        What the app raises does not reach the server, which would log it with the address.
        """

        def start(status: str, headers: list[tuple[str, str]], *failure: Any) -> Any:  # noqa: ANN401 - PEP 3333
            is_kept = "cache-control" in [name.lower() for name, _ in headers]
            headers = headers + (self._headers if is_kept else self._headers_not_to_keep)
            headers.append(self._policy_that_leads_on if FORM_LEADS_ON in environ else self._policy)
            if environ["PATH_INFO"].startswith(_STATIC):
                headers.append(_FOR_ALL_ORIGINS)  # other sites' pages import liveform.js
            return start_response(status, headers, *failure)

        try:
            return self._app(environ, start)
        except Exception as error:  # noqa: BLE001 - whatever it is, it has an answer
            return answer_failed(error, environ, start)


def _policies(form_addresses: Iterable[str]) -> tuple[str, str]:
    """Return the policy of all pages, and that of pages whose form leads to the vendor."""
    sources = sorted({_source(address) for address in form_addresses})
    others = (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
    return "; ".join((*others, " ".join(("form-action 'self'", *sources)))), "; ".join(others)


def _source(address: str) -> str:
    """Return the origin of an address, or the scheme of an app's (CSP3 section 2.3.1)."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else f"{parts.scheme}:"
