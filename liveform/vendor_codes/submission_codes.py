"""Codes of submissions: why one was rejected, why a step was repeated, why an add-on failed.

The vendor's lists are names without a text, so that nearly all meanings are read from the name.
"""

from typing import Final

from liveform.parameters.model import Certainty
from liveform.vendor_codes.model import Actor, CodeKind, VendorCode

_USER, _SITE, _ARGOS = Actor

# code, who can act, what it means; the pages say no more than the code unless the code is in _DOCUMENTED.
_REJECT: Final = (
    ("id_image_invalidImage", _USER, "The picture of the document cannot be used."),
    ("id_image_invalidId", _USER, "The picture shows no document that is accepted."),
    ("id_image_error", _USER, "The picture of the document could not be processed."),
    ("id_image_badImage", _USER, "The picture of the document is of bad quality."),
    ("id_info_dataMismatch", _USER, "The data of the document and those that were entered differ."),
    ("id_info_blacklist", _SITE, "The data of the document are on the project's blacklist."),
    ("id_info_notOfAge", _USER, "The user is younger than the project allows."),
    ("duplicate_user", _USER, "The user was seen before."),
    ("duplicated_user_PII_exact", _USER, "A user with exactly the same personal data was seen before."),
    ("duplicated_face", _USER, "The same face was seen before."),
    ("too_many_retry", _USER, "Too many attempts; the older API rejects after 3 retries."),
    ("blacklistCountry", _SITE, "The country is on the project's blacklist."),
    ("under_ageLimit", _USER, "The user is younger than the project's age limit."),
    ("invalid_acceptedID", _USER, "The project does not accept this type of document."),
    ("no-date-of-birth", _USER, "The document shows no date of birth."),
    ("expired_id", _USER, "The document has expired."),
    ("automatic_verification_fail", _USER, "The automatic check failed."),
    ("address_image_invalidImage", _USER, "The picture of the proof of address cannot be used."),
    ("address_image_error", _USER, "The picture of the proof of address could not be processed."),
    ("address_image_badImage", _USER, "The picture of the proof of address is of bad quality."),
    ("other", _SITE, "Another reason; the comment beside it says which."),
)
_RETRY: Final = (
    ("recognition_fail", _USER, "The document could not be recognized."),
    ("expired_id", _USER, "The document has expired."),
    ("document_expired", _USER, "The document has expired."),
    ("invalid_back_document", _USER, "The back of the document is wrong."),
    ("invalid_dual_side", _USER, "Front and back do not belong together, or one side is missing."),
    ("document_country_mismatch", _USER, "The document is of another country than was chosen."),
    ("document_name_mismatch", _USER, "The names on the document differ."),
    ("document_dob_mismatch", _USER, "The dates of birth on the document differ."),
    ("glare_detected", _USER, "There is glare on the document."),
    ("image_too_blurry", _USER, "The picture is too blurry."),
    ("recaptured_document", _USER, "The picture shows a picture of a document."),
    ("screen_detected", _USER, "The picture shows a screen."),
    ("black_white_document", _USER, "The picture is black and white."),
    ("mrz_protocol_fail", _USER, "The machine-readable zone of the document could not be read."),
    ("barcode_protocol_fail", _USER, "The barcode of the document could not be read."),
    ("missing_expiry_date", _USER, "The date of expiry could not be read."),
    ("missing_issue_date", _USER, "The date of issue could not be read."),
    ("missing_birth_date", _USER, "The date of birth could not be read."),
    ("missing_document_number", _USER, "The number of the document could not be read."),
    ("missing_personal_number", _USER, "The personal number could not be read."),
    ("missing_name", _USER, "The name could not be read."),
    ("liveness_error", _USER, "The face could not be confirmed as live."),
    ("face_compare_underscore", _USER, "The face and the document are not alike enough."),
)
_FACE_AUTH: Final = (
    ("face_compare_underscore", _USER, "The face and that of the submission are not alike enough."),
    ("Face_Occluded_fail", _USER, "Something hides a part of the face."),
    ("Face_cover_fail", _USER, "The face is covered, for instance by a mask."),
    ("Head_cover_fail", _USER, "The head is covered, for instance by a cap."),
)
_INJECTION: Final = (
    ("ipRisk_failCategory", _USER, "The user's IP address is of a category that ipRiskCategory refuses."),
    ("distanceChecks_ipGeo", _USER, "The user is farther away than distanceMaxDistanceKm allows."),
    (
        "blackliskCountries",
        _SITE,
        "The country is on the project's blacklist; the vendor spells the code so.",
    ),
    ("blacklistCountries", _SITE, "The same as blackliskCountries, should the vendor correct its spelling."),
)
_SOURCES: Final = {
    CodeKind.REJECT: "REJ",
    CodeKind.RETRY: "W-retry, GB",
    CodeKind.FACE_AUTH: "FAP",
    CodeKind.INJECTION: "W-injection, INJ",
}
_OTHER_SOURCES: Final = {
    "other": "GETL",
    "too_many_retry": "REJ, GB",
    "liveness_error": "GET1",
    (CodeKind.RETRY, "face_compare_underscore"): "GET1",
}
_DOCUMENTED: Final = ("too_many_retry",)


def _row(kind: CodeKind, code: str, actor: Actor, about: str) -> VendorCode:
    source = _OTHER_SOURCES.get((kind, code)) or _OTHER_SOURCES.get(code) or _SOURCES[kind]
    certainty = Certainty.DOCUMENTED if code in _DOCUMENTED else Certainty.INFERRED
    return VendorCode(code, kind, about, actor, source, certainty)


SUBMISSION_CODES: Final = tuple(
    _row(kind, *row)
    for kind, rows in (
        (CodeKind.REJECT, _REJECT),
        (CodeKind.RETRY, _RETRY),
        (CodeKind.FACE_AUTH, _FACE_AUTH),
        (CodeKind.INJECTION, _INJECTION),
    )
    for row in rows
)
