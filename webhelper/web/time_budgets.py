"""WSGI middleware that gives each request a budget of time for the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webhelper.links.stores.time_budget import TimeBudget, budget_of_request

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


class TimeBudgets:
    """Lets no request wait for a database for longer than its budget.

    Args:
        app: what answers.
    """

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer, with a budget of this request alone."""
        before = budget_of_request.set(TimeBudget())
        try:
            return self._app(environ, start_response)
        finally:
            budget_of_request.reset(before)
