"""These tests set the sandbox and look into it by the control API, as tests in other languages do."""

import json
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from liveform import KycStatus, Project
from webhelper.simulator import Simulator
from webhelper.simulator.control.completion import Completion
from webhelper.simulator.sandbox.sandbox import Sandbox

PID = "plain00001"
URL = "http://127.0.0.1:9/hook"
PATHS = [
    *("clock", "faults", "events/1/send", "deliver", "complete", "submissions"),
    *("submissions/s1/review", "webhook"),
]


def post(client: FlaskClient, path: str, **body: Any) -> TestResponse:
    """Return the answer to a JSON body."""
    return client.post(f"/simulator/sandbox/{path}", json=body)


def get(client: FlaskClient, path: str) -> Any:
    """Return the JSON of a path."""
    return client.get(f"/simulator/sandbox/{path}").get_json()


def test_repr_of_a_completion_shows_no_return_url() -> None:
    """The Return URL of a form has what the form URL carried, so the repr does not show it."""
    assert "jane" not in repr(Completion("https://shop.example.com/done?email=jane%40example.com"))


def test_clock_is_told_and_moved(client: FlaskClient) -> None:
    """The clock moves by seconds, forward and back."""
    assert get(client, "clock") == {"now": "2026-05-01T12:00:00.000Z"}
    assert post(client, "clock", move_s=180).get_json() == {"now": "2026-05-01T12:03:00.000Z"}
    assert post(client, "clock", move_s=-0.5).get_json() == {"now": "2026-05-01T12:02:59.500Z"}


def test_moved_clock_does_what_time_does(client: FlaskClient) -> None:
    """A move of the clock rejects submissions that nobody finished (row 9.6)."""
    post(client, "submissions", pid=PID, outcome="incomplete")
    post(client, "clock", move_s=86_400)
    assert [one["trigger"] for one in get(client, "events")["events"]] == ["created", "rejected"]


def test_faults_are_set_listed_and_cleared(client: FlaskClient) -> None:
    """A fault is set with any of its members, listed with its id, and cleared."""
    answer = post(client, "faults", where="rest", kind="status", status=429, retry_after="2", times=None)
    ((fault),) = get(client, "faults")["faults"]
    assert fault["id"] == answer.get_json()["id"]
    assert (fault["kind"], fault["status"], fault["retry_after"], fault["times"]) == (
        "status",
        429,
        "2",
        None,
    )
    assert client.get("/simulator/v3/submission").status_code == 429
    assert client.delete("/simulator/sandbox/faults").get_json() == {"faults": []}
    assert client.get("/simulator/v3/submission").status_code == 403


def test_events_are_listed_and_sent(client: FlaskClient, receiver: Any) -> None:
    """Events are listed in their order with each attempt, sent when due, and sent again by hand."""
    assert post(client, "webhook", pid=PID, url=URL).get_json() == {"pid": PID, "url": URL}
    post(client, "submissions", pid=PID, values={"userid": "user_12345"})
    receiver.statuses = [200, 500]
    assert post(client, "deliver").get_json() == {"attempts": 2}
    created, approved = get(client, "events")["events"]
    assert [created["trigger"], approved["trigger"]] == ["created", "approved"]
    assert (created["state"], approved["state"]) == ("delivered", "waiting")
    assert created["members"]["userid"] == "user_12345"
    assert approved["attempts"] == [{"at": "2026-05-01T12:00:00.000Z", "status": 500, "problem": None}]
    sent = post(client, f"events/{approved['id']}/send", times=2).get_json()
    assert [one["status"] for one in sent["attempts"]] == [500, 200, 200]
    lost = post(client, f"events/{created['id']}/send", times=0).get_json()
    assert lost["state"] == "failed"
    assert [one["id"] for one in get(client, "events?trigger=approved")["events"]] == [approved["id"]]
    assert json.loads(receiver.bodies[-1]) == approved["members"]


def test_requests_are_listed_without_keys_and_headers(client: FlaskClient) -> None:
    """Requests are listed in their order, with the answer, and without headers."""
    client.get("/simulator/v3/submission?userid=u", headers={"x-api-key": "a wrong key"})
    client.post("/simulator/v3/submission/migration", data=b"{}")
    first, second = get(client, "requests")["requests"]
    assert (first["method"], first["path"], first["query"], first["status"]) == (
        "GET",
        "/submission",
        "userid=u",
        403,
    )
    assert second["body"] == "{}"
    assert "headers" not in first
    assert "wrong key" not in json.dumps(first)


@pytest.mark.parametrize("outcome", list(KycStatus))
def test_form_is_completed_without_a_browser(
    client: FlaskClient, projects: dict[str, Project], sandbox: Sandbox, outcome: KycStatus
) -> None:
    """A form URL is completed, and the answer has the Return URL and the submission id."""
    project = projects["secret"]
    answer = post(client, "complete", url=project.form_url(userid="u"), outcome=outcome).get_json()
    claims = project.read_return(answer["return_url"])
    assert (claims.kyc_status, claims.userid) == (outcome, "u")
    assert claims.submission_id == answer["submission_id"]
    assert sandbox.submissions.get(answer["submission_id"]).status == outcome
    assert answer["error_code"] is None


