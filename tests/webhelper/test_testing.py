"""These tests use the fixtures that ``webhelper.testing`` gives to pytest."""

import json
import pickle
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx2
import pytest

from liveform import Cbc, ConfigError, KycStatus, LiveformError
from tests.test_robustness import ANYTHING, each_argument, tried
from webhelper import testing
from webhelper.simulate.local_settings import AT_START, CHANGES
from webhelper.simulate.ready_made_events import TRIGGERS
from webhelper.simulator.sandbox.events import TRIGGERS as KNOWN_TRIGGERS
from webhelper.simulator.sandbox.faults import Fault
from webhelper.testing import FormRefused, LocalSimulator

ONE_TEST = """
import pytest

@pytest.mark.parametrize("number", range(3))
def test_signup(liveform_simulator, number):
    url = liveform_simulator.project.form_url(userid=f"user_{number}")
    back = liveform_simulator.complete(url)
    claims = liveform_simulator.project.read_return(back)
    assert (claims.userid, claims.kyc_status) == (f"user_{number}", "approved")
    assert len(liveform_simulator.events) == 2
"""


class Hook(ThreadingHTTPServer):
    """A program on this machine that gets webhooks."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        super().__init__(("127.0.0.1", 0), _HookHandler)

    @property
    def url(self) -> str:
        """The address of the program."""
        return f"http://127.0.0.1:{self.server_port}/hook"


class _HookHandler(BaseHTTPRequestHandler):
    server: Hook

    def do_POST(self) -> None:
        """Keep the body, and answer 200."""
        self.server.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in http.server
        """Write nothing."""


@pytest.fixture
def hook() -> Iterator[Hook]:
    """Return a running program that gets webhooks."""
    with Hook() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def triggers(bodies: list[bytes]) -> list[str]:
    """Return the triggers of events."""
    return [json.loads(body)["webhook_trigger"] for body in bodies]


def api(simulator: LocalSimulator, path: str, **query: str) -> httpx2.Response:
    """Return the answer of the API."""
    headers = {"x-api-key": simulator.api_key}
    return httpx2.get(f"{simulator.base_url}/v3{path}", params=query, headers=headers, trust_env=False)


@pytest.mark.parametrize(
    ("outcome", "event"), [("approved", "approved"), ("pending", "submit"), ("rejected", "rejected")]
)
def test_form_is_completed(liveform_simulator: LocalSimulator, outcome: str, event: str) -> None:
    """A form URL is completed; the Return URL, the API and the events say how it ended."""
    project = liveform_simulator.project
    back = liveform_simulator.complete(project.form_url(userid="user_12345"), outcome)
    claims = project.read_return(back)
    assert (claims.kyc_status, claims.userid) == (KycStatus(outcome), "user_12345")
    (item,) = api(liveform_simulator, "/submission", submission_id=claims.submission_id or "").json()["Items"]
    assert (item["userid"], item["kyc"]["result"]) == ("user_12345", outcome)
    assert triggers(liveform_simulator.events) == ["created", event]


def test_knowledge_and_injection_are_completed(liveform_simulator: LocalSimulator) -> None:
    """The Knowledge form and an injection are completed too; an injection can fail with a code."""
    project = liveform_simulator.project
    back = liveform_simulator.complete(project.knowledge_url(userid="u"))
    sid = project.read_return(back).submission_id or ""
    url = project.injection_url(sid=sid, cf1="new")
    assert project.read_return(liveform_simulator.complete(url)).submission_id == sid
    liveform_simulator.complete(url, "rejected", fail_code="distanceChecks_ipGeo")
    assert triggers(liveform_simulator.events)[-2:] == ["injection", "injectionFail"]


def test_codes_of_the_outcome_are_chosen(liveform_simulator: LocalSimulator) -> None:
    """A rejection has its code, and a retry its event."""
    url = liveform_simulator.project.form_url(userid="u")
    liveform_simulator.complete(url, "rejected", reject_code="expired_id", retry_code="glare_detected")
    created, retry, rejected = map(json.loads, liveform_simulator.events)
    assert created["kyc_result"] == {"status": "incomplete"}
    assert retry["retryCode"] == "glare_detected"
    assert rejected["kyc_result"]["commentCode"] == "expired_id"


def test_error_page_is_chosen(liveform_simulator: LocalSimulator) -> None:
    """The outcome ``error`` returns from an error page with its code."""
    project = liveform_simulator.project
    back = liveform_simulator.complete(project.form_url(userid="u"), "error", error="face-compare")
    assert project.read_return(back).error_code == "SE-50022"


def test_form_that_does_not_open_raises(liveform_simulator: LocalSimulator) -> None:
    """A form that shows an error page instead raises, with the code and the Return URL of that page."""
    project = liveform_simulator.project
    with pytest.raises(FormRefused, match="TK-10001") as caught:
        liveform_simulator.complete(project.form_url(token_id="demo-expired-1"))
    assert caught.value.code == "TK-10001"
    assert project.read_return(caught.value.return_url or "").error_code == "TK-10001"


def test_error_page_without_a_return_url_has_none(liveform_simulator: LocalSimulator) -> None:
    """A project without a Return URL returns nowhere, from the form or from an error page."""
    liveform_simulator.configure(return_urls=())
    project = liveform_simulator.project
    assert liveform_simulator.complete(project.form_url(userid="u")) == ""
    with pytest.raises(FormRefused) as caught:
        liveform_simulator.complete(project.form_url(token_id="demo-expired-1"))
    assert caught.value.return_url is None


def test_result_page_is_passed(liveform_simulator: LocalSimulator) -> None:
    """A form that shows its result page leads on by the page's button."""
    liveform_simulator.configure(skip_result_page=False, return_fields=frozenset({"kycStatus"}))
    back = liveform_simulator.complete(liveform_simulator.project.form_url(userid="u"))
    claims = liveform_simulator.project.read_return(back)
    assert (claims.kyc_status, claims.userid) == ("approved", None)


