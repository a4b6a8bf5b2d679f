"""Tests of liveform.webhooks.confirm, which asks the vendor's API what an event or a return claims."""

import asyncio
import copy
import sys
from dataclasses import FrozenInstanceError
from inspect import Parameter, signature
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar, cast

import pytest
from webhook_samples import SUBMISSION_ID, event_of

from liveform import FieldError, KycStatus, Project, ReturnClaims, UnexpectedValueError, VendorError
from liveform.rest.operation import Answer, Operation, Steps
from liveform.vendor_values import VendorValue
from liveform.webhooks import ConfirmedEvent, ConfirmedReturn, confirm_event, confirm_return

if TYPE_CHECKING:
    from liveform.wire.json_object import JsonValue

T = TypeVar("T")
STATE = "a-signed-state"


class Data(VendorValue, frozen=True, kw_only=True):
    """The data of a submission, as far as it is compared."""

    cf1: str | None = None
    cf2: str | None = None
    cf3: str | None = None


class Submission(VendorValue, frozen=True, kw_only=True):
    """A submission as ``liveform.rest`` gives it, as far as it is compared."""

    submission_id: str | None = None
    userid: str | None = None
    email: str | None = None
    status: str | None = None
    data: Data | None = None

    shown = ("submission_id", "status")


MEMBERS: dict[str, Any] = {
    "submission_id": SUBMISSION_ID,
    "userid": "user_12345",
    "email": "jane@example.com",
    "status": "approved",
    "data": {"cf1": "campaign", "cf2": "store-17", "cf3": STATE},
}


@pytest.fixture(autouse=True)
def _submissions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a stand-in in place of ``liveform.rest.operations.submissions``."""

    def get(submission_id: str) -> Operation[Submission]:
        return Operation(
            name="submissions.get",
            method="GET",
            path="/submission",
            query={"submission_id": submission_id},
            read=lambda answer: Submission.read(cast("dict[str, Any]", answer.value)),
        )

    module = ModuleType("liveform.rest.operations.submissions")
    module.get = get  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "liveform.rest.operations.submissions", module)


class FakeClient:
    """A client that answers every call with the same members, or fails."""

    def __init__(self, failure: VendorError | None = None, **changes: object) -> None:
        self.members = {**MEMBERS, **changes}
        self.failure = failure
        self.asked: list[str] = []

    def run(self, steps: Steps[T]) -> T:
        """Run the steps by hand."""
        try:
            operation = next(steps)
            while True:
                self.asked.append(operation.query["submission_id"])
                if self.failure is not None:
                    operation = steps.throw(self.failure)
                operation = steps.send(operation.read(Answer(cast("JsonValue", self.members))))
        except StopIteration as end:
            return cast("T", end.value)


class FakeAsyncClient:
    """The same, awaited."""

    def __init__(self) -> None:
        self.client = FakeClient()

    async def run(self, steps: Steps[T]) -> T:
        """Run the steps when awaited."""
        return self.client.run(steps)


def claims(**changes: Any) -> ReturnClaims:
    """Return the claims of a return; None takes one away."""
    values = {
        "submission_id": SUBMISSION_ID,
        "kyc_status": KycStatus.APPROVED,
        "userid": "user_12345",
        "cf3": STATE,
        "email": "jane@example.com",
    }
    return ReturnClaims(**{**values, **changes})


def test_event_is_confirmed_by_the_vendors_answer() -> None:
    """A confirmed event has the event, the submission, and whether the two agree."""
    client, event = FakeClient(), event_of("approved")
    confirmed = confirm_event(event, client)
    assert type(confirmed) is ConfirmedEvent
    assert confirmed.event is event
    assert confirmed.submission.userid == "user_12345"
    assert (confirmed.status, confirmed.agrees) == ("approved", True)
    assert client.asked == [SUBMISSION_ID]


@pytest.mark.parametrize(
    ("trigger", "status", "agrees"),
    [
        ("approved", "approved", True),
        ("approved", "rejected", False),
        ("approved", "on_hold", False),
        ("approved", None, False),
        ("rejected", "rejected", True),
        ("submit", "pending", True),
        ("submit", "approved", False),
        ("created", "incomplete", None),
        ("aml", "approved", None),
        ("faceAuth", "approved", None),
        ("archived", "approved", None),
    ],
)
def test_event_agrees_if_the_vendors_status_is_its_outcome(
    trigger: str, status: str | None, agrees: bool | None
) -> None:
    """The vendor's present status decides; an event without an outcome neither agrees nor disagrees."""
    event = event_of(trigger, submission_id=SUBMISSION_ID)
    confirmed = confirm_event(event, FakeClient(status=status))
    assert confirmed.agrees is agrees
    assert confirmed.status == status


