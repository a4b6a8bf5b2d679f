"""Operations that create, change and review submissions. None of them is repeated on its own.

A repeated POST makes a second submission, a repeated PATCH sends a second webhook, and a repeated review is
refused, since the submission is no longer pending. So when nobody knows whether the vendor did it, the error
says so (``may_have_happened``): read the submission, then decide.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, TypedDict

from liveform.errors import FieldError
from liveform.rest.operation import Operation
from liveform.rest.operations.answers import Acknowledgement, Reader
from liveform.rest.operations.arguments import ADMIN, COUNTRY, DATE, ID, TEXT, Member, OneOf, members_of
from liveform.rest.values.submission import ReviewResult

if TYPE_CHECKING:
    from typing import Unpack

    from liveform.rest.operation import Answer
    from liveform.rest.operations.arguments import Day

Decision: TypeAlias = Literal["approved", "rejected"]
Gender: TypeAlias = Literal["female", "male"]

_DECISION: Final = OneOf("approved", "rejected")
_PERSON: Final = {
    "full_name": Member("fullName", TEXT),
    "first_name": Member("firstName", TEXT),
    "last_name": Member("lastName", TEXT),
    "birth_date": Member("birthDate", DATE),
    "gender": Member("gender", OneOf("female", "male")),
    "nationality": Member("nationality", COUNTRY),
    "id_type": Member("idType", TEXT),
    "issuing_country": Member("issuingCountry", COUNTRY),
    "issue_date": Member("issueDate", DATE),
    "expire_date": Member("expireDate", DATE),
    "identity_number": Member("identityNumber", TEXT),
    "document_number": Member("documentNumber", TEXT),
}
_CREATE: Final = {
    "admin": ADMIN,
    "email": Member("email", TEXT, required=True),
    **_PERSON,
    "full_name": Member("fullName", TEXT, required=True),
    "birth_date": Member("birthDate", DATE, required=True),
    "kyc_status": Member("kycStatus", _DECISION, required=True),
    "ip_address": Member("ipAddress", TEXT),
    "address_city": Member("address_city", TEXT),
    "address_country": Member("address_country", TEXT),
    "address_state": Member("address_state", TEXT),
    "address_street": Member("address_street", TEXT),
    "address_full": Member("address_full", TEXT),
    "userid": Member("userid", TEXT),
    "cf1": Member("cf1", TEXT),
    "cf2": Member("cf2", TEXT),
    "cf3": Member("cf3", TEXT),
}
_CHANGES: Final = {
    "kyc_status": Member("kycStatus", _DECISION),
    **_PERSON,
    "serial_number": Member("serialNumber", TEXT),
    # Our conclusion: the updated webhook names these as changed (vendor-api row 3.7).
    "privacy_shield": Member("privacyShield", TEXT),
    "curp_number": Member("curpNumber", TEXT),
    "version": Member("version", TEXT),
    "type_of_permit": Member("typeOfPermit", TEXT),
}
_REVIEWED: Final = {name: member for name, member in _CHANGES.items() if name != "kyc_status"}
_UPDATE: Final = {"submission_id": Member("submissionId", ID, required=True), "admin": ADMIN}
_REVIEW: Final = {
    **_UPDATE,
    "status": Member("status", _DECISION, required=True),
    "reject_comment": Member("rejectComment", TEXT),
}


class PersonalData(TypedDict, total=False):
    """What creating and changing a submission may say of the person, by argument.

    Days are ``datetime.date`` or YYYY-MM-DD, countries ISO 3166-1 alpha-3. ``id_type`` is an open set: the
    vendor writes ``passport``, ``drivers_license``, ``government_id``, and in newer samples ``drvlic``.
    """

    first_name: str
    last_name: str
    gender: Gender
    nationality: str
    id_type: str
    issuing_country: str
    issue_date: Day
    expire_date: Day
    identity_number: str
    document_number: str


class NewSubmissionData(PersonalData, total=False):
    """The optional arguments of ``submissions.create``, all of them text."""

    ip_address: str
    address_city: str
    address_country: str
    address_state: str
    address_street: str
    address_full: str
    userid: str
    cf1: str
    cf2: str
    cf3: str


class ReviewChanges(PersonalData, total=False):
    """What a review may change beside the status. The vendor's sample has names, days, gender and id type."""

    full_name: str
    birth_date: Day
    serial_number: str
    privacy_shield: str
    curp_number: str
    version: str
    type_of_permit: str


class SubmissionChanges(ReviewChanges, total=False):
    """What ``submissions.update`` may change."""

    kyc_status: Decision


def create(
    *,
    admin: str,
    email: str,
    full_name: str,
    birth_date: Day,
    kyc_status: Decision,
    extra: Mapping[str, object] | None = None,
    **optional: Unpack[NewSubmissionData],
) -> Operation[str]:
    """Create a submission from data of yours: ``POST /submission/migration`` (vendor page POST).

    The vendor checks nothing of it. It costs a credit, as every submission does (FAQ).

    Args:
        admin: the e-mail of an administrator of the project.
        email: the customer's e-mail.
        full_name: the person's name.
        birth_date: the day of birth, as ``datetime.date`` or YYYY-MM-DD.
        kyc_status: ``approved`` or ``rejected``.
        extra: members of the vendor that liveform does not know, by the vendor's names. The vendor refuses
            those that it does not know either.
        optional: see ``NewSubmissionData``. Older revisions of the page require ``id_type`` and
            ``issuing_country``.

    Returns:
        The submission id.

    Raises:
        FieldError: a wrong argument.
        VendorError: the call failed; ``invalid_admin`` for an e-mail that is no administrator's.
    """
    required = {
        "admin": admin,
        "email": email,
        "full_name": full_name,
        "birth_date": birth_date,
        "kyc_status": kyc_status,
    }
    body = members_of(_CREATE, {**required, **optional}, extra=extra)
    reader = Reader("submissions.create", writes=True)

    def read(answer: Answer) -> str:
        return reader.text(reader.members(answer.value), "submissionId")

    return Operation(
        name=reader.call, method="POST", path="/submission/migration", body=body, read=read, transfer=True
    )


def update(
    submission_id: str,
    *,
    admin: str,
    extra: Mapping[str, object] | None = None,
    **changes: Unpack[SubmissionChanges],
) -> Operation[Acknowledgement]:
    """Change a submission, also a decided one: ``PATCH /submission`` (vendor page PATCH).

    The vendor's guide shows ``submission_id`` and ``kycStatus`` side by side, without an admin. This sends
    what the reference has: ``submissionId``, ``admin`` and an object ``data``.

    Args:
        submission_id: the vendor's id.
        admin: the e-mail of an administrator of the project.
        extra: members of ``data`` that liveform does not know, by the vendor's names.
        changes: what to change, at least one; see ``SubmissionChanges``.

    Raises:
        FieldError: a wrong argument, or nothing to change.
        VendorError: the call failed.
    """
    data = members_of(_CHANGES, changes, extra=extra)
    if not data:
        raise FieldError("changes", f"give at least one of {', '.join(_CHANGES)}")
    body = members_of(_UPDATE, {"submission_id": submission_id, "admin": admin})
    reader = Reader("submissions.update", writes=True)
    return Operation(
        name=reader.call,
        method="PATCH",
        path="/submission",
        body={**body, "data": data},
        read=reader.acknowledgement,
        transfer=True,
    )


def review(
    submission_id: str,
    *,
    status: Decision,
    admin: str,
    reject_comment: str | None = None,
    update_fields: ReviewChanges | None = None,
    extra: Mapping[str, object] | None = None,
) -> Operation[ReviewResult]:
    """Approve or reject a pending submission: ``POST /submission/review`` (vendor page REV).

    The project's reviewer must be the Client API. The vendor's guide shows ``/submission/client-review`` with
    ``kycStatus`` and ``comment``; the reference and the FAQ have what this sends. Change a decided submission
    with ``update``.

    Args:
        submission_id: the vendor's id.
        status: ``approved`` or ``rejected``.
        admin: the e-mail of an administrator of the project.
        reject_comment: why; needed with ``rejected``, and only there.
        update_fields: what to correct of the submission, by liveform's names; see ``ReviewChanges``.
        extra: members of ``updateFields`` that liveform does not know, by the vendor's names.

    Raises:
        FieldError: a wrong argument.
        VendorError: the call failed.
    """
    body = members_of(
        _REVIEW,
        {
            "submission_id": submission_id,
            "status": status,
            "admin": admin,
            "reject_comment": reject_comment,
        },
    )
    if (status == "rejected") != (reject_comment is not None):
        raise FieldError("reject_comment", "goes with the status rejected, and is required there")
    changes = members_of(_REVIEWED, _mapping("update_fields", update_fields), extra=extra)
    reader = Reader("submissions.review", writes=True)
    return Operation(
        name=reader.call,
        method="POST",
        path="/submission/review",
        body={**body, "updateFields": changes} if changes else body,
        read=reader.value(ReviewResult),
    )


def _mapping(field: str, value: object) -> Mapping[str, object]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise FieldError(field, "must be a mapping from names to values")
    return value