def test_return_to_the_same_site_is_a_redirect(liveform_simulator: LocalSimulator) -> None:
    """A Return URL on the simulator's own address is reached without the result page."""
    back = f"{liveform_simulator.base_url}/return"
    liveform_simulator.configure(return_urls=(back,))
    url = liveform_simulator.project.form_url(userid="u")
    assert liveform_simulator.complete(url).startswith(f"{back}?encrypted=")


@pytest.mark.parametrize("fields", [{"outcome": "won"}, {"outcome": "approved", "reject_code": "a b"}])
def test_value_that_the_form_does_not_have_is_refused(
    liveform_simulator: LocalSimulator, fields: dict[str, str]
) -> None:
    """An outcome or a code that the form does not know raises ValueError."""
    with pytest.raises(ValueError, match="does not know"):
        liveform_simulator.complete(liveform_simulator.project.form_url(userid="u"), **fields)


@pytest.mark.parametrize(
    ("outcome", "fields", "problem"),
    [
        ("aproved", {}, "outcome: the form does not know this value; it must be one of approved, pending"),
        ("aproved", {}, "did you mean approved?"),
        (None, {}, "outcome: the form does not know this value"),
        (
            "rejected",
            {"reject_code": 5},
            "reject_code: the form does not know this value; it must be 1 to 64",
        ),
        ("rejected", {"rejectcode": "other"}, "rejectcode: is not a known option; did you mean reject_code?"),
        ("rejected", {"nothing": "1"}, "nothing: is not a known option; known are"),
        ("error", {"error": "face-compared"}, "did you mean face-compare?"),
        ("approved", {"to": 0}, "to: the form does not know this value; it must be text"),
        ("approved", {"to": "x"}, "fields: the form does not know one of the values"),
        ("approved", {"query": "pid=x"}, "query: is not a known option"),
    ],
)
def test_typo_in_what_a_form_is_given_is_refused(
    liveform_simulator: LocalSimulator, outcome: Any, fields: dict[str, Any], problem: str
) -> None:
    """A name or a value that the form does not know is named, with what is allowed or was meant."""
    liveform_simulator.configure(return_urls=("http://127.0.0.1/a", "http://127.0.0.1/b"))
    with pytest.raises(ConfigError, match=re.escape(problem)):
        liveform_simulator.complete(liveform_simulator.project.form_url(userid="u"), outcome, **fields)
    assert liveform_simulator.events == []


