"""These tests find the visit of an event or a submission, and find none by what anybody can type."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from sites import KEY, NOW, OTHER_KEY, Clock, link_request, link_service, new_visit, open_store

from liveform import Project
from liveform.rest import Submission
from liveform.webhooks import Event, read_event
from webhelper.confirmation.matching import Matcher
from webhelper.links.outcomes import Outcome, Result, Source
from webhelper.links.signing.visit_state import VisitStates

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from webhelper.links.models import Visit
    from webhelper.links.stores.base import Store

PLAIN = Project("abc123de45")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Yield a store."""
    one = open_store(tmp_path)
    yield one
    one.close()


@pytest.fixture
def visit(store: Store, tmp_path: Path) -> Visit:
    """Return a visit of a link of the project ``shop``, for user_1."""
    service = link_service(tmp_path, Clock(), store)
    link, _ = service.create(link_request(), by="test")
    return store.visit(link, new_visit(link), browser=None)


def matcher(store: Store, key: str = KEY, field: str = "cf3") -> Matcher:
    """Return a matcher of a site with this key, a hundred days later."""
    return Matcher(VisitStates([key], lambda: NOW + 8_640_000), field, store.inbox)


def state_of(visit: Visit, *, userid: object = "user_1", project: str = "shop", key: str = KEY) -> str:
    """Return the state that a visit's form URL carried."""
    return VisitStates([key]).sign(visit.id, project=project, userid=userid, browser=b"b" * 32)


def event(**members: Any) -> Event:
    """Return an event of the submission s-17."""
    made = {"webhook_trigger": "approved", "submission_id": "s-17", **members}
    return read_event(json.dumps({name: value for name, value in made.items() if value is not None}), PLAIN)


def submission(userid: str | None = None, **data: str | None) -> Submission:
    """Return the submission s-17 as the API gives it."""
    return Submission.read({"submission_id": "s-17", "userid": userid, "data": data or None})


def known(store: Store, visit: Visit) -> None:
    """Let the store know that s-17 is of this visit."""
    said = Outcome(
        result=Result.PENDING, submission_id="s-17", error_code=None, at=NOW, source=Source.WEBHOOK
    )
    store.record(visit.id, said)
    assert store.inbox.visit_of_submission("shop", "s-17") == visit.id


@pytest.mark.parametrize("userid", ["user_1", None, ""])
def test_state_names_the_visit(store: Store, visit: Visit, userid: str | None) -> None:
    """An event and a submission with a state of ours are of its visit, with its user id or without one."""
    state = state_of(visit)
    assert matcher(store).visit_of_event("shop", event(cf={"cf3": state}, userid=userid)) == visit.id
    assert matcher(store).visit_of_event("shop", event(cf3=state, userid=userid)) == visit.id
    answer = submission(userid, cf3=state)
    assert matcher(store).visit_of_submission("shop", "s-17", answer) == visit.id


def test_state_is_looked_for_in_the_field_of_the_settings(store: Store, visit: Visit) -> None:
    """The custom field of STATE_FIELD counts, and no other."""
    state = state_of(visit)
    assert matcher(store, field="cf1").visit_of_event("shop", event(cf={"cf1": state})) == visit.id
    assert matcher(store, field="cf1").visit_of_event("shop", event(cf={"cf3": state})) is None
    assert matcher(store, field="cf2").visit_of_submission("shop", "s-17", submission(cf2=state)) == visit.id
    assert matcher(store, field="cf2").visit_of_submission("shop", "s-17", submission(cf1=state)) is None


def test_state_beside_another_users_id_names_nobody(store: Store, visit: Visit) -> None:
    """A state with somebody else's user id was taken from its owner, also if the submission is known."""
    known(store, visit)
    state = state_of(visit)
    assert matcher(store).visit_of_event("shop", event(cf={"cf3": state}, userid="mallory")) is None
    answer = submission("mallory", cf3=state)
    assert matcher(store).visit_of_submission("shop", "s-17", answer) is None


