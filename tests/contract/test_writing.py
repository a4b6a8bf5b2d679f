"""Rows 3.1 to 3.21: submissions, created, changed, reviewed and deleted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from liveform import FieldError
from liveform.rest import Acknowledgement, Operation
from liveform.rest.operations.submission_deletes import DATA_FIELDS, FIELDS
from tests.contract.checks import hold, hold_members, refused, rows

if TYPE_CHECKING:
    from tests.contract.target import World
    from webhelper.simulator.sandbox.sandbox import Sandbox

OPTIONAL = {
    "first_name": "Sample",
    "last_name": "Person",
    "nationality": "KOR",
    "gender": "female",
    "id_type": "drvlic",
    "issuing_country": "KOR",
    "issue_date": "2020-01-01",
    "expire_date": "2035-01-01",
    "ip_address": "192.0.2.1",
    "identity_number": "identity-1",
    "document_number": "document-1",
    "address_city": "a city",
    "address_country": "a country",
    "address_state": "a state",
    "address_street": "a street",
    "address_full": "a whole address",
    "cf1": "one",
    "cf2": "two",
    "cf3": "three",
    "userid": "user_12345",
}
CHANGES = {
    "kyc_status": "rejected",
    "full_name": "Changed Person",
    "first_name": "Changed",
    "last_name": "Name",
    "gender": "male",
    "birth_date": "1991-02-28",
    "nationality": "USA",
    "id_type": "passport",
    "issuing_country": "USA",
    "issue_date": "2021-01-01",
    "expire_date": "2036-01-01",
    "identity_number": "identity-2",
    "document_number": "document-2",
    "serial_number": "serial-2",
}
SEEN_IN_EVENTS = ("privacy_shield", "curp_number", "version", "type_of_permit")


def body_of(world: World) -> Any:
    """Return the JSON of the last request, decrypted."""
    last = world.last_request()
    return json.loads(last.body if last.opened is None else last.opened)


def delete(world: World, submission_id: str, *, admin_name: str | None) -> None:
    """Delete a submission."""
    done = world.call(lambda client: client.submissions.delete(submission_id, admin_name=admin_name))
    hold("3.13", isinstance(done, Acknowledgement), "no acknowledgement")


@rows("3.1", "3.4")
def test_migration_needs_five_members(writer: World) -> None:
    """A submission is created from admin, email, fullName, birthDate and kycStatus, and gets an id."""
    made = writer.migrate(kyc_status="rejected")
    hold("3.4", isinstance(made, str) and made, "no id")
    found = writer.get(made)
    hold("3.1", found.status == "rejected", "another status")
    hold("3.1", found.email == "contract@example.com", "another e-mail")
    if writer.simulator is not None:
        answer = json.loads(writer.requests()[0].answer)
        hold_members("3.4", answer, {"message": str, "submissionId": str})


@rows("3.2", "3.3")
def test_migration_keeps_every_optional_member(writer: World, sandbox: Sandbox) -> None:
    """Each optional member of the migration comes back from GET; idType is an open set (drvlic)."""
    data = writer.get(writer.migrate(**OPTIONAL)).data
    kept = {value for value in data.raw.values() if isinstance(value, str)}
    missing = [name for name, value in OPTIONAL.items() if value not in kept and name != "userid"]
    hold("3.2", not missing, f"not kept: {', '.join(missing)}")
    hold("3.3", data.id_type == "drvlic", "the ID type is not kept")


@rows("3.5", "1.10")
def test_migration_refuses_what_it_does_not_know(writer: World, sandbox: Sandbox) -> None:
    """An unknown member, a wrong format, a missing member and a stranger each have a code."""
    with refused("3.5", code="invalid_parameter", status=400, says="nickname"):
        writer.migrate(extra={"nickname": "x"})
    with refused("3.5", code="invalid_format", status=400, says="email"):
        writer.migrate(email="no e-mail")
    with refused("3.5", code="invalid_admin", status=400):
        writer.migrate(admin="stranger@example.com")
    body = {"admin": writer.admin}
    with refused("3.5", code="missing_data", status=400):
        _send(writer, "POST", "/submission/migration", body)
    with refused("3.5", code="invalid_payload", status=400):
        _send(writer, "POST", "/submission/migration", {})


@pytest.mark.parametrize("name", CHANGES)
@rows("3.6", "3.8", "3.10")
def test_every_member_of_an_update_is_known(writer: World, sandbox: Sandbox, name: str) -> None:
    """Each documented member of data changes a decided submission; the answer's text does not matter."""
    made = writer.migrate(**OPTIONAL)
    change = {name: CHANGES[name]}
    done = writer.call(lambda client: client.submissions.update(made, admin=writer.admin, **change))
    hold("3.8", isinstance(done, Acknowledgement), "no acknowledgement")
    hold("3.6", body_of(writer).keys() == {"submissionId", "admin", "data"}, "other members")
    hold("3.10", CHANGES[name] in json.dumps(writer.get(made).raw), "nothing has changed")


