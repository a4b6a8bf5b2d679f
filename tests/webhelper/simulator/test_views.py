"""These tests open and submit the simulator's pages in a bare app."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import Babel
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sandboxes import StillClock
from werkzeug.test import TestResponse

from liveform import KycStatus, Project
from webhelper.simulator import open_simulator
from webhelper.simulator.dashboards import Site
from webhelper.simulator.error_pages import ERROR_PAGES
from webhelper.simulator.form_query import MAX_QUERY_CHARS
from webhelper.simulator.return_url import DYNAMIC_FIELDS
from webhelper.simulator.sandbox.sandbox import Sandbox
from webhelper.simulator.sandbox.submissions import Search

EVERY_FIELD: dict[str, Any] = {"field": list(DYNAMIC_FIELDS)}
Query = Callable[..., str]


def sent(client: FlaskClient, query: str, outcome: str = "approved", **more: Any) -> TestResponse:
    """Return the answer to the form's button."""
    form = {"query": query, "outcome": outcome, **EVERY_FIELD, **more}
    return client.post("/simulator/submit", data=form)


def error_of(answer: TestResponse) -> str:
    """Return the name of the error page that an answer redirects to."""
    assert answer.status_code == 303
    path = urlsplit(answer.location).path
    assert path.startswith("/simulator/error-page/")
    return path.removeprefix("/simulator/error-page/")


def link(answer: TestResponse) -> str:
    """Return the address behind the page's button."""
    found = re.search(r'class="button" href="([^"]*)"', answer.text)
    assert found, answer.text
    return found[1].replace("&amp;", "&")


@pytest.mark.parametrize("path", ["/simulator/", "/simulator", "/simulator/knowledge"])
def test_form_opens_and_says_that_it_is_a_simulator(client: FlaskClient, query: Query, path: str) -> None:
    """The form opens with and without a slash, and as the Knowledge form, and calls itself a simulator."""
    answer = client.get(f"{path}?{query('plain', userid='u')}")
    assert answer.status_code == 200
    assert "<strong>Simulator</strong>" in answer.text


def test_form_shows_what_it_understood_and_what_not(client: FlaskClient, query: Query) -> None:
    """The form lists understood and ignored parameters with their reasons, and escapes their values."""
    text = query(
        "secret", {"userid": "<b>u</b>", "lang": "ko"}, ageLimit="true", token="tok_12345", cf1="one"
    )
    page = client.get(f"/simulator/?{text}&cf1=two").text
    assert "&lt;b&gt;u&lt;/b&gt;" in page
    assert "It has an effect only in plain." in page
    assert "The vendor documents: false only" in page
    assert "In this place it has another name: <code>tokenid</code>" in page
    assert "It is given more than once. Here, the first counts." in page
    assert "4 things in the address" in page
    assert "<b>u</b>" not in page


def test_form_without_trouble_keeps_the_panel_closed(client: FlaskClient, query: Query) -> None:
    """The panel of findings stays closed if nothing is ignored."""
    page = client.get(f"/simulator/?{query('secret', {'userid': 'u'})}").text
    assert '<details class="card findings" id="findings">' in page
    assert "in the address" not in page


def test_pages_have_no_inline_script_or_style(client: FlaskClient, query: Query) -> None:
    """A page of the simulator has neither inline scripts nor inline styles."""
    text = query("secret", {"userid": "u"})
    for answer in (
        client.get(f"/simulator/?{text}"),
        client.get("/simulator/error-page/unknown-pid", query_string={"query": text}),
        sent(client, text, result_page="on"),
    ):
        assert not re.search(r"<script|<style|\sstyle=|\son\w+=|javascript:", answer.text)


def test_static_stylesheet_is_the_simulators_own(client: FlaskClient, query: Query) -> None:
    """The simulator serves the stylesheet that its pages use."""
    page = client.get(f"/simulator/?{query('plain')}").text
    found = re.search(r'rel="stylesheet" href="([^"]+)"', page)
    assert found
    with client.get(found[1]) as answer:
        assert (answer.status_code, answer.mimetype) == (200, "text/css")


@pytest.mark.parametrize(
    ("lang", "expected"),
    [("ko", "ko"), ("KO-KR", "ko"), ("en", "en"), ("fr", "en"), ("", "en"), ("../x", "en")],
)
def test_form_speaks_the_language_of_the_url(
    client: FlaskClient, query: Query, lang: str, expected: str
) -> None:
    """The form is in the language of the plain lang, in Encryption-only mode too (DP), else in English."""
    assert f'<html lang="{expected}">' in client.get(f"/simulator/?{query('only', {}, lang=lang)}").text


