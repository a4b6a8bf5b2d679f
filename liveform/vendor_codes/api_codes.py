"""Codes in the error answers of the REST API. Answers whose code is a sentence are not in the table."""

from typing import Final

from liveform.parameters.model import Certainty
from liveform.vendor_codes.model import Actor, CodeKind, VendorCode

_SITE, _ARGOS = Actor.SITE, Actor.ARGOS
_KNOWN, _GUESS = Certainty.DOCUMENTED, Certainty.INFERRED

_ROWS: Final = (
    (
        "invalid_payload",
        _SITE,
        "POST, PATCH, PIMG, TOKP, TOKD, AML",
        _GUESS,
        "The body of the request cannot be read.",
    ),
    (
        "missing_data",
        _SITE,
        "POST, PIMG",
        _KNOWN,
        "A required member is missing; beside a document's image, idType.",
    ),
    ("invalid_project", _SITE, "POST, PIMG, TOKP, TOKD, MONP", _GUESS, "The API key belongs to no project."),
    ("invalid_admin", _SITE, "POST, PIMG, MONP", _GUESS, "The admin is not one of the project."),
    ("invalid_parameter", _SITE, "POST", _KNOWN, "The request has a member that the vendor does not know."),
    ("invalid_format", _SITE, "POST", _KNOWN, "A member is not written as it must be."),
    ("processing_error", _ARGOS, "POST", _GUESS, "The vendor could not process the request."),
    ("invalid_submission", _SITE, "PIMG", _GUESS, "There is no submission with this id."),
    ("invalid_data", _SITE, "PIMG", _KNOWN, "The request has no image."),
    ("invalid_path", _SITE, "TOKP, TOKD, MONP", _GUESS, "The address of the request is wrong."),
    ("internal_server_error", _ARGOS, "TOKP, TOKD, MONP", _GUESS, "The vendor's server failed."),
    ("invalid_token_id", _SITE, "TOKP, TOKD", _GUESS, "A token id is not allowed."),
    (
        "invalid_token_id_format",
        _SITE,
        "TOKP, TOKD",
        _GUESS,
        "A token id has characters that are not allowed.",
    ),
    ("invalid_token_id_length", _SITE, "TOKP", _GUESS, "A token id has not 8 to 64 bytes."),
    ("request_token_limit_exceeded", _SITE, "TOKP, TOKD", _GUESS, "The request has more than 500 token ids."),
    ("token_limit_exceeded", _SITE, "TOKP", _GUESS, "The project would have more than 100,000 token ids."),
    ("token_id_not_found", _SITE, "TOKD", _GUESS, "None of the token ids is registered."),
    ("token_not_found", _SITE, "TOKG", _GUESS, "The token id is not registered."),
    ("missing_parameter", _SITE, "AML", _GUESS, "A required member is missing."),
    ("invalid_submissionId", _SITE, "AML", _GUESS, "There is no submission with this id."),
    ("invalid_country", _SITE, "AML", _GUESS, "The submission's country cannot be used."),
    ("request_failed", _ARGOS, "AML", _GUESS, "The AML search failed."),
    (
        "invalid_aml_threshold",
        _SITE,
        "AML",
        _KNOWN,
        "amlThreshold is needed: the dashboard has no watch-list score.",
    ),
    ("invalid_worklist", _SITE, "MONP", _GUESS, "There is no worklist with this id."),
    ("invalid_submissionIds", _SITE, "MONP", _GUESS, "submissionIds is not a list of 1 to 25 submissions."),
    ("missing_required_parameters", _SITE, "MONP", _GUESS, "A required member is missing."),
    ("all_submissions_failed", _ARGOS, "MONP", _GUESS, "Not one of the submissions could be added."),
    ("processing_failed", _ARGOS, "MONP", _GUESS, "The vendor could not process the request."),
    ("invalid_record", _SITE, "MOND", _GUESS, "There is no record with this id in the worklist."),
    ("invalid_data_format", _SITE, "FAP", _GUESS, "A member is not written as it must be."),
    ("required_field_missing", _SITE, "FAP", _GUESS, "A required member is missing."),
    ("NOT_FOUND", _SITE, "FAI", _GUESS, "There is no face authentication with this id."),
)

API_CODES: Final = tuple(
    VendorCode(code, CodeKind.API, about, actor, source, certainty)
    for code, actor, source, certainty, about in _ROWS
)
