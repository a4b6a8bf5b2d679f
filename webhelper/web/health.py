"""``/healthz``: the process answers. ``/readyz``: it can work, too."""

from http import HTTPStatus

from flask import Blueprint, Response, jsonify

from webhelper.services import services

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """Answer, whatever state the store is in."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def readyz() -> tuple[Response, HTTPStatus]:
    """Answer 200 if links can be read and written, else 503."""
    if services().links.store.is_ready():
        return jsonify(status="ok"), HTTPStatus.OK
    return jsonify(status="store unavailable"), HTTPStatus.SERVICE_UNAVAILABLE
