"""Tests of liveform.rest.values.submission: all documented members, and what else comes."""

from typing import Any

import msgspec
import pytest
from rest_answers import SECRET

from liveform.rest.values.face_auth import FaceAuth
from liveform.rest.values.submission import ApplicantSubmission, ReviewResult, Submission, SubmissionData
from liveform.vendor_codes import Actor, CodeKind

WHOLE: dict[str, Any] = {
    "submission_id": "evcka62mes3ugzb_mg",
    "email": "jane@example.com",
    "userid": "user_12345",
    "created_at": "2026-06-24-09-30-00-UTC",
    "updated_at": "2026-06-24-09-31-00-UTC",
    "pending_at": "2026-06-24-09-31-00-UTC",
    "kyc_result_at": "2026-06-24-09-32-00-UTC",
    "reviewer": "system",
    "applicant_id": "applicant_1",
    "duplicated_information": "hash",
    "recognition_score": "0.97",
    "argos_score": 85,
    "image": {"idImage": "a", "idBackImage": "b", "selfieImage": "c", "addressImage": "d"},
    "memo": {"text": "note", "updated_at": "x"},
    "kyc": {
        "result": "rejected",
        "comment": ["Expired"],
        "commentCode": ["expired_id"],
        "attempts": [
            {
                "attemptCnt": 1,
                "livenessScore": 91.5,
                "retryMsg": ["Blurry"],
                "retryCode": ["image_too_blurry"],
            }
        ],
    },
    "projection": {"projectionId": "p1", "projectionName": "no_names"},
    "project_options": {"option_aml": True, "policy_approvePeriod": 30},
    "data": {"full_name": "Jane Doe", "idType": "drvlic", "nationalityGovKor": "USA", "cf1": "a"},
    "OCR_raw": {"address": {"value": "x", "score": 0.9}},
    "ocr": {"fullName": "Jane Doe"},
    "verification": {"faceAge": [{"usedValues": {"idLow": 30}}]},
    "aml": {"currentstatus": "Not Screened", "resourceId": "r1"},
    "additional_list": [{"answer": "yes"}],
    "brand_new": {"a": 1},
}

DATA_NAMES = """age_group first_name last_name full_name gender nationality date_of_birth address_city
    address_country address_state address_street address_street2 address_zipcode address_globalCode
    address_compoundCode address_formatted address_input address_detail ip_address idcard_issuingCountry
    idcard_issueDate idcard_expireDate idType documentNumber identityNumber ssnNumber phoneNumber cf1 cf2
    cf3 typeOfPermit typeOfPermitGovKor expiryDateOfStayKor nationalityGovKor"""


def test_submission_reads_all_documented_members() -> None:
    """Every documented member has an attribute, and every unknown one is kept."""
    one = Submission.read(WHOLE)
    assert one.kyc is not None
    assert one.kyc.comment == ("Expired",)
    assert one.kyc.comment_code == ("expired_id",)
    (attempt,) = one.kyc.attempts
    assert (attempt.count, attempt.liveness_score) == (1, 91.5)
    assert (attempt.retry_messages, attempt.retry_codes) == (("Blurry",), ("image_too_blurry",))
    assert one.status == "rejected"
    assert (one.recognition_score, one.argos_score) == ("0.97", 85)
    assert one.image is not None
    assert (one.image.id_image, one.image.id_back_image) == ("a", "b")
    assert (one.image.selfie_image, one.image.address_image) == ("c", "d")
    assert one.projection is not None
    assert (one.projection.projection_id, one.projection.name) == ("p1", "no_names")
    assert one.project_options == {"option_aml": True, "policy_approvePeriod": 30}
    assert one.memo is not None
    assert one.memo.text == "note"
    assert one.ocr_raw == WHOLE["OCR_raw"]
    assert one.aml == WHOLE["aml"]
    assert one.raw == WHOLE
    assert [
        name for name in WHOLE if name not in {f.encode_name for f in msgspec.structs.fields(Submission)}
    ] == ["brand_new"]


def test_data_reads_every_name_that_the_vendor_lists() -> None:
    """Each name of ``data`` on the vendor's pages is an attribute (rows 2.14, 3.18), also the Korean ones."""
    names = DATA_NAMES.split()
    data = SubmissionData.read({name: f"value of {name}" for name in names})
    for field in msgspec.structs.fields(SubmissionData):
        if field.name != "raw":
            assert getattr(data, field.name) == f"value of {field.encode_name}"
    assert {field.encode_name for field in msgspec.structs.fields(SubmissionData)} - set(names) == {" raw"}


def test_data_of_old_answers_has_the_name() -> None:
    """The oldest answers call the full name ``name``; a ``full_name`` beside it comes first."""
    assert SubmissionData.read({"name": "Jane Doe"}).full_name == "Jane Doe"
    both = Submission.read({"data": {"name": "old", "full_name": "new"}}).data
    assert both is not None
    assert both.full_name == "new"


@pytest.mark.parametrize("members", [{}, {"kyc": None}, {"kyc": {}}, {"kyc": "approved"}, {"kyc": [1]}])
def test_submission_without_decision_has_no_status(members: dict[str, Any]) -> None:
    """A submission whose decision is missing, or of another type, has the status None."""
    assert Submission.read(members).status is None


def test_deleted_submission_keeps_what_came() -> None:
    """How the vendor marks a deleted submission is unknown, so that all members are in ``raw`` (row 2.9)."""
    one = Submission.read({"submission_id": "a", "status": "Deleted Submission"})
    assert (one.raw["status"], one.data, one.email) == ("Deleted Submission", None, None)


def test_repr_shows_nothing_personal() -> None:
    """A repr shows the vendor's ids and statuses, and nothing about a person."""

    def secret(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: secret(inner) for name, inner in value.items()}
        return [secret(inner) for inner in value] if isinstance(value, list) else SECRET

    one = Submission.read({**secret(WHOLE), "submission_id": "a", "created_at": "b", "kyc_result_at": "c"})
    kyc = one.kyc
    assert kyc is not None
    data, image, memo = one.data, one.image, one.memo
    shown = [repr(value) for value in (data, image, memo)]
    shown.append(repr(Submission.read({**WHOLE, "email": SECRET, "userid": SECRET, "data": {"cf1": SECRET}})))
    shown.append(repr(ApplicantSubmission.read({"submission_id": "a", "email": SECRET})))
    shown.append(repr(ReviewResult.read({"submissionId": "a", "message": SECRET})))
    assert not [text for text in shown if SECRET in text]
    assert "evcka62mes3ugzb_mg" in repr(Submission.read(WHOLE))
    assert "rejected" in repr(Submission.read(WHOLE))


def test_codes_of_a_submission_are_explained() -> None:
    """Reject codes and the retry codes of each attempt come with their meaning and with who can act."""
    kyc = Submission.read(
        {"kyc": {"commentCode": ["expired_id"], "attempts": [{"retryCode": ["glare_detected", "new_code"]}]}}
    ).kyc
    assert kyc is not None
    assert [(one.code, one.kind, one.actor) for one in kyc.explanations] == [
        ("expired_id", CodeKind.REJECT, Actor.USER)
    ]
    assert [one.is_known for one in kyc.attempts[0].explanations] == [True, False]


def test_fail_codes_of_a_face_authentication_are_explained() -> None:
    """The codes of a rejected face come with their meaning."""
    found = FaceAuth.read({"fail_code": ["face_compare_underscore", "new_code"]})
    assert [(one.kind, one.is_known) for one in found.explanations] == [
        (CodeKind.FACE_AUTH, True),
        (CodeKind.FACE_AUTH, False),
    ]
