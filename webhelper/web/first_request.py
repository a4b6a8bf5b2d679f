"""Do something in each process of a server, before its first request."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment

    from flask import Flask


def at_first_request(app: Flask, run: Callable[[], None]) -> None:
    """Call ``run`` in each process that answers requests of ``app``; later requests take no longer for it.

    Requests that arrive together may each call it.
    """
    usual = app.wsgi_app

    def first(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        app.wsgi_app = usual  # type: ignore[method-assign]  # as Flask's documentation does it
        run()
        return usual(environ, start_response)

    app.wsgi_app = first  # type: ignore[method-assign]  # as above