@pytest.mark.parametrize("trigger", ["token_expired", "approved"])
def test_event_without_a_submission_cannot_be_confirmed(trigger: str) -> None:
    """An event that names no submission is refused before anybody is asked."""
    client = FakeClient()
    for missing in (None, ""):
        with pytest.raises(UnexpectedValueError, match="only an event about a submission") as caught:
            confirm_event(event_of(trigger, submission_id=missing), client)
        assert caught.value.field == "submission_id"
    assert client.asked == []


@pytest.mark.parametrize("other", ["another-id", None, ""])
def test_answer_about_another_submission_confirms_nothing(other: str | None) -> None:
    """An answer with another submission id, or without one, is refused for events and returns."""
    client = FakeClient(submission_id=other)
    for call in (
        lambda: confirm_event(event_of("approved"), client),
        lambda: confirm_return(claims(), client, expect={"userid": "user_12345"}),
    ):
        with pytest.raises(UnexpectedValueError, match="the vendor's answer") as caught:
            call()
        assert caught.value.field == "submission_id"
        assert "another-id" not in str(caught.value)


def test_user_id_of_an_event_is_compared_where_both_have_one() -> None:
    """An event with the user id of somebody else is refused; without one, the submission's counts."""
    with pytest.raises(UnexpectedValueError, match="the vendor's submission") as caught:
        confirm_event(event_of("approved", userid="user_6"), FakeClient())
    assert caught.value.field == "userid"
    assert "user_" not in str(caught.value)
    assert confirm_event(event_of("approved", userid=None), FakeClient()).agrees is True
    assert confirm_event(event_of("approved"), FakeClient(userid=None)).agrees is True


def test_return_is_confirmed_by_the_vendors_answer() -> None:
    """A confirmed return has the vendor's status and submission, and is no ReturnClaims."""
    client = FakeClient()
    confirmed = confirm_return(claims(), client, expect={"userid": "user_12345", "cf3": STATE})
    assert type(confirmed) is ConfirmedReturn
    assert not isinstance(confirmed, ReturnClaims)
    assert (confirmed.approved, confirmed.status) == (True, "approved")
    assert confirmed.submission_id == SUBMISSION_ID
    assert confirmed.submission.email == "jane@example.com"
    assert client.asked == [SUBMISSION_ID]


@pytest.mark.parametrize("status", ["rejected", "pending", "incomplete", "on_hold", "APPROVED", "", None])
def test_return_is_approved_only_if_the_vendor_says_so(status: str | None) -> None:
    """A claim of approval counts for nothing: only the vendor's own ``approved`` does."""
    confirmed = confirm_return(claims(), FakeClient(status=status), expect={"cf3": STATE})
    assert confirmed.status == status
    assert confirmed.approved is False


@pytest.mark.parametrize("name", ["userid", "email", "cf1", "cf2", "cf3"])
def test_return_with_another_value_than_expected_is_refused(name: str) -> None:
    """Each expected field must be the same in the return and in the submission, and missing in neither."""
    expected = {**MEMBERS, **MEMBERS["data"]}[name]
    good = claims(**{name: expected})
    assert confirm_return(good, FakeClient(), expect={name: expected}).approved
    for bad in ("another value", None):
        client = FakeClient()
        with pytest.raises(UnexpectedValueError, match="the return") as caught:
            confirm_return(claims(**{name: bad}), client, expect={name: expected})
        assert caught.value.field == name
        assert client.asked == []
        changes = {name: bad} if name in MEMBERS else {"data": {**MEMBERS["data"], name: bad}}
        with pytest.raises(UnexpectedValueError, match="the vendor's submission") as caught:
            confirm_return(good, FakeClient(**changes), expect={name: expected})
        assert caught.value.field == name
        assert not [value for value in (expected, "another value") if value in str(caught.value)]


def test_submission_without_data_has_no_custom_fields() -> None:
    """A submission whose data was erased does not confirm a custom field."""
    with pytest.raises(UnexpectedValueError, match="cf3: is missing in the vendor's submission"):
        confirm_return(claims(), FakeClient(data=None), expect={"cf3": STATE})


@pytest.mark.parametrize(
    "submission_id", ["a b", "a\n", "\t", "x" * 257, "a\x00b", "\x7f", "abc\u200b", "\uff41bc"]
)
def test_text_that_is_no_id_of_the_vendors_is_refused(submission_id: str) -> None:
    """A submission id from outside that cannot be one is the sender's fault, and nobody is asked for it."""
    client = FakeClient(submission_id=submission_id)
    for call in (
        lambda: confirm_event(event_of("approved", submission_id=submission_id), client),
        lambda: confirm_return(claims(submission_id=submission_id), client, expect={"cf3": STATE}),
    ):
        with pytest.raises(UnexpectedValueError, match="no id") as caught:
            call()
        assert caught.value.field == "submission_id"
        assert submission_id not in str(caught.value)
    assert client.asked == []


