"""WSGI middleware that answers GET of a reusable link with a 302, without entering Flask.

Everything else goes to the app behind it, and so does whatever fails here: ``visitor.open_link`` meets the
same error and answers it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from webhelper.links.browser_cookie import digest_of, new_browser
from webhelper.web.access_log import ROUTE
from webhelper.web.i18n import LANGUAGE_COOKIE
from webhelper.web.sent_ahead import is_sent_ahead

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from webhelper.links.browser_cookie import BrowserCookie
    from webhelper.links.service import LinkService

LINK: Final = "webhelper.link"  # in the WSGI environment: a link that was found here already
_LANGUAGE: Final = f"{LANGUAGE_COOKIE}="
_ROUTES: Final = {"/r/": "/r/<token>", "/R/": "/R/<token>"}


class FastRedirect:
    """Redirects browsers that open reusable links.

    Args:
        app: answers everything else.
        links: finds and redeems the links.
        cookie: names the browser, to which the visit state is bound.
    """

    def __init__(self, app: WSGIApplication, links: LinkService, cookie: BrowserCookie) -> None:
        self._app = app
        self._links = links
        self._cookie = cookie

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Redirect, or hand the request on."""
        route = _ROUTES.get(environ["PATH_INFO"][:3])
        headers = None if route is None else self._redirect(environ)
        if headers is None:
            return self._app(environ, start_response)
        environ[ROUTE] = route
        start_response("302 FOUND", headers)
        return []

    def _redirect(self, environ: WSGIEnvironment) -> list[tuple[str, str]] | None:
        """Return the headers that lead on from a reusable link, with its use counted; else None."""
        cookies = environ.get("HTTP_COOKIE", "")
        if environ["REQUEST_METHOD"] != "GET" or environ.get("QUERY_STRING") or _LANGUAGE in cookies:
            return None
        try:
            link = self._links.find(environ["PATH_INFO"][3:])
            if link.is_limited or is_sent_ahead(environ):
                environ[LINK] = link
                return None
            browser = self._cookie.read(cookies) or new_browser()
            url = self._links.redeem(link, digest_of(browser))
            cookie = self._cookie.written(browser)
        except Exception:  # noqa: BLE001 - the server would log it with the address, which holds the token
            return None
        return [("Location", url), ("Content-Length", "0"), ("Set-Cookie", cookie)]
