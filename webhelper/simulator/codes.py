"""The codes that a tester can choose from: why a submission is rejected, tried again or not extended.

The vendor's lists are longer than what is readable of them, so the form and the control API take other codes
too.
"""

from __future__ import annotations

from typing import Final

REJECT_CODES: Final = (  # row 12.1
    "id_image_invalidImage",
    "id_image_invalidId",
    "id_image_error",
    "id_image_badImage",
    "id_info_dataMismatch",
    "id_info_blacklist",
    "id_info_notOfAge",
    "duplicate_user",
    "duplicated_user_PII_exact",
    "duplicated_face",
    "too_many_retry",
    "blacklistCountry",
    "under_ageLimit",
    "invalid_acceptedID",
    "no-date-of-birth",
    "expired_id",
    "automatic_verification_fail",
    "address_image_invalidImage",
    "address_image_error",
    "address_image_badImage",
    "other",
)
RETRY_CODES: Final = (  # row 12.2
    "recognition_fail",
    "expired_id",
    "document_expired",
    "invalid_back_document",
    "invalid_dual_side",
    "document_country_mismatch",
    "glare_detected",
    "image_too_blurry",
    "recaptured_document",
    "screen_detected",
    "black_white_document",
    "missing_birth_date",
    "mrz_protocol_fail",
    "barcode_protocol_fail",
    "document_name_mismatch",
    "document_dob_mismatch",
    "missing_expiry_date",
    "missing_issue_date",
    "missing_document_number",
    "missing_personal_number",
    "missing_name",
    "liveness_error",
    "face_compare_underscore",
)
INJECTION_FAIL_CODES: Final = (  # row 9.22; the vendor spells the last one so
    "ipRisk_failCategory",
    "distanceChecks_ipGeo",
    "blackliskCountries",
)
FACE_AUTH_FAIL_CODES: Final = (  # row 8.3
    "face_compare_underscore",
    "Face_Occluded_fail",
    "Face_cover_fail",
    "Head_cover_fail",
)
