"""``/healthz`` says that the process runs, ``/readyz`` that it should get requests."""

from http import HTTPStatus

from flask import Blueprint, Response, jsonify

from webhelper.readiness import State
from webhelper.services import services

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """Answer 200, whatever the state of the store."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def readyz() -> tuple[Response, HTTPStatus]:
    """Answer 200 if this process should get requests, else 503 with the reason."""
    state = services().readiness.state()
    status = HTTPStatus.OK if state is State.READY else HTTPStatus.SERVICE_UNAVAILABLE
    return jsonify(status=state.value), status
