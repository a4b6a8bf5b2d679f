"""Rows 8.1 to 8.5: face authentications."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from liveform import Gcm
from tests.contract.checks import hold, hold_members, refused, rows
from tests.contract.clients import caller
from tests.contract.simulated import project

if TYPE_CHECKING:
    from tests.contract.target import World
    from webhelper.simulator.sandbox.sandbox import Sandbox

FACE = b"\xff\xd8\xff\xe0 a face "
FAIL_CODES = ("face_compare_underscore", "Face_Occluded_fail", "Face_cover_fail", "Head_cover_fail")
SCORES = ("face_similarity_score", "occluded_score", "face_cover_score", "head_cover_score")
ROW = {
    "auth_id": str,
    "auth_status": str,
    "create_time": str,
    "submit_type": str,
    "kyc_submission_id": str,
    "policy": dict,
    "result": dict,
    "reject_comment": list,
}


def create(world: World, face: bytes = FACE, **given: str) -> Any:
    """Make a face authentication."""
    made = world.check()
    return world.call(lambda client: client.face_auth.create(made, face, **given))


@rows("8.1", "10.11")
def test_url_of_the_form_is_encrypted_with_the_key_of_the_add_on(world: World, sandbox: Sandbox) -> None:
    """A FaceAuth URL has the add-on's pid, and all else inside encrypted, with the add-on's key."""
    own = project(world.mode.project or "")
    url = own.face_auth_url(
        sid="kz3m1x9q2w8ab", auth_user_id="user_12345", auth_cf1="one", token_id="token-0001"
    )
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    hold("8.1", parts.path.endswith("/face-auth"), "another path")
    hold("8.1", (set(query), query["pid"]) == ({"pid", "encrypted"}, [f"face-{world.mode.project}"]), "query")
    inside = json.loads(Gcm(own.expose_api_key(face_auth=True) or "").decrypt_text(query["encrypted"][0]))
    expected = {"sid": "kz3m1x9q2w8ab", "authUserId": "user_12345", "authCf1": "one", "token": "token-0001"}
    hold("8.1", inside == expected, "other members")


@rows("8.1")
def test_add_on_has_token_ids_of_its_own(world: World, sandbox: Sandbox) -> None:
    """Token ids that are registered with the add-on's key are not those of the main project."""
    arguments = {"api_key": world.arguments["face_auth_key"], "base_url": world.arguments["base_url"]}
    with caller(is_async=False, **arguments) as add_on:
        add_on(lambda client: client.tokens.register(["contract-token-0001"]))
        hold("8.1", add_on(lambda client: client.tokens.count()) == 1, "the add-on has none")
    hold("8.1", world.call(lambda client: client.tokens.count()) == 0, "the project has it too")


@rows("8.2", "8.3", "1.1")
def test_face_is_held_against_the_selfie(world: World, sandbox: Sandbox) -> None:
    """The form has a file and text fields, and the answer has id, status, time and scores."""
    one = create(world, user_id="user_12345", cf1="one", cf2="two", cf3="three")
    hold("8.2", one.approved and one.auth_id, "it is not approved")
    hold_members(
        "8.2",
        one.raw,
        {
            "authentication_id": str,
            "auth_status": str,
            "create_time": str,
            "score": dict,
            "fail_code": list,
            "rejected_comment": list,
        },
    )
    hold_members("8.2", one.raw["score"], dict.fromkeys(SCORES, (int, float)))
    sent = world.last_request()
    hold("8.2", sent.headers["content-type"].startswith("multipart/form-data"), "no form")
    hold("8.2", b'name="faceImage"; filename=' in sent.body, "the face is no file")


@pytest.mark.parametrize("code", FAIL_CODES)
@rows("8.2", "8.3")
def test_rejection_is_a_normal_answer(world: World, sandbox: Sandbox, code: str) -> None:
    """A rejected face is no failure: the answer has its codes and comments."""
    one = create(world, FACE + code.encode())
    hold("8.2", one.status == "rejected" and not one.approved, "another status")
    hold("8.3", one.fail_codes == (code,), "another code")
    hold("8.2", len(one.comments) == 1, "no comment")


@rows("8.2", "8.3")
def test_submission_without_a_selfie_is_refused(world: World, sandbox: Sandbox) -> None:
    """Only an approved submission with a selfie can be compared."""
    pending, migrated = world.check("pending"), world.migrate()
    with refused("8.3", code="invalid_data_format", status=400):
        world.call(lambda client: client.face_auth.create(pending, FACE))
    with refused("8.3", code="invalid_data_format", status=400):
        world.call(lambda client: client.face_auth.create(migrated, FACE))


@rows("8.4", "1.11")
def test_one_authentication_is_read_by_its_id(world: World, sandbox: Sandbox) -> None:
    """An authentication comes in a list of projects, with policy and result."""
    made = create(world)
    found = world.call(lambda client: client.face_auth.get(made.auth_id))
    hold_members("8.4", found.raw, ROW)
    hold("8.4", (found.auth_id, found.status) == (made.auth_id, "approved"), "another one")
    (group,) = json.loads(world.last_request().answer)
    hold_members("8.4", group, {"faceAuth_projectId": str, "data": list})
    with refused("8.4", code="not_found"):
        world.call(lambda client: client.face_auth.get("nothing"))


@rows("8.4")
def test_authentications_of_days_come_in_pages(world: World, sandbox: Sandbox) -> None:
    """A list of days goes over pages by nextKey_id and nextKey_date, and has each one once."""
    made = []
    for _ in range(5):
        made.append(create(world).auth_id)
        sandbox.clock.move(timedelta(hours=20))
    days = {"start_date": "2026-06-24", "end_date": "2026-06-27"}
    found = world.call(lambda client: client.face_auth.list(**days, page_size=2))
    hold("8.4", sorted(one.auth_id for one in found) == sorted(made), "one is missing, or comes twice")
    sent = parse_qs(world.last_request().query)
    hold("8.4", {"startDate", "endDate", "count", "nextKey_id", "nextKey_date"} == set(sent), "query")
    days = {"start_date": "2026-06-25", "end_date": "2026-06-26"}
    found = world.call(lambda client: client.face_auth.list(**days))
    hold("8.4", {one.auth_id for one in found} == set(made[2:4]), "other days")


@rows("8.5")
def test_face_image_is_base64_text(world: World, sandbox: Sandbox) -> None:
    """The picture of a face comes as base64 text, and is gone once the authentication is deleted."""
    made = create(world)
    hold("8.5", world.call(lambda client: client.face_auth.image(made.auth_id)) == FACE, "another picture")
    world.call(lambda client: client.face_auth.delete(made.auth_id))
    last = world.last_request()
    hold("8.5", (last.method, last.path, last.query) == ("DELETE", "/faceauth", f"authId={made.auth_id}"), "")
    hold("8.5", json.loads(last.answer) == {"message": "success"}, "another answer")
    with refused("8.5", code="NOT_FOUND", status=400):
        world.call(lambda client: client.face_auth.image(made.auth_id))
    with refused("8.5", status=400, says="Cannot find submission"):
        world.call(lambda client: client.face_auth.delete("nothing"))