@rows("3.7")
def test_members_seen_in_events_can_be_changed_too(writer: World, sandbox: Sandbox) -> None:
    """The names that only the updated event shows are sent as members of data, and read."""
    made = writer.migrate()
    change = dict.fromkeys(SEEN_IN_EVENTS, "a value")
    writer.call(lambda client: client.submissions.update(made, admin=writer.admin, **change))
    hold("3.7", len(body_of(writer)["data"]) == len(SEEN_IN_EVENTS), "not all are sent")


@rows("3.9")
def test_update_refuses_with_sentences(writer: World, sandbox: Sandbox) -> None:
    """A wrong update is refused with a sentence in errorCode."""
    for body, sentence in (
        ({"admin": writer.admin}, "submissionId is required"),
        ({"submissionId": "x"}, "admin is required"),
        ({"submissionId": "x", "admin": writer.admin, "data": {}}, "At least one property to modify"),
        ({"submissionId": "x", "admin": writer.admin, "data": {"version": "1"}}, "Data Processing Error"),
    ):
        with refused("3.9", status=400, says=sentence):
            _send(writer, "PATCH", "/submission", body)
    if writer.is_encrypted:
        with refused("3.9", status=400, says="Decryption is Failed"):
            _send(writer, "PATCH", "/submission", {}, transfer=False)


@rows("3.11", "3.12", "3.13")
def test_delete_names_submission_and_admin(writer: World, sandbox: Sandbox) -> None:
    """DELETE has submission_id and admin_name in its query, and only with a name an event is sent."""
    for admin_name, events in ((None, 0), (writer.admin, 1)):
        delete(writer, writer.migrate(), admin_name=admin_name)
        hold("3.12", len(sandbox.events.newest(trigger="delete")) == events, "another number of events")
    last = writer.last_request()
    hold("3.11", (last.method, last.path) == ("DELETE", "/submission"), "another endpoint")
    hold_members("3.13", json.loads(last.answer), {"message": str, "content": str, "statusCode": int})


@rows("3.14")
def test_deleting_twice_is_refused(writer: World, sandbox: Sandbox) -> None:
    """A submission that is gone is refused with a sentence, which the client does not send again."""
    made = writer.migrate()
    writer.call(lambda client: client.submissions.delete(made, admin_name=None))
    with refused("3.14", status=400, says="not Exist Submission"):
        writer.call(lambda client: client.submissions.delete(made, admin_name=None))


@pytest.mark.parametrize("name", FIELDS)
@rows("3.16", "3.17")
def test_every_field_can_be_erased(world: World, sandbox: Sandbox, name: str) -> None:
    """Each documented name of fields is taken, in its spelling, and the rest stays."""
    made = world.check(email="one@example.com", userid="user_12345", cf1="one")
    all_data = {"erase_all_data": True} if name == "data" else {}
    world.call(lambda client: client.submissions.erase(made, [name], admin_name=world.admin, **all_data))
    last, found = world.last_request(), world.get(made)
    hold("3.16", (last.method, last.path) == ("DELETE", "/submission/partial"), "another endpoint")
    if name in ("email", "userid", "applicant_id", "OCR_raw", "ocr"):
        hold("3.17", name not in found.raw, "it is still there")
    elif name in ("id_image", "selfie_image"):
        with refused("3.17"):
            world.call(lambda client: client.images.get(made, name))
    elif name == "data":
        hold("3.18", not found.raw.get("data"), "data is still there")
    hold("3.17", found.submission_id == made, "the submission is gone")


