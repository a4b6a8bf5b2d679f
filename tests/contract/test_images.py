"""Rows 4.1 to 4.6: images of submissions."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest

from liveform.rest import Acknowledgement, Dialect, FormPart, Operation
from tests.contract.checks import hold, hold_members, refused, rows
from tests.contract.clients import caller

if TYPE_CHECKING:
    from tests.contract.target import World
    from webhelper.simulator.sandbox.sandbox import Sandbox

JPEG = b"\xff\xd8\xff\xe0 a picture"
PNG = b"\x89PNG\r\n\x1a\n a picture"
KINDS = {"id_image": JPEG, "id_back_image": PNG, "selfie_image": JPEG, "address_image": PNG}
VENDOR_NAMES = {
    "id_image": "idImage",
    "id_back_image": "idBackImage",
    "selfie_image": "selfieImage",
    "address_image": "addressImage",
}


@pytest.mark.parametrize("name", ["submission_id", "submissionId"])
@rows("4.1")
def test_name_of_the_id_is_a_setting(world: World, sandbox: Sandbox, name: Any) -> None:
    """The vendor's page has two names for the id in GET /image; a client can be set to either."""
    own = next(iter(sandbox.dashboards.values()))
    sandbox.configure(replace(own, image_id_name=name))
    made = world.check()
    with caller(is_async=False, **world.arguments, dialect=Dialect(image_id=name)) as one:
        content = one(lambda client: client.images.get(made, "id_image"))
    hold("4.1", content.startswith(b"\x89PNG"), "no picture")
    hold("4.1", set(parse_qs(world.last_request().query)) == {name, "type"}, "another query")
    other = "submissionId" if name == "submission_id" else "submission_id"
    says = "Invalid Query String parameters"
    with (
        caller(is_async=False, **world.arguments, dialect=Dialect(image_id=other)) as one,
        refused("4.1", status=400, says=says),
    ):
        one(lambda client: client.images.get(made, "id_image"))


@pytest.mark.parametrize("kind", KINDS)
@rows("4.2", "4.3", "4.4")
def test_image_comes_back_as_it_was_put(world: World, sandbox: Sandbox, kind: str) -> None:
    """Each of the four kinds is put as base64 text in a form, and comes back as the file itself."""
    made = world.migrate()
    id_type = {"id_type": "passport"} if kind.startswith("id_") else {}
    done = world.call(
        lambda client: client.images.put(made, admin=world.admin, **id_type, **{kind: KINDS[kind]})
    )
    hold("4.4", isinstance(done, Acknowledgement), "no acknowledgement")
    sent = world.last_request()
    hold("4.3", (sent.method, sent.path) == ("PUT", "/submission/image"), "another endpoint")
    hold("4.3", sent.headers["content-type"].startswith("multipart/form-data; boundary="), "no form")
    hold("4.3", b"filename" not in sent.body, "a part has a file name")
    hold_members("4.4", json.loads(sent.answer), {"message": str})
    content = world.call(lambda client: client.images.get(made, kind))
    hold("4.2", content == KINDS[kind], "another picture")
    hold("4.2", parse_qs(world.last_request().query)["type"] == [VENDOR_NAMES[kind]], "another type")


@rows("4.2")
def test_missing_image_is_a_failure(world: World, sandbox: Sandbox) -> None:
    """An image that does not exist is a failure, and no empty file."""
    made = world.migrate()
    with refused("4.2", status=400):
        world.call(lambda client: client.images.get(made, "selfie_image"))


@rows("4.5")
def test_wrong_images_are_refused(world: World, sandbox: Sandbox) -> None:
    """Each error of PUT /submission/image has a code."""
    made = world.migrate()
    right = {"submissionId": made, "admin": world.admin, "selfieImage": "/9j/"}
    for code, wrong in (
        ("missing_data", {"submissionId": None}),
        ("missing_data", {"selfieImage": None, "idImage": "/9j/"}),
        ("invalid_admin", {"admin": "stranger@example.com"}),
        ("invalid_submission", {"submissionId": "nothing000000"}),
        ("invalid_data", {"selfieImage": "no base64"}),
        ("invalid_data", {"selfieImage": None}),
    ):
        fields = {name: value for name, value in (right | wrong).items() if value is not None}
        with refused("4.5", code=code, status=400):
            world.send(_put(fields))


def _put(fields: dict[str, str]) -> Operation[Any]:
    return Operation(
        name="contract",
        method="PUT",
        path="/submission/image",
        form=tuple(FormPart(name, value) for name, value in fields.items()),
        read=lambda answer: answer.value,
    )
