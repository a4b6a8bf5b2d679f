"""These tests check what the form does to a submission, and what time does to it."""

from datetime import timedelta

import pytest
from sandboxes import EMAIL, FACE_PID, NOON, PID, USER, last_event, make_sandbox, submitted, triggers

from liveform import Pipeline
from webhelper.simulator.sandbox.changes import delete
from webhelper.simulator.sandbox.dashboard import TokenExpiration
from webhelper.simulator.sandbox.errors import SandboxError, UnknownError
from webhelper.simulator.sandbox.form import token_expires_at, use_up
from webhelper.simulator.sandbox.sandbox import Outcome, Sandbox

TOKEN = "token-01"


def begin(sandbox: Sandbox, **values: object) -> str:
    """Begin a submission with the ID-document form."""
    return sandbox.begin(PID, values, pipeline=Pipeline.ID_DOCUMENT)


@pytest.mark.parametrize(
    ("outcome", "trigger"), [("approved", "approved"), ("pending", "submit"), ("rejected", "rejected")]
)
def test_submission_makes_two_events(sandbox: Sandbox, outcome: Outcome, trigger: str) -> None:
    """The form sends created and the event of the status; submit is for pending alone (row 9.16)."""
    submission_id = submitted(sandbox, outcome)
    assert triggers(sandbox) == ["created", trigger]
    kept = sandbox.submissions.get(submission_id)
    assert (kept.status, kept.item["email"], kept.item["userid"]) == (outcome, EMAIL, USER)
    assert last_event(sandbox)["submission_id"] == submission_id


def test_values_of_the_url_are_kept(sandbox: Sandbox) -> None:
    """Custom fields and the token id are kept; values that are no text are not."""
    submission_id = begin(sandbox, cf1="a", cf2="b", tokenid=TOKEN, userid=7, blacklistCountries=True)
    kept = sandbox.submissions.get(submission_id)
    assert (kept.data["cf1"], kept.data["cf2"], kept.token_id) == ("a", "b", TOKEN)
    assert "userid" not in kept.item
    assert last_event(sandbox) == {
        "webhook_trigger": "created",
        "submission_id": submission_id,
        "tokenId": TOKEN,
        "cf": {"cf1": "a", "cf2": "b"},
        "ipAddress": "192.0.2.1",
        "kyc_result": {"status": "incomplete"},
    }


@pytest.mark.parametrize("name", ["tokenid", "token", "tokenId"])
def test_token_id_is_read_by_all_its_names(sandbox: Sandbox, name: str) -> None:
    """The token id has several names (vendor page QS)."""
    submission_id = begin(sandbox, **{name: TOKEN})
    assert sandbox.submissions.get(submission_id).token_id == TOKEN
    known = sandbox.token_ids.get(PID, TOKEN)
    assert known is not None
    assert known.first_used_at == NOON


def test_knowledge_form_reads_no_document(sandbox: Sandbox) -> None:
    """The Knowledge form has neither document nor pictures."""
    submission_id = sandbox.submit(PID, {}, "approved", pipeline=Pipeline.KNOWLEDGE)
    kept = sandbox.submissions.get(submission_id)
    assert not {"ocr", "OCR_raw", "image"} & set(kept.item)
    assert sandbox.images.get(submission_id, "idImage") is None


def test_document_form_makes_pictures(sandbox: Sandbox) -> None:
    """The ID-document form makes pictures of a document and a face."""
    submission_id = submitted(sandbox)
    kept = sandbox.submissions.get(submission_id)
    for kind in ("idImage", "selfieImage"):
        assert kept.item["image"][kind] == f"{submission_id}/{kind}"
        assert sandbox.images.get(submission_id, kind) is not None
    assert kept.item["ocr"]["fullName"] == kept.data["full_name"]


def test_data_can_be_given(sandbox: Sandbox) -> None:
    """Data that are given replace those that are made up; the age group follows from them."""
    data = {"full_name": "SAMPLE CHILD", "date_of_birth": "2015-01-01"}
    submission_id = sandbox.submit(PID, {}, "pending", pipeline=Pipeline.ID_DOCUMENT, data=data)
    kept = sandbox.submissions.get(submission_id)
    assert kept.data["full_name"] == "SAMPLE CHILD"
    assert kept.data["age_group"] == "minor"
    assert kept.data["first_name"] == "SAMPLE"


def test_retries_are_counted(sandbox: Sandbox) -> None:
    """Each retry is an attempt with its code, and an event."""
    submission_id = begin(sandbox)
    sandbox.retry(submission_id, "expired_id")
    sandbox.retry(submission_id, "glare_detected")
    event = last_event(sandbox)
    assert (event["webhook_trigger"], event["retryCode"], event["attempts"]) == ("retry", "glare_detected", 2)
    assert event["kyc_result"] == {"status": "incomplete"}
    attempts = sandbox.submissions.get(submission_id).item["kyc"]["attempts"]
    assert [one["attemptCnt"] for one in attempts] == [1, 2]
    assert attempts[0]["retryMsg"] == ["Expired id"]


