"""Security headers, on every answer."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import request

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask import Flask, Response


def init_headers(app: Flask, *, form_addresses: Iterable[str]) -> None:
    """Put the headers on every answer of ``app``.

    Args:
        app: the app.
        form_addresses: the projects' forms. Browsers check ``form-action`` against redirects too, and
            redeeming a link is a form whose answer leads there.
    """
    origins = sorted({"{0.scheme}://{0.netloc}".format(urlsplit(address)) for address in form_addresses})
    policy = "; ".join(
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

    @app.after_request
    def add_headers(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Cache-Control", "no-store")
        headers["Content-Security-Policy"] = policy
        headers["Referrer-Policy"] = "no-referrer"
        headers["X-Content-Type-Options"] = "nosniff"
        headers["X-Frame-Options"] = "DENY"
        headers["X-Robots-Tag"] = "noindex"
        if request.endpoint == "static":
            headers["Access-Control-Allow-Origin"] = "*"  # other sites' pages import liveform.js
        return response