def test_knowledge_form_is_completed_with_codes(
    client: FlaskClient, projects: dict[str, Project], sandbox: Sandbox
) -> None:
    """A Knowledge URL is completed, with the codes of a retry and a rejection."""
    body = {"outcome": "rejected", "reject_code": "expired_id", "retry_code": "glare_detected"}
    answer = post(client, "complete", url=projects["secret"].knowledge_url(userid="u"), **body).get_json()
    kyc = sandbox.submissions.get(answer["submission_id"]).item["kyc"]
    assert (kyc["commentCode"], len(kyc["attempts"])) == (["expired_id"], 1)
    assert "idType" not in sandbox.submissions.get(answer["submission_id"]).data


def test_form_that_does_not_open_returns_its_error_code(
    client: FlaskClient, projects: dict[str, Project]
) -> None:
    """A form URL that leads to an error page answers with the code, and the Return URL of that page."""
    url = projects["secret"].form_url(token_id="demo-expired-1", userid="u")
    answer = post(client, "complete", url=url).get_json()
    assert (answer["error_code"], answer["submission_id"]) == ("TK-10001", None)
    claims = projects["secret"].read_return(answer["return_url"])
    assert (claims.error_code, claims.kyc_status) == ("TK-10001", None)


@pytest.mark.parametrize(
    ("url", "code"),
    [("http://localhost/simulator/?pid=nobody", "PV-49903"), ("", "PV-49902")],
)
def test_url_of_no_project_has_no_return_url(client: FlaskClient, url: str, code: str) -> None:
    """A URL without a known project answers with an error code and without a Return URL."""
    answer = post(client, "complete", url=url).get_json()
    assert answer == {"error_code": code, "return_url": None, "submission_id": None}


def test_form_of_a_project_without_a_return_url_is_completed(
    client: FlaskClient, projects: dict[str, Project]
) -> None:
    """A form of a project without a Return URL is completed, and leads nowhere."""
    answer = post(client, "complete", url=projects["only"].form_url(userid="u")).get_json()
    assert answer["return_url"] is None
    assert answer["submission_id"]


def test_submission_is_made_without_a_form_and_reviewed(client: FlaskClient, sandbox: Sandbox) -> None:
    """A submission is made with values, data and codes, and reviewed if it is pending."""
    body = {"pid": PID, "outcome": "pending", "data": {"full_name": "ANNA LEE"}, "pipeline": "knowledge"}
    sid = post(client, "submissions", **body).get_json()["submission_id"]
    assert sandbox.submissions.get(sid).data["full_name"] == "ANNA LEE"
    path = f"submissions/{sid}/review"
    answer = post(client, path, status="rejected", reject_code="expired_id")
    assert answer.get_json() == {"submission_id": sid, "status": "rejected"}
    again = post(client, path, status="approved")
    assert (again.status_code, again.get_json()) == (
        409,
        {"error": "only a pending submission can be reviewed"},
    )


def test_project_without_credits_refuses_a_submission(client: FlaskClient, sandbox: Sandbox) -> None:
    """A submission of a project without credits answers 403."""
    sandbox.configure(replace(sandbox.dashboard(PID), credits=0))
    assert post(client, "submissions", pid=PID).status_code == 403


