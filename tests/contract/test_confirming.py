"""Rows 9.5 and 9.6: what an event or a return claims, and what the API says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from liveform import KycStatus, Project, UnexpectedValueError
from liveform.webhooks import build_event, confirm_event, confirm_return, read_event
from tests.contract.checks import hold, refused, rows
from tests.contract.simulated import project
from webhelper.simulator.control.completion import complete
from webhelper.simulator.decision import Decision

if TYPE_CHECKING:
    from tests.contract.target import World
    from webhelper.simulator.sandbox.sandbox import Outcome, Sandbox

OUTCOMES: tuple[Outcome, ...] = ("approved", "rejected", "pending")
USER = "user_12345"


@pytest.fixture
def own(world: World, sandbox: Sandbox) -> Project:
    """Return the project, as its own server has it."""
    return project(world.mode.project or "")


def event_of(world: World, own: Project, trigger: str) -> Any:
    """Return the newest event of a trigger, as it is read."""
    if world.simulator is None:
        raise ValueError("no simulator")
    members = dict(world.simulator.events.newest(trigger=trigger)[0].members)
    del members["webhook_trigger"]
    return read_event(build_event(trigger, members, own), own)


def come_back(world: World, own: Project, outcome: Outcome, **fields: str) -> Any:
    """Go through the simulator's form, and return what the return claims."""
    if world.simulator is None:
        raise ValueError("no simulator")
    url = own.form_url({"email": "jane@example.com", **fields})
    completion = complete(world.simulator, url, Decision(outcome=outcome))
    return own.read_return(completion.return_url or "")


@pytest.mark.parametrize("outcome", OUTCOMES)
@rows("9.5")
def test_confirmed_event_has_the_status_of_the_api(
    world: World, sandbox: Sandbox, own: Project, outcome: Outcome
) -> None:
    """An event is confirmed by the submission of the API, with its status."""
    world.check(outcome, userid=USER)
    event = event_of(world, own, "submit" if outcome == "pending" else outcome)
    confirmed = world.call(lambda client: confirm_event(event, client))
    hold("9.5", confirmed.agrees is True, "it does not agree")
    hold("9.5", confirmed.status == outcome, "another status")


@rows("9.5", "9.6")
def test_late_event_does_not_agree(world: World, sandbox: Sandbox, own: Project) -> None:
    """An event that comes after a later decision does not agree; the API has the last word."""
    made = world.check("pending", userid=USER)
    event = event_of(world, own, "submit")
    world.call(lambda client: client.submissions.review(made, status="approved", admin=world.admin))
    confirmed = world.call(lambda client: confirm_event(event, client))
    hold("9.6", confirmed.agrees is False, "it agrees")
    hold("9.6", confirmed.status == "approved", "another status")


@rows("9.5")
def test_forged_event_is_not_confirmed(world: World, sandbox: Sandbox, own: Project) -> None:
    """An event about no submission, or about the submission of another user, is not confirmed."""
    made = world.check("rejected", userid="user_67890")
    forged = read_event(build_event("approved", {"submission_id": "forged0000000"}, own), own)
    with refused("9.5", code="not_found"):
        world.call(lambda client: confirm_event(forged, client))
    stolen = read_event(build_event("approved", {"submission_id": made, "userid": USER}, own), own)
    with pytest.raises(UnexpectedValueError, match="userid"):
        world.call(lambda client: confirm_event(stolen, client))
    upgraded = read_event(build_event("approved", {"submission_id": made}, own), own)
    confirmed = world.call(lambda client: confirm_event(upgraded, client))
    hold("9.5", (confirmed.agrees, confirmed.status) == (False, "rejected"), "a forged status is believed")


@pytest.mark.parametrize("outcome", OUTCOMES)
@rows("9.5")
def test_confirmed_return_has_the_status_of_the_api(
    world: World, sandbox: Sandbox, own: Project, outcome: Outcome
) -> None:
    """A return is confirmed by the submission of the API, with its status."""
    claims = come_back(world, own, outcome, userid=USER, cf3="a state")
    expect = {"userid": USER, "cf3": "a state"}
    confirmed = world.call(lambda client: confirm_return(claims, client, expect=expect))
    hold("9.5", confirmed.status == outcome, "another status")
    hold("9.5", confirmed.approved is (outcome == "approved"), "approved is wrong")
    hold("9.5", claims.kyc_status == outcome, "the return claims another status")


@rows("9.5")
def test_return_of_another_user_is_not_confirmed(world: World, sandbox: Sandbox, own: Project) -> None:
    """A return whose user or state is another one is not confirmed."""
    claims = come_back(world, own, "approved", userid="user_67890", cf3="another state")
    with pytest.raises(UnexpectedValueError, match="userid"):
        world.call(lambda client: confirm_return(claims, client, expect={"userid": USER}))
    own_state = {"userid": "user_67890", "cf3": "a state"}
    with pytest.raises(UnexpectedValueError, match="cf3"):
        world.call(lambda client: confirm_return(claims, client, expect=own_state))


@pytest.mark.parametrize("kept", ["userid", "submission_id"])
@rows("9.5")
def test_spliced_claims_are_not_confirmed(world: World, sandbox: Sandbox, own: Project, kept: str) -> None:
    """Claims of two returns that are put together name the submission of another user, or no own state."""
    mine = come_back(world, own, "rejected", userid=USER, cf3="a state")
    theirs = come_back(world, own, "approved", userid="user_67890", cf3="another state")
    if kept == "userid":
        spliced = replace(mine, submission_id=theirs.submission_id, kyc_status=KycStatus.APPROVED)
        with pytest.raises(UnexpectedValueError):
            world.call(lambda client: confirm_return(spliced, client, expect={"cf3": "a state"}))
        return
    spliced = replace(mine, kyc_status=KycStatus.APPROVED)
    confirmed = world.call(lambda client: confirm_return(spliced, client, expect={"userid": USER}))
    hold("9.5", not confirmed.approved, "the status of the return is believed")


@rows("9.5")
def test_error_page_cannot_be_confirmed(world: World, sandbox: Sandbox, own: Project) -> None:
    """A return from an error page names no submission, and is not confirmed."""
    claims = replace(come_back(world, own, "approved", userid=USER), submission_id=None)
    with pytest.raises(UnexpectedValueError, match="submission_id"):
        world.call(lambda client: confirm_return(claims, client, expect={"userid": USER}))
