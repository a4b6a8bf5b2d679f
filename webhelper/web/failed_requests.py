"""The answer to a request that no error handler answered, because the error page failed too."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Final

from webhelper.error_reports import place_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment

log = logging.getLogger("webhelper")

# Without a template, a translation or an address: each of them may be what failed.
_PAGE: Final = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Something went wrong</title>
<main>
<h1>Something went wrong</h1>
<p>Please try again in a moment.</p>
<h1 lang="ko">문제가 발생했습니다</h1>
<p lang="ko">잠시 후 다시 시도해 주세요.</p>
</main>
</html>
""".encode()


def answer_failed(
    error: Exception, environ: WSGIEnvironment, start_response: StartResponse
) -> Iterable[bytes]:
    """Return a constant page with the status 500, and log one line without the address.

    A server would log such a request with its address, which holds tokens and personal data.

    Args:
        error: what the app raised; it is being handled.
        environ: of the request.
        start_response: starts the answer, also if the app has started another that was not sent yet.
    """
    log.error("unexpected %s, and no error page: %s", type(error).__name__, place_of(error))
    headers = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(_PAGE)))]
    start_response("500 INTERNAL SERVER ERROR", headers, sys.exc_info())
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [_PAGE]
