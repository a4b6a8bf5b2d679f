"""Typed answers about face authentications.

The answer to a new one and those of the list name the same things differently. Both are read into one type.
"""

from collections.abc import Mapping
from typing import ClassVar

from liveform.rest.values.submission import Score
from liveform.vendor_codes import CodeExplanation, CodeKind, explain_codes
from liveform.vendor_values import VendorValue


class FaceAuthScore(VendorValue, frozen=True, kw_only=True):
    """The scores of a new face authentication (vendor page FAP); numbers or text, as they came."""

    face_similarity_score: Score = None
    occluded_score: Score = None
    face_cover_score: Score = None
    head_cover_score: Score = None


class FaceAuthPolicy(
    VendorValue,
    frozen=True,
    kw_only=True,
    rename={
        "face_similarity_threshold": "faceSimilarity_threshold",
        "face_cover_threshold": "faceCover_threshold",
        "head_cover_threshold": "headCover_threshold",
        "active_liveness_threshold": "activeLiveness_threshold",
    },
):
    """What the project demanded at that time (vendor page FAG)."""

    face_similarity_threshold: Score = None
    occluded_threshold: bool | Score = None
    face_cover_threshold: Score = None
    head_cover_threshold: Score = None
    liveness_threshold: Score = None
    active_liveness_threshold: Score = None


class FaceAuthResult(VendorValue, frozen=True, kw_only=True, rename={"detect_occluded": "detectOccluded"}):
    """What the vendor measured (vendor page FAG)."""

    active_liveness_score: Score = None
    face_similarity: Score = None
    detect_occluded: bool | Score = None


class FaceAuth(
    VendorValue,
    frozen=True,
    kw_only=True,
    rename={
        "status": "auth_status",
        "created_at": "create_time",
        "fail_codes": "fail_code",
        "comments": "reject_comment",
        "submission_id": "kyc_submission_id",
    },
):
    """A face authentication: a customer's face held against the selfie of a submission.

    Attributes:
        auth_id: the vendor's id. A new one calls it ``authentication_id``.
        status: ``approved`` or ``rejected``.
        created_at: ISO 8601 with milliseconds, as the vendor wrote it.
        fail_codes: why it was rejected, such as ``face_compare_underscore``, ``Face_Occluded_fail``,
            ``Face_cover_fail`` or ``Head_cover_fail``.
        comments: the same in words.
        score: the scores of a new one.
        policy, result: what was demanded and measured; lists have them.
        submit_type: ``form`` for one made in the hosted form.
        submission_id: of the submission; lists have it.
        delete_check: as it came; the page gives only its name.
    """

    auth_id: str | None = None
    status: str | None = None
    created_at: str | None = None
    fail_codes: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()
    score: FaceAuthScore | None = None
    policy: FaceAuthPolicy | None = None
    result: FaceAuthResult | None = None
    submit_type: str | None = None
    submission_id: str | None = None
    delete_check: bool | Score = None

    shown: ClassVar[tuple[str, ...]] = ("auth_id", "status", "created_at", "submission_id")
    aliases: ClassVar[Mapping[str, str]] = {
        "authentication_id": "auth_id",
        "authId": "auth_id",
        "rejected_comment": "reject_comment",
    }

    @property
    def explanations(self) -> tuple[CodeExplanation, ...]:
        """What is known of each fail code: meaning, and who can act."""
        return explain_codes(self.fail_codes, CodeKind.FACE_AUTH)

    @property
    def approved(self) -> bool:
        """Return whether the vendor approved it."""
        return self.status == "approved"
