"""These tests send requests whose body is cut short, to servers that say that they end bodies themselves."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from flask import request
from sites import TOKEN

from webhelper.web.flask_app import FlaskApp

if TYPE_CHECKING:
    from flask.testing import FlaskClient

SERVERS = pytest.mark.parametrize(
    "server", [{}, {"wsgi.input_terminated": True}], ids=["any", "one that ends bodies"]
)
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data; boundary=B"
PART = b"--B\r\nContent-Disposition: form-data; name=store\r\n\r\nGang"
LONGER = "199"
AUTHORIZED = {"Authorization": f"Bearer {TOKEN}"}


@SERVERS
@pytest.mark.parametrize(
    ("path", "kind", "body"),
    [
        ("/api/returns", JSON, b"{"),
        ("/api/links", JSON, b'{"pipeline": "id_document"}'),
        ("/sign-in", FORM, b"token=" + TOKEN[:9].encode()),
        ("/links", FORM, b"pipeline=id_document&userid=customer-000"),
        ("/links", FORM, b""),
        ("/kiosks", FORM, b"pipeline=id_document&store=Gang"),
        ("/kiosks", PARTS, PART),
    ],
)
def test_body_shorter_than_its_length_is_malformed(
    client: FlaskClient, path: str, kind: str, body: bytes, server: dict[str, object]
) -> None:
    """Half a request is never worked as a whole one, whatever the server says about the ends of bodies."""
    client.post("/sign-in", data={"token": TOKEN})
    answer = client.post(
        path,
        input_stream=BytesIO(body),
        content_type=kind,
        headers={"Accept": JSON} | AUTHORIZED,
        environ_overrides={"CONTENT_LENGTH": LONGER, **server},
    )
    assert answer.status_code == 400
    assert answer.get_json()["error"] == {
        "code": "malformed",
        "message": "the body of the request is cut short, or its chunks are wrong",
    }
    assert client.get("/api/links", headers=AUTHORIZED).get_json()["links"] == []


@pytest.mark.parametrize(
    ("environ", "body"),
    [
        ({"CONTENT_LENGTH": "5"}, b"whole"),
        ({"CONTENT_LENGTH": "5", "wsgi.input_terminated": True}, b"whole"),
        ({"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}, b"whole"),
        ({"HTTP_TRANSFER_ENCODING": "chunked"}, b""),  # where it ends is not known
    ],
)
def test_whole_body_is_read(environ: dict[str, object], body: bytes) -> None:
    """A body with a length is read, and one in chunks at a server that knows where they end."""
    app = FlaskApp(__name__)

    @app.post("/")
    def read() -> bytes:
        return request.get_data()

    answer = app.test_client().post("/", input_stream=BytesIO(b"whole"), environ_overrides=environ)
    assert answer.data == body
