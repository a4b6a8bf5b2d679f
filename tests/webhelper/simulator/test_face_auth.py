"""These tests open and submit the form of the FaceAuth add-on (row 8.1)."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from liveform import Ecb, Gcm, Pipeline, Project
from webhelper.simulator.dashboards import Site, dashboards_of
from webhelper.simulator.face_auth import FaceAuthFindings, face_auth_refusal, keep_face_auth
from webhelper.simulator.form_query import MAX_QUERY_CHARS
from webhelper.simulator.sandbox.sandbox import Sandbox

FACE_KEY = "a key of the FaceAuth add-on"
FACE_PID = "face000001"
MAIN = "main000001"
BASE = "http://localhost/simulator"
KEY = "a key of the main project"
Write = Callable[..., str]


@pytest.fixture(params=["gcm", "ecb"])
def cipher(request: pytest.FixtureRequest) -> Literal["gcm", "ecb"]:
    """Return each cipher of the project in turn, which the add-on uses too."""
    name: Literal["gcm", "ecb"] = request.param
    return name


@pytest.fixture
def projects(cipher: Literal["gcm", "ecb"]) -> dict[str, Project]:
    """Return a project with the add-on, and one without."""
    return {
        "plain": Project("plain00001", base_url=BASE),
        "main": Project(
            MAIN,
            key=KEY,
            cipher=cipher,
            base_url=BASE,
            api_key="the API key of the main project",
            face_auth_pid=FACE_PID,
            face_auth_key=FACE_KEY,
        ),
    }


@pytest.fixture
def write(cipher: str) -> Write:
    """Return a writer of queries, with members encrypted by the add-on's key."""

    def query(members: dict[str, object] | str, **plain: str) -> str:
        text = members
        if isinstance(members, dict):
            made = Gcm(FACE_KEY) if cipher == "gcm" else Ecb(FACE_KEY)
            text = made.encrypt_text(json.dumps(members))
        return urlencode({"pid": FACE_PID, "encrypted": str(text), **plain})

    return query


@pytest.fixture
def sid(sandbox: Sandbox) -> str:
    """Return the id of an approved submission with a selfie."""
    values = {"userid": "user_12345"}
    return sandbox.submit(MAIN, values, "approved", pipeline=Pipeline.ID_DOCUMENT)


def opened(client: FlaskClient, query: str) -> TestResponse:
    """Return the answer to the form's address."""
    return client.get(f"/simulator/face-auth?{query}")


def sent(client: FlaskClient, query: str, outcome: str = "approved", **more: str) -> TestResponse:
    """Return the answer to the form's button."""
    form = {"query": query, "outcome": outcome, "fail_code": "Face_cover_fail", **more}
    return client.post("/simulator/face-auth/submit", data=form)


def code_of(answer: TestResponse) -> str:
    """Return the code on an error page."""
    found = re.search(r"<code>([A-Z]{2}-\d+)</code>", answer.text)
    assert found, answer.text
    return found[1]


def test_form_shows_what_it_understood_and_what_not(client: FlaskClient, sid: str, write: Write) -> None:
    """The form lists what it read of ``encrypted``, and ignores plain and unknown parameters."""
    members: dict[str, object] = {"sid": sid, "authUserId": "<b>user_9", "authCf1": 5, "colour": "red"}
    page = opened(client, write(members, authCf2="plain")).text
    assert "&lt;b&gt;user_9" in page
    ignored = re.findall(r'<li class="off"><p><code>(\w+)</code>', page)
    assert ignored == ["authCf1", "authCf2", "colour"]


@pytest.mark.parametrize(("outcome", "codes"), [("approved", ()), ("rejected", ("Face_cover_fail",))])
def test_authentication_is_kept_with_its_event(
    client: FlaskClient, sandbox: Sandbox, sid: str, write: Write, outcome: str, codes: tuple[str, ...]
) -> None:
    """An authentication is kept as one of the form, with the event faceAuth (rows 8.4 and 9.30)."""
    query = write({"sid": sid, "authUserId": "user_9", "authCf2": "c2"})
    assert opened(client, query).status_code == 200
    answer = sent(client, query, outcome)
    assert answer.status_code == 200
    assert 'class="button"' not in answer.text  # no Return URL is documented
    (face_auth,) = sandbox.face_auths.page(MAIN)
    assert (face_auth.status, face_auth.fail_codes) == (outcome, codes)
    assert (face_auth.submit_type, face_auth.submission_id) == ("form", sid)
    event = sandbox.events.newest(limit=1)[0]
    assert (event.pid, event.trigger) == (MAIN, "faceAuth")
    assert event.members["data"]["Auth_User_id"] == "user_9"
    assert event.members["data"]["Auth_Status"] == outcome
    assert event.members["data"]["Auth_cf2"] == "c2"


def test_token_of_the_add_on_is_its_own(
    client: FlaskClient, sandbox: Sandbox, sid: str, write: Write
) -> None:
    """A token id of the add-on is used up by an authentication, and is another than the main project's."""
    query = write({"sid": sid, "token": "tok_12345"})
    assert opened(client, query).status_code == 200
    sent(client, query)
    assert code_of(opened(client, query)) == "TK-19902"
    assert sandbox.token_ids.get(MAIN, "tok_12345") is None
    assert sent(client, query).status_code == 200  # an open form can still be sent


