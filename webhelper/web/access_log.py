"""One line for each request: the route, not the address, for addresses hold tokens and people's data."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from flask import g, request

if TYPE_CHECKING:
    from flask import Flask, Response

log = logging.getLogger("webhelper.access")


def init_access_log(app: Flask) -> None:
    """Log the requests of ``app``."""

    @app.before_request
    def start() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def write(response: Response) -> Response:
        milliseconds = (time.perf_counter() - g.get("started", time.perf_counter())) * 1000
        log.info(
            "%s %s %d %.1f ms%s",
            request.method if request.method.isascii() else "-",
            request.url_rule or "(no route)",
            response.status_code,
            milliseconds,
            f" by {g.holder}" if "holder" in g else "",
        )
        return response


def log_to_stderr() -> None:
    """Write our own loggers' lines to stderr, for a server that leaves logging alone."""
    logger = logging.getLogger("webhelper")
    if not logger.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        logger.propagate = False
