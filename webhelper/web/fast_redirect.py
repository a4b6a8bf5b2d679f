"""A reusable link, answered in front of Flask: to lead on takes no page, no session and no language.

Whatever else is asked is left to the app behind, and so is whatever goes wrong here: ``views.redirect`` meets
it again, and says it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from webhelper.web.access_log import ROUTE

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from webhelper.links.service import LinkService

_ROUTES: Final = {"/r/": "/r/<token>", "/R/": "/R/<token>"}


class FastRedirect:
    """Leads on from reusable links.

    Args:
        app: what answers all else.
        desk: where links are served.
    """

    def __init__(self, app: WSGIApplication, service: LinkService) -> None:
        self._app = app
        self._desk = service

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Redirect, or hand on."""
        route = _ROUTES.get(environ["PATH_INFO"][:3])
        url = self._target(environ) if route is not None else None
        if url is None:
            return self._app(environ, start_response)
        environ[ROUTE] = route
        start_response("302 FOUND", [("Location", url), ("Content-Length", "0")])
        return []

    def _target(self, environ: WSGIEnvironment) -> str | None:
        """Where a link leads that needs no page in front of it; its use is counted."""
        if environ["REQUEST_METHOD"] != "GET" or environ.get("QUERY_STRING") or "HTTP_SEC_PURPOSE" in environ:
            return None
        try:
            link = self._desk.look(environ["PATH_INFO"][3:]).link
            return None if link.is_limited else self._desk.redeem(link)
        except Exception:  # noqa: BLE001 - see above; the server would log it with the address
            return None
