"""Answers that go wrong as a tester has set it."""

from __future__ import annotations

import errno
import socket
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from flask import Response

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from wsgiref.types import WSGIEnvironment

    from webhelper.simulator.sandbox.faults import Fault

_WRONG_JSON: Final = b'{"Items": [}'
_PIECES: Final = 20
ALWAYS_DONE: Final = frozenset({"half_body", "wrong_json", "slow"})
SILENT: Final = frozenset({"timeout", "reset"})


def faulty(
    fault: Fault, response: Response, *, path: str, sleep: Callable[[float], None], environ: WSGIEnvironment
) -> Response:
    """Return the answer that a request gets in place of ``response``.

    Args:
        fault: what goes wrong, of a kind that requests have.
        response: the right answer.
        path: of the request, behind ``/v3``.
        sleep: waits so many seconds.
        environ: of the request.
    """
    body = response.get_data()
    if fault.kind == "status":
        failed = Response('{"message": "fault of the simulator"}', fault.status, mimetype="application/json")
        if fault.retry_after is not None:
            failed.headers["Retry-After"] = fault.retry_after
        return failed
    if fault.kind == "wrong_json":
        return Response(_WRONG_JSON, mimetype="application/json")
    if fault.kind == "redirect":
        return Response(
            status=HTTPStatus.TEMPORARY_REDIRECT, headers={"Location": fault.location.rstrip("/") + path}
        )
    pieces: dict[str, Callable[[], Iterator[bytes]]] = {
        "timeout": lambda: _nothing(fault.seconds, sleep, environ),
        "reset": lambda: _nothing(0, sleep, environ),
        "half_body": lambda: _half(body, environ),
        "slow": lambda: _slowly(body, fault.seconds, sleep),
    }
    return Response(
        pieces[fault.kind](), response.status_code, {**response.headers, "Content-Length": str(len(body))}
    )


def _nothing(seconds: float, sleep: Callable[[float], None], environ: WSGIEnvironment) -> Iterator[bytes]:
    sleep(seconds)
    yield from ()
    raise _broken(environ)


def _half(body: bytes, environ: WSGIEnvironment) -> Iterator[bytes]:
    yield body[: len(body) // 2]
    raise _broken(environ)


def _slowly(body: bytes, seconds: float, sleep: Callable[[float], None]) -> Iterator[bytes]:
    size = len(body) // _PIECES + 1
    for start in range(0, len(body), size):
        sleep(seconds / _PIECES)
        yield body[start : start + size]


def _broken(environ: WSGIEnvironment) -> ConnectionResetError:
    """Return the error at which a WSGI server closes the connection without a word."""
    connection = environ.get("werkzeug.socket")
    if connection is not None:  # Werkzeug's own server would keep it open
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
    return ConnectionResetError(errno.ECONNRESET, "a fault of the simulator")