@rows("3.16", "3.18")
def test_parts_of_data_are_erased_by_name(world: World, sandbox: Sandbox) -> None:
    """All documented names of data_fields are taken, joined by commas; other data stays."""
    made = world.check(email="one@example.com")
    world.call(
        lambda client: client.submissions.erase(
            made, ["data", "OCR_raw"], data_fields=["full_name", "gender"], admin_name=None
        )
    )
    data = world.get(made).data
    hold("3.18", data.full_name is None and data.gender is None, "they are still there")
    hold("3.18", data.nationality is not None, "more is gone")
    world.call(
        lambda client: client.submissions.erase(made, "data", data_fields=DATA_FIELDS, admin_name=None)
    )
    hold("3.18", not world.get(made).raw.get("data"), "something is left")


@rows("3.18")
def test_erasing_all_data_takes_an_explicit_word(world: World, sandbox: Sandbox) -> None:
    """A client does not send data without data_fields, which erases all of it, unless it is told to."""
    made = world.check()
    sent = len(world.requests())
    with pytest.raises(FieldError, match="erase_all_data"):
        world.call(lambda client: client.submissions.erase(made, ["data"], admin_name=None))
    hold("3.18", len(world.requests()) == sent, "it was sent")


@pytest.mark.parametrize("status", ["approved", "rejected"])
@rows("3.19", "3.20")
def test_review_decides_a_pending_submission(world: World, sandbox: Sandbox, status: str) -> None:
    """A review sends JSON with the status, a comment if it rejects, and corrected fields."""
    made = world.check("pending")
    comment = {"reject_comment": "not readable"} if status == "rejected" else {}
    fields = {"full_name": "Changed Person", "birth_date": "1991-02-28", "id_type": "passport"}
    result = world.call(
        lambda client: client.submissions.review(
            made, status=status, admin=world.admin, update_fields=fields, **comment
        )
    )
    hold("3.20", (result.submission_id, result.final_status) == (made, status), "another result")
    hold_members("3.20", result.raw, {"submissionId": str, "message": str, "finalStatus": str})
    found = world.get(made)
    hold("3.19", found.status == status, "another status")
    hold("3.19", found.data.full_name == "Changed Person", "the fields are not corrected")
    if status == "rejected":
        hold("3.19", found.kyc.comment == ("not readable",), "the comment is not kept")


@rows("3.21", "1.9g")
def test_review_refuses_with_type_and_message(world: World, sandbox: Sandbox) -> None:
    """Each wrong review is refused with a documented sentence."""
    made = world.check("pending")
    right = {"submissionId": made, "status": "approved", "admin": world.admin}
    for wrong, sentence in (
        ({"admin": None}, "admin is required"),
        ({"admin": "stranger@example.com"}, "Access denied"),
        ({"submissionId": None}, "Submission Id is required"),
        ({"submissionId": "nothing000000"}, "Invalid Submission Id"),
        ({"status": "pending"}, "Invalid status"),
        ({"updateFields": "x"}, "Invalid data format"),
        ({"status": "rejected"}, "Reject comment is required"),
        ({"submissionId": world.check()}, "Only submissions in pending status can be reviewed"),
    ):
        body = {name: value for name, value in (right | wrong).items() if value is not None}
        with refused("3.21", status=400, says=sentence):
            _send(world, "POST", "/submission/review", body, transfer=False)


def _send(world: World, method: Any, path: str, body: dict[str, Any], *, transfer: bool = True) -> Any:
    """Send what no method of a client sends."""
    return world.send(
        Operation(
            name="contract",
            method=method,
            path=path,
            body=body,
            transfer=transfer,
            read=lambda answer: answer.value,
        )
    )
