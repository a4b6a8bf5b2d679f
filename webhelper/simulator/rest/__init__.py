"""The vendor's REST API, imitated: written from the vendor's pages, and not from the client in ``liveform``.

``gateway`` is what every request goes through, ``routes`` finds its endpoint, ``inputs`` decrypts and parses.
The other modules have the endpoints, each with its row in a table ``ENDPOINTS``. Row numbers are those of our
list of the vendor's facts.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from webhelper.simulator.rest.faulty import ALWAYS_DONE, SILENT, faulty
from webhelper.simulator.rest.gateway import Gateway
from webhelper.simulator.rest.messages import Incoming

if TYPE_CHECKING:
    from collections.abc import Callable

    from webhelper.simulator.sandbox.sandbox import Sandbox

__all__ = ["create_rest_blueprint"]

MAX_BODY: Final = 10 * 2**20  # of AWS API Gateway
_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")


def create_rest_blueprint(sandbox: Sandbox, *, sleep: Callable[[float], None] = time.sleep) -> Blueprint:
    """Return the API's blueprint, to be registered at ``/v3`` or ``/simulator/v3``.

    Args:
        sandbox: the state.
        sleep: waits so many seconds, for faults; tests pass their own.
    """
    gateway = Gateway(sandbox)
    blueprint = Blueprint("simulator_rest", __name__)

    @blueprint.route("/<path:path>", methods=_METHODS, provide_automatic_options=False)
    def answer(path: str) -> Response:
        incoming = _incoming(f"/{path}")
        fault = sandbox.faults.take("rest", incoming.path, incoming.method)
        if fault is None:
            return _answered(gateway, incoming)
        kind = fault.kind
        if fault.after or kind in ALWAYS_DONE:
            response = _answered(gateway, incoming, fault=kind, silent=kind in SILENT)
        else:
            gateway.skip(incoming, fault=kind)
            response = Response()
        return faulty(fault, response, path=incoming.path, sleep=sleep, environ=request.environ)

    return blueprint


def _answered(
    gateway: Gateway, incoming: Incoming, *, fault: str | None = None, silent: bool = False
) -> Response:
    outgoing = gateway.answer(incoming, fault=fault, silent=silent)
    return Response(outgoing.body, outgoing.status, dict(outgoing.headers))


def _incoming(path: str) -> Incoming:
    request.max_content_length = request.max_form_memory_size = MAX_BODY
    body, too_large = b"", False
    try:
        body = request.get_data()
    except RequestEntityTooLarge:
        too_large = True
    return Incoming(
        method=request.method,
        path=path,
        query=request.query_string.decode("ascii", "replace"),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=body,
        too_large=too_large,
        address=request.remote_addr or "",
        form=_form,
    )


def _form() -> tuple[dict[str, str], dict[str, bytes]]:
    """Return the texts and the files of a multipart body; the first of each name."""
    files = {name: file.read() for name, file in request.files.items()}
    return request.form.to_dict(), files