def test_form_lang_inside_encrypted_has_no_effect(client: FlaskClient, query: Query) -> None:
    """A lang inside ``encrypted`` does not change the language (DP)."""
    assert '<html lang="en">' in client.get(f"/simulator/?{query('secret', {'lang': 'ko'})}").text


def test_late_start_leads_to_the_vendors_error_page(client: FlaskClient, query: Query) -> None:
    """A late start shows expired-start-valid-until with PV-40018, before the token counts (QS 2026-04)."""
    text = query(
        "secret", {"startValidUntil": "2026-05-01T11:59:59Z", "token": "demo-expired-1", "userid": "u"}
    )
    answer = client.get(f"/simulator/?{text}")
    assert error_of(answer) == "expired-start-valid-until"
    page = client.get(answer.location)
    assert page.status_code == 410
    assert "PV-40018" in page.text
    assert "simulated code" not in page.text


@pytest.mark.parametrize(
    ("project", "secret", "plain", "kind", "status"),
    [
        ("secret", {"auxidField": {"a": 1}, "selectedIdType": "passport"}, {}, "conflicting-options", 400),
        ("secret", None, {"encrypted": "AAAA"}, "unopened-encrypted", 400),
        ("plain", None, {"action": "addveri"}, "missing-sid", 400),
        ("plain", None, {"pid": "nobody"}, "unknown-pid", 404),
        ("plain", None, {"pid": ""}, "missing-pid", 400),
        ("plain", None, {"cf1": "x" * MAX_QUERY_CHARS}, "unreadable-address", 400),
        ("plain", None, {"tokenid": "demo-expired-1"}, "token-expired", 410),
        ("plain", None, {"tokenid": "demo-approved-1"}, "token-approved", 403),
        ("plain", None, {"tokenid": "x"}, "token-invalid", 403),
    ],
)
def test_refused_url_leads_to_its_error_page(
    client: FlaskClient,
    query: Query,
    project: str,
    secret: dict[str, object] | None,
    plain: dict[str, str],
    kind: str,
    status: int,
) -> None:
    """A refused URL shows its error page and status, and marks a code that we made up."""
    answer = client.get(f"/simulator/?{query(project, secret, **plain)}")
    assert error_of(answer) == kind
    page = client.get(answer.location)
    assert page.status_code == status
    assert ("simulated code" in page.text) is ERROR_PAGES[kind].is_simulated


def test_error_page_button_leads_to_the_return_url_with_error_code(
    client: FlaskClient, projects: dict[str, Project], query: Query
) -> None:
    """The button of an error page returns an errorCode without status and submission (RET 2026-04)."""
    answer = client.get(f"/simulator/?{query('secret', {'token': 'demo-expired-1', 'userid': 'u'})}")
    claims = projects["secret"].read_return(link(client.get(answer.location)))
    assert (claims.error_code, claims.userid) == ("TK-10001", "u")
    assert (claims.kyc_status, claims.submission_id) == (None, None)


def test_error_page_of_an_unknown_project_has_no_button(client: FlaskClient) -> None:
    """The error page of an unknown project has no button, because it has no Return URL."""
    page = client.get("/simulator/error-page/unknown-pid", query_string={"query": "pid=nobody"})
    assert 'class="button"' not in page.text


def test_error_page_try_again_leads_to_the_same_form(client: FlaskClient, query: Query) -> None:
    """The error page links back to the same form with the same query (INJ)."""
    text = query("secret", {"userid": "u"})
    for form, path in (("", "/simulator/"), ("knowledge", "/simulator/knowledge")):
        values = {"query": text, "form": form}
        page = client.get("/simulator/error-page/id-liveness", query_string=values).text
        assert f'href="{path}?{text.replace("&", "&amp;")}"' in page


@pytest.mark.parametrize("kind", ["nothing", "PV-40018", "..", "%00", "expired-start-valid-until/x"])
def test_error_page_without_such_an_error_is_not_found(client: FlaskClient, kind: str) -> None:
    """An error page of an unknown name answers 404."""
    assert client.get(f"/simulator/error-page/{kind}").status_code == 404


