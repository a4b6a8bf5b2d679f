"""FaceAuth, which has a project and a key of its own (vendor pages FAP, FAG, FAI, FAD)."""

from __future__ import annotations

import base64
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from webhelper.simulator.rest.calls import Call, Endpoint, Reply
from webhelper.simulator.rest.checks import as_count, as_date, find_submission
from webhelper.simulator.rest.face_auth_answers import listed_answer, made_answer
from webhelper.simulator.rest.refusals import with_message, with_sentence, with_trace
from webhelper.simulator.sandbox import changes
from webhelper.simulator.sandbox.clock import iso
from webhelper.simulator.sandbox.face_auths import FAIL_CODES, FaceAuth

if TYPE_CHECKING:
    from webhelper.simulator.rest.refusals import Refused

PATH: Final = "/faceauth"
_MAX_COUNT: Final = 2_000  # row 8.4
_USER: Final = ("userId", "cf1", "cf2", "cf3")
_RANGE: Final = ("startDate", "endDate")
_PAGING: Final = ("nextKey_id", "nextKey_date")


def create(call: Call) -> Reply:
    """Compare a face with the selfie of a submission; a rejection is a normal answer (row 8.2)."""
    call.doubt("face_auth_result")
    call.ignore(*(name for name in call.fields if name not in ("submissionId", *_USER)))
    call.ignore(*(f"{name} (a file)" for name in call.files if name != "faceImage"))
    image = call.files.get("faceImage")
    if not image or not call.fields.get("submissionId"):
        raise with_message("required_field_missing", "faceImage and submissionId are required.")
    found = find_submission(call, call.fields["submissionId"])
    selfie = None if found is None else call.sandbox.images.get(found.id, "selfieImage")
    if found is None or found.status != "approved" or selfie is None:
        raise with_message("invalid_data_format", "The submission is not an approved one with a selfie.")
    made = FaceAuth(
        id=call.sandbox.ids.other_id("face_auth"),
        pid=call.dashboard.pid,
        submission_id=found.id,
        created_at=iso(call.sandbox.clock.now()),
        submit_type="api",
        user={name: call.fields[name] for name in _USER if name in call.fields},
        fail_codes=tuple(code for code in FAIL_CODES if code.encode() in image),
        image=image,
    )
    changes.authenticate(call.sandbox, call.dashboard, made)
    return Reply(made_answer(made))


def read(call: Call) -> Reply:
    """Answer one authentication, or those of some days, the newest first (row 8.4)."""
    if "authId" in call.query:
        call.ignore(*(name for name in call.query if name != "authId"))
        found = call.sandbox.face_auths.get(call.dashboard.pid, call.query["authId"])
        return _listed(call, [] if found is None else [found], None)
    start, end = _days(call)
    count = as_count(call.query.get("count", str(_MAX_COUNT)))
    if count is None or count > _MAX_COUNT:
        raise with_message("invalid_data_format", "count must be from 1 to 2000.")
    found_all = call.sandbox.face_auths.page(
        call.dashboard.pid,
        start=start,
        end=f"{end}~",
        before=_last(call),
        limit=count + 1,
    )
    more = found_all[count - 1] if len(found_all) > count else None
    return _listed(call, found_all[:count], more)


def _days(call: Call) -> tuple[str, str]:
    """The first and the last day of a list; without both, all days there are."""
    if not any(name in call.query for name in _RANGE):
        call.doubt("face_auth_days")
        return date.min.isoformat(), date.max.isoformat()
    start, end = (as_date(call.query.get(name, "")) for name in _RANGE)
    if start is None or end is None:
        raise with_message("invalid_data_format", "startDate and endDate go together, as yyyy-mm-dd.")
    return start.isoformat(), end.isoformat()


def read_image(call: Call) -> Reply:
    """Answer the picture of the face as base64 text (row 8.5)."""
    found = call.sandbox.face_auths.get(call.dashboard.pid, call.query["authId"])
    if found is None or found.image is None:
        trace_id = call.sandbox.ids.trace_id()
        raise with_trace("NOT_FOUND", "The authentication does not exist.", trace_id=trace_id)
    return Reply(base64.b64encode(found.image), "text/plain")


def delete(call: Call) -> Reply:
    """Delete the picture of an authentication (row 8.5)."""
    call.doubt("face_auth_deleted")
    auth_id = call.query.get("authId")
    if not auth_id:
        raise with_sentence("", "required key is missing")
    if not call.sandbox.face_auths.delete(call.dashboard.pid, auth_id):
        raise with_sentence("", "Cannot find submission. Please check input data.")
    return Reply({"message": "success"})


def _listed(call: Call, found: list[FaceAuth], last: FaceAuth | None) -> Reply:
    project: dict[str, Any] = {"faceAuth_projectId": call.pid, "data": [listed_answer(one) for one in found]}
    if last is not None:
        call.doubt("face_auth_paging")
        project["nextPage_key"] = {"authId": last.id, "createTime": last.created_at}
    return Reply([project])


def _last(call: Call) -> int:
    """Return the place of the last authentication of the page before; both parts of its key have to fit."""
    given = {name: call.query[name] for name in _PAGING if name in call.query}
    if not given:
        return 2**62
    last = call.sandbox.face_auths.get(call.dashboard.pid, given.get("nextKey_id", ""))
    if last is None or last.created_at != given.get("nextKey_date"):
        raise _wrong_key()
    return last.seq


def _wrong_key() -> Refused:
    return with_message("invalid_data_format", "nextKey_id and nextKey_date do not name an authentication.")


ENDPOINTS: Final = (
    Endpoint(
        method="POST",
        path=PATH,
        handle=create,
        refuse=with_message,
        body="form",
        covered=False,
        keys="face_auth",
    ),
    Endpoint(
        method="GET",
        path=PATH,
        handle=read,
        refuse=with_message,
        names=frozenset({"authId", "count", *_RANGE, *_PAGING}),
        keys="face_auth",
    ),
    Endpoint(
        method="GET",
        path=f"{PATH}/image",
        handle=read_image,
        refuse=with_message,
        names=frozenset({"authId"}),
        required=frozenset({"authId"}),
        covered=False,
        keys="face_auth",
    ),
    Endpoint(
        method="DELETE",
        path=PATH,
        handle=delete,
        refuse=with_sentence,
        names=frozenset({"authId"}),
        keys="face_auth",
    ),
)
