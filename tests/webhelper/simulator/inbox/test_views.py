"""These tests look at the page of the sandbox, and press its buttons."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sandboxes import StillClock

from liveform import Pipeline
from webhelper.simulator.sandbox.changes import delete
from webhelper.simulator.sandbox.faults import Fault
from webhelper.simulator.sandbox.sandbox import Sandbox

PID = "plain00001"
URL = "http://127.0.0.1:9/hook"


def emit(sandbox: Sandbox, url: str | None = URL) -> int:
    """Keep an event, and return its id."""
    members = {"webhook_trigger": "approved", "full_name": "<b>JANE</b>"}
    return sandbox.events.emit(PID, members, url=url, at=sandbox.clock.now())


def test_page_shows_requests_with_their_answers_and_what_was_wrong(
    client: FlaskClient, sandbox: Sandbox
) -> None:
    """The page shows a request with its status, its fault and a wrong key, and escapes what it holds."""
    sandbox.faults.add(Fault(where="rest", kind="status", status=429))
    client.get("/simulator/v3/submission?userid=%3Cb%3E")
    client.get("/simulator/v3/submission?userid=%3Cb%3Eme")
    page = client.get("/simulator/inbox").text
    assert "<strong>GET</strong> <code>/submission</code>" in page
    assert ">403</span>" in page
    assert "The key was missing or wrong." in page
    assert "A fault that you set: <strong>status</strong>" in page
    assert "<b>me" not in page


def test_page_shows_what_was_ignored_and_doubtful(client: FlaskClient, sandbox: Sandbox) -> None:
    """The page names what the vendor ignores of a request, and each doubt that decided the answer."""
    client.get("/simulator/v3/submission")
    (request,) = sandbox.requests.newest()
    sandbox.requests.add(replace(request, pid=PID, ignored=("nonsense",), doubts=("image_name", "other")))
    page = client.get("/simulator/inbox?show=requests").text
    assert "Ignored, as at the vendor: <code>nonsense</code>" in page
    assert 'here the simulator chose: <code lang="en">GET image reads the name' in page
    assert '<code lang="en">other</code>' in page


def test_page_shows_events_with_their_attempts(client: FlaskClient, simulator: Any, receiver: Any) -> None:
    """The page shows an event, its body and each attempt; buttons to send it only if it has a URL."""
    emit(simulator.sandbox, url=None)
    page = client.get("/simulator/inbox?show=events").text
    assert "no webhook URL" in page
    assert "None yet." in page
    assert "Send again" not in page
    receiver.statuses = [500]
    emit(simulator.sandbox)
    simulator.sender.deliver_due()
    page = client.get("/simulator/inbox").text
    assert "&lt;b&gt;JANE&lt;/b&gt;" in page
    assert "<strong>500</strong>" in page
    assert "Send again" in page


def test_page_shows_what_is_left_of_a_project(
    client: FlaskClient, sandbox: Sandbox, still: StillClock
) -> None:
    """The page shows credits, token ids and requests of today, as the dashboard has them."""
    assert "Token ids not used yet" not in client.get("/simulator/inbox").text
    changed = replace(
        sandbox.dashboard(PID), credits=10, webhook_url=URL, private_mode=True, secure_data_transfer=True
    )
    sandbox.configure(changed)
    sandbox.token_ids.register(PID, ["tok_12345"], at="2026-05-01T12:00:00.000Z", expires_at=None)
    sandbox.submit(PID, {}, "approved", pipeline=Pipeline.ID_DOCUMENT)
    headers = {"x-api-key": sandbox.dashboard(PID).api_key}
    client.get("/simulator/v3/submission", headers=headers)
    page = client.get("/simulator/inbox").text
    for shown in ("<dd>9</dd>", "<dd>1</dd>", "<dd>99,999</dd>", "<dd>1 / 100,000</dd>", "Private mode"):
        assert shown in page
    assert page.count("Secure Data Transfer") == 1
    still.turn(days=1)
    assert "<dd>0 / 100,000</dd>" in client.get("/simulator/inbox").text


def test_page_without_anything_says_so_and_has_no_inline_script(client: FlaskClient) -> None:
    """An empty page says what to do, leads to no console, and has no inline scripts or styles (CSP)."""
    page = client.get("/simulator/inbox/").text
    assert "None yet. Open a link, and end its form." in page
    assert "Nothing has come in yet." in page
    assert "Back to the console" not in page
    scripts = re.findall(r"<script[^>]*>", page)
    assert scripts == ['<script type="module" src="/simulator/static/inbox.js">']
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", page)
    with client.get("/simulator/static/inbox.js") as answer:
        assert answer.status_code == 200


@pytest.mark.parametrize(("lang", "title"), [("ko", "샌드박스"), ("en", "Sandbox"), ("fr", "Sandbox")])
def test_page_speaks_two_languages(client: FlaskClient, app: Any, lang: str, title: str) -> None:
    """The page is in English or Korean, as ``?lang=`` says."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = ""
    page = client.get(f"/simulator/inbox?lang={lang}").text
    assert ('lang="ko"' in page.partition("<head>")[0]) is (lang == "ko")
    assert title in page or lang == "ko"  # a bare app has no translations


