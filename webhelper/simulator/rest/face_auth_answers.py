"""What the API answers about a face authentication (vendor pages FAP, FAG)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from webhelper.simulator.sandbox.face_auths import FaceAuth

_POLICY: Final = {
    "faceSimilarity_threshold": 70,
    "occluded_threshold": True,
    "faceCover_threshold": 50,
    "headCover_threshold": 50,
    "liveness_threshold": 50,
    "activeLiveness_threshold": 50,
}


def made_answer(made: FaceAuth) -> dict[str, Any]:
    """Return the answer to POST (row 8.2)."""
    return {
        "authentication_id": made.id,
        "auth_status": made.status,
        "create_time": made.created_at,
        "score": {
            "face_similarity_score": _similarity(made),
            **dict.fromkeys(("occluded_score", "face_cover_score", "head_cover_score"), 0),
        },
        "fail_code": list(made.fail_codes),
        "rejected_comment": list(made.fail_codes),
    }


def listed_answer(face_auth: FaceAuth) -> dict[str, Any]:
    """Return an item of a list (row 8.4)."""
    return {
        "auth_id": face_auth.id,
        "auth_status": face_auth.status,
        "create_time": face_auth.created_at,
        "submit_type": face_auth.submit_type,
        "kyc_submission_id": face_auth.submission_id,
        "delete_check": face_auth.deleted,
        "policy": _POLICY,
        "result": {
            "active_liveness_score": 99,
            "face_similarity": _similarity(face_auth),
            "detectOccluded": "Face_Occluded_fail" in face_auth.fail_codes,
        },
        "reject_comment": list(face_auth.fail_codes),
    }


def _similarity(face_auth: FaceAuth) -> int:
    return 40 if "face_compare_underscore" in face_auth.fail_codes else 99