def test_other_values_of_the_form_are_chosen(liveform_simulator: LocalSimulator) -> None:
    """What a visitor could choose in the form, such as another Return URL, may be given by its name."""
    liveform_simulator.configure(return_urls=("http://127.0.0.1/a", "http://127.0.0.1/b"))
    back = liveform_simulator.complete(liveform_simulator.project.form_url(userid="u"), to="1")
    assert back.startswith("http://127.0.0.1/b?")


@pytest.mark.parametrize("path", ["/?a=\x00", "/\ud800", "/" + "a" * 70_000])
def test_url_that_cannot_be_asked_is_refused(liveform_simulator: LocalSimulator, path: str) -> None:
    """An address of this simulator that cannot be asked for, or has no form, is an error of liveform."""
    with pytest.raises((ConfigError, testing.SandboxError)):
        liveform_simulator.complete(f"{liveform_simulator.base_url}{path}")


def test_simulator_that_does_not_answer_says_so(
    liveform_simulator: LocalSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A form that gets no answer is a SandboxError, not an error of the HTTP client."""

    def unreachable(*_: object) -> None:
        raise httpx2.ConnectError("refused")

    monkeypatch.setattr(httpx2.Client, "get", unreachable)
    with pytest.raises(testing.SandboxError, match="does not answer"):
        liveform_simulator.complete(liveform_simulator.project.form_url(userid="u"))


def test_url_of_another_site_is_refused(liveform_simulator: LocalSimulator) -> None:
    """A URL that is not of this simulator raises ValueError, and is not called; nor has an inbox a form."""
    with pytest.raises(ValueError, match="not one of this simulator"):
        liveform_simulator.complete(None)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="not one of this simulator"):
        liveform_simulator.complete("https://form.argosidentity.com/?pid=x")
    with pytest.raises(ValueError, match="no form"):
        liveform_simulator.complete(f"{liveform_simulator.base_url}/static/simulator.css")


def test_events_go_to_the_webhook_url(liveform_simulator: LocalSimulator, hook: Hook) -> None:
    """Events arrive at the webhook URL before ``complete`` and ``review`` return, as ``events`` has them."""
    liveform_simulator.webhook_url = hook.url
    assert liveform_simulator.webhook_url == hook.url
    project = liveform_simulator.project
    back = liveform_simulator.complete(project.form_url(userid="user_12345"), "pending")
    assert triggers(hook.bodies) == ["created", "submit"]
    liveform_simulator.review(project.read_return(back).submission_id or "", "rejected", reject_code="other")
    assert triggers(hook.bodies) == ["created", "submit", "rejected"]
    assert hook.bodies == liveform_simulator.events
    assert liveform_simulator.deliver() == 0


def test_webhook_url_of_another_host_is_refused(liveform_simulator: LocalSimulator) -> None:
    """A webhook URL must be on this machine, or None."""
    with pytest.raises(ValueError, match="loopback"):
        liveform_simulator.webhook_url = "https://example.com/"
    liveform_simulator.webhook_url = None
    assert liveform_simulator.webhook_url is None


def test_clock_is_moved(liveform_simulator: LocalSimulator) -> None:
    """The clock moves by what it is told; a token id expires three minutes after its first use (QS)."""
    url = liveform_simulator.project.form_url(token_id="tok_12345", userid="u")
    before = liveform_simulator.clock.now()
    assert httpx2.get(url, trust_env=False).status_code == 200
    liveform_simulator.clock.move(minutes=3, seconds=30)
    assert liveform_simulator.clock.now() - before >= timedelta(minutes=3)
    with pytest.raises(FormRefused, match="TK-10001"):
        liveform_simulator.complete(url)


def test_api_and_events_fail_as_told(liveform_simulator: LocalSimulator, hook: Hook) -> None:
    """The next request to the API fails with the status that was set, and the next event is duplicated."""
    liveform_simulator.fail(status=429, retry_after="2")
    refused = api(liveform_simulator, "/submission")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "2")
    assert api(liveform_simulator, "/submission").status_code == 200
    liveform_simulator.webhook_url = hook.url
    liveform_simulator.fail("duplicate", where="webhook")
    liveform_simulator.complete(liveform_simulator.project.form_url(userid="u"))
    assert triggers(hook.bodies) == ["created", "created", "approved"]


def test_simulator_encrypts_under_secure_data_transfer() -> None:
    """A simulator with Secure Data Transfer has encrypted events, and a project that reads them."""
    with LocalSimulator(secure_data_transfer=True, private_mode=False) as simulator:
        simulator.complete(simulator.project.form_url(userid="u"))
        assert simulator.project.transfer is not None
        opened = [Cbc(simulator.api_key).decrypt_text(json.loads(body)["data"]) for body in simulator.events]
    assert [json.loads(text)["webhook_trigger"] for text in opened] == ["created", "approved"]


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        *(
            ({"webhook_url": url}, "webhook_url: must be None, or an http or https URL")
            for url in (5, "x", "")
        ),
        ({"webhook_url": "https://example.com/x"}, "on a loopback host"),
        *(({"return_url": url}, "return_url: must be an http or https URL") for url in (5, "x", "", None)),
        ({"return_urls": ()}, "return_urls: is not a known option; did you mean return_url?"),
        ({"privat_mode": True}, "privat_mode: is not a known option; did you mean private_mode?"),
        *(({"credits": number}, "credits: must be a whole number from 0") for number in ("a", -1)),
        *(
            ({name: "yes"}, f"{name}: must be true or false")
            for name in ("private_mode", "secure_data_transfer")
        ),
        *(({name: "1"}, f"{name}: must be left out") for name in ("api_key", "project")),
        ({"face_auth_key": None}, "face_auth_key: is needed with face_auth_pid"),
    ],
)
def test_simulator_with_a_wrong_setting_is_not_made(settings: dict[str, Any], problem: str) -> None:
    """The constructor refuses what it does not know or allow, and says what it does."""
    with pytest.raises(ConfigError, match=re.escape(problem)):
        LocalSimulator(**settings)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"nothing": 1}, "nothing: is not a known option; known are"),
        ({"return_url": "http://h/"}, "return_url: is not a known option; did you mean return_urls?"),
        *(({"credits": number}, "credits: must be a whole number from 0") for number in ("x", -5)),
        ({"return_urls": 5}, "return_urls: must be a tuple or list, each an http or https URL"),
        ({"private_mode": "x"}, "private_mode: must be true or false"),
        *(
            ({"webhook_url": url}, "webhook_url: must be None, or an http or")
            for url in (5, "http://example.com/")
        ),
        *(({name: None}, f"{name}: must be left out") for name in ("api_key", "project")),
        ({"face_auth_pid": None}, "face_auth_key: is needed with face_auth_pid"),
    ],
)
def test_wrong_change_of_the_dashboard_is_refused(
    liveform_simulator: LocalSimulator, changes: dict[str, Any], problem: str
) -> None:
    """A setting that is unknown or not allowed is refused, and the dashboard stays as it is."""
    before = liveform_simulator.sandbox.dashboard(liveform_simulator.project.pid)
    with pytest.raises(ConfigError, match=re.escape(problem)):
        liveform_simulator.configure(**changes)
    assert liveform_simulator.sandbox.dashboard(liveform_simulator.project.pid) is before


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        *(({"kind": kind}, "kind: must be one of") for kind in ("x", None, b"")),
        ({"kind": []}, "kind: must be one of"),
        ({"kind": "drop"}, "kind: drop is for where=webhook"),
        ({"kind": "reset", "where": "webhook"}, "kind: reset is for where=rest"),
        ({"where": "x"}, "where: must be one of rest, webhook"),
        ({"status": 9999}, "status: must be a whole number from 200 to 599"),
        ({"staus": 429}, "staus: is not a known option; did you mean status?"),
    ],
)
def test_fault_with_a_typo_is_refused(
    liveform_simulator: LocalSimulator, given: dict[str, Any], problem: str
) -> None:
    """A fault that nothing could meet is refused, so that no test checks nothing."""
    with pytest.raises(ConfigError, match=re.escape(problem)):
        liveform_simulator.fail(**given)
    assert liveform_simulator.sandbox.faults.all() == {}


@pytest.mark.parametrize(
    "by", [{"minutes": "x"}, {"nothing": 3}, {"minutes": float("nan")}, {"days": 10**12}]
)
def test_wrong_move_of_the_clock_is_refused(liveform_simulator: LocalSimulator, by: dict[str, Any]) -> None:
    """The clock moves by numbers of known units, at most ten years at once."""
    with pytest.raises(ConfigError, match=r"must be a number|not a known option|at most ten years"):
        liveform_simulator.clock.move(**by)


def test_simulator_starts_once() -> None:
    """A simulator that runs or has ended does not start again; one that ended does nothing any more."""
    simulator = LocalSimulator()
    url = simulator.project.form_url(userid="u")
    with pytest.raises(testing.SandboxError, match="does not run"):
        simulator.complete(url)
    with simulator:
        with pytest.raises(testing.SandboxError, match="starts once"):
            simulator.start()
        simulator.complete(url)
    simulator.stop()
    with pytest.raises(testing.SandboxError, match="starts once"):
        simulator.start()
    with pytest.raises(testing.SandboxError, match="does not run"):
        simulator.complete(url)
    for used in (lambda: simulator.events, simulator.deliver, simulator.fail, simulator.clock.now):
        with pytest.raises(testing.SandboxError, match="was stopped"):
            used()


def test_simulator_that_was_never_started_does_not_start_after_its_end() -> None:
    """The end of a simulator is its end, whether it was started or not."""
    simulator = LocalSimulator()
    simulator.stop()
    with pytest.raises(testing.SandboxError, match="starts once"):
        simulator.start()


def test_simulator_takes_or_refuses_anything(liveform_simulator: LocalSimulator) -> None:
    """Any object in any argument is taken, or refused as liveform does."""

    def make(**settings: Any) -> None:
        LocalSimulator(**settings).stop()

    simulator = liveform_simulator
    url = simulator.project.form_url(userid="u")
    for thing in ANYTHING:
        each_argument(simulator.complete, thing, url=url, outcome="error", error="face-compare", to="0")
        each_argument(simulator.review, thing, submission_id="a", status="approved", reject_code="other")
        each_argument(simulator.fail, thing, **asdict(Fault(where="webhook", kind="drop")))
        each_argument(simulator.clock.move, thing, days=0, microseconds=0)
        tried(setattr, simulator, "webhook_url", thing)
        for name in CHANGES:
            tried(simulator.configure, **{name: thing})
        for name in AT_START:
            tried(make, **{name: thing})


def test_simulator_that_was_never_started_stops() -> None:
    """``stop`` ends a simulator once and for all, whether it was started or not, and frees its port."""
    for start in (lambda _: None, LocalSimulator.start):
        simulator = LocalSimulator()
        start(simulator)
        ended = threading.Thread(target=simulator.stop, daemon=True)
        ended.start()
        ended.join(60)
        assert not ended.is_alive()
        with socket.socket() as freed:
            freed.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            freed.bind(("127.0.0.1", int(simulator.base_url.rpartition(":")[2])))


def test_review_of_what_cannot_be_reviewed_is_refused(liveform_simulator: LocalSimulator) -> None:
    """An unknown id, a submission that is decided, and a status that no reviewer gives are SandboxErrors."""
    url = liveform_simulator.project.form_url(userid="user_12345")
    ids = []
    for outcome in ("approved", "pending"):
        liveform_simulator.complete(url, outcome)
        ids.append(json.loads(liveform_simulator.events[-1])["submission_id"])
    decided, pending = ids
    for submission_id, status in (("unknown", "approved"), (decided, "rejected"), (pending, "maybe")):
        with pytest.raises(testing.SandboxError):
            liveform_simulator.review(submission_id, status)
    for wrong in (
        {"submission_id": object(), "status": "approved"},
        {"status": "rejected", "reject_code": 5},
    ):
        with pytest.raises(ConfigError, match="must be"):
            liveform_simulator.review(**{"submission_id": pending, **wrong})
    with pytest.raises(testing.SandboxError, match="approved or rejected"):
        liveform_simulator.review(pending, [])  # type: ignore[arg-type]
    liveform_simulator.review(pending, "rejected")


def test_two_simulators_know_nothing_of_each_other(liveform_simulator: LocalSimulator) -> None:
    """Two simulators have other ports, keys and submission ids."""
    with LocalSimulator() as other:
        pairs = [(one.base_url, one.api_key, one.project.pid) for one in (liveform_simulator, other)]
        ids = [
            one.project.read_return(one.complete(one.project.form_url(userid="u"))).submission_id
            for one in (liveform_simulator, other)
        ]
        assert not set(pairs[0]) & set(pairs[1])
        assert ids[0] != ids[1]


def test_client_calls_the_simulator(
    request: pytest.FixtureRequest, liveform_simulator: LocalSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client of the fixture has the keys and the address of the simulator, and is closed at the end."""

    class Client:
        def __init__(self, api_key: str, **options: object) -> None:
            self.given: dict[str, object] = {"api_key": api_key, **options}

        def __enter__(self) -> "Client":
            return self

        def __exit__(self, *_: object) -> None:
            self.given.clear()

    rest = ModuleType("liveform.rest")
    rest.Client = Client  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "liveform.rest", rest)
    client = request.getfixturevalue("liveform_client")
    assert client.given == {
        "api_key": liveform_simulator.api_key,
        "face_auth_key": liveform_simulator.face_auth_key,
        "base_url": f"{liveform_simulator.base_url}/v3",
    }


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_event_is_ready_made(liveform_event: Any, trigger: str) -> None:
    """Every trigger of the vendor has a ready-made event with its members (section 9.3)."""
    assert trigger in KNOWN_TRIGGERS
    event = json.loads(liveform_event(trigger))
    assert event["webhook_trigger"] == trigger
    assert len(event) > 1
    assert len(TRIGGERS) == len(KNOWN_TRIGGERS)


