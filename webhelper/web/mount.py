"""WSGI middleware that puts the app at ``BASE_URL``: under its path and host, whatever a request says."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger("webhelper")

# In the WSGI environment: the host that a browser asked, which the simulator (``same_site.py``) reads.
ASKED_HOST: Final = "webhelper.asked_host"


class Mount:
    """Sets the address of a request for everything behind it.

    ``HTTP_HOST`` is the host of this site: a client may send any text as its Host. ``SCRIPT_NAME`` is the
    path of this site, and ``PATH_INFO`` the rest.

    A request may come with the whole path, with the path in ``SCRIPT_NAME`` (another WSGI app mounts this
    one), or without it (a proxy removed it).

    Args:
        app: what answers.
        path: such as ``/kyc``; empty for the root of the host.
        host: such as ``shop.example.com``, with the port unless that is the default.
    """

    def __init__(self, app: WSGIApplication, path: str, *, host: str) -> None:
        self._app = app
        self._path = path
        self._host = host
        self._has_warned = False

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer, with the host and the two parts of the path set."""
        environ[ASKED_HOST], environ["HTTP_HOST"] = environ.get("HTTP_HOST", ""), self._host
        given, path = environ.get("SCRIPT_NAME", ""), environ["PATH_INFO"]
        if given and not self._path:
            self._warn()
        elif self._path and not given.endswith(self._path) and f"{path}/".startswith(f"{self._path}/"):
            environ["PATH_INFO"] = path[len(self._path) :]
        environ["SCRIPT_NAME"] = self._path
        return self._app(environ, start_response)

    def _warn(self) -> None:
        if not self._has_warned:
            self._has_warned = True
            log.warning("this site is mounted under a path (SCRIPT_NAME), but its BASE_URL has none: add it")
