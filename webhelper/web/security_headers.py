"""WSGI middleware that adds security headers to every answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

_NO_STORE: Final = ("Cache-Control", "no-store")
_STATIC: Final = "/static/"
_FOR_ALL_ORIGINS: Final = ("Access-Control-Allow-Origin", "*")


class SecurityHeaders:
    """Adds the headers to every answer.

    Args:
        app: what answers.
        form_addresses: the projects' forms. Browsers check ``form-action`` against redirects too, and
            redeeming a link is a form whose answer leads there.
    """

    def __init__(self, app: WSGIApplication, *, form_addresses: Iterable[str]) -> None:
        self._app = app
        self._headers = [
            ("Content-Security-Policy", _policy(form_addresses)),
            ("Referrer-Policy", "no-referrer"),
            ("X-Content-Type-Options", "nosniff"),
            ("X-Frame-Options", "DENY"),
            ("X-Robots-Tag", "noindex"),
        ]
        self._headers_not_to_keep = [*self._headers, _NO_STORE]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer with the headers, and with ``no-store`` unless the answer says how long it may be kept."""

        def start(status: str, headers: list[tuple[str, str]], *failure: Any) -> Any:  # noqa: ANN401 - PEP 3333
            is_kept = "cache-control" in [name.lower() for name, _ in headers]
            headers = headers + (self._headers if is_kept else self._headers_not_to_keep)
            if environ["PATH_INFO"].startswith(_STATIC):
                headers.append(_FOR_ALL_ORIGINS)  # other sites' pages import liveform.js
            return start_response(status, headers, *failure)

        return self._app(environ, start)


def _policy(form_addresses: Iterable[str]) -> str:
    origins = sorted({"{0.scheme}://{0.netloc}".format(urlsplit(address)) for address in form_addresses})
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "connect-src 'self'",
            f"form-action 'self' {' '.join(origins)}",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )
