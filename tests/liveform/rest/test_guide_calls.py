"""Tests of every API call that the vendor's guide and its FAQ show: each has an operation.

Where the guide and the reference differ, the operation follows the reference (vendor-api row 14, 6.9).
"""

from typing import Any

import pytest
from rest_answers import JPEG

from liveform.rest.operation import Operation
from liveform.rest.operations import (
    aml,
    face_auth,
    images,
    submission_changes,
    submission_deletes,
    submissions,
    tokens,
)

ADMIN = "admin@example.com"
MIGRATED: dict[str, Any] = {
    "email": "jane@example.com",
    "full_name": "John Doe",
    "birth_date": "1990-01-01",
    "id_type": "passport",
    "issuing_country": "USA",
    "nationality": "USA",
    "gender": "male",
    "userid": "user_12345",
    "cf1": "campaign_summer",
}
CALLS: dict[str, tuple[Operation[Any], str, str, dict[str, Any]]] = {
    "guide: query by submission ID": (
        submissions.get("sub_abc123"),
        "GET",
        "/submission",
        {"submission_id": "sub_abc123"},
    ),
    "guide: query by user ID": (
        submissions.list_all(userid="user_12345"),
        "GET",
        "/submission",
        {"userid": "user_12345"},
    ),
    "guide: query by e-mail": (
        submissions.list_all(email="jane@example.com"),
        "GET",
        "/submission",
        {"email": "jane@example.com"},
    ),
    "guide: query by date range": (
        submissions.list_all(start_date="2026-06-01", end_date="2026-06-30"),
        "GET",
        "/submission",
        {"start_date": "2026-06-01", "end_date": "2026-06-30"},
    ),
    "guide: migration": (
        submission_changes.create(admin=ADMIN, kyc_status="approved", **MIGRATED),
        "POST",
        "/submission/migration",
        {
            "admin": ADMIN,
            "email": "jane@example.com",
            "fullName": "John Doe",
            "birthDate": "1990-01-01",
            "kycStatus": "approved",
            "idType": "passport",
            "issuingCountry": "USA",
            "nationality": "USA",
            "gender": "male",
            "userid": "user_12345",
            "cf1": "campaign_summer",
        },
    ),
    "guide: token registration, by the reference": (
        next(tokens.register(["tok_abc123", "tok_def456", "tok_ghi789"])),
        "POST",
        "/submission/tokens",
        {"tokenId": ["tok_abc123", "tok_def456", "tok_ghi789"]},
    ),
    "guide: token query, by the reference": (tokens.list_all(), "GET", "/submission/tokens", {}),
    "guide: token deletion, by the reference": (
        next(tokens.delete(["tok_abc123"])),
        "DELETE",
        "/submission/tokens",
        {"tokenId": ["tok_abc123"]},
    ),
    "guide: update, by the reference": (
        submission_changes.update("sub_abc123", admin=ADMIN, kyc_status="approved"),
        "PATCH",
        "/submission",
        {"submissionId": "sub_abc123", "admin": ADMIN, "data": {"kycStatus": "approved"}},
    ),
    "guide: client review, by the reference and the FAQ": (
        submission_changes.review("sub_abc123", status="approved", admin=ADMIN),
        "POST",
        "/submission/review",
        {"submissionId": "sub_abc123", "status": "approved", "admin": ADMIN},
    ),
    "FAQ: review that rejects": (
        submission_changes.review("sub_abc123", status="rejected", admin=ADMIN, reject_comment="Blurry"),
        "POST",
        "/submission/review",
        {"submissionId": "sub_abc123", "status": "rejected", "admin": ADMIN, "rejectComment": "Blurry"},
    ),
    "guide: face authentications": (
        face_auth.list_all(start_date="2026-06-01", end_date="2026-06-30"),
        "GET",
        "/faceauth",
        {"startDate": "2026-06-01", "endDate": "2026-06-30"},
    ),
    "guide: face authentication deletion": (
        face_auth.delete("auth_1"),
        "DELETE",
        "/faceauth",
        {"authId": "auth_1"},
    ),
    "FAQ: delete": (
        submission_deletes.delete("sub_abc123", admin_name=ADMIN),
        "DELETE",
        "/submission",
        {"submission_id": "sub_abc123", "admin_name": ADMIN},
    ),
    "FAQ: partial delete": (
        submission_deletes.erase("sub_abc123", ["id_image", "selfie_image"], admin_name=ADMIN),
        "DELETE",
        "/submission/partial",
        {"submission_id": "sub_abc123", "admin_name": ADMIN, "fields": "id_image,selfie_image"},
    ),
    "FAQ: image": (
        images.get("sub_abc123", "selfie_image"),
        "GET",
        "/image",
        {"submission_id": "sub_abc123", "type": "selfieImage"},
    ),
    "FAQ: AML": (aml.run("sub_abc123"), "POST", "/submission/aml", {"submissionId": "sub_abc123"}),
    "FAQ: AML report": (aml.report("resource_1"), "GET", "/report/aml", {"resourceId": "resource_1"}),
}


@pytest.mark.parametrize("name", CALLS)
def test_call_of_the_guides_can_be_made(name: str) -> None:
    """Each call of the guides is an operation with this method, path and these members."""
    operation, method, path, members = CALLS[name]
    assert (operation.method, operation.path) == (method, path)
    assert dict(operation.query if operation.body is None else operation.body) == members


def test_form_calls_of_the_guides_can_be_made() -> None:
    """The guide's face authentication and the FAQ's image replacement are forms in the reference."""
    face = face_auth.create("sub_abc123", JPEG, user_id="user_12345")
    assert (face.method, face.path) == ("POST", "/faceauth")
    assert [part.name for part in face.form] == ["faceImage", "submissionId", "userId"]
    image = images.put("sub_abc123", admin=ADMIN, id_type="passport", id_image=JPEG)
    assert (image.method, image.path) == ("PUT", "/submission/image")
    assert [part.name for part in image.form] == ["submissionId", "admin", "idType", "idImage"]