@pytest.mark.parametrize("status", list(KycStatus))
def test_submit_goes_back_with_the_outcome(
    client: FlaskClient, projects: dict[str, Project], query: Query, status: KycStatus
) -> None:
    """The form returns the outcome, encrypted, to the first Return URL, without an errorCode (RET, FAQ)."""
    answer = sent(client, query("secret", {"userid": "u", "cf3": "state"}, email="a@b"), status)
    assert answer.status_code == 303
    assert answer.location.startswith("http://localhost/return/done?encrypted=")
    claims = projects["secret"].read_return(answer.location)
    assert (claims.kyc_status, claims.userid, claims.cf3, claims.email) == (status, "u", "state", "a@b")
    assert re.fullmatch(r"[a-z0-9]{13}|[a-z0-9]{15}_[a-z0-9]{2}", claims.submission_id or "")
    assert claims.error_code is None


def test_submit_plain_with_chosen_fields(client: FlaskClient, query: Query) -> None:
    """A plain return contains only the fields that the tester chose."""
    answer = sent(
        client,
        query("secret", {"userid": "u"}),
        field=["userid", "kycStatus"],
        encryption="plain",
        damage="plus",
    )
    assert answer.location == "http://localhost/return/done?userid=u&kycStatus=approved"


def submission_id_of(answer: TestResponse) -> str:
    """Return the submission id in a plain Return URL."""
    return parse_qs(urlsplit(answer.location).query)["submissionId"][0]


def test_submit_injection_returns_the_same_submission(client: FlaskClient, query: Query) -> None:
    """An injection returns the sid as its submission id, with the status of that submission (INJ)."""
    sid = submission_id_of(sent(client, query("plain"), "pending"))
    answer = sent(client, query("plain", sid=sid, action="addveri"))
    assert submission_id_of(answer) == sid
    assert parse_qs(urlsplit(answer.location).query)["kycStatus"] == ["pending"]


def test_submit_injection_of_an_unknown_submission_is_refused(client: FlaskClient, query: Query) -> None:
    """An injection into a submission that is not there shows an error page, opened or sent (INJ)."""
    text = query("plain", sid="sub123", action="addveri")
    assert error_of(client.get(f"/simulator/?{text}")) == "unknown-sid"
    assert error_of(sent(client, text)) == "unknown-sid"


def test_injection_adds_to_a_submission_or_fails_with_a_code(
    client: FlaskClient, query: Query, sandbox: Sandbox
) -> None:
    """An injection changes the submission and makes its event; a refused one only says why (row 9.22)."""
    sid = submission_id_of(sent(client, query("plain", cf1="before"), "approved"))
    text = query("plain", sid=sid, action="addveri", cf1="after")
    assert "Refuse the data" in client.get(f"/simulator/?{text}").text
    sent(client, text, "rejected", fail_code="blackliskCountries")
    assert sandbox.submissions.get(sid).data["cf1"] == "before"
    sent(client, text, "approved", fail_code="blackliskCountries")
    assert sandbox.submissions.get(sid).data["cf1"] == "after"
    events = [one.members for one in sandbox.events.newest(limit=2)]
    assert [one["webhook_trigger"] for one in events] == ["injection", "injectionFail"]
    assert events[1]["action"]["failCode"] == "blackliskCountries"


def test_submission_has_the_values_of_the_form_and_the_tester(
    client: FlaskClient, query: Query, sandbox: Sandbox
) -> None:
    """A submission has the values of the form URL, its retry and its reject code, each with an event."""
    text = query("secret", {"userid": "user_12345", "cf3": "state", "token": "tok_12345"})
    sent(client, text, "rejected", reject_code="expired_id", retry_code="glare_detected")
    (submission,) = sandbox.submissions.search(Search(pid="secret0001"))
    assert (submission.item["userid"], submission.data["cf3"]) == ("user_12345", "state")
    assert (submission.status, submission.token_id) == ("rejected", "tok_12345")
    assert submission.item["kyc"]["commentCode"] == ["expired_id"]
    assert submission.item["kyc"]["attempts"][0]["retryCode"] == ["glare_detected"]
    triggers = [event.trigger for event in reversed(sandbox.events.newest())]
    assert triggers == ["created", "retry", "rejected"]


def test_submission_takes_a_credit_and_needs_one(client: FlaskClient, query: Query, sandbox: Sandbox) -> None:
    """A form of a project without credits shows an error page when it is sent."""
    sandbox.configure(replace(sandbox.dashboard("plain00001"), credits=1))
    assert sent(client, query("plain")).location.startswith("http://localhost/return/done")
    assert error_of(sent(client, query("plain"))) == "no-credits"
    assert len(sandbox.submissions.search(Search(pid="plain00001"))) == 1


