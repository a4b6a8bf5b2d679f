"""``/api/waits`` for pages that wait until the outcome of a check is confirmed."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, request

from webhelper.api.operation import Api, Operation
from webhelper.api.schemas import WaitAnswer
from webhelper.services import services

api = Api(Blueprint("api_waits", __name__))


@api.operation(Operation("GET", "/api/waits/<token>", answer=WaitAnswer, errors=(HTTPStatus.NOT_FOUND,)))
def get_wait(token: str) -> WaitAnswer:
    """Say how far a check is, and when to ask again; the token is the ``wait`` of a link or of a return."""
    wait = services().waits.look(token)
    return WaitAnswer(
        stage=wait.stage,
        status=wait.status,
        level=wait.level,
        final=wait.final,
        next_in_s=wait.next_in_s,
    )


@api.blueprint.after_request
def allow_listed_origins(response: Response) -> Response:
    """Let pages of the listed origins read the answer (CORS, Fetch standard); it depends on no cookie."""
    response.vary.add("Origin")
    origin = request.headers.get("Origin")
    if origin in services().settings.cors_origins:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = "Retry-After"
    return response
