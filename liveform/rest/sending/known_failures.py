"""The failures that the vendor documents: what it says, and what to do about it.

A sentence of this table may be shown, since it says nothing of a person. One that is not here might, so
``failures.py`` never shows it.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class KnownFailure(NamedTuple):
    """A sentence of the vendor's.

    Attributes:
        text: the vendor's own words.
        row: where it is documented: a row of docs/vendor-api.md and the vendor's page.
        advice: what to do, if the words leave that open.
    """

    text: str
    row: str
    advice: str = ""


_KEY: Final = "check api_key (FaceAuth calls: face_auth_key); for these calls a secretKey does not do"
_IP: Final = (
    "the address of this server is not on the project's IP allow-list for the API: add it in the dashboard"
)
_ADMIN: Final = "admin must be the e-mail address of a member of the project"

SENTENCES: Final = (
    KnownFailure("Invalid Query String parameters", "1.4 FA"),
    KnownFailure("User is not authorized to access this resource with an explicit deny", "1.4 FA", _IP),
    KnownFailure("Forbidden", "1.4 FA", _KEY),
    KnownFailure("API-Key is required.", "3.9 PATCH", _KEY),
    KnownFailure("The project is not found.", "3.9 PATCH", _KEY),
    KnownFailure(
        "Decryption is Failed. Please check the api-key.",
        "3.9 PATCH",
        "the vendor could not open the request: check secure_data_transfer and the dashboard's setting",
    ),
    KnownFailure("Data Processing Error.", "3.9 PATCH"),
    KnownFailure("data parsing error. please check input data.", "3.9 PATCH"),
    KnownFailure("submissionId is required.", "3.9 PATCH"),
    KnownFailure("projectId or x-api-key is required.", "3.9 PATCH", _KEY),
    KnownFailure("admin is required.", "3.9 PATCH, 3.21 REV"),
    KnownFailure("At least one property to modify is required.", "3.9 PATCH"),
    KnownFailure("not Exist Submission ID", "3.14 DEL"),
    KnownFailure("not Exist Submission Data", "3.14 DEL"),
    KnownFailure("not Exist Project Data", "3.14 DEL"),
    KnownFailure("delete Process FAIL", "3.14 DEL"),
    KnownFailure("adminName and comment is required", "3.14 DEL"),
    KnownFailure("Project not found.", "3.21 REV", _KEY),
    KnownFailure("Access denied. The admin is not registered in the project.", "3.21 REV", _ADMIN),
    KnownFailure("Submission Id is required.", "3.21 REV"),
    KnownFailure("Invalid Submission Id.", "3.21 REV"),
    KnownFailure("Only submissions in pending status can be reviewed", "3.21 REV"),
    KnownFailure("This submission cannot be reviewed by client.", "3.21 REV"),
    KnownFailure("Invalid status", "3.21 REV"),
    KnownFailure("Invalid data format.", "3.21 REV"),
    KnownFailure("Reject comment is required", "3.21 REV"),
    KnownFailure("Projection not found", "7.7 PRJG"),
    KnownFailure("Method not allowed", "7.7 PRJG"),
    KnownFailure("Projection count limit exceeded", "7.7 PRJO", "a project has at most 10: delete one"),
    KnownFailure("required key is missing", "8.5 FAD"),
    KnownFailure("error in processing data", "8.5 FAD"),
    KnownFailure("Cannot find submission. Please check input data.", "8.5 FAD"),
    KnownFailure("error in delete submission", "8.5 FAD"),
)

# "invalid parameter: <name>" (row 3.5, POST); the name is shown only if it is one that we sent.
NAMING_SENTENCES: Final = ("invalid parameter", "invalid format")

# What to do in the client's own words; of the other codes, the table of vendor_codes says what they mean.
CODE_ADVICE: Final = {
    "invalid_admin": _ADMIN,  # 3.5, 4.5, 6.6
    "invalid_project": _KEY,  # 3.5, 4.5, 5.5, 6.6
    "invalid_aml_threshold": "give threshold, or set a watch-list score in the dashboard",  # 6.1
    "request_token_limit_exceeded": "too many token ids: 500 in a request, 100,000 in a project",  # 5.5, 5.9
    "all_submissions_failed": "only approved submissions with a full name and birth date count",  # 6.5, 6.6
}

STATUS_ADVICE: Final = {
    413: "the request is too large",  # 1.4
    429: "the vendor asks for fewer calls; it lets them in again after a while",  # 1.6 FAQ
    502: "the vendor's gateway had no answer",  # 1.4
}
REDIRECT_ADVICE: Final = "liveform follows no redirect, so that no key reaches another host: check base_url"
