"""WSGI middleware that puts the app under the path of ``BASE_URL``, whatever a proxy does with that path."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger("webhelper")


class Mount:
    """Makes ``SCRIPT_NAME`` the path of this site, and ``PATH_INFO`` the rest, for everything behind it.

    A request may come with the whole path, with the path in ``SCRIPT_NAME`` (another WSGI app mounts this
    one), or without it (a proxy removed it).

    Args:
        app: what answers.
        path: such as ``/kyc``; empty for the root of the host.
    """

    def __init__(self, app: WSGIApplication, path: str) -> None:
        self._app = app
        self._path = path
        self._has_warned = False

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer, with the two parts of the path set."""
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
