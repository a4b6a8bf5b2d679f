"""What the API does to submissions, once a request is checked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from webhelper.simulator.sandbox import items
from webhelper.simulator.sandbox.announcements import announce, emit
from webhelper.simulator.sandbox.clock import iso
from webhelper.simulator.sandbox.form import announce_decision, decide
from webhelper.simulator.sandbox.monitoring import MonitorRecord
from webhelper.simulator.sandbox.people import age_group
from webhelper.simulator.sandbox.submissions import Submission

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from webhelper.simulator.sandbox.dashboard import Dashboard
    from webhelper.simulator.sandbox.face_auths import FaceAuth
    from webhelper.simulator.sandbox.sandbox import Sandbox

RED_FLAG: Final = "RED FLAG"  # in a name: the simulator finds it on a watch list


def migrate(sandbox: Sandbox, dashboard: Dashboard, values: Mapping[str, str]) -> str:
    """Create a submission from the members of POST migration, and return its id. It makes no event.

    It takes a credit, as every submission does (FAQ).

    Raises:
        NoCreditsError: no credit is left.
    """
    sandbox.usage.take_credit(dashboard)
    now = sandbox.clock.now()
    data = {member: values[name] for name, member in items.MIGRATED.items() if name in values}
    data["age_group"] = age_group(data.get("date_of_birth"), now)
    submission_id = sandbox.ids.submission_id()
    given = {name: values.get(name) for name in ("email", "userid")}
    item = items.new_item(submission_id, at=iso(now), given=given, data=data)
    submission = Submission(id=submission_id, pid=dashboard.pid, created_at=iso(now), item=item)
    decide(sandbox, submission, values["kycStatus"], reviewer=values["admin"])
    return submission_id


def edit(sandbox: Sandbox, submission: Submission, changes: Mapping[str, str], *, admin: str) -> None:
    """Change data and status as PATCH does, with the event ``updated``."""
    at = iso(sandbox.clock.now())
    submission = _changed(sandbox, submission, changes)
    if "kycStatus" in changes:
        submission = decide(sandbox, submission, changes["kycStatus"], reviewer=admin)
    sandbox.submissions.save(submission)
    spelt = {"firstName": "first_name", "lastName": "last_name"}  # the event mixes styles (row 9.19)
    update: dict[str, Any] = {
        "update": [spelt.get(name, name) for name in changes],
        "kyc_result": submission.status,
        **{name: submission.item[name] for name in ("pending_at", "reviewer") if name in submission.item},
    }
    announce(sandbox, "updated", submission, data=update, admin=admin, update_time=at)


def review(
    sandbox: Sandbox,
    submission: Submission,
    status: str,
    *,
    admin: str,
    comment: str | None,
    changes: Mapping[str, str],
) -> None:
    """Decide a pending submission, with the event ``approved`` or ``rejected``."""
    codes = ["other"] if status == "rejected" else []
    changed = _changed(sandbox, submission, changes)
    submission = decide(sandbox, changed, status, reviewer=admin, codes=codes)
    if comment is not None:
        kyc = submission.item["kyc"] | {"comment": [comment]}
        submission = replace(submission, item={**submission.item, "kyc": kyc})
        sandbox.submissions.save(submission)
    announce_decision(sandbox, submission)


def delete(sandbox: Sandbox, submission: Submission, *, admin: str | None) -> None:
    """Delete a submission but for what stays; the event ``delete`` needs an admin (row 3.12)."""
    at = iso(sandbox.clock.now())
    gone = replace(submission, item=items.remains(submission.item, at=at), deleted=True, token_id=None)
    sandbox.images.delete(submission.id)
    sandbox.submissions.save(gone)
    if admin is not None:
        announce(sandbox, "delete", gone, account_email=admin, delete_time=at)


def erase(
    sandbox: Sandbox, submission: Submission, fields: Sequence[str], data_fields: Sequence[str]
) -> None:
    """Erase parts of a submission, as the partial delete does. It makes no event."""
    kinds = [kind for name in fields for kind in items.IMAGE_FIELDS.get(name, ())]
    sandbox.images.delete(submission.id, kinds)
    item = items.erased(submission.item, fields, data_fields)
    sandbox.submissions.save(replace(submission, item=item))


def screen(sandbox: Sandbox, submission: Submission) -> dict[str, str]:
    """Look a submission up in watch lists, with the event ``aml``, and return what was found."""
    flagged = RED_FLAG in str(submission.data.get("full_name", "")).upper()
    result = {"currentstatus": "Not Screened", "risk_level_summary": "Not Screened"}
    if flagged:
        result = {"currentstatus": "Red Flag", "risk_level_summary": "HIGH"}
    aml = dict(result)
    if flagged:
        aml["resourceId"] = sandbox.ids.other_id("report")
        sandbox.monitoring.add_report(aml["resourceId"], submission.pid, submission.id)
    submission = replace(submission, item={**submission.item, "aml": aml})
    sandbox.submissions.save(submission)
    announce(sandbox, "aml", submission, aml_result=result)
    return aml


def monitor(sandbox: Sandbox, submission: Submission, worklist_id: str, *, admin: str) -> str:
    """Put a submission on a worklist, with the event ``aml_monitor``, and return the record's id."""
    at = iso(sandbox.clock.now())
    record_id = sandbox.ids.other_id("record")
    sandbox.monitoring.add(
        MonitorRecord(record_id, submission.pid, worklist_id, submission.id, admin, created_at=at)
    )
    record = {"recordId": record_id, "worklistId": worklist_id, "created_at": at}
    announce(sandbox, "aml_monitor", submission, records=[record])
    return record_id


def authenticate(sandbox: Sandbox, dashboard: Dashboard, face_auth: FaceAuth) -> None:
    """Keep an authentication, with the event ``faceAuth`` to the main project's URL (rows 9.1, 9.30)."""
    sandbox.face_auths.add(face_auth)
    submission = sandbox.submissions.get(face_auth.submission_id, pid=dashboard.pid)
    user, data = face_auth.user, submission.data
    own = {name: submission.item[name] for name in ("userid", "email") if name in submission.item}
    members: dict[str, Any] = {
        "Submission_id": face_auth.submission_id,
        "Auth_Status": face_auth.status,
        "Create_Time": face_auth.created_at,
        "Auth_User_id": user.get("userId"),
        **{f"Auth_cf{number}": user.get(f"cf{number}") for number in (1, 2, 3)},
        "Token_id": user.get("token"),
        "reference": own | {"cf": {name: data[name] for name in ("cf1", "cf2", "cf3") if name in data}},
        "Authentication_id": face_auth.id,
    }
    known = {name: value for name, value in members.items() if value is not None}
    emit(sandbox, dashboard, {"webhook_trigger": "faceAuth", "data": known})


def _changed(sandbox: Sandbox, submission: Submission, changes: Mapping[str, str]) -> Submission:
    """Return a submission with other data, by the names of PATCH and review."""
    now = sandbox.clock.now()
    data = {items.EDITABLE[name]: value for name, value in changes.items() if name in items.EDITABLE}
    if "date_of_birth" in data:
        data["age_group"] = age_group(data["date_of_birth"], now)
    return replace(submission, item=items.with_data(submission.item, data, at=iso(now)))
