"""Rows 9.1 to 9.30: webhooks of the simulator, received over HTTP and read by liveform.webhooks."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from liveform import KycStatus, Pipeline, Project
from liveform.webhooks import EVENTS, build_event, read_event
from tests.contract.checks import hold, hold_members, names_of, refused, rows
from tests.contract.event_makers import MAKERS, MEMBERS, TOKEN, VALUES
from tests.contract.receiver import Receiver, receiving
from tests.contract.simulated import START, project
from tests.contract.target import MODES, World
from webhelper.simulator.sandbox.dashboard import TokenExpiration
from webhelper.simulator.sandbox.faults import Fault
from webhelper.simulator.sandbox.submissions import Search
from webhelper.simulator.webhooks.posting import Poster
from webhelper.simulator.webhooks.sender import Sender

if TYPE_CHECKING:
    from collections.abc import Iterator

    from webhelper.simulator.sandbox.sandbox import Sandbox

SYNC = [one for one in MODES if not one.is_async]
HEADERS = {
    "accept",
    "accept-encoding",
    "connection",
    "content-length",
    "content-type",
    "host",
    "user-agent",
}
AGES = {"2013-01-01": "minor", "2012-01-01": "early-teen", "2010-01-01": "teen", "2000-01-01": "adult"}

pytestmark = pytest.mark.parametrize("mode", SYNC, indirect=True, ids=[one.name for one in SYNC])


@dataclass
class Hooks:
    """What a test of webhooks needs.

    Attributes:
        receiver: gets the events.
        sender: sends what is due.
        project: reads them.
    """

    receiver: Receiver
    sender: Sender
    project: Project

    def events(self) -> list[Any]:
        """Send what is due, and return all events that have come, as they are read."""
        self.sender.deliver_due()
        return [read_event(one.body, self.project) for one in self.receiver.deliveries]

    def one(self, trigger: str) -> Any:
        """Return the one event of a trigger that has come."""
        (event,) = (event for event in self.events() if event.trigger == trigger)
        return event


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    """Return a receiver on loopback."""
    with receiving() as one:
        yield one


@pytest.fixture(scope="module")
def poster() -> Poster:
    """Return what sends one event."""
    return Poster()


@pytest.fixture
def hooks(world: World, sandbox: Sandbox, receiver: Receiver, poster: Poster) -> Hooks:
    """Return a receiver that gets the events of the project."""
    receiver.clear()
    sandbox.configure(replace(sandbox.dashboard(world.pid), webhook_url=receiver.url))
    return Hooks(receiver, Sender(sandbox, poster), project(world.mode.project or ""))


@pytest.mark.parametrize("trigger", MAKERS)
@rows("9.1", "9.2", "9.3", "9.8", "9.9", "9.11", "9.18", "5.11")
def test_every_event_is_read(world: World, sandbox: Sandbox, hooks: Hooks, trigger: str) -> None:
    """An event of each trigger is sent as JSON, has documented members alone, and is read as its type."""
    MAKERS[trigger](world)
    event = hooks.one(trigger)
    (kept,) = sandbox.events.newest(trigger=trigger)
    hold("9.8", type(event) is EVENTS[trigger], "another type")
    hold("9.8", event.raw == kept.members, "other members than were sent")
    hold("9.8", None not in kept.members.values(), "absent data is not left out")
    more = names_of(kept.members) - MEMBERS[trigger] - {"webhook_trigger", "submission_id"}
    hold("9.8", not more, f"undocumented members: {', '.join(sorted(more))}")
    for delivery in hooks.receiver.deliveries:
        hold("9.1", delivery.method == "POST", "another method")
        hold("9.2", delivery.headers["content-type"] == "application/json", "another Content-Type")
        hold("9.3", delivery.headers.keys() <= HEADERS, "more headers")
        body = json.loads(delivery.body)
        hold("9.9", ("webhook_trigger" in body) is not world.is_encrypted, "not as the setting says")
        if world.is_encrypted:
            hold("9.9", names_of(body) == {"data"} and isinstance(body["data"], str), "another envelope")


@pytest.mark.parametrize("trigger", [one for one in MAKERS if one != "token_expired"])
@rows("9.8", "9.11", "9.30")
def test_event_names_its_submission(world: World, sandbox: Sandbox, hooks: Hooks, trigger: str) -> None:
    """Every event about a submission names it, and its user where it has members for that."""
    MAKERS[trigger](world)
    event, (kept,) = hooks.one(trigger), sandbox.events.newest(trigger=trigger)
    row = "9.30" if trigger == "faceAuth" else "9.8"
    hold(
        row,
        event.submission_id == sandbox.submissions.search(Search(pid=world.pid))[0].id,
        "another submission",
    )
    for name in ("email", "userid"):
        if name in kept.members:
            hold(row, getattr(event, name) == kept.members[name], f"another {name}")
    if "cf" in kept.members or "cf1" in kept.members:
        hold(row, event.cf1 == "one", "another cf1")


@pytest.mark.parametrize("trigger", MAKERS)
@rows("9.6", "9.7")
def test_repeated_delivery_has_the_same_key(
    world: World, sandbox: Sandbox, hooks: Hooks, trigger: str
) -> None:
    """An event that is delivered twice has one key, also if each delivery is encrypted anew."""
    sandbox.faults.add(Fault(where="webhook", kind="duplicate", path=trigger))
    MAKERS[trigger](world)
    first, second = (event for event in hooks.events() if event.trigger == trigger)
    hold("9.7", first.key == second.key, "two keys")
    keys = [event.key for event in hooks.events()]
    hold("9.7", len(set(keys)) == len(keys) - 1, "another event has that key")
    if world.is_encrypted:
        bodies = {one.body for one in hooks.receiver.deliveries}
        hold("9.7", len(bodies) == len(keys), "two deliveries have the same ciphertext")


@rows("9.7")
def test_all_events_have_different_keys(world: World, sandbox: Sandbox, hooks: Hooks) -> None:
    """Different events have different keys, whatever their trigger."""
    for make in MAKERS.values():
        make(world)
        sandbox.clock.move(timedelta(milliseconds=1))
    keys = [event.key for event in hooks.events()]
    hold("9.7", len(set(keys)) == len(keys) == len(sandbox.events.newest()), "two events share a key")


@rows("9.4", "9.6", "9.7")
def test_failed_delivery_is_tried_again(world: World, sandbox: Sandbox, hooks: Hooks) -> None:
    """What gets no 2xx comes again, with the same key; the times between are the simulator's own."""
    hooks.receiver.statuses = [500, 404]
    world.check("rejected")
    hooks.events()
    sandbox.clock.move(timedelta(hours=1))
    events = hooks.events()
    triggers = [event.trigger for event in events]
    hold("9.4", sorted(triggers) == ["created", "created", "rejected", "rejected"], "other deliveries")
    hold("9.7", len({event.key for event in events}) == 2, "a second try has another key")