@pytest.mark.parametrize("submission_id", [None, ""])
def test_return_of_an_error_page_cannot_be_confirmed(submission_id: str | None) -> None:
    """A return without a submission id, as an error page sends it, is refused before anybody is asked."""
    client = FakeClient()
    returned = claims(submission_id=submission_id, error_code="TK-10001")
    with pytest.raises(UnexpectedValueError, match="error page") as caught:
        confirm_return(returned, client, expect={"cf3": STATE})
    assert caught.value.field == "submission_id"
    assert client.asked == []


@pytest.mark.parametrize(
    ("expect", "field"),
    [
        (None, "expect"),
        ({}, "expect"),
        ("userid", "expect"),
        ([("userid", "u")], "expect"),
        ({"user_id": "u"}, "user_id"),
        ({"kyc_status": "approved"}, "kyc_status"),
        ({1: "u"}, "(not text)"),
        ({"userid": None}, "userid"),
        ({"userid": ""}, "userid"),
        ({"userid": 1}, "userid"),
        ({"cf3": b"state"}, "cf3"),
    ],
)
def test_what_is_expected_must_be_fields_and_text(expect: Any, field: str) -> None:
    """Expecting nothing, an unknown field, or a value that is not text is the caller's mistake."""
    with pytest.raises(FieldError) as caught:
        confirm_return(claims(userid=None), FakeClient(), expect=expect)
    assert caught.value.field == field
    if field == "user_id":
        assert "did you mean userid?" in str(caught.value)


def test_wrong_kinds_of_arguments_are_the_callers_mistake() -> None:
    """Only an event and only claims can be confirmed."""
    with pytest.raises(FieldError, match="read_event"):
        confirm_event({"submission_id": SUBMISSION_ID}, FakeClient())  # type: ignore[call-overload]
    with pytest.raises(FieldError, match="read_return"):
        confirm_return({}, FakeClient(), expect={"cf3": STATE})  # type: ignore[call-overload]


def test_async_client_gives_something_to_await() -> None:
    """With an AsyncClient both functions return an awaitable; mistakes of the caller come at once."""

    async def both() -> tuple[ConfirmedEvent, ConfirmedReturn]:
        client = FakeAsyncClient()
        event = await confirm_event(event_of("approved"), client)
        return event, await confirm_return(claims(), client, expect={"cf3": STATE})

    event, returned = asyncio.run(both())
    assert event.agrees is True
    assert returned.approved
    with pytest.raises(FieldError):
        asyncio.run(confirm_return(claims(), FakeAsyncClient(), expect={}))


def test_failure_of_the_call_comes_out() -> None:
    """A call that fails raises its VendorError, and confirms nothing."""
    failure = VendorError("no such submission", reason="refused", status=400)
    for call in (
        lambda: confirm_event(event_of("approved"), FakeClient(copy.copy(failure))),
        lambda: confirm_return(claims(), FakeClient(copy.copy(failure)), expect={"cf3": STATE}),
    ):
        with pytest.raises(VendorError, match="no such submission"):
            call()


def test_return_that_was_encrypted_is_confirmed_as_read() -> None:
    """What ``read_return`` gives can be confirmed."""
    project = Project("p", key="an example of a key", cipher="ecb")
    url = project.build_return(
        "https://app.example.com/done", {"kycStatus": "rejected", "submissionId": SUBMISSION_ID, "cf3": STATE}
    )
    assert confirm_return(project.read_return(url), FakeClient(), expect={"cf3": STATE}).approved


def test_confirmed_values_do_not_change_and_show_nobody() -> None:
    """What was confirmed is frozen, and its repr shows no personal data."""
    event = confirm_event(event_of("approved"), FakeClient())
    returned = confirm_return(claims(), FakeClient(), expect={"cf3": STATE})
    for confirmed in (event, returned):
        with pytest.raises(FrozenInstanceError):
            confirmed.submission = None  # type: ignore[misc, assignment]
        assert not [text for text in ("jane", "user_12345", STATE, "campaign") if text in repr(confirmed)]
        assert SUBMISSION_ID in repr(confirmed)


@pytest.mark.parametrize("kind", [ConfirmedEvent, ConfirmedReturn])
def test_confirmed_values_are_made_by_names(kind: Any) -> None:
    """A value for a test of yours names its attributes, so that a new one breaks nothing."""
    assert {one.kind for one in signature(kind).parameters.values()} == {Parameter.KEYWORD_ONLY}


@pytest.mark.parametrize("kind", [ConfirmedEvent, ConfirmedReturn])
def test_docs_say_what_is_proven_and_what_is_not(kind: type) -> None:
    """The docstrings of both results say what is proven and what is not."""
    assert "Proven" in (kind.__doc__ or "")
    assert "Not proven" in (kind.__doc__ or "")