def test_form_offers_what_the_dashboard_says(client: FlaskClient, query: Query, sandbox: Sandbox) -> None:
    """The form ticks the dashboard's dynamic fields, its encryption and its result page by default."""
    page = client.get(f"/simulator/?{query('secret', {'userid': 'u'})}").text
    assert 'value="userid" checked' in page
    assert 'name="encryption" value="" checked' in page
    assert 'name="result_page">' in page
    changed = replace(
        sandbox.dashboard("secret0001"),
        return_fields=frozenset({"kycStatus"}),
        return_encrypted=False,
        skip_result_page=False,
    )
    sandbox.configure(changed)
    page = client.get(f"/simulator/?{query('secret', {'userid': 'u'})}").text
    assert 'value="userid">' in page
    assert 'value="kycStatus" checked' in page
    assert 'name="encryption" value="plain" checked' in page
    assert 'name="result_page" checked' in page


def test_submit_shows_the_result_page_before_another_site(
    client: FlaskClient, projects: dict[str, Project], query: Query
) -> None:
    """A return to another site goes through a link on the result page, as form-action demands."""
    answer = sent(client, query("secret", {"userid": "u"}), to="1")
    assert answer.status_code == 200
    assert link(answer).startswith("https://app.example.com/back?a=b&encrypted=")
    assert projects["secret"].read_return(link(answer)).kyc_status is KycStatus.APPROVED


def test_submit_shows_the_result_page_on_demand(client: FlaskClient, query: Query) -> None:
    """The form shows the result page if the tester asks for it (FAQ)."""
    answer = sent(client, query("plain"), "rejected", result_page="on")
    assert "<h1>Rejected</h1>" in answer.text
    assert link(answer).startswith("http://localhost/return/done?")


def test_submit_without_a_return_url_ends_on_the_result_page(client: FlaskClient, query: Query) -> None:
    """A project without a Return URL ends on the result page, which says so."""
    answer = sent(client, query("only", {"userid": "u"}), "pending")
    assert answer.status_code == 200
    assert "This project has no Return URL." in answer.text


def test_submit_error_leads_to_the_error_page_with_the_choices(
    client: FlaskClient, projects: dict[str, Project], query: Query
) -> None:
    """A chosen error keeps the fields, the encryption and the Return URL that the tester chose."""
    text = query("secret", {"userid": "u", "cf1": "c"})
    more = {"error": "face-compare", "field": ["cf1", "errorCode"], "encryption": "plain", "to": "1"}
    answer = sent(client, text, "error", **more)
    assert error_of(answer) == "face-compare"
    page = client.get(answer.location)
    assert page.status_code == 200
    assert link(page) == "https://app.example.com/back?a=b&cf1=c&errorCode=SE-50022"
    assert projects["secret"].read_return(link(page)).error_code == "SE-50022"


@pytest.mark.parametrize("kind", sorted(ERROR_PAGES))
def test_every_error_page_can_be_chosen(client: FlaskClient, query: Query, kind: str) -> None:
    """The tester can choose every error page, which shows its code and has its status."""
    answer = sent(client, query("plain", userid="u"), "error", error=kind)
    assert error_of(answer) == kind
    page = client.get(answer.location)
    assert (page.status_code, ERROR_PAGES[kind].code in page.text) == (ERROR_PAGES[kind].status, True)


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"outcome": "won"},
        {"outcome": "error"},
        {"outcome": "error", "error": "nothing"},
        {"outcome": "usable"},
        {"outcome": "incomplete"},
        {"outcome": "rejected", "reject_code": "<b>"},
        {"outcome": "rejected", "retry_code": "x" * 65},
        {"outcome": "rejected", "fail_code": "two words"},
        {"outcome": "approved", "to": "2"},
        {"outcome": "approved", "to": "https://evil.example.com"},
        {"outcome": "error", "error": "token-expired", "to": "x"},
    ],
)
def test_submit_of_what_the_form_never_sends_is_a_bad_request(
    client: FlaskClient, query: Query, form: dict[str, str]
) -> None:
    """A form with an unknown outcome, error or place of a Return URL answers 400."""
    data = {"query": query("secret", {"userid": "u"}), **form}
    assert client.post("/simulator/submit", data=data).status_code == 400


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", "missing-pid"),
        ("pid=nobody", "unknown-pid"),
        ("pid=secret0001&encrypted=AAAA", "unopened-encrypted"),
        ("pid=plain00001&action=addveri", "missing-sid"),
        ("pid=plain00001&cf1=" + "x" * MAX_QUERY_CHARS, "unreadable-address"),
    ],
)
def test_submit_reads_the_query_anew(client: FlaskClient, text: str, kind: str) -> None:
    """The form is refused on submission if its query would not open the form."""
    assert error_of(sent(client, text)) == kind