@rows("9.5")
def test_lost_event_is_seen_by_asking_the_api(world: World, sandbox: Sandbox, hooks: Hooks) -> None:
    """An event that never arrives leaves the status in the API."""
    sandbox.faults.add(Fault(where="webhook", kind="drop", times=None))
    made = world.check("rejected")
    hold("9.5", hooks.events() == [], "an event has come")
    found = world.get(made)
    hold("9.5", found.status == "rejected", "the API does not know")


@rows("9.6")
def test_order_is_told_by_the_time_of_an_event(world: World, sandbox: Sandbox, hooks: Hooks) -> None:
    """Events can come in another order; their own times tell the right one."""
    sandbox.faults.add(Fault(where="webhook", kind="reorder", path="submit"))
    made = world.check("pending")
    sandbox.clock.move(timedelta(minutes=1))
    world.call(lambda client: client.submissions.review(made, status="approved", admin=world.admin))
    submit, approved = hooks.one("submit"), hooks.one("approved")
    triggers = [event.trigger for event in hooks.events()]
    hold("9.6", triggers.index("submit") > triggers.index("approved"), "the order is right")
    hold("9.6", submit.occurred_at == START, "another time")
    hold("9.6", approved.occurred_at == START + timedelta(minutes=1), "another time")


@rows("9.6", "9.18")
def test_unfinished_submission_is_rejected_late(world: World, sandbox: Sandbox, hooks: Hooks) -> None:
    """An unfinished submission is incomplete, and is rejected with an event some hours later."""
    made = sandbox.begin(world.pid, VALUES, pipeline=Pipeline.ID_DOCUMENT)
    found = world.get(made)
    hold("9.18", found.status == "incomplete", "another status")
    created = hooks.one("created")
    hold("9.18", created.kyc_result.status == "incomplete" and created.outcome is None, "another status")
    sandbox.clock.move(timedelta(hours=7))
    event = hooks.one("rejected")
    hold("9.6", (event.submission_id, event.outcome) == (made, KycStatus.REJECTED), "another event")