def test_event_takes_other_members(liveform_event: Any) -> None:
    """Members of an event are replaced, added, or left out with None; an unknown trigger has these alone."""
    event = json.loads(liveform_event("approved", email="b@example.com", new=1, cf=None))
    assert (event["email"], event["new"]) == ("b@example.com", 1)
    assert "cf" not in event
    assert event["kyc_result"]["status"] == "approved"
    assert json.loads(liveform_event("other", a=1)) == {"webhook_trigger": "other", "a": 1}


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        *(({"trigger": trigger}, "trigger: must be text") for trigger in (None, 5)),
        ({"trigger": "approved", "a": object()}, "members: must be JSON"),
        *(({"trigger": "a", "b": b}, "members: must be JSON") for b in (b"", float("nan"), "\ud800")),
    ],
)
def test_event_that_cannot_be_written_is_refused(
    liveform_event: Any, given: dict[str, Any], problem: str
) -> None:
    """A trigger is text, and members are what JSON has."""
    with pytest.raises(ConfigError, match=problem):
        liveform_event(**given)


def test_errors_of_the_simulator_are_those_of_liveform() -> None:
    """A LiveformError catches what the simulator raises; each has a code, and can cross processes."""
    refused, error = FormRefused("TK-10001", "http://h/"), testing.SandboxError("a text")
    assert (refused.code, str(refused)) == ("TK-10001", "the form did not open: TK-10001")
    assert (error.code, str(error)) == ("sandbox_error", "a text")
    for one in (refused, error):
        assert isinstance(one, LiveformError)
        copied = pickle.loads(pickle.dumps(one))
        assert (type(copied), vars(copied), str(copied)) == (type(one), vars(one), str(one))