@pytest.mark.parametrize(
    ("path", "body", "status", "problem"),
    [
        ("clock", {}, 400, "move_s"),
        ("clock", {"move_s": "3"}, 400, "move_s"),
        ("clock", {"move_s": 1e300}, 400, "ten years"),
        ("clock", {"move_s": 1, "x": 1}, 400, "x"),
        ("faults", {"where": "rest", "kind": "nothing"}, 400, "kind"),
        ("faults", {"where": "rest", "kind": "status", "colour": 1}, 400, "colour"),
        ("faults", {"where": "rest", "kind": "status", "share": 2}, 400, "share"),
        ("faults", {"kind": "status"}, 400, "where"),
        ("events/1/send", {}, 404, "event"),
        ("events/1/send", {"times": 0}, 404, "event"),
        ("events/1/send", {"times": 11}, 400, "times"),
        ("events/1/send", {"times": -1}, 400, "times"),
        ("complete", {}, 400, "url"),
        ("complete", {"url": "http://[", "outcome": "approved"}, 400, ""),
        ("complete", {"url": "x", "outcome": "incomplete"}, 400, "outcome"),
        ("complete", {"url": "x", "reject_code": "<b>"}, 400, "code"),
        ("submissions", {}, 400, "pid is needed"),
        ("submissions", {"pid": "nobody"}, 404, "project"),
        ("submissions", {"pid": PID, "outcome": "won"}, 400, "outcome"),
        ("submissions", {"pid": PID, "pipeline": "injection"}, 400, "pipeline"),
        ("submissions/s1/review", {"status": "approved"}, 404, "submission"),
        ("submissions/s1/review", {"status": "pending"}, 400, "status"),
        ("webhook", {"pid": PID, "url": "https://example.com/"}, 400, "loopback"),
        ("webhook", {"pid": PID}, 400, "url"),
        ("clock", {}, 400, "move_s: is missing; it must be a number of seconds, at most ten years"),
        ("clock", {"move_s": "soon"}, 400, "move_s: must be a number of seconds, at most ten years"),
        ("clock", {"move": 3}, 400, "move: is not a known option; did you mean move_s?"),
        ("faults", {"where": "rest", "kind": "stauts"}, 400, "kind: must be one of status, timeout"),
        ("faults", {"where": "rest", "kind": "stauts"}, 400, "did you mean status?"),
        ("faults", {"where": "rest", "kind": "drop"}, 400, "kind: drop is for where=webhook"),
        (
            "faults",
            {"where": "rest", "kind": "status", "status": 9999},
            400,
            "status: must be a whole number",
        ),
        ("faults", {"where": "rest", "kind": "status", "times": -1}, 400, "or None (null in JSON)"),
        ("events/1/send", {"times": True}, 400, "times: must be a whole number from 0 to 10"),
        ("complete", {"url": 5}, 400, "url: must be text"),
        ("complete", {"url": "http://["}, 400, "url: is not a URL"),
        ("complete", {"url": "x", "outcome": "aproved"}, 400, "did you mean approved?"),
        ("complete", {"url": "x", "retry_code": 5}, 400, "retry_code: must be 1 to 64 letters"),
        ("submissions", {"pid": 5}, 400, "pid: must be text, or None (null in JSON)"),
        ("submissions", {"pid": PID, "values": {"a": 1}}, 400, "values: must be an object"),
        ("submissions", {"pid": PID, "codes": "other"}, 400, "codes: must be a tuple or list, each text"),
        ("submissions/s1/review", {}, 400, "status: is missing; it must be one of approved, rejected"),
        ("webhook", {"pid": PID, "url": 5}, 400, "url: must be an http or https URL, or None"),
    ],
)
def test_wrong_body_is_refused_with_the_reason(
    client: FlaskClient, path: str, body: dict[str, Any], status: int, problem: str
) -> None:
    """A body that is wrong is refused, and the answer names what is wrong."""
    answer = post(client, path, **body)
    assert answer.status_code == status
    assert problem in answer.get_json()["error"]


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[]", b"3", b"null", b"[" * 100_000])
def test_body_that_is_no_object_is_refused(client: FlaskClient, body: bytes) -> None:
    """A body that is not JSON, or not an object, is refused in words of ours."""
    answer = client.post("/simulator/sandbox/clock", data=body, content_type="application/json")
    assert (answer.status_code, answer.get_json()) == (400, {"error": "the body must be a JSON object"})


def test_clock_that_moved_too_far_is_refused(client: FlaskClient) -> None:
    """A clock stays within 100 years of the real time, and says so."""
    ten_years_s = 315_360_000
    assert [post(client, "clock", move_s=ten_years_s).status_code for _ in range(10)] == [200] * 10
    answer = post(client, "clock", move_s=1)
    assert (answer.status_code, "100 years" in answer.get_json()["error"]) == (400, True)


@pytest.mark.parametrize("path", [path for path in PATHS if path != "deliver"])
@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_other_media_types_are_refused(client: FlaskClient, path: str, media_type: str) -> None:
    """A body that is not called JSON is refused: pages of other sites could send it."""
    answer = client.post(f"/simulator/sandbox/{path}", data=b"{}", content_type=media_type)
    assert answer.status_code == 415


@pytest.mark.parametrize("path", PATHS)
def test_pages_of_other_sites_are_refused(client: FlaskClient, path: str) -> None:
    """A request that a page of another site makes a browser send is refused (Fetch Metadata)."""
    answer = client.post(f"/simulator/sandbox/{path}", json={}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.sampled_from([path for path in PATHS if path != "deliver"]), body=st.binary(max_size=60))
def test_any_body_is_answered(client: FlaskClient, path: str, body: bytes) -> None:
    """Any bytes as a body lead to an answer with an error in JSON."""
    answer = client.post(f"/simulator/sandbox/{path}", data=body, content_type="application/json")
    assert answer.status_code in (200, 400, 404)
    assert answer.is_json


def test_webhook_can_be_switched_off(client: FlaskClient, simulator: Simulator) -> None:
    """The webhook URL of a project can be set to null, and events of it are not sent then."""
    post(client, "webhook", pid=PID, url=URL)
    assert post(client, "webhook", pid=PID, url=None).get_json() == {"pid": PID, "url": None}
    assert simulator.sandbox.dashboard(PID).webhook_url is None