@pytest.mark.parametrize("outcome", ["pending", "approved", "rejected"])
@rows("9.10", "9.16", "9.18")
def test_outcome_is_read_of_the_event(world: World, sandbox: Sandbox, hooks: Hooks, outcome: Any) -> None:
    """Pending alone sends submit; a direct decision sends its own event, which tells the status."""
    world.check(outcome)
    triggers = {event.trigger: event for event in hooks.events()}
    wanted = "submit" if outcome == "pending" else outcome
    hold("9.16", set(triggers) == {"created", wanted}, "other events")
    hold("9.10", triggers[wanted].outcome == outcome, "another outcome")
    hold("9.10", "kycStatus" not in triggers[wanted].raw, "the status stands at the top")


@rows("9.11")
def test_knowledge_events_have_the_same_base(world: World, sandbox: Sandbox, hooks: Hooks) -> None:
    """The form without a document sends submission_id, email and cf too."""
    made = sandbox.submit(world.pid, VALUES, "approved", pipeline=Pipeline.KNOWLEDGE)
    event = hooks.one("approved")
    hold("9.11", (event.submission_id, event.email, event.cf3) == (made, VALUES["email"], "three"), "base")
    hold("9.11", event.phone_number is not None, "no phone number")


@rows("9.12")
def test_additional_list_is_a_list_or_an_object(world: World, hooks: Hooks) -> None:
    """The answers to additional questions are read from both forms."""
    answer = {"answer": "yes", "inputValue": "", "blockType": "text"}
    for form in ([answer], {"0": answer}, answer):
        body = build_event("approved", {"submission_id": "x", "additional_list": form}, hooks.project)
        event: Any = read_event(body, hooks.project)
        hold("9.12", [one.answer for one in event.additional_list] == ["yes"], "a form is not read")


@rows("9.13")
def test_approved_has_new_and_old_members(world: World, sandbox: Sandbox, hooks: Hooks) -> None:
    """The newest approved has full_name and no document; older ones have fullName and the document."""
    world.check("approved", VALUES)
    new = hooks.one("approved")
    hold("9.13", new.full_name is not None and new.id_type is None and new.userid is None, "the newest")
    own = sandbox.dashboard(world.pid)
    sandbox.configure(replace(own, older_events=True))
    hooks.receiver.clear()
    world.check("approved", VALUES)
    old = hooks.one("approved")
    hold("9.13", "fullName" in old.raw and old.full_name is not None, "the name of older events")
    hold("9.13", (old.id_type, old.userid) == ("passport", VALUES["userid"]), "the document of older events")
    newer = ("full_name", "webhook_trigger")
    old_alone = {name: value for name, value in old.raw.items() if name not in newer}
    event: Any = read_event(build_event("approved", old_alone, hooks.project), hooks.project)
    hold("9.13", event.full_name == old.full_name, "fullName alone is not read")


@rows("9.14")
def test_reasons_are_texts_in_events_and_lists_in_answers(
    world: World, sandbox: Sandbox, hooks: Hooks
) -> None:
    """A rejected event has single texts, and GET has lists; both are read as tuples."""
    made = world.check("pending")
    world.call(
        lambda client: client.submissions.review(
            made, status="rejected", admin=world.admin, reject_comment="not readable"
        )
    )
    event, found = hooks.one("rejected"), world.get(made)
    hold_members("9.14", event.raw["kyc_result"], {"status": str, "comment": str, "commentCode": str})
    hold_members("9.14", found.raw["kyc"], {"comment": list, "commentCode": list})
    hold("9.14", event.kyc_result.comment == found.kyc.comment == ("not readable",), "other comments")
    hold("9.14", event.kyc_result.comment_code == found.kyc.comment_code, "other codes")


@rows("9.15")
def test_both_spellings_of_the_time_are_read(world: World, hooks: Hooks) -> None:
    """updated_at and update_at of a result are the same."""
    for name in ("updated_at", "update_at"):
        result = {"status": "rejected", name: "2026-06-24T01:02:03.000Z"}
        body = build_event("rejected", {"submission_id": "x", "kyc_result": result}, hooks.project)
        hold("9.15", read_event(body, hooks.project).occurred_at == START, f"{name} is not read")


@rows("9.17", "3.12")
def test_delete_event_needs_an_admin(world: World, sandbox: Sandbox, hooks: Hooks) -> None:
    """The API sends delete only if admin_name was given; the event says who and when."""
    silent, told = world.check(), world.check()
    world.call(lambda client: client.submissions.delete(silent, admin_name=None))
    world.call(lambda client: client.submissions.delete(told, admin_name=world.admin))
    event = hooks.one("delete")
    hold("9.17", event.submission_id == told, "another submission")
    hold("9.17", (event.account_email, event.occurred_at) == (world.admin, START), "who, or when")