def test_plugin_has_no_other_names() -> None:
    """The plugin hands on its two classes, and has no name that it does not list."""
    assert {
        one.__name__ for one in (testing.FormRefused, testing.LocalSimulator, testing.SandboxError)
    } < set(testing.__all__)
    with pytest.raises(AttributeError, match="nothing"):
        getattr(testing, "nothing")  # noqa: B009 - mypy knows the names


def test_import_of_the_plugin_is_light() -> None:
    """Loading the plugin imports neither Flask nor any other part of the web helper."""
    code = (
        "import sys, webhelper.testing; "
        "print(sorted({'flask', 'httpx2', 'msgspec', 'webhelper.app', 'liveform'} & set(sys.modules)))"
    )
    answer = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert answer.stdout.strip() == "[]"


@pytest.mark.parametrize("processes", ["0", "2"])
def test_fixtures_work_in_a_project_of_ones_own(tmp_path: Path, processes: str) -> None:
    """A project of one's own uses the fixtures, in one process and in several (pytest-xdist)."""
    (tmp_path / "test_mine.py").write_text(ONE_TEST, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-n", processes, "-W", "error", str(tmp_path)]
    command += ["-p", "webhelper.testing", "-p", "no:liveform", "-p", "no:cacheprovider"]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env={"PATH": "", "PYTHONPATH": ":".join(path for path in sys.path if path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed" in done.stdout