def test_state_of_a_visit_without_a_user_id_takes_none(store: Store, visit: Visit) -> None:
    """A state of a link without a user id names nobody beside one, for the form can be opened with any."""
    state = state_of(visit, userid=None)
    assert matcher(store).visit_of_event("shop", event(cf={"cf3": state}, userid="mallory")) is None
    assert matcher(store).visit_of_event("shop", event(cf={"cf3": state})) == visit.id


@pytest.mark.parametrize("text", [None, "", "table-4", "x" * 300, "A.B.C.D"])
def test_other_texts_in_the_field_name_nobody(store: Store, visit: Visit, text: str | None) -> None:
    """A custom field without a state of ours is of no visit, and neither is a submission without data."""
    assert matcher(store).visit_of_event("shop", event(cf={"cf3": text})) is None
    assert matcher(store).visit_of_submission("shop", "s-17", submission(cf3=text)) is None
    assert matcher(store).visit_of_submission("shop", "s-17", submission()) is None


def test_state_of_another_project_or_key_names_nobody(store: Store, visit: Visit) -> None:
    """A state that was signed for another project, or with a key that is not ours, names nobody."""
    for state in (state_of(visit, project="signup"), state_of(visit, key=OTHER_KEY)):
        assert matcher(store).visit_of_event("shop", event(cf={"cf3": state})) is None
        assert matcher(store).visit_of_submission("shop", "s-17", submission(cf3=state)) is None


def test_known_submission_needs_no_state(store: Store, visit: Visit) -> None:
    """A submission that was found before is found again: its data was erased, or a key removed since."""
    known(store, visit)
    later = matcher(store, OTHER_KEY)
    for found in (
        later.visit_of_event("shop", event()),
        later.visit_of_event("shop", event(cf={"cf3": state_of(visit)}, userid="user_1")),
        later.visit_of_submission("shop", "s-17", submission()),
        later.visit_of_submission("shop", "s-17", submission("user_1", cf3=state_of(visit))),
    ):
        assert found == visit.id


def test_submission_is_known_in_its_own_project_alone(store: Store, visit: Visit) -> None:
    """A submission id says nothing in another project, and an event without one says nothing at all."""
    known(store, visit)
    assert matcher(store).visit_of_event("signup", event()) is None
    assert matcher(store).visit_of_submission("shop", "s-18", submission()) is None
    assert matcher(store).visit_of_event("shop", event(submission_id=None)) is None


@pytest.mark.parametrize(
    ("userid", "is_hers"),
    [("user_1", True), (None, False), ("", False), ("mallory", False), ("USER_1", False)],
)
def test_submission_without_a_state_is_of_the_user_it_names(
    userid: str | None, is_hers: bool, store: Store, visit: Visit
) -> None:
    """Without a state of ours, a submission is of exactly the user whose id it has."""
    for answer in (submission(userid), submission(userid, cf3="table-4")):
        asked = {"userid": "user_1", "visit_id": visit.id}
        assert matcher(store).is_of_user("shop", answer, **asked) is is_hers


@pytest.mark.parametrize(
    ("userid", "is_hers"), [("user_1", True), (None, True), ("", True), ("mallory", False)]
)
def test_submission_with_a_state_is_of_its_visit_alone(
    userid: str | None, is_hers: bool, store: Store, visit: Visit
) -> None:
    """A state names one visit: beside it, the user id may be missing, and may not be another one."""
    answer = submission(userid, cf3=state_of(visit))
    assert matcher(store).is_of_user("shop", answer, userid="user_1", visit_id=visit.id) is is_hers
    assert not matcher(store).is_of_user("shop", answer, userid="user_1", visit_id="another")
    taken = submission("user_1", cf3=state_of(visit, userid="mallory"))
    assert not matcher(store).is_of_user("shop", taken, userid="user_1", visit_id=visit.id)