@rows("9.19")
def test_updated_event_names_what_changed(world: World, sandbox: Sandbox, hooks: Hooks) -> None:
    """The updated event names the changed members, in the mixed styles of the vendor, and the status."""
    MAKERS["updated"](world)
    event = hooks.one("updated")
    hold("9.19", set(event.data.update) == {"kycStatus", "first_name"}, "other names")
    hold("9.19", (event.outcome, event.admin) == (KycStatus.APPROVED, world.admin), "status or admin")


@rows("9.20")
def test_age_groups(world: World, sandbox: Sandbox, hooks: Hooks) -> None:
    """Each age has its group, in GET and in the event; without a birth date it is N/A."""
    for born, group in {**AGES, "": "N/A"}.items():
        hooks.receiver.clear()
        made = sandbox.submit(
            world.pid, VALUES, "approved", pipeline=Pipeline.ID_DOCUMENT, data={"date_of_birth": born}
        )
        found = world.get(made)
        hold("9.20", found.data.age_group == group, f"GET does not say {group}")
        hold("9.20", hooks.one("approved").age_group == group, f"the event does not say {group}")


@rows("9.21")
def test_duplicates_need_four_members(world: World, sandbox: Sandbox) -> None:
    """duplicated_information comes with name, birth date, gender and nationality, and not without one."""
    person = {"full_name": "One Person", "gender": "female", "nationality": "KOR"}
    world.migrate(**person)
    again = world.migrate(**person)
    without = world.migrate(full_name="One Person", gender="female")
    found = world.get(again)
    other = world.get(without)
    hold("9.21", found.duplicated_information is not None, "a duplicate has none")
    hold("9.21", other.duplicated_information is None, "one without a nationality has it")


@pytest.mark.parametrize("code", ["ipRisk_failCategory", "distanceChecks_ipGeo", "blackliskCountries"])
@rows("9.22", "9.23")
def test_failed_injection_has_a_code(world: World, sandbox: Sandbox, hooks: Hooks, code: str) -> None:
    """An injection that fails says why, and its time has the dashed form."""
    made = world.check()
    sandbox.inject(made, {}, fail_code=code)
    event = hooks.one("injectionFail")
    wanted = "blacklistCountries" if code == "blackliskCountries" else code
    hold("9.22", event.fail_codes == (wanted,), "another code")
    hold("9.23", event.action.created_at[10:11] == "-" and event.occurred_at == START, "another time")


@rows("9.24", "9.25")
def test_screening_and_monitoring_send_events(world: World, sandbox: Sandbox, hooks: Hooks) -> None:
    """aml has status and risk level, and aml_monitor the record that the API gives."""
    MAKERS["aml"](world)
    MAKERS["aml_monitor"](world)
    result = hooks.one("aml").aml_result
    hold("9.24", (result.current_status, result.risk_level_summary) == ("Red Flag", "HIGH"), "another result")
    (record,) = hooks.one("aml_monitor").records
    found = world.call(lambda client: client.aml.monitor_get(record.worklist_id, record.record_id))
    hold("9.25", found.submission_id == hooks.one("aml_monitor").submission_id, "another record")


@rows("9.26")
def test_older_events_name_the_project(world: World, hooks: Hooks) -> None:
    """The member projectId of older events is read."""
    body = build_event("approved", {"submission_id": "x", "projectId": "pid-1"}, hooks.project)
    hold("9.26", read_event(body, hooks.project).project_id == "pid-1", "it is not read")


@pytest.mark.parametrize("condition", ["count", "time"])
@rows("9.27", "9.29")
def test_expired_token_id_sends_an_event(
    world: World, sandbox: Sandbox, hooks: Hooks, condition: Any
) -> None:
    """token_expired comes after one use or after 24 hours, and names no submission."""
    own = sandbox.dashboard(world.pid)
    sandbox.configure(replace(own, token_expiration=TokenExpiration(condition)))
    world.call(lambda client: client.tokens.register([TOKEN]))
    if condition == "count":
        world.check(tokenid=TOKEN)
    else:
        sandbox.clock.move(timedelta(hours=23))
        hold("9.29", hooks.events() == [], "it expires too early")
        sandbox.clock.move(timedelta(hours=1))
    event = hooks.one("token_expired")
    member = "expired_at" if condition == "count" else "expected_expired_at"
    kinds = dict.fromkeys(("webhook_trigger", "token_id", "expired_condition", "service", member), str)
    hold_members("9.27", event.raw, kinds)
    hold("9.27", names_of(event.raw) == set(kinds), "other members")
    hold("9.27", (event.token_id, event.service) == (TOKEN, "idCheck"), "another token id, or service")
    hold("9.27", event.submission_id is None, "it names a submission")
    wanted = START if condition == "count" else START + timedelta(hours=24)
    hold("9.27", event.occurred_at == wanted, "another time")