def test_submit_by_get_is_not_allowed(client: FlaskClient) -> None:
    """GET of the submission's address answers 405."""
    assert client.get("/simulator/submit").status_code == 405


def test_token_is_used_up_by_a_decision(client: FlaskClient, query: Query, still: StillClock) -> None:
    """A decided token is refused with its decision (QS), and as expired after three minutes (GB-QS)."""
    text = query("secret", {"token": "tok_12345"})
    assert client.get(f"/simulator/?{text}").status_code == 200
    assert sent(client, text, "pending").status_code == 303
    assert error_of(client.get(f"/simulator/?{text}")) == "token-pending"
    still.turn(minutes=3, seconds=1)
    assert error_of(client.get(f"/simulator/?{text}")) == "token-expired"


def test_token_expires_three_minutes_after_the_form_was_opened(
    client: FlaskClient, query: Query, still: StillClock
) -> None:
    """A token expires three minutes after the form opened, and an open form can still be sent (QS)."""
    text = query("plain", tokenid="tok_12345")
    assert client.get(f"/simulator/?{text}").status_code == 200
    still.turn(minutes=3)
    assert client.get(f"/simulator/?{text}").status_code == 200
    still.turn(seconds=1)
    assert error_of(client.get(f"/simulator/?{text}")) == "token-expired"
    assert sent(client, text).location.startswith("http://localhost/return/done")


unquoted = st.text(alphabet=st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters="#"))
anything = st.one_of(
    st.binary(max_size=200).map(lambda raw: raw.decode("latin-1")),
    unquoted,
    st.lists(
        st.sampled_from(
            [
                "pid=plain00001",
                "pid=secret0001",
                "encrypted=AA%2B",
                "action=addveri",
                "sid=",
                "&&==",
                "lang=ko",
            ]
        )
    ).map("&".join),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=anything, path=st.sampled_from(["/simulator/", "/simulator/knowledge"]))
def test_any_query_leads_to_a_page(client: FlaskClient, text: str, path: str) -> None:
    """A query of any bytes leads to a page with status 200, 400, 403, 404 or 410."""
    answer = client.get(path, environ_overrides={"QUERY_STRING": text}, follow_redirects=True)
    assert answer.status_code in (200, 400, 403, 404, 410)
    assert "Simulator" in answer.text


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    query=st.text(max_size=100) | st.just("pid=secret0001&cf1=\x01&cf2=한국"),
    outcome=st.sampled_from(["approved", "error", "x"]),
    error=st.sampled_from(sorted(ERROR_PAGES)) | st.text(max_size=10),
    to=st.sampled_from(["0", "1", "2", "x"]) | st.text(max_size=3),
    field=st.lists(st.sampled_from(DYNAMIC_FIELDS) | st.text(max_size=5)),
)
def test_any_form_leads_to_an_answer(
    client: FlaskClient, query: str, outcome: str, error: str, to: str, field: list[str]
) -> None:
    """Any form leads to a page of the simulator or an allowed Return URL, or answers 400."""
    form = {"query": query, "outcome": outcome, "error": error, "to": to, "field": field}
    answer = client.post("/simulator/submit", data=form)
    assert answer.status_code in (200, 303, 400)
    if answer.status_code == 303:
        assert answer.location.startswith(("/simulator/error-page/", "http://localhost/return/done"))
        if answer.location.startswith("/simulator/"):
            assert client.get(answer.location).status_code in (200, 400, 403, 404, 410)


def test_largest_query_still_returns_encrypted(client: FlaskClient, projects: dict[str, Project]) -> None:
    """A value of 5,400 control characters still returns encrypted."""
    text = "pid=secret0001&cf1=" + "%01" * 5400
    answer = sent(client, text)
    assert answer.status_code == 303
    assert projects["secret"].read_return(answer.location).cf1 == "\x01" * 5400


def test_blueprint_without_a_clock_takes_the_real_time(projects: dict[str, Project], query: Query) -> None:
    """A simulator without a clock uses the real time."""
    app = Flask("bare")
    Babel(app)
    simulator = open_simulator(None, projects, Site(return_urls={}))
    app.register_blueprint(simulator.blueprint, url_prefix="/simulator")
    for until, status in (("2020-01-01T00:00:00Z", 303), ("9999-01-01T00:00:00Z", 200)):
        text = query("secret", {"startValidUntil": until})
        assert app.test_client().get(f"/simulator/?{text}").status_code == status
    simulator.close()
