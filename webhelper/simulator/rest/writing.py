"""POST migration, PATCH and review of submissions (vendor pages POST, PATCH, REV)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from webhelper.simulator.rest.calls import Call, Endpoint, Reply
from webhelper.simulator.rest.checks import DECIDED, find_submission, members, wrong_format
from webhelper.simulator.rest.refusals import with_message, with_sentence, with_type
from webhelper.simulator.sandbox import changes
from webhelper.simulator.sandbox.errors import NoCreditsError
from webhelper.simulator.sandbox.items import EDITABLE, MIGRATED

if TYPE_CHECKING:
    from webhelper.simulator.rest.refusals import Refused

_REQUIRED: Final = ("admin", "email", "fullName", "birthDate", "kycStatus")
_MIGRATED: Final = frozenset({*MIGRATED, *_REQUIRED, "userid"})
_PATCHED: Final = frozenset({*EDITABLE, "kycStatus"})
_PROJECT: Final = "project"
_SUBMISSION: Final = "submission"
_PARAMETER: Final = "request parameter"


def migrate(call: Call) -> Reply:
    """Create a submission that another system has decided (rows 3.1 to 3.5)."""
    values = members(call.body)
    if not values:
        raise with_message("invalid_payload", "The payload is invalid.")
    unknown = next((name for name in values if name not in _MIGRATED), None)
    if unknown is not None:
        raise with_message("invalid_parameter", f"invalid parameter: {unknown}")
    missing = next((name for name in _REQUIRED if values.get(name) in (None, "")), None)
    if missing is not None:
        raise with_message("missing_data", f"missing data: {missing}")
    wrong = wrong_format(values)
    if wrong is not None:
        raise with_message("invalid_format", f"invalid format: {wrong}")
    if not call.is_admin(values["admin"]):
        raise with_message("invalid_admin", "The admin is not registered in the project.")
    call.doubt("migration_event")
    try:
        submission_id = changes.migrate(call.sandbox, call.dashboard, values)
    except NoCreditsError:
        raise with_message("processing_error", "The project has no credit left.") from None
    return Reply({"message": "success", "submissionId": submission_id})


def edit(call: Call) -> Reply:
    """Change a submission, also a decided one (rows 3.6 to 3.10)."""
    body = members(call.body)
    for name in ("submissionId", "admin"):
        if body.get(name) in (None, ""):
            raise _sentence(f"{name} is required.")
    call.ignore(*(name for name in body if name not in ("submissionId", "admin", "data")))
    given = members(body.get("data"))
    data = {name: value for name, value in given.items() if name in _PATCHED}
    _note_unknown(call, given, "data")
    if not data:
        raise _sentence("At least one property to modify is required.")
    found = find_submission(call, body["submissionId"])
    if found is None or not call.is_admin(body["admin"]) or wrong_format(data) is not None:
        call.doubt("patch_errors")
        raise _sentence("Data Processing Error.")
    changes.edit(call.sandbox, found, data, admin=body["admin"])
    return Reply({"message": "Data Processing Success."})


def review(call: Call) -> Reply:
    """Decide a pending submission (rows 3.19 to 3.21)."""
    call.doubt("review_events")
    body = members(call.body)
    status, fields = body.get("status"), body.get("updateFields", {})
    for kind, name, message in (
        (_SUBMISSION, "submissionId", "Submission Id is required."),
        (_PROJECT, "admin", "admin is required."),
    ):
        if body.get(name) in (None, ""):
            raise _typed(call, kind, message)
    if not call.is_admin(body["admin"]):
        raise _typed(call, _PROJECT, "Access denied. The admin is not registered in the project.")
    if status not in DECIDED:
        raise _typed(call, _PARAMETER, "Invalid status")
    data = {name: value for name, value in members(fields).items() if name in EDITABLE}
    if not isinstance(fields, dict) or wrong_format(data) is not None:
        raise _typed(call, _PARAMETER, "Invalid data format.")
    comment = body.get("rejectComment")
    if status == "rejected" and (not isinstance(comment, str) or not comment):
        raise _typed(call, _PARAMETER, "Reject comment is required")
    found = find_submission(call, body["submissionId"])
    if found is None:
        raise _typed(call, _SUBMISSION, "Invalid Submission Id.")
    if found.status != "pending":
        raise _typed(call, _SUBMISSION, "Only submissions in pending status can be reviewed")
    _note_unknown(call, fields, "updateFields")
    comment = comment if status == "rejected" else None
    changes.review(call.sandbox, found, status, admin=body["admin"], comment=comment, changes=data)
    message = "Success to review submission."
    return Reply({"submissionId": found.id, "message": message, "finalStatus": status})


def _note_unknown(call: Call, given: dict[str, object], place: str) -> None:
    unknown = [f"{place}.{name}" for name in given if name not in _PATCHED]
    if unknown:
        call.doubt("unknown_data")
        call.ignore(*unknown)


def _sentence(message: str) -> Refused:
    return with_sentence("", message)


def _typed(call: Call, kind: str, message: str) -> Refused:
    call.doubt("review_error")
    return with_type(kind, message)


ENDPOINTS: Final = (
    Endpoint(
        method="POST",
        path="/submission/migration",
        handle=migrate,
        refuse=with_message,
        body="json",
        covered=True,
    ),
    Endpoint(
        method="PATCH", path="/submission", handle=edit, refuse=with_sentence, body="json", covered=True
    ),
    Endpoint(method="POST", path="/submission/review", handle=review, refuse=with_type, body="json"),
)
