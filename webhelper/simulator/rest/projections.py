"""Projections (vendor pages PRJP, PRJG, PRJ1, PRJD)."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any, Final

from webhelper.simulator.rest.calls import Call, Endpoint, Reply
from webhelper.simulator.rest.checks import members
from webhelper.simulator.rest.refusals import Refused, plain
from webhelper.simulator.sandbox.clock import iso
from webhelper.simulator.sandbox.projections import FIELDS, MAX_PROJECTIONS, Projection

PATH: Final = "/projection"
_NAME: Final = re.compile(r"[a-z0-9_]+")
_MODE: Final = "exclude"


def create(call: Call) -> Reply:
    """Keep a projection; the eleventh is refused (row 7.7)."""
    call.doubt("projection_created", "projection_errors")
    body = members(call.body)
    name, mode, fields = (body.get(member) for member in ("name", "mode", "fields"))
    if not name or not mode or not fields:
        raise _not_found()
    call.ignore(*(member for member in body if member not in ("name", "mode", "fields")))
    if not isinstance(name, str) or _NAME.fullmatch(name) is None or mode != _MODE:
        raise plain("", "Invalid name or mode")
    if not isinstance(fields, list) or not all(isinstance(one, str) and one in FIELDS for one in fields):
        raise plain("", "Invalid fields")
    if len(call.sandbox.projections.all(call.pid)) >= MAX_PROJECTIONS:
        raise plain("", "Projection count limit exceeded", status=HTTPStatus.CONFLICT)
    made = Projection(
        id=call.sandbox.ids.other_id("projection"),
        pid=call.pid,
        name=name,
        fields=tuple(fields),
        created_at=iso(call.sandbox.clock.now()),
    )
    call.sandbox.projections.add(made)
    return Reply({"item": _shown(made), "message": "success"})


def read_all(call: Call) -> Reply:
    """Answer all projections (row 7.5)."""
    return Reply(
        {"items": [_shown(one) for one in call.sandbox.projections.all(call.pid)], "message": "success"}
    )


def read(call: Call) -> Reply:
    """Answer one projection by its id (row 7.5)."""
    for one in call.sandbox.projections.all(call.pid):
        if one.id == call.path["id"]:
            return Reply({"item": _shown(one), "message": "success"})
    raise _not_found()


def delete(call: Call) -> Reply:
    """Delete a projection: what it hid is visible again (row 7.8)."""
    if not call.sandbox.projections.delete(call.pid, call.path["id"]):
        raise _not_found()
    return Reply({"message": "success"})


def method_not_allowed(_call: Call) -> Reply:
    """Refuse another method (row 7.7)."""
    raise plain("", "Method not allowed", status=HTTPStatus.METHOD_NOT_ALLOWED)


def _shown(projection: Projection) -> dict[str, Any]:
    return {
        "projection_id": projection.id,
        "name": projection.name,
        "mode": _MODE,
        "fields": list(projection.fields),
        "created_at": projection.created_at,
    }


def _not_found() -> Refused:
    return plain("", "Projection not found", status=HTTPStatus.NOT_FOUND)


ENDPOINTS: Final = (
    Endpoint(method="POST", path=PATH, handle=create, refuse=plain, body="json"),
    Endpoint(method="GET", path=PATH, handle=read_all, refuse=plain),
    Endpoint(method="GET", path=f"{PATH}/{{id}}", handle=read, refuse=plain),
    Endpoint(method="DELETE", path=f"{PATH}/{{id}}", handle=delete, refuse=plain),
    Endpoint(method="*", path=PATH, handle=method_not_allowed, refuse=plain),
    Endpoint(method="*", path=f"{PATH}/{{id}}", handle=method_not_allowed, refuse=plain),
)
