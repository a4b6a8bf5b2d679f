"""``/healthz`` says that the process runs, ``/readyz`` that its store can be read and written."""

from http import HTTPStatus

from flask import Blueprint, Response, jsonify

from webhelper.services import services

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """Answer 200, whatever the state of the store."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def readyz() -> tuple[Response, HTTPStatus]:
    """Answer 200 if the store can be read and written, else 503."""
    if services().links.store.is_ready():
        return jsonify(status="ok"), HTTPStatus.OK
    return jsonify(status="store unavailable"), HTTPStatus.SERVICE_UNAVAILABLE
