"""The bodies that the control API takes, and how they are read."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from http import HTTPStatus
from typing import Any, Literal, NoReturn, TypeVar

import msgspec
from flask import Response, abort, jsonify, make_response, request

from webhelper.simulator.sandbox.faults import Fault

T = TypeVar("T")


class MoveClock(msgspec.Struct, forbid_unknown_fields=True):
    """By how many seconds the clock moves."""

    move_s: float


class SendEvent(msgspec.Struct, forbid_unknown_fields=True):
    """How often an event is sent now; 0 lets it get lost."""

    times: int = 1


class Complete(msgspec.Struct, forbid_unknown_fields=True):
    """A form URL, and how its check ends; the codes are those of ``Decision``."""

    url: str
    outcome: Literal["approved", "pending", "rejected"] = "approved"
    reject_code: str | None = None
    retry_code: str | None = None
    fail_code: str | None = None


class Submit(msgspec.Struct, forbid_unknown_fields=True):
    """A submission without a form.

    Attributes:
        pid: the project; may be left out if there is one only.
        outcome: the status; ``incomplete`` leaves it unfinished, as users do who close the form.
        values: parameters of a form URL, such as userid and email.
        data: what the document says; the rest is made up.
        codes: reject codes.
        pipeline: ``id_document`` or ``knowledge``.
    """

    pid: str | None = None
    outcome: Literal["approved", "pending", "rejected", "incomplete"] = "approved"
    values: dict[str, str] = {}
    data: dict[str, str] = {}
    codes: list[str] = []
    pipeline: Literal["id_document", "knowledge"] = "id_document"


class Review(msgspec.Struct, forbid_unknown_fields=True):
    """How a pending submission is reviewed."""

    status: Literal["approved", "rejected"]
    reject_code: str = "other"


class Webhook(msgspec.Struct, forbid_unknown_fields=True):
    """Where the events of a project go; null: nowhere."""

    url: str | None
    pid: str | None = None


def read(kind: type[T]) -> T:
    """Return the JSON body of this request; answer 400 with the reason if it is not of this kind.

    The Content-Type must be application/json, which a page of another site cannot send unasked.
    """
    if request.mimetype != "application/json":
        refuse("the Content-Type must be application/json", HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    try:
        members: Any = msgspec.json.decode(request.get_data() or b"{}")
        if is_dataclass(kind):  # msgspec ignores what a dataclass does not know
            unknown = set(members if isinstance(members, dict) else ()) - {one.name for one in fields(kind)}
            if unknown:
                refuse(f"unknown members: {', '.join(sorted(unknown))}")
        return msgspec.convert(members, kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        refuse(str(error))


def read_fault() -> Fault:
    """Return the fault in the body of this request."""
    fault = read(Fault)
    if not 0 <= fault.share <= 1:
        refuse("share must be 0 to 1")
    return fault


def refuse(problem: str, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> NoReturn:
    """Answer with a problem."""
    abort(refusal(problem, status))


def refusal(problem: str, status: HTTPStatus) -> Response:
    """Return the answer of a problem."""
    answer = make_response(jsonify(error=problem))
    answer.status_code = status
    return answer
