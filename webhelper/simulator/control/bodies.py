"""The bodies that the control API takes, and how they are read."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, ClassVar, Literal, NoReturn, TypeVar

import msgspec
from flask import Response, abort, jsonify, make_response, request

from liveform import ConfigError
from webhelper.simulator.decision import OUTCOMES
from webhelper.simulator.sandbox import options, rules

T = TypeVar("T", bound=options.Options)


@dataclass(frozen=True, slots=True)
class MoveClock:
    """By how many seconds the clock moves."""

    RULES: ClassVar[options.Rules] = {"move_s": rules.STEP_S}

    move_s: float


@dataclass(frozen=True, slots=True)
class SendEvent:
    """How often an event is sent now; 0 lets it get lost."""

    RULES: ClassVar[options.Rules] = {"times": rules.whole(0, 10)}

    times: int = 1


@dataclass(frozen=True, slots=True)
class Complete:
    """A form URL, and how its check ends; the codes are those of ``Decision``."""

    RULES: ClassVar[options.Rules] = {
        "url": rules.TEXT,
        "outcome": rules.one_of(*OUTCOMES),
        **dict.fromkeys(("reject_code", "retry_code", "fail_code"), rules.optional(rules.CODE)),
    }

    url: str
    outcome: Literal["approved", "pending", "rejected"] = "approved"
    reject_code: str | None = None
    retry_code: str | None = None
    fail_code: str | None = None


@dataclass(frozen=True, slots=True)
class Submit:
    """A submission without a form.

    Attributes:
        pid: the project; may be left out if there is one only.
        outcome: the status; ``incomplete`` leaves it unfinished, as users do who close the form.
        values: parameters of a form URL, such as userid and email.
        data: what the document says; the rest is made up.
        codes: reject codes.
        pipeline: ``id_document`` or ``knowledge``.
    """

    RULES: ClassVar[options.Rules] = {
        "pid": rules.optional(rules.TEXT),
        "outcome": rules.one_of(*OUTCOMES, "incomplete"),
        **dict.fromkeys(("values", "data"), rules.TEXT_MEMBERS),
        "codes": rules.several(rules.TEXT),
        "pipeline": rules.one_of("id_document", "knowledge"),
    }

    pid: str | None = None
    outcome: Literal["approved", "pending", "rejected", "incomplete"] = "approved"
    values: dict[str, str] = field(default_factory=dict)
    data: dict[str, str] = field(default_factory=dict)
    codes: list[str] = field(default_factory=list)
    pipeline: Literal["id_document", "knowledge"] = "id_document"


@dataclass(frozen=True, slots=True)
class Review:
    """How a pending submission is reviewed."""

    RULES: ClassVar[options.Rules] = {
        "status": rules.one_of("approved", "rejected"),
        "reject_code": rules.CODE,
    }

    status: Literal["approved", "rejected"]
    reject_code: str = "other"


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where the events of a project go; null: nowhere."""

    RULES: ClassVar[options.Rules] = {
        "url": rules.optional(rules.HTTP_URL),
        "pid": rules.optional(rules.TEXT),
    }

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
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        members = None
    if not isinstance(members, dict):
        refuse("the body must be a JSON object")
    try:
        return options.made_of(kind, members)
    except ConfigError as error:
        refuse(str(error))


def refuse(problem: str, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> NoReturn:
    """Answer with a problem."""
    abort(refusal(problem, status))


def refusal(problem: str, status: HTTPStatus) -> Response:
    """Return the answer of a problem."""
    answer = make_response(jsonify(error=problem))
    answer.status_code = status
    return answer
