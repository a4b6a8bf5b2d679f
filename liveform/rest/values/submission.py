"""Typed answers about submissions.

All members are optional: a list has fewer than a single read, a projection hides some, and a deleted
submission keeps nearly none (vendor pages GET, PRJO, DEL). Values are as they came: an id type or a status
that is new to liveform is kept, and no text is changed.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, TypeAlias

from liveform.vendor_codes import CodeExplanation, CodeKind, explain_codes
from liveform.vendor_values import VendorValue

# The vendor's pages show some scores as a placeholder in quotes, so that a number may come as text.
Score: TypeAlias = int | float | str | None


class SubmissionImages(
    VendorValue,
    frozen=True,
    kw_only=True,
    rename={
        "id_image": "idImage",
        "id_back_image": "idBackImage",
        "selfie_image": "selfieImage",
        "address_image": "addressImage",
    },
):
    """The vendor's references of the images of a submission; ``images.get`` fetches an image itself."""

    id_image: str | None = None
    id_back_image: str | None = None
    selfie_image: str | None = None
    address_image: str | None = None


class Memo(VendorValue, frozen=True, kw_only=True):
    """The note that staff wrote in the vendor's dashboard."""

    text: str | None = None
    updated_at: str | None = None


class KycAttempt(
    VendorValue,
    frozen=True,
    kw_only=True,
    rename={
        "count": "attemptCnt",
        "liveness_score": "livenessScore",
        "retry_messages": "retryMsg",
        "retry_codes": "retryCode",
    },
):
    """One attempt of a customer.

    Attributes:
        count: the number of the attempt.
        liveness_score: how alive the selfie seemed to the vendor.
        retry_messages, retry_codes: why the customer had to try again.
    """

    count: int | None = None
    liveness_score: Score = None
    retry_messages: tuple[str, ...] = ()
    retry_codes: tuple[str, ...] = ()

    shown: ClassVar[tuple[str, ...]] = ("count", "retry_codes")

    @property
    def explanations(self) -> tuple[CodeExplanation, ...]:
        """What is known of each retry code: meaning, and who can act."""
        return explain_codes(self.retry_codes, CodeKind.RETRY)


class Kyc(VendorValue, frozen=True, kw_only=True, rename={"comment_code": "commentCode"}):
    """What the vendor decided, and why.

    Attributes:
        result: ``approved``, ``rejected``, ``pending``, ``incomplete``, or a word that is new.
        comment, comment_code: the reasons of a rejection, as texts and as codes.
        attempts: what the customer tried.
    """

    result: str | None = None
    comment: tuple[str, ...] = ()
    comment_code: tuple[str, ...] = ()
    attempts: tuple[KycAttempt, ...] = ()

    shown: ClassVar[tuple[str, ...]] = ("result", "comment_code")

    @property
    def explanations(self) -> tuple[CodeExplanation, ...]:
        """What is known of each code of a rejection: meaning, and who can act."""
        return explain_codes(self.comment_code, CodeKind.REJECT)


class SubmissionProjection(
    VendorValue,
    frozen=True,
    kw_only=True,
    rename={"projection_id": "projectionId", "name": "projectionName"},
):
    """The projection that was in force when the customer submitted (vendor page PRJO)."""

    projection_id: str | None = None
    name: str | None = None

    shown: ClassVar[tuple[str, ...]] = ("projection_id", "name")


class SubmissionData(
    VendorValue,
    frozen=True,
    kw_only=True,
    rename={
        "address_global_code": "address_globalCode",
        "address_compound_code": "address_compoundCode",
        "id_card_issuing_country": "idcard_issuingCountry",
        "id_card_issue_date": "idcard_issueDate",
        "id_card_expire_date": "idcard_expireDate",
        "id_type": "idType",
        "document_number": "documentNumber",
        "identity_number": "identityNumber",
        "ssn_number": "ssnNumber",
        "phone_number": "phoneNumber",
        "type_of_permit": "typeOfPermit",
        "type_of_permit_korea": "typeOfPermitGovKor",
        "expiry_date_of_stay_korea": "expiryDateOfStayKor",
        "nationality_korea": "nationalityGovKor",
    },
):
    """What is known of the person (vendor pages GET, PDEL). All of it is personal, so a repr shows nothing.

    Attributes:
        age_group: ``minor``, ``early-teen``, ``teen``, ``adult`` or ``N/A``.
        full_name: oldest answers call it ``name``.
        nationality, id_card_issuing_country: ISO 3166-1 alpha-3 in the vendor's samples.
        date_of_birth, id_card_issue_date, id_card_expire_date: YYYY-MM-DD.
        id_type: an open set: the vendor writes ``drivers_license`` in one place and ``drvlic`` in another.
        document_number: masked by the vendor.
        cf1, cf2, cf3: the custom fields of the URL.
        type_of_permit_korea, expiry_date_of_stay_korea, nationality_korea: from Korean government data.
    """

    age_group: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    full_name: str | None = None
    gender: str | None = None
    nationality: str | None = None
    date_of_birth: str | None = None
    address_city: str | None = None
    address_country: str | None = None
    address_state: str | None = None
    address_street: str | None = None
    address_street2: str | None = None
    address_zipcode: str | None = None
    address_global_code: str | None = None
    address_compound_code: str | None = None
    address_formatted: str | None = None
    address_input: str | None = None
    address_detail: str | None = None
    ip_address: str | None = None
    id_card_issuing_country: str | None = None
    id_card_issue_date: str | None = None
    id_card_expire_date: str | None = None
    id_type: str | None = None
    document_number: str | None = None
    identity_number: str | None = None
    ssn_number: str | None = None
    phone_number: str | None = None
    cf1: str | None = None
    cf2: str | None = None
    cf3: str | None = None
    type_of_permit: str | None = None
    type_of_permit_korea: str | None = None
    expiry_date_of_stay_korea: str | None = None
    nationality_korea: str | None = None

    aliases: ClassVar[Mapping[str, str]] = {"name": "full_name"}


