"""These tests fill in the form for a new link, wrongly in many ways at once, in both languages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from html_forms import Form
from sites import HOLDER, TOKEN, projects

from liveform import PARAMETERS, Pipeline, Place
from webhelper.links.link_request import LINK_PIPELINES

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.testing import FlaskClient

LINK_REQUEST = {"pipeline": "id_document", "project": "shop", "expires_in": "900", "max_uses": "1"}
KOREAN = re.compile("[가-힣]")
WRONG = {
    "max_uses": "0",
    "label": "x" * 101,
    "unique_userid": "a b",
    "next": "https://evil.example.com/",
    "note": "x" * 501,
    "email": "nobody",
    "tokenId": "x",
    "projectionName": "Not Lower",
    "allowedCountries": "kr",
    "auxidField": "{}",
}
ENCRYPTED, PLAIN = "Only for projects with encryption.", "It is never encrypted."


@pytest.fixture
def staff(client: FlaskClient) -> FlaskClient:
    """Return a browser that is signed in to the console."""
    client.post("/sign-in", data={"token": TOKEN})
    return client


def sent(staff: FlaskClient, language: str = "en", **changes: str) -> tuple[Form, str]:
    """Return the form after it was refused, and its page."""
    answer = staff.post(f"/links?lang={language}", data=LINK_REQUEST | changes)
    assert answer.status_code == 422, answer.text
    return Form(answer.text), answer.text


@pytest.mark.parametrize("row", [row for row in PARAMETERS if set(row.places) & set(LINK_PIPELINES)])
def test_hint_says_where_a_parameter_can_be_sent(staff: FlaskClient, row: object) -> None:  # C2
    """A hint says whether a parameter needs encryption, is never encrypted, or neither."""
    form = Form(staff.get("/links/new").text)
    name, places = row.vendor_name, {row.places[one] for one in LINK_PIPELINES if one in row.places}  # type: ignore[attr-defined]
    if name not in form.values:
        return  # the link sets it
    hint = form.texts[f"{name}-hint"]
    assert (ENCRYPTED in hint) is (places == {Place.ENCRYPTED})
    assert (PLAIN in hint) is (places == {Place.PLAIN})
    only_for = "For “More data for a submission”, only for projects with encryption."
    assert (only_for in hint) is (name == "userid")


def test_field_that_a_form_needs_comes_first_and_is_marked(staff: FlaskClient) -> None:  # C3
    """The submission's id stands before the closed groups, says what needs it, and has no other place."""
    page = staff.get("/links/new").text
    assert 0 < page.index('id="pipeline"') < page.index('id="sid"') < page.index("<details")
    assert page.count('id="sid"') == 1
    label = page[page.index('for="sid"') :].partition("</label>")[0]
    assert "needed for “More data for a submission”" in label
    assert page.count('data-needed-by="injection"') == 1


def test_missing_field_is_told_with_everything_else(staff: FlaskClient) -> None:  # C3, C4
    """A form without what it needs says so at that field, and checks the rest all the same."""
    form, _ = sent(staff, pipeline="injection", ipRiskCategory="car", unique_userid="a b")
    assert form.invalid == {"sid", "ipRiskCategory", "unique_userid"}
    assert form.focused == ["sid"]


@pytest.mark.parametrize("language", ["en", "ko"])
def test_all_that_is_wrong_is_told_at_once(staff: FlaskClient, language: str) -> None:  # C4
    """Every wrong field is marked and has a text in the reader's language; the first one has the focus."""
    form, page = sent(staff, language, **WRONG)
    assert form.invalid == set(WRONG)
    assert form.focused == ["max_uses"]
    assert {name: form.values[name] for name in WRONG} == WRONG
    for name in WRONG:
        text = form.texts[f"{name}-error"]
        assert f"{name}-error" in form.described[name]
        assert bool(KOREAN.search(text)) is (language == "ko"), text
        assert f"<strong>{name}</strong>: " in page


@pytest.mark.parametrize(
    ("wrong", "first"),
    [
        ({"allowedCountries": "kr", "note": "x" * 501}, "note"),
        ({"allowedCountries": "kr", "email": "nobody"}, "email"),
        ({"auxidField": "{}"}, "auxidField"),
    ],
)
def test_focus_is_on_the_first_wrong_field_of_the_page(  # C4
    staff: FlaskClient, wrong: dict[str, str], first: str
) -> None:
    """The focus is on the wrong field that comes first on the page, and its group is open."""
    form, page = sent(staff, **wrong)
    assert form.focused == [first]
    for name in wrong:
        before = page[: page.index(f'id="{name}"')]
        opened = before[before.rindex("<details") :] if name != "note" else "<details open"
        assert " open>" in opened or name == "note"


