"""These tests build the form URL of a link and its visit."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sites import KEY, NOW, projects

from liveform import FieldError, LiveformError, Pipeline, Project
from webhelper.errors import UnknownLinkError
from webhelper.links.form_url import FormUrls, MovedFormUrls, is_language
from webhelper.links.models import LinkSpec, Visit
from webhelper.links.signing.visit_state import ReturnedState, VisitStates
from webhelper.links.visit_ids import new_visit_id

PROJECTS = projects()
STATES = VisitStates([KEY], lambda: NOW)
TARGETS = FormUrls(PROJECTS, STATES, "cf3")
BROWSER = b"b" * 32
VISIT = Visit(id=new_visit_id("A" * 16, NOW), link_id="A" * 16, at=NOW)
END = int(NOW) + 900


def spec(
    project: str = "shop",
    pipeline: Pipeline = Pipeline.ID_DOCUMENT,
    /,
    prefix: str | None = None,
    **fields: Any,
) -> LinkSpec:
    """Return a link spec that expires at END."""
    return LinkSpec(
        project=project,
        pipeline=pipeline,
        fields=fields,
        expires_at=END,
        max_uses=None,
        unique_userid=prefix,
    )


def members(url: str, project: str = "shop") -> dict[str, Any]:
    """Return what the vendor reads in a URL: its plain parameters and the encrypted ones."""
    plain: dict[str, Any] = {name: value for name, (value,) in parse_qs(urlsplit(url).query).items()}
    encrypted = plain.pop("encrypted", None)
    return plain if encrypted is None else plain | PROJECTS[project].decrypt(encrypted)


@pytest.mark.parametrize("project", ["shop", "signup"])
@pytest.mark.parametrize("pipeline", [Pipeline.ID_DOCUMENT, Pipeline.KNOWLEDGE])
def test_url_of_an_encrypting_project_ends_when_the_link_does(project: str, pipeline: Pipeline) -> None:
    """The form URL of a project with a key carries the link's expiry, encrypted, as startValidUntil."""
    url = TARGETS.url(spec(project, pipeline, userid="user_1"), VISIT, browser=BROWSER)
    assert "startValidUntil" not in url
    until = members(url, project)["startValidUntil"]
    assert datetime.fromisoformat(until) == datetime.fromtimestamp(END, UTC)


@pytest.mark.parametrize("pipeline", [Pipeline.ID_DOCUMENT, Pipeline.KNOWLEDGE])
def test_url_of_a_plain_project_has_no_end_of_its_own(pipeline: Pipeline) -> None:
    """The form URL of a project without a key has no startValidUntil, which must be encrypted."""
    url = TARGETS.url(spec("plain", pipeline, userid="user_1"), VISIT, browser=BROWSER)
    assert set(members(url)) == {"pid", "userid", "cf3"}


def test_url_of_an_injection_has_no_end_of_its_own() -> None:
    """The form URL of an injection has no startValidUntil, which the vendor does not know there."""
    url = TARGETS.url(spec("shop", Pipeline.INJECTION, sid="sub-1"), VISIT, browser=BROWSER)
    assert set(members(url)) == {"pid", "sid", "action", "cf3"}


@pytest.mark.parametrize("project", ["plain", "shop", "signup"])
@pytest.mark.parametrize("state_field", ["cf1", "cf2", "cf3"])
def test_url_carries_the_state_of_the_visit(project: str, state_field: str) -> None:
    """The form URL carries the visit state in STATE_FIELD, bound to the project and the user id."""
    url = FormUrls(PROJECTS, STATES, state_field).url(spec(project, userid="user_1"), VISIT, browser=BROWSER)
    state = members(url, project)[state_field]
    assert STATES.verify(state, project=project, userid="user_1", browser=BROWSER) == ReturnedState(
        VISIT.id, userid_matches=True, browser_matches=True
    )
    assert STATES.verify(state, project=project, userid="user_2", browser=BROWSER) == ReturnedState(
        VISIT.id, userid_matches=False, browser_matches=True
    )


def test_url_of_a_strict_project_shows_nothing_but_its_id() -> None:
    """The form URL in Encryption-only mode shows the pid and nothing else in plain."""
    url = TARGETS.url(spec("signup", userid="jane", email="jane@example.com"), VISIT, browser=BROWSER)
    assert set(parse_qs(urlsplit(url).query)) == {"pid", "encrypted"}
    assert "jane" not in url


@pytest.mark.parametrize("project", ["plain", "shop", "signup"])
@pytest.mark.parametrize(
    ("pipeline", "fields", "path"),
    [
        (Pipeline.ID_DOCUMENT, {"lang": "ko"}, "/"),
        (Pipeline.KNOWLEDGE, {"lang": "ko"}, "/knowledge"),
        (Pipeline.INJECTION, {"sid": "sub-1"}, "/"),
    ],
)
def test_url_starts_with_the_address_of_the_project(
    project: str, pipeline: Pipeline, fields: dict[str, str], path: str
) -> None:
    """The form URL starts with the project's address, followed by the path of the pipeline."""
    url = TARGETS.url(spec(project, pipeline, **fields), VISIT, browser=BROWSER)
    assert url.startswith(PROJECTS[project].base_url + "/")
    assert urlsplit(url).path.startswith(path)