def test_creation_by_a_retry_says_so(sandbox: Sandbox) -> None:
    """The event created has the retry code only if a retry created the submission."""
    sandbox.begin(PID, {}, pipeline=Pipeline.ID_DOCUMENT, retry_code="liveness_error")
    event = last_event(sandbox)
    assert (event["retryCode"], event["attempts"]) == ("liveness_error", 1)


def test_decided_submission_takes_no_more_steps(sandbox: Sandbox) -> None:
    """A submission with an outcome can neither be retried nor finished again; an unknown one neither."""
    submission_id = submitted(sandbox)
    with pytest.raises(SandboxError):
        sandbox.retry(submission_id, "expired_id")
    with pytest.raises(SandboxError):
        sandbox.finish(submission_id, "rejected")
    with pytest.raises(UnknownError):
        sandbox.retry("nobody", "expired_id")
    assert triggers(sandbox) == ["created", "approved"]


def test_reject_codes_are_lists_in_the_item_and_texts_in_the_event(sandbox: Sandbox) -> None:
    """commentCode is a list in GET and a text in the event (row 9.14)."""
    codes = ["id_image_error", "no-date-of-birth"]
    submission_id = sandbox.submit(PID, {}, "rejected", pipeline=Pipeline.ID_DOCUMENT, codes=codes)
    kyc = sandbox.submissions.get(submission_id).item["kyc"]
    assert (kyc["commentCode"], kyc["comment"]) == (codes, ["Id image error", "No date of birth"])
    result = last_event(sandbox)["kyc_result"]
    assert result["commentCode"] == "id_image_error,no-date-of-birth"
    assert result["comment"] == "Id image error,No date of birth"
    submitted(sandbox, "rejected")
    assert "comment" not in last_event(sandbox)["kyc_result"]


def test_same_person_has_one_applicant_id(sandbox: Sandbox) -> None:
    """Approved submissions of one person share an applicant id, and name each other (rows 2.11, 9.21)."""
    data = {"full_name": "SAMPLE TWIN", "date_of_birth": "1990-01-01"}
    made = [sandbox.submit(PID, {}, "approved", pipeline=Pipeline.KNOWLEDGE, data=data) for _ in range(2)]
    first, second = (sandbox.submissions.get(one).item for one in made)
    assert first["applicant_id"] == second["applicant_id"]
    assert "duplicated_information" not in first
    assert second["duplicated_information"] == made[0]
    assert last_event(sandbox)["duplicated_information"] == made[0]


def test_applicant_id_is_random_when_nothing_can_be_compared(sandbox: Sandbox) -> None:
    """Without a name, two submissions have two applicant ids; only approved ones have any (row 2.11)."""
    made = [
        sandbox.submit(PID, {}, "approved", pipeline=Pipeline.KNOWLEDGE, data={"full_name": ""})
        for _ in range(2)
    ]
    first, second = (sandbox.submissions.get(one).item["applicant_id"] for one in made)
    assert first != second
    assert "applicant_id" not in sandbox.submissions.get(submitted(sandbox, "pending")).item


def test_registered_token_id_expires_by_one_submission(sandbox: Sandbox) -> None:
    """A registered token id expires at once, without an event if nothing else is set (W-token)."""
    sandbox.token_ids.register(PID, [TOKEN], at=NOON, expires_at=None)
    submitted(sandbox, tokenid=TOKEN)
    known = sandbox.token_ids.get(PID, TOKEN)
    assert known is not None
    assert (known.expired_at, known.decided, known.uses) == (NOON, "approved", 1)
    assert "token_expired" not in triggers(sandbox)


def test_token_id_that_was_not_registered_does_not_expire(sandbox: Sandbox) -> None:
    """A token id that was not registered is judged by its earlier use alone (vendor page W-token)."""
    submitted(sandbox, tokenid=TOKEN)
    known = sandbox.token_ids.get(PID, TOKEN)
    assert known is not None
    assert (known.expired_at, known.decided) == (None, "approved")


def test_token_id_expires_by_its_count_with_an_event() -> None:
    """Token Expiration by count makes one event at the last use (row 9.27)."""
    sandbox = make_sandbox(token_expiration=TokenExpiration("count", uses=2))
    sandbox.token_ids.register(PID, [TOKEN], at=NOON, expires_at=None)
    submitted(sandbox, tokenid=TOKEN)
    assert "token_expired" not in triggers(sandbox)
    submitted(sandbox, tokenid=TOKEN)
    assert last_event(sandbox) == {
        "webhook_trigger": "token_expired",
        "token_id": TOKEN,
        "expired_condition": "count",
        "service": "idCheck",
        "expired_at": NOON,
    }
    submitted(sandbox, tokenid=TOKEN)
    assert triggers(sandbox).count("token_expired") == 1