def test_field_that_only_lacks_a_wrong_one_is_not_blamed(staff: FlaskClient) -> None:
    """A field that needs another one is right if the other one is there, though wrong."""
    injection = {"pipeline": "injection", "sid": "sub-1", "project": "signup"}
    form, _ = sent(staff, **injection, ipRiskCategory="car", ipRiskDurationHours="5")
    assert form.invalid == {"ipRiskCategory"}
    form, _ = sent(staff, **injection, ipRiskDurationHours="5")
    assert form.invalid == {"ipRiskDurationHours"}


def test_fields_of_another_form_are_all_told(staff: FlaskClient) -> None:
    """Whatever the chosen form does not have is marked, so that nothing is dropped silently."""
    form, page = sent(staff, "ko", pipeline="injection", sid="a", email="a@example.com", ageLimit="false")
    assert form.invalid == {"email", "ageLimit"}
    assert "injection_url" not in page


def test_value_is_read_as_in_every_other_text(staff: FlaskClient, api: FlaskClient) -> None:
    """Names in the form may have spaces between, as in cells and options."""
    answer = staff.post("/links", data=LINK_REQUEST | {"allowedCountries": "USA, KOR"})
    assert answer.status_code == 303
    assert api.get("/api/links").get_json()["links"][0]["field_names"] == ["allowedCountries"]


@pytest.mark.parametrize("language", ["en", "ko"])
def test_site_without_a_store_asks_only_for_what_it_takes(
    make_app: Callable[..., Flask], language: str
) -> None:
    """Without a store, the form has no field that is refused, and says in either language why others are."""
    staff = make_app(STORE="sealed:").test_client()
    staff.post("/sign-in", data={"token": TOKEN})
    form = Form(staff.get("/links/new").text)
    assert not {"max_uses", "label", "unique_userid", "next", "note"} & set(form.values)
    filled = {name: value for name, value in form.values.items() if value is not None}
    assert staff.post("/links", data=filled).status_code == 201
    _, page = sent(staff, language, label="a")
    (notice,) = re.findall(r'role="alert">(.*?)</p>', page)
    assert bool(KOREAN.search(notice)) is (language == "ko")
    assert "label" in notice


def test_form_of_each_pipeline_can_be_sent(staff: FlaskClient) -> None:
    """With what it needs, each form makes a link."""
    for pipeline in LINK_PIPELINES:
        needed = {"sid": "sub-1"} if pipeline is Pipeline.INJECTION else {}
        assert staff.post("/links", data=LINK_REQUEST | {"pipeline": pipeline} | needed).status_code == 303


@pytest.mark.parametrize(("language", "title"), [("en", "How many times"), ("ko", "사용 횟수")])
def test_summary_says_what_the_form_calls_a_field(staff: FlaskClient, language: str, title: str) -> None:
    """What is wrong is listed by the words that stand at each field, and by the field's name."""
    _, page = sent(staff, language, max_uses="0")
    assert f"<br>{title} <strong>max_uses</strong>: " in page
    assert f'<label for="max_uses">{title}</label>' in page


@pytest.mark.parametrize("hosts", [["app.example.com", "b.example.com:8443"], []])
def test_hint_says_where_a_link_may_lead(make_app: Callable[..., Flask], hosts: list[str]) -> None:
    """The field for the address after the check lists the hosts that the settings allow."""
    client = make_app(RETURN_HOSTS=hosts).test_client()
    client.post("/sign-in", data={"token": TOKEN})
    page = client.get("/links/new").text
    assert ("on one of these hosts: app.example.com, b.example.com:8443." in page) is bool(hosts)
    assert ("allow no host yet" in page) is (not hosts)


def test_form_names_the_projects_of_the_account_alone(make_app: Callable[..., Flask]) -> None:
    """Staff whose account is for some projects read no other's name, in the form or in its errors."""
    scopes = {HOLDER: ["console", "create", "project:shop", "project:plain"]}
    client = make_app(API_SCOPES=scopes).test_client()
    client.post("/sign-in", data={"token": TOKEN})
    for project in (None, "", "nobody", "signup"):
        changes = {} if project is None else {"project": project}
        answer = client.post("/links", data={"pipeline": "id_document", "expires_in": "900"} | changes)
        assert answer.status_code == (403 if project else 422)
        assert "signup" not in answer.text.replace("sign-up", "")
    page = client.get("/links/new").text
    assert re.findall(r"<option>(\w+)</option>", page) == ["plain", "shop"]
    assert "signup" not in page


def test_form_names_every_project_to_an_account_for_all(staff: FlaskClient) -> None:
    """Staff whose account is for every project read which ones there are."""
    answer = staff.post("/links", data=LINK_REQUEST | {"project": ""})
    assert "must be one of" in answer.text
    assert all(name in answer.text for name in projects())