class Submission(VendorValue, frozen=True, kw_only=True, rename={"ocr_raw": "OCR_raw"}):
    """A submission: the work of one customer in the form, and what came of it (vendor page GET).

    Times are the vendor's text; ``liveform.vendor_times.read_time`` reads them. How the vendor marks a
    deleted submission is not documented, so look into ``raw``.

    Attributes:
        submission_id: the vendor's id of the submission.
        email, userid: what was given in the URL or typed by the customer.
        created_at, updated_at, pending_at, kyc_result_at: when it was begun, changed last, came to wait for a
            person, and was decided.
        reviewer: ``system``, or who decided.
        applicant_id: the same for all approved submissions of one person.
        duplicated_information: the vendor's hash of a person, to find duplicates.
        recognition_score, argos_score: numbers or text, as they came.
        kyc: the decision; ``status`` is its result.
        data: what is known of the person.
        image: references of the images.
        memo: the note of the dashboard.
        projection, project_options: what was set when the customer submitted.
        ocr, ocr_raw, verification, aml, review: as they came; the vendor's pages do not list all members.
            ``aml`` comes with ``request_type="aml"``.
        additional_list: the answers to the project's own questions.
        injection_action, custom_duplicated_information, duplicated_users, duplicated_selfie_users: as they
            came; the pages give only their names.
    """

    submission_id: str | None = None
    email: str | None = None
    userid: str | None = None
    created_at: str | None = None
    updated_at: str | None = None
    pending_at: str | None = None
    kyc_result_at: str | None = None
    reviewer: str | None = None
    applicant_id: str | None = None
    duplicated_information: str | None = None
    recognition_score: Score = None
    argos_score: Score = None
    kyc: Kyc | None = None
    data: SubmissionData | None = None
    image: SubmissionImages | None = None
    memo: Memo | None = None
    projection: SubmissionProjection | None = None
    project_options: Mapping[str, Any] | None = None
    ocr: Mapping[str, Any] | None = None
    ocr_raw: Mapping[str, Any] | None = None
    verification: Mapping[str, Any] | None = None
    aml: Mapping[str, Any] | None = None
    review: Any = None
    additional_list: Any = None
    injection_action: Any = None
    custom_duplicated_information: Any = None
    duplicated_users: Any = None
    duplicated_selfie_users: Any = None

    shown: ClassVar[tuple[str, ...]] = ("submission_id", "status", "created_at", "kyc_result_at")

    @property
    def status(self) -> str | None:
        """Return the result of the decision, such as ``approved``; None if none came."""
        return None if self.kyc is None else self.kyc.result


class ApplicantSubmission(VendorValue, frozen=True, kw_only=True):
    """One approved submission of an applicant (vendor page GETA)."""

    submission_id: str | None = None
    email: str | None = None
    duplicated_information: str | None = None

    shown: ClassVar[tuple[str, ...]] = ("submission_id",)


class ReviewResult(
    VendorValue,
    frozen=True,
    kw_only=True,
    rename={"submission_id": "submissionId", "final_status": "finalStatus"},
):
    """What a review led to (vendor page REV).

    Attributes:
        final_status: ``approved`` or ``rejected``.
        message: the vendor's text; do not compare it.
    """

    submission_id: str | None = None
    final_status: str | None = None
    message: str | None = None

    shown: ClassVar[tuple[str, ...]] = ("submission_id", "final_status")