@pytest.mark.parametrize("show", ["all", "requests", "events", "other", "<b>"])
def test_page_takes_any_filter(client: FlaskClient, show: str) -> None:
    """A filter that the page does not have shows all."""
    page = client.get("/simulator/inbox", query_string={"show": show}).text
    assert page.count('aria-current="page"') == 1


def test_clock_that_is_100_years_ahead_stays_there(client: FlaskClient, sandbox: Sandbox) -> None:
    """A button that would move the clock too far away from the real time answers 400."""
    for _ in range(10):
        sandbox.clock.move(timedelta(days=3_650))
    before = sandbox.clock.now()
    assert client.post("/simulator/inbox/clock", data={"by": "1h"}).status_code == 400
    assert sandbox.clock.now() == before


@pytest.mark.parametrize(("by", "seconds"), [("3min", 180), ("1h", 3_600), ("1d", 86_400)])
def test_button_moves_the_clock(client: FlaskClient, sandbox: Sandbox, by: str, seconds: int) -> None:
    """A button moves the clock of the sandbox, and leads back to the page with its filter and language."""
    before = sandbox.clock.now()
    answer = client.post("/simulator/inbox/clock", data={"by": by, "show": "events", "lang": "ko"})
    assert (sandbox.clock.now() - before).total_seconds() == seconds
    assert (answer.status_code, answer.location) == (303, "/simulator/inbox?show=events&lang=ko")


@pytest.mark.parametrize(
    ("name", "kind"),
    [("429", "status"), ("503", "status"), ("timeout", "timeout"), ("share", "status")]
    + [(name, name) for name in ("duplicate", "reorder", "drop")],
)
def test_button_sets_a_fault_and_another_removes_it(
    client: FlaskClient, sandbox: Sandbox, name: str, kind: str
) -> None:
    """A button sets a fault, which the page lists until a button removes it."""
    assert client.post("/simulator/inbox/faults", data={"add": name}).location == "/simulator/inbox"
    ((number, fault),) = sandbox.faults.all().items()
    assert fault.kind == kind
    assert "Set now" in client.get("/simulator/inbox").text
    client.post("/simulator/inbox/faults", data={"remove": str(number)})
    assert sandbox.faults.all() == {}


def test_buttons_send_an_event_again_twice_or_never(
    client: FlaskClient, sandbox: Sandbox, receiver: Any
) -> None:
    """Buttons send an event again, twice, or let it get lost."""
    path = f"/simulator/inbox/events/{emit(sandbox)}"
    for does, bodies in (("again", 1), ("twice", 3), ("lose", 3)):
        assert client.post(path, data={"do": does}).status_code == 303
        assert len(receiver.bodies) == bodies
    assert "lost by a fault" in client.get("/simulator/inbox").text


@pytest.mark.parametrize(("status", "codes"), [("approved", []), ("rejected", ["expired_id"])])
def test_buttons_review_a_pending_submission(
    client: FlaskClient, sandbox: Sandbox, status: str, codes: list[str]
) -> None:
    """A pending submission is approved or rejected with a code, once, with the event of that."""
    sid = sandbox.submit(PID, {"userid": "user_12345"}, "pending", pipeline=Pipeline.ID_DOCUMENT)
    assert "user_12345" in client.get("/simulator/inbox").text
    path = f"/simulator/inbox/submissions/{sid}"
    client.post(path, data={"status": status, "reject_code": "expired_id"})
    submission = sandbox.submissions.get(sid)
    assert (submission.status, submission.item["kyc"]["commentCode"]) == (status, codes)
    assert submission.item["reviewer"] == "admin@example.com"
    assert sandbox.events.newest(limit=1)[0].trigger == status
    assert client.post(path, data={"status": status}).status_code == 404