@pytest.mark.parametrize("project", ["plain", "shop"])
def test_url_of_a_form_that_no_link_opens_is_refused(project: str) -> None:
    """A link never opens the FaceAuth form, which cannot carry the state of a visit in cf1 to cf3."""
    with pytest.raises(FieldError, match="must be one of id_document, knowledge, injection") as caught:
        TARGETS.url(spec(project, Pipeline.FACE_AUTH, sid="sub-1"), VISIT, browser=BROWSER)
    assert caught.value.field == "pipeline"


@given(
    st.dictionaries(
        st.sampled_from(["userid", "email", "cf1", "cf2", "lang", "tokenId", "sid", "action"]),
        st.text(),
        max_size=4,
    ),
    st.sampled_from(Pipeline),
    st.sampled_from(sorted(PROJECTS)),
)
def test_url_of_any_fields_leads_to_the_project_or_is_refused(
    fields: Mapping[str, str], pipeline: Pipeline, project: str
) -> None:
    """No value of a field changes the host of the form URL."""
    try:
        url = TARGETS.url(spec(project, pipeline, **fields), VISIT, browser=BROWSER)
    except LiveformError:
        return
    assert urlsplit(url).netloc == "form.argosidentity.com"
    assert url.startswith("https://form.argosidentity.com/")


def test_url_of_a_project_that_was_taken_out_is_unknown() -> None:
    """The link spec of a project that has been removed from the settings is refused as unknown."""
    with pytest.raises(UnknownLinkError):
        TARGETS.url(spec("gone"), VISIT, browser=BROWSER)


@pytest.mark.parametrize(
    ("field", "prefix"), [("cf3", None), ("userid", "guest-"), ("startValidUntil", None)]
)
@pytest.mark.parametrize("value", ["x", "", None])
def test_url_of_fields_that_the_link_sets_itself_is_refused(
    field: str, prefix: str | None, value: str | None
) -> None:
    """A field that the link sets itself is refused by name, even if its value is empty."""
    visit = Visit(id=VISIT.id, link_id=VISIT.link_id, at=NOW, userid=None if prefix is None else "guest-1")
    with pytest.raises(FieldError, match="leave it out") as caught:
        TARGETS.url(spec(prefix=prefix, **{field: value}), visit, browser=BROWSER)
    assert caught.value.field == field


@pytest.mark.parametrize("project", ["plain", "shop", "signup"])
def test_url_of_a_visit_with_a_user_id_of_its_own_carries_it(project: str) -> None:
    """The form URL carries the visit's own user id, and binds the visit state to it."""
    visit = Visit(id=VISIT.id, link_id=VISIT.link_id, at=NOW, userid="guest-abc")
    sent = members(TARGETS.url(spec(project, prefix="guest-"), visit, browser=BROWSER), project)
    assert sent["userid"] == "guest-abc"
    assert STATES.verify(sent["cf3"], project=project, userid="guest-abc", browser=BROWSER) == ReturnedState(
        VISIT.id, userid_matches=True, browser_matches=True
    )


def test_user_id_of_a_visit_has_the_prefix_and_is_never_the_same() -> None:
    """The user id of a visit is the prefix and 16 small letters or digits, and 100 of them differ."""
    made = {TARGETS.new_userid(spec(prefix="guest-")) for _ in range(100)}
    assert len(made) == 100
    for one in made:
        assert one is not None
        assert one.startswith("guest-")
        assert len(one) == len("guest-") + 16
        assert one == one.lower()


def test_user_id_of_a_visit_is_not_made_unless_wished() -> None:
    """A visit gets no user id of its own if the link spec has no ``unique_userid``."""
    assert TARGETS.new_userid(spec(userid="user_1")) is None


def test_project_name_is_the_one_wished_or_the_only_one() -> None:
    """A link request may leave out the project if the site has only one."""
    alone = FormUrls({"shop": Project("abc123de45")}, STATES, "cf3")
    assert alone.project_name(None) == alone.project_name("shop") == "shop"
    assert TARGETS.project_name("signup") == "signup"


@pytest.mark.parametrize("wished", [None, "", "Shop", "other", "shop ", "\ud800"])
def test_project_name_that_is_none_is_refused_with_those_that_are(wished: str | None) -> None:
    """A missing or unknown project is refused with a list of the known ones."""
    with pytest.raises(FieldError, match="plain, shop, signup") as caught:
        TARGETS.project_name(wished)
    assert caught.value.field == "project"


def test_url_of_a_form_that_visitors_reach_elsewhere_is_theirs() -> None:  # O1
    """A demo in a network has its form on loopback for itself, and on its own address for visitors."""
    here, there = "http://127.0.0.1:8000/simulator", "http://192.168.0.7:8000/simulator"
    moved = MovedFormUrls(projects(here), STATES, "cf3", here=here, there=there)
    for language in (None, "ko"):
        url = moved.url_in(language, spec("plain"), VISIT, browser=BROWSER)
        assert url.startswith(f"{there}/?pid=plainpid01&")
        assert here not in url


@pytest.mark.parametrize("tag", ["ko", "KO", "en-GB", "pt_BR", "zh-Hant-TW", "fil"])
def test_language_tag_is_one_that_the_form_takes(tag: str) -> None:  # L4
    """A language tag of the form's parameter is a language, whether our pages have it or not."""
    assert is_language(tag)


@pytest.mark.parametrize(
    "tag", ["", "k", "korean", "ko-", "ko;q=1", "한국어", "k o", "ko\n", "aa" + "-bbbbbbbb" * 4]
)
def test_text_that_the_form_does_not_take_is_no_language(tag: str) -> None:
    """A text that the form refuses, or that is longer than a language tag, does not count as a language."""
    assert not is_language(tag)