def test_token_of_the_add_on_is_registered_in_private_mode(
    client: FlaskClient, sandbox: Sandbox, sid: str, write: Write
) -> None:
    """In private mode, a token id that is not registered for the add-on does not open its form."""
    sandbox.configure(replace(sandbox.dashboard(MAIN), private_mode=True))
    sandbox.token_ids.register(MAIN, ["tok_12345"], at="2026-05-01T12:00:00.000Z", expires_at=None)
    query = write({"sid": sid, "token": "tok_12345"})
    assert code_of(opened(client, query)) == "TK-19906"
    sandbox.token_ids.register(FACE_PID, ["tok_12345"], at="2026-05-01T12:00:00.000Z", expires_at=None)
    assert opened(client, query).status_code == 200


def test_submission_must_be_approved_and_have_a_selfie(
    client: FlaskClient, sandbox: Sandbox, sid: str, write: Write
) -> None:
    """The submission must be there, be approved and have a selfie, when the form is opened and when sent."""
    pending = sandbox.submit(MAIN, {}, "pending", pipeline=Pipeline.ID_DOCUMENT)
    other = sandbox.submit("plain00001", {}, "approved", pipeline=Pipeline.ID_DOCUMENT)
    for wrong, code in (("nothing", "PV-49907"), (other, "PV-49907"), (pending, "PV-49908")):
        assert code_of(opened(client, write({"sid": wrong}))) == code
        assert code_of(sent(client, write({"sid": wrong}))) == code
    sandbox.images.delete(sid, ["selfieImage"])
    assert code_of(opened(client, write({"sid": sid}))) == "PV-49908"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "PV-49902"),
        ("pid=", "PV-49902"),
        ("pid=nobody", "PV-49903"),
        (f"pid={MAIN}", "PV-49903"),
        ("pid=plain00001", "PV-49903"),
        (f"pid={FACE_PID}", "PV-49904"),
        (f"pid={FACE_PID}&sid=s1", "PV-49904"),
        (f"pid={FACE_PID}&encrypted=AAAA", "PV-49904"),
        ("x" * (MAX_QUERY_CHARS + 1), "PV-49901"),
        ("&".join(["a=b"] * 200), "PV-49901"),
    ],
)
def test_url_that_cannot_be_read_shows_an_error_page(client: FlaskClient, query: str, code: str) -> None:
    """A URL without pid, with an unknown pid, or without anything that decrypts shows an error page."""
    assert code_of(opened(client, query)) == code


@pytest.mark.parametrize("members", [{}, {"sid": 5}, {"authUserId": "u"}, {"sid": None}])
def test_url_without_sid_shows_an_error_page(
    client: FlaskClient, write: Write, members: dict[str, object]
) -> None:
    """A URL needs the id of a submission inside ``encrypted``, as text."""
    assert code_of(opened(client, write(members))) == "PV-49906"


@pytest.mark.parametrize("text", ["[]", "not JSON", '"text"', "[" * 50_000])
def test_encrypted_text_must_be_an_object(client: FlaskClient, write: Write, cipher: str, text: str) -> None:
    """An encrypted text that is no JSON object does not open the form."""
    made = Gcm(FACE_KEY) if cipher == "gcm" else Ecb(FACE_KEY)
    query = write(made.encrypt_text(text))
    assert code_of(opened(client, query)) in ("PV-49904", "PV-49901")


def test_key_of_the_main_project_does_not_open_it(
    client: FlaskClient, projects: dict[str, Project], sid: str, write: Write
) -> None:
    """What the main project's key encrypted does not open the form (FA)."""
    assert code_of(opened(client, write(projects["main"].encrypt({"sid": sid})))) == "PV-49904"


@pytest.mark.parametrize(
    "form",
    [{}, {"outcome": "pending"}, {"outcome": "approved"}, {"outcome": "rejected", "fail_code": "<b>"}],
)
def test_form_of_what_the_page_never_sends_is_a_bad_request(
    client: FlaskClient, form: dict[str, str]
) -> None:
    """A form with another outcome or code than the page has answers 400."""
    assert client.post("/simulator/face-auth/submit", data=form).status_code == 400


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.binary(max_size=80).map(lambda raw: raw.decode("latin-1"))
    | st.text(st.characters(max_codepoint=126), max_size=60).map(
        lambda text: f"pid={FACE_PID}&encrypted={text}"
    )
)
def test_any_query_leads_to_a_page(client: FlaskClient, text: str) -> None:
    """A query of any bytes leads to a page."""
    answer = client.get("/simulator/face-auth", environ_overrides={"QUERY_STRING": text})
    assert answer.status_code in (400, 404)


def test_dashboards_of_projects_with_one_key_are_told_apart() -> None:
    """A FaceAuth key or an API key that two projects share is left to the first of them."""
    more: dict[str, Any] = {
        "face_auth_pid": FACE_PID,
        "face_auth_key": FACE_KEY,
        "api_key": "an API key",
    }
    other: dict[str, Any] = {**more, "face_auth_pid": "face000002", "secure_data_transfer": True}
    made = {
        "one": Project("one0000001", **more),
        "two": Project("two0000001", **other),
        "three": Project("one0000001"),
    }
    dashboards = dashboards_of(made, Site(return_urls={}))
    assert list(dashboards) == ["one", "two"]
    assert dashboards["one"].face_auth_pid == FACE_PID
    assert dashboards["two"].face_auth_pid is None
    assert dashboards["two"].api_key != "an API key"
    assert not dashboards["two"].secure_data_transfer


def test_nothing_is_kept_without_a_project(sandbox: Sandbox) -> None:
    """Findings without a project keep nothing."""
    nothing = FaceAuthFindings()
    assert face_auth_refusal(nothing, sandbox, opens=True) is None
    assert keep_face_auth(nothing, sandbox, ()) is None
