"""These tests check what the API does to submissions; the tests of its endpoints check the rest."""

from datetime import timedelta

from sandboxes import ADMIN, EMAIL, NOON, PID, last_event, make_dashboard, submitted, triggers

from liveform import Pipeline
from webhelper.simulator.sandbox import changes
from webhelper.simulator.sandbox.face_auths import FaceAuth
from webhelper.simulator.sandbox.projections import Projection
from webhelper.simulator.sandbox.sandbox import Sandbox


def test_later_change_has_a_later_time(sandbox: Sandbox) -> None:
    """A change sets the time of the change, and not that of the creation."""
    made = submitted(sandbox)
    sandbox.clock.move(timedelta(hours=1))
    changes.edit(sandbox, sandbox.submissions.get(made), {"fullName": "SAMPLE NEW"}, admin=ADMIN)
    item = sandbox.submissions.get(made).item
    assert item["created_at"] == "2026-05-01-12-00-00-UTC"
    assert item["updated_at"] == "2026-05-01-13-00-00-UTC"
    assert last_event(sandbox)["update_time"] == "2026-05-01T13:00:00.000Z"


def test_event_of_an_edit_is_thinned(sandbox: Sandbox) -> None:
    """What a projection hides is not in the event of a change either (row 7.8)."""
    sandbox.projections.add(Projection("p1", PID, "thin", ("full_name",), NOON))
    made = sandbox.submissions.get(submitted(sandbox, projectionId="p1"))
    changes.edit(sandbox, made, {"fullName": "SAMPLE NEW"}, admin=ADMIN)
    event = last_event(sandbox)
    assert event["data"]["update"] == ["fullName"]
    assert "full_name" not in event


def test_pending_time_stays_after_a_decision(sandbox: Sandbox) -> None:
    """An edit of a pending submission tells when it became pending."""
    made = submitted(sandbox, "pending")
    changes.edit(sandbox, sandbox.submissions.get(made), {"kycStatus": "approved"}, admin=ADMIN)
    data = last_event(sandbox)["data"]
    assert (data["kyc_result"], data["reviewer"]) == ("approved", ADMIN)
    assert data["pending_at"] == "2026-05-01-12-00-00-UTC"


def test_migrated_person_is_the_same_applicant(sandbox: Sandbox) -> None:
    """A migrated submission counts when people are compared."""
    person = {
        "fullName": "SAMPLE TWIN",
        "birthDate": "1990-01-01",
        "gender": "female",
        "nationality": "KOR",
        "admin": ADMIN,
        "email": EMAIL,
        "kycStatus": "approved",
    }
    made = [changes.migrate(sandbox, make_dashboard(), person) for _ in range(2)]
    first, second = (sandbox.submissions.get(one).item for one in made)
    assert first["applicant_id"] == second["applicant_id"]
    assert second["duplicated_information"] == made[0]
    assert triggers(sandbox) == []


def test_event_of_face_auth_has_what_is_known(sandbox: Sandbox) -> None:
    """The event of the hosted form has the token id, and leaves out what is missing (row 9.30)."""
    made = sandbox.submit(PID, {}, "approved", pipeline=Pipeline.KNOWLEDGE)
    face_auth = FaceAuth(
        id="f1",
        pid=PID,
        submission_id=made,
        created_at=NOON,
        submit_type="form",
        user={"token": "token-0001"},
        fail_codes=(),
        image=None,
    )
    changes.authenticate(sandbox, make_dashboard(), face_auth)
    assert last_event(sandbox)["data"] == {
        "Submission_id": made,
        "Auth_Status": "approved",
        "Create_Time": NOON,
        "Token_id": "token-0001",
        "reference": {"cf": {}},
        "Authentication_id": "f1",
    }
