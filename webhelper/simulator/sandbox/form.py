"""What the vendor's form does to a submission: begin, retry, finish, add data; and what time does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from liveform import Pipeline
from webhelper.simulator.sandbox import items
from webhelper.simulator.sandbox.announcements import announce, announce_expired
from webhelper.simulator.sandbox.clock import iso, item_time
from webhelper.simulator.sandbox.errors import SandboxError, UnknownError
from webhelper.simulator.sandbox.images import grey_png
from webhelper.simulator.sandbox.people import age_group, made_up, person_of
from webhelper.simulator.sandbox.submissions import Submission

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from webhelper.simulator.sandbox.dashboard import TokenExpiration
    from webhelper.simulator.sandbox.sandbox import Outcome, Sandbox

UNFINISHED_FOR: Final = timedelta(hours=6)  # "several hours" (row 9.6)
_TOKEN_NAMES: Final = ("tokenid", "token", "tokenId")
_PROJECTION_NAMES: Final = ("projectionId", "projectionName")
_CUSTOM: Final = ("cf1", "cf2", "cf3")


def begin(
    sandbox: Sandbox, pid: str, values: Mapping[str, object], *, pipeline: Pipeline, retry_code: str | None
) -> str:
    """See ``Sandbox.begin``."""
    texts = {name: value for name, value in values.items() if isinstance(value, str)}
    token_id = next((texts[name] for name in _TOKEN_NAMES if name in texts), None)
    names = [texts[name] for name in _PROJECTION_NAMES if name in texts]
    with sandbox.database.writing():
        sandbox.usage.take_credit(sandbox.dashboard(pid))
        projection = sandbox.projections.find(pid, names) if names else None
        now = sandbox.clock.now()
        submission = _new(sandbox.ids.submission_id(), pid, texts, at=iso(now), pipeline=pipeline)
        if projection is not None:
            shown = {"projectionId": projection.id, "projectionName": projection.name}
            item = {**submission.item, "projection": shown}
            submission = replace(submission, item=item, projection=projection.id)
        if token_id is not None:
            sandbox.token_ids.use(pid, token_id, at=iso(now))
        retried: dict[str, object] = {}
        if retry_code is not None:
            item = items.with_attempt(submission.item, retry_code, at=iso(now))
            retried = {"retryCode": retry_code, "attempts": 1}
            submission = replace(submission, item=item)
        submission = replace(submission, token_id=token_id)
        sandbox.submissions.save(submission)
        announce(sandbox, "created", submission, kyc_result={"status": "incomplete"}, **retried)
    return submission.id


def retry(sandbox: Sandbox, submission_id: str, code: str) -> None:
    """See ``Sandbox.retry``."""
    with sandbox.database.writing():
        submission = _unfinished(sandbox, submission_id)
        item = items.with_attempt(submission.item, code, at=iso(sandbox.clock.now()))
        submission = replace(submission, item=item)
        sandbox.submissions.save(submission)
        attempts = len(item["kyc"]["attempts"])
        result = {"status": "incomplete"}
        announce(sandbox, "retry", submission, kyc_result=result, retryCode=code, attempts=attempts)


def finish(
    sandbox: Sandbox,
    submission_id: str,
    outcome: Outcome,
    *,
    codes: Sequence[str],
    data: Mapping[str, object] | None,
) -> None:
    """See ``Sandbox.finish``."""
    with sandbox.database.writing():
        now = sandbox.clock.now()
        submission = _unfinished(sandbox, submission_id)
        item = items.with_data(submission.item, data or {}, at=iso(now))
        item["data"]["age_group"] = age_group(item["data"].get("date_of_birth"), now)
        if "idType" in item["data"]:
            item = items.with_documents(item)
            for number, kind in enumerate(item["image"]):
                sandbox.images.put(submission_id, kind, grey_png(64 * number))
        submission = decide(sandbox, replace(submission, item=item), outcome, reviewer="system", codes=codes)
        announce_decision(sandbox, submission)
        if submission.token_id is not None:
            use_up(sandbox, submission.pid, submission.token_id, outcome, now=now)


def decide(
    sandbox: Sandbox, submission: Submission, status: str, *, reviewer: str, codes: Sequence[str] = ()
) -> Submission:
    """Give a submission a status, keep it, and return it."""
    at = iso(sandbox.clock.now())
    item = items.decided(submission.item, status, at=at, reviewer=reviewer, codes=codes)
    others = sandbox.submissions.others_of_person(submission)
    if others:
        item["duplicated_information"] = ",".join(others)
    if status == "approved" and "applicant_id" not in item:
        person = person_of(submission.pid, submission.data)
        item["applicant_id"] = person or sandbox.ids.other_id("applicant")
    submission = replace(submission, item=item)
    sandbox.submissions.save(submission)
    return submission


def announce_decision(sandbox: Sandbox, submission: Submission) -> None:
    """Make the event of a status: submit for pending only (row 9.16), approved or rejected."""
    at = iso(sandbox.clock.now())
    kyc, result = submission.item["kyc"], {"status": submission.status, "updated_at": at}
    if submission.status == "pending":
        announce(sandbox, "submit", submission, created_at=submission.created_at)
    elif submission.status == "approved":
        reviewer = submission.item["reviewer"]
        result |= {"created_at": submission.created_at, "kyc_result_at": at, "reviewer": reviewer}
        announce(sandbox, "approved", submission, kyc_result=result)
    else:  # single texts here, lists in the item (row 9.14)
        codes = {name: ",".join(kyc[name]) for name in ("comment", "commentCode") if kyc[name]}
        announce(sandbox, "rejected", submission, kyc_result=result | codes)


def inject(
    sandbox: Sandbox, submission_id: str, values: Mapping[str, object], *, fail_code: str | None
) -> None:
    """See ``Sandbox.inject``."""
    with sandbox.database.writing():
        submission = sandbox.submissions.get(submission_id)
        if submission.deleted:
            raise UnknownError("the submission was deleted")
        at = iso(sandbox.clock.now())
        action: dict[str, Any] = {"type": "address", "created_at": item_time(at)}  # row 9.23
        if fail_code is not None:
            announce(sandbox, "injectionFail", submission, action=action | {"failCode": fail_code})
            return
        changes = {
            name: value for name, value in values.items() if name in _CUSTOM or name.startswith("address_")
        }
        item = items.with_data(submission.item, changes, at=at)
        if isinstance(values.get("userid"), str):
            item["userid"] = values["userid"]
        item["injection_action"] = action
        submission = replace(submission, item=item)
        sandbox.submissions.save(submission)
        announce(sandbox, "injection", submission, action=action)


def tick(sandbox: Sandbox) -> None:
    """See ``Sandbox.tick``."""
    now = sandbox.clock.now()
    with sandbox.database.writing():
        for token_id in sandbox.token_ids.expire_overdue(iso(now)):
            announce_expired(sandbox, token_id)
        for submission in sandbox.submissions.unfinished(iso(now - UNFINISHED_FOR)):
            rejected = decide(sandbox, submission, "rejected", reviewer="system", codes=("other",))
            announce_decision(sandbox, rejected)


def token_expires_at(expiration: TokenExpiration | None, now: datetime) -> str | None:
    """Return when a token id that is registered now expires by time; None: it does not."""
    if expiration is None or expiration.condition == "count":
        return None
    return iso(now + expiration.after)


def _new(
    submission_id: str, pid: str, texts: Mapping[str, str], *, at: str, pipeline: Pipeline
) -> Submission:
    data = made_up(submission_id, knowledge=pipeline is Pipeline.KNOWLEDGE)
    data |= {name: texts[name] for name in _CUSTOM if name in texts}
    given = {name: texts.get(name) for name in ("email", "userid")}
    item = items.new_item(submission_id, at=at, given=given, data=data)
    return Submission(id=submission_id, pid=pid, created_at=at, item=item)


def _unfinished(sandbox: Sandbox, submission_id: str) -> Submission:
    submission = sandbox.submissions.get(submission_id)
    if submission.status != "incomplete" or submission.deleted:
        raise SandboxError("the submission has an outcome already, or was deleted")
    return submission


def use_up(sandbox: Sandbox, pid: str, token_id: str, outcome: str, *, now: datetime) -> None:
    """Count a submission or a face authentication; a registered token id expires by it (page W-token)."""
    known = sandbox.token_ids.submitted(pid, token_id, outcome, at=iso(now))
    expiration = sandbox.dashboard_of_tokens(pid).token_expiration
    by_time = expiration is not None and expiration.condition == "time"
    uses = 1 if expiration is None else expiration.uses
    if known.registered_at is None or known.expired_at is not None or by_time or known.uses < uses:
        return
    sandbox.token_ids.expire(pid, token_id, at=iso(now))
    announce_expired(sandbox, replace(known, expired_at=iso(now)))