@pytest.mark.parametrize(
    ("before", "after", "trigger"), [("approved", "rejected", "updated"), ("rejected", "approved", "updated")]
)
def test_button_changes_a_decision(
    client: FlaskClient, sandbox: Sandbox, before: Any, after: str, trigger: str
) -> None:
    """A decision is changed to the other one, with the event ``updated``; the same once more is refused."""
    sid = sandbox.submit(PID, {}, before, pipeline=Pipeline.ID_DOCUMENT)
    assert f"Change to {after}" in client.get("/simulator/inbox").text
    path = f"/simulator/inbox/submissions/{sid}/change"
    assert client.post(path, data={"status": after}).status_code == 303
    assert sandbox.submissions.get(sid).status == after
    event = sandbox.events.newest(limit=1)[0]
    assert (event.trigger, event.members["data"]["kyc_result"]) == (trigger, after)
    assert client.post(path, data={"status": after}).status_code == 404
    assert f"Change to {before}" in client.get("/simulator/inbox").text


def test_decision_of_what_is_open_or_deleted_is_not_changed(client: FlaskClient, sandbox: Sandbox) -> None:
    """What is pending is reviewed and not changed; what is unfinished or deleted has no buttons."""
    pending = sandbox.submit(PID, {}, "pending", pipeline=Pipeline.ID_DOCUMENT)
    unfinished = sandbox.begin(PID, {}, pipeline=Pipeline.ID_DOCUMENT)
    deleted = sandbox.submit(PID, {}, "approved", pipeline=Pipeline.ID_DOCUMENT)
    delete(sandbox, sandbox.submissions.get(deleted), admin=None)
    page = client.get("/simulator/inbox").text
    assert all(f'<span class="badge {status}">' in page for status in ("pending", "incomplete", "deleted"))
    assert "Change to" not in page
    for sid in (pending, unfinished, deleted):
        answer = client.post(f"/simulator/inbox/submissions/{sid}/change", data={"status": "rejected"})
        assert answer.status_code == 404


def test_page_shows_the_newest_submissions_and_all_that_are_pending(
    client: FlaskClient, sandbox: Sandbox, still: StillClock, projects: Any
) -> None:
    """Of all projects, the page shows the newest twenty submissions, and older ones that are pending."""
    first, other = (
        sandbox.submit(one, {}, "pending", pipeline=Pipeline.ID_DOCUMENT)
        for one in (PID, projects["secret"].pid)
    )
    made = []
    for _ in range(21):
        still.turn(seconds=1)
        made.append(sandbox.submit(PID, {}, "approved", pipeline=Pipeline.ID_DOCUMENT))
    page = client.get("/simulator/inbox?show=requests").text
    shown = re.findall(r'<p class="who">.*?<code>(\w+)</code>', page)
    assert shown[:20] == made[:0:-1]
    assert sorted(shown[20:]) == sorted([first, other])


@pytest.mark.parametrize(
    ("path", "data", "status"),
    [
        ("clock", {}, 400),
        ("clock", {"by": "1y"}, 400),
        ("faults", {}, 400),
        ("faults", {"add": "nothing"}, 400),
        ("faults", {"remove": "x"}, 400),
        ("faults", {"remove": "-1"}, 400),
        ("faults", {"remove": "9" * 30}, 400),
        ("faults", {"remove": "²"}, 400),
        ("events/1", {}, 400),
        ("events/1", {"do": "again"}, 404),
        ("events/x", {"do": "again"}, 404),
        ("submissions/s1", {"status": "pending"}, 400),
        ("submissions/s1", {"status": "rejected", "reject_code": "<b>"}, 400),
        ("submissions/s1", {"status": "approved"}, 404),
        ("submissions/s1/change", {}, 400),
        ("submissions/s1/change", {"status": "pending"}, 400),
        ("submissions/s1/change", {"status": "approved"}, 404),
    ],
)
def test_form_of_what_the_page_never_sends_is_refused(
    client: FlaskClient, path: str, data: dict[str, str], status: int
) -> None:
    """A form with values that the page does not have answers 400, and one of what is not there 404."""
    assert client.post(f"/simulator/inbox/{path}", data=data).status_code == status


@pytest.mark.parametrize(
    ("site", "status"), [("cross-site", 403), ("same-site", 403), ("same-origin", 303), ("none", 303)]
)
def test_page_of_another_site_cannot_press_buttons(
    client: FlaskClient, sandbox: Sandbox, site: str, status: int
) -> None:
    """A form of another site is refused, and changes nothing (Fetch Metadata)."""
    before = sandbox.clock.now()
    answer = client.post("/simulator/inbox/clock", data={"by": "1h"}, headers={"Sec-Fetch-Site": site})
    assert answer.status_code == status
    assert (sandbox.clock.now() == before) is (status == 403)
    assert client.get("/simulator/inbox", headers={"Sec-Fetch-Site": site}).status_code == 200