def test_token_id_expires_by_its_time_with_an_event() -> None:
    """Token Expiration by time makes an event when the time has come, and not by a use (row 9.27)."""
    expiration = TokenExpiration("time", after=timedelta(hours=24))
    sandbox = make_sandbox(token_expiration=expiration)
    expires_at = token_expires_at(expiration, sandbox.clock.now())
    sandbox.token_ids.register(PID, [TOKEN], at=NOON, expires_at=expires_at)
    submitted(sandbox, tokenid=TOKEN)
    sandbox.clock.move(timedelta(hours=24, microseconds=-1))
    sandbox.tick()
    assert "token_expired" not in triggers(sandbox)
    sandbox.clock.move(timedelta(microseconds=1))
    sandbox.tick()
    assert last_event(sandbox) == {
        "webhook_trigger": "token_expired",
        "token_id": TOKEN,
        "expired_condition": "time",
        "service": "idCheck",
        "expected_expired_at": "2026-05-02T12:00:00.000Z",
    }
    sandbox.tick()
    assert triggers(sandbox).count("token_expired") == 1


def test_token_id_of_face_auth_names_its_service() -> None:
    """An event of FaceAuth's token id says so, and is of the main project (rows 9.1, 9.28)."""
    sandbox = make_sandbox(token_expiration=TokenExpiration())
    sandbox.token_ids.register(FACE_PID, [TOKEN], at=NOON, expires_at=None)
    use_up(sandbox, FACE_PID, TOKEN, "approved", now=sandbox.clock.now())
    (event,) = sandbox.events.newest(PID)
    assert event.members["service"] == "faceAuth"


@pytest.mark.parametrize("expiration", [None, TokenExpiration("count")])
def test_token_id_has_no_end_without_expiration_by_time(expiration: TokenExpiration | None) -> None:
    """Only expiration by time gives a token id an end."""
    assert token_expires_at(expiration, make_sandbox().clock.now()) is None


def test_unfinished_submission_is_rejected_after_hours(sandbox: Sandbox) -> None:
    """A submission that nobody finishes is rejected later, with a late event (row 9.6)."""
    submission_id = begin(sandbox)
    sandbox.clock.move(timedelta(hours=6, milliseconds=-1))
    sandbox.tick()
    assert sandbox.submissions.get(submission_id).status == "incomplete"
    sandbox.clock.move(timedelta(milliseconds=1))
    sandbox.tick()
    assert sandbox.submissions.get(submission_id).status == "rejected"
    assert triggers(sandbox) == ["created", "rejected"]


def test_injection_adds_data(sandbox: Sandbox) -> None:
    """Injection sets the address, custom fields and the user id, with an event (row 9.23)."""
    submission_id = submitted(sandbox, cf1="old")
    values = {"cf1": "new", "address_city": "Seoul", "userid": "user_2", "ipRiskCategory": "vpn"}
    sandbox.inject(submission_id, values)
    kept = sandbox.submissions.get(submission_id)
    assert (kept.data["cf1"], kept.data["address_city"], kept.item["userid"]) == ("new", "Seoul", "user_2")
    assert "ipRiskCategory" not in kept.data
    event = last_event(sandbox)
    assert event["action"] == {"type": "address", "created_at": "2026-05-01-12-00-00-UTC"}
    assert (event["webhook_trigger"], event["cf1"], event["kyc_status"]) == ("injection", "new", "approved")
    assert "cf" not in event


def test_failed_injection_changes_nothing(sandbox: Sandbox) -> None:
    """A failed injection makes only its event, with the code (row 9.22)."""
    submission_id = submitted(sandbox)
    before = sandbox.submissions.get(submission_id)
    sandbox.inject(submission_id, {"cf1": "new"}, fail_code="ipRisk_failCategory")
    assert sandbox.submissions.get(submission_id) == before
    event = last_event(sandbox)
    assert (event["webhook_trigger"], event["action"]["failCode"]) == ("injectionFail", "ipRisk_failCategory")
    sandbox.inject(submission_id, {})
    assert sandbox.submissions.get(submission_id).item["userid"] == USER


def test_injection_needs_a_submission(sandbox: Sandbox) -> None:
    """An unknown submission and a deleted one are refused."""
    with pytest.raises(UnknownError):
        sandbox.inject("nobody", {})
    submission_id = submitted(sandbox)
    delete(sandbox, sandbox.submissions.get(submission_id), admin=None)
    with pytest.raises(UnknownError):
        sandbox.inject(submission_id, {"cf1": "x"})


def test_deleted_submission_is_not_rejected_later(sandbox: Sandbox) -> None:
    """A submission that was deleted before it was finished stays deleted."""
    submission_id = begin(sandbox)
    delete(sandbox, sandbox.submissions.get(submission_id), admin=None)
    sandbox.clock.move(timedelta(days=1))
    sandbox.tick()
    assert sandbox.submissions.get(submission_id).status == "incomplete"
    with pytest.raises(SandboxError):
        sandbox.finish(submission_id, "approved")
    assert triggers(sandbox) == ["created"]


def test_project_has_to_be_known(sandbox: Sandbox) -> None:
    """A form of an unknown project is refused."""
    with pytest.raises(UnknownError):
        sandbox.begin("other00001", {}, pipeline=Pipeline.ID_DOCUMENT)