@rows("9.28")
def test_services_send_their_own_events(world: World, sandbox: Sandbox, hooks: Hooks) -> None:
    """The same token id of both services gives two events, with two keys."""
    own = sandbox.dashboard(world.pid)
    sandbox.configure(replace(own, token_expiration=TokenExpiration("time")))
    now = "2026-06-24T01:02:03.000Z"
    for pid in (own.pid, own.face_auth_pid or ""):
        sandbox.token_ids.register(pid, [TOKEN], at=now, expires_at=now)
    events = hooks.events()
    hold("9.28", {event.service for event in events} == {"idCheck", "faceAuth"}, "not both services")
    hold("9.28", len({event.key for event in events}) == 2, "they share a key")


@rows("9.30", "9.1", "5.11")
def test_face_auth_event_has_three_revisions(world: World, sandbox: Sandbox, hooks: Hooks) -> None:
    """The event goes to the project's own URL; all revisions of its members are read alike."""
    MAKERS["faceAuth"](world)
    event = hooks.one("faceAuth")
    told = (event.auth_status, event.auth_userid, event.auth_cf1, event.auth_cf2, event.occurred_at)
    hold("9.30", told == ("approved", "user_67890", "other", "two", START), "the newest revision")
    user = (event.userid, event.email, event.cf1, event.cf3)
    hold("9.30", user == (VALUES["userid"], VALUES["email"], "one", "three"), "its reference")
    data = event.raw["data"]
    hold_members("9.30", data, dict.fromkeys(("Submission_id", "Auth_Status", "Create_Time"), str))
    hold_members("9.30", data, {"Authentication_id": str, "reference": dict})
    middle = {
        **{name: data[name] for name in ("Submission_id", "Auth_Status", "Create_Time", "reference")},
        "User_id": "user_67890",
        "cf1": "other",
        "cf2": "two",
    }
    oldest = {name.lower(): value for name, value in middle.items() if name != "reference"}
    for members in (
        {"Authentication_id": event.authentication_id, "data": middle},
        {"auth_id": event.authentication_id, "data": oldest},
    ):
        older: Any = read_event(build_event("faceAuth", members, hooks.project), hooks.project)
        again = (older.auth_status, older.auth_userid, older.auth_cf1, older.auth_cf2, older.occurred_at)
        hold("9.30", again == told and older.submission_id == event.submission_id, "an older revision")
        hold("9.30", older.key == event.key, "an older revision has another key")


@rows("5.11")
def test_face_auth_token_has_a_name_of_its_own(world: World, hooks: Hooks) -> None:
    """Token_id of faceAuth, token_id of token_expired and tokenId of the others are one attribute."""
    for trigger, members in (
        ("faceAuth", {"data": {"Token_id": TOKEN}}),
        ("token_expired", {"token_id": TOKEN}),
        ("submit", {"tokenId": TOKEN}),
    ):
        event = read_event(build_event(trigger, members, hooks.project), hooks.project)
        hold("5.11", event.token_id == TOKEN, f"the token id of {trigger} is not read")


@rows("9.10")
def test_status_at_the_top_is_not_trusted(world: World, hooks: Hooks) -> None:
    """A kycStatus at the top, which the vendor's guide reads, is no outcome: no event has it."""
    body = build_event("updated", {"submission_id": "x", "kycStatus": "approved"}, hooks.project)
    hold("9.10", read_event(body, hooks.project).outcome is None, "it counts as an outcome")


@rows("9.9")
def test_clear_face_auth_is_not_taken_for_an_envelope(world: World, hooks: Hooks) -> None:
    """A clear event whose data is an object is read as it is, if a plain event is allowed at all."""
    body = build_event("faceAuth", {"data": {"Submission_id": "x"}}, hooks.project, encrypt=False)
    event = read_event(body, hooks.project, require_encrypted=False)
    hold("9.9", event.submission_id == "x", "it is not read")


@rows("9.5")
def test_unknown_submission_is_a_failure_of_the_api(world: World, sandbox: Sandbox) -> None:
    """Whoever asks the API about an event that nobody sent learns that there is no such submission."""
    with refused("9.5", code="not_found"):
        world.call(lambda client: client.submissions.get("forged0000000"))
