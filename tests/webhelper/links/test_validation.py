"""These tests check link requests, and what is refused before there is a link."""

import re
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sites import KEY, NOW, link_request, projects

from liveform import FieldError, Pipeline, Project
from liveform.wire.encoding import MAX_TEXT_CHARS
from webhelper.links.form_url import FormUrls
from webhelper.links.link_request import MAX_EXPIRES_IN_S, MAX_USES, LinkRequest
from webhelper.links.models import LinkSpec
from webhelper.links.next_urls import NextUrls
from webhelper.links.signing.visit_state import VisitStates
from webhelper.links.validation import checked_spec

# Random text hardly ever reaches the rule; these are pieces of listed hosts, and what ends or disguises one.
URL_PARTS = ["app.example.com", "APP.example.com", "localhost", ":3000", ":443", "evil.example"]
URL_PARTS += ["a", ".", "-", ":", "@", "/", "//", "?", "#", "%2e", "%40", "&", "=", ";"]
AMID = st.lists(st.sampled_from(URL_PARTS), max_size=2).map("".join)
HOSTS = frozenset(
    [
        "app.example.com",
        "localhost:3000",
        "127.0.0.1:3000",
        "[::1]:3000",
        "127.8.8.8",
        "xn--bcher-kva.example",
    ]
)
NEXT_URLS = NextUrls(HOSTS, ["myapp", "com.example.app"])
FORM_URLS = FormUrls(projects(), VisitStates([KEY]), "cf3")


def check(
    *,
    now: float = NOW,
    form_urls: FormUrls = FORM_URLS,
    next_urls: NextUrls = NEXT_URLS,
    **changes: Any,
) -> LinkSpec:
    """Return the spec of a request."""
    request = link_request(**changes)
    return checked_spec(request, by="tests", now=now, form_urls=form_urls, next_urls=next_urls)


def refusal(**changes: Any) -> FieldError:
    """Return the error with which a link request is refused."""
    with pytest.raises(FieldError) as caught:
        check(**changes)
    return caught.value


def test_spec_is_what_was_requested() -> None:
    """A link spec holds every option of the link request, and who made it."""
    spec = check(
        fields={"userid": "user_1"},
        expires_in=3600,
        max_uses=5,
        label="Poster",
        next="https://app.example.com/done",
    )
    assert spec == LinkSpec(
        project="shop",
        pipeline=Pipeline.ID_DOCUMENT,
        fields={"userid": "user_1"},
        expires_at=int(NOW) + 3600,
        max_uses=5,
        label="Poster",
        next="https://app.example.com/done",
        created_by="tests",
    )


def test_spec_of_an_empty_request_is_one_use_in_fifteen_minutes() -> None:
    """A link request without options gives one use within 900 seconds."""
    spec = check()
    assert (spec.expires_at, spec.max_uses, spec.unique_userid) == (int(NOW) + 900, 1, None)


def test_spec_ends_on_a_whole_second() -> None:
    """A link spec expires on a whole second, which is never later than requested."""
    spec = check(now=NOW + 0.999, expires_in=60)
    assert spec.expires_at == int(NOW) + 60


def test_spec_keeps_fields_of_its_own() -> None:
    """A later change to the fields of the link request does not change the link spec."""
    fields = {"userid": "user_1"}
    spec = check(fields=fields)
    fields["userid"] = "user_2"
    assert spec.userid == "user_1"


@pytest.mark.parametrize("project", ["other", "", "SHOP", None])
def test_spec_of_an_unknown_project_is_refused(project: str | None) -> None:
    """A link request for an unknown project, or without one where there are several, is refused."""
    assert refusal(project=project).field == "project"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"fields": {"cf3": "x"}}, "cf3"),
        ({"fields": {"userid": "u"}, "unique_userid": "guest-"}, "userid"),
        ({"fields": {"startValidUntil": "2027-01-15T00:00:00Z"}}, "startValidUntil"),
        ({"fields": {"startValidUntil": "2027-01-15T00:00:00Z"}, "project": "plain"}, "startValidUntil"),
        (
            {"fields": {"sid": "s", "startValidUntil": "x"}, "pipeline": Pipeline.INJECTION},
            "startValidUntil",
        ),
        ({"fields": {"nope": "x"}}, "nope"),
        ({"fields": {"pid": "x"}}, "pid"),
        ({"fields": {"encrypted": "x"}}, "encrypted"),
        ({"fields": {"ageLimit": True}}, "ageLimit"),
        ({"fields": {"email": "no address"}}, "email"),
        ({"fields": {"lang": 5}}, "lang"),
        ({"fields": {"userid": "\ud800"}}, "userid"),
        ({"fields": {"sid": "s"}}, "sid"),
        ({"pipeline": Pipeline.INJECTION}, "sid"),
        ({"fields": {"cf1": "x" * MAX_TEXT_CHARS}}, "fields"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_spec_that_the_library_would_refuse_at_the_click_is_refused_now(
    changes: dict[str, Any], field: str
) -> None:
    """A field that liveform would refuse at the click is refused when the link is created."""
    assert refusal(**changes).field == field


def test_spec_with_a_unique_user_id_for_a_plain_injection_is_refused() -> None:
    """A plain injection cannot have ``unique_userid``, because the vendor wants it encrypted."""
    changes: dict[str, Any] = {"pipeline": Pipeline.INJECTION, "fields": {"sid": "s"}, "unique_userid": "g-"}
    assert refusal(project="plain", **changes).field == "userid"
    assert check(project="shop", **changes).unique_userid == "g-"


def test_spec_is_refused_without_the_value_that_was_sent() -> None:
    """A refusal of a field does not repeat the value that was sent."""
    error = refusal(fields={"email": "jane at example"})
    assert "jane" not in str(error)


@pytest.mark.parametrize(
    "url",
    [
        "https://app.example.com",
        "https://app.example.com/",
        "https://app.example.com/done?order=17#top",
        "https://APP.Example.COM/done",
        "HTTPS://app.example.com/",
        "http://localhost:3000/done",
        "http://127.0.0.1:3000",
        "http://[::1]:3000",
        "http://127.8.8.8/done",
        "https://localhost:3000/",
        "https://xn--bcher-kva.example/",
        "https://app.example.com/?next=https://evil.example/",
        "https://app.example.com/@evil.example",
        "https://app.example.com?@evil.example",
        "https://app.example.com#@evil.example",
        "https://app.example.com//evil.example",
    ],
)
def test_next_on_an_allowed_host_is_taken(url: str) -> None:
    """A next on a listed host is accepted with https, or with http on loopback, in any case."""
    assert check(next=url).next == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/done",
        "done",
        "//app.example.com/",
        "//evil.example",
        "https:",
        "https://",
        "https:///app.example.com",
        "https:app.example.com",
        "https:/app.example.com",
        "http://app.example.com/",
        "ftp://app.example.com/",
        "javascript:alert(1)",
        "javascript://app.example.com/%0aalert(1)",
        "data:text/html,x",
        "https://evil.example/",
        "https://evil.example/app.example.com",
        "https://evil.example?https://app.example.com",
        "https://evil.example#app.example.com",
        "https://sub.app.example.com/",
        "https://app.example.com.evil.example/",
        "https://app.example.com./",
        "https://notapp.example.com/",
        "https://app.example.com@evil.example/",
        "https://app.example.com:x@evil.example/",
        "https://user@app.example.com/",
        "https://user:pass@app.example.com/",
        "https://@app.example.com/",
        "https://evil.example\\@app.example.com/",
        "https://app.example.com\\.evil.example/",
        "https:\\\\app.example.com/",
        "https://app.example.com\\@evil.example",
        "https://app.example.com:443/",
        "https://app.example.com:/",
        "https://app.example.com:8443/",
        "https://app.example.com:99999/",
        "https://app.example.com:x/",
        "http://localhost/",
        "http://localhost:3001/",
        "http://localhost:3000@evil.example/",
        "http://0.0.0.0:3000/",
        "http://[::1]:3001/",
        "https://[app.example.com/",
        "https://app.example.com]/",
        "https://[v1.app.example.com]/",
        " https://app.example.com/",
        "https://app.example.com/ ",
        "https://app.example.com/a b",
        "https://app.exam\tple.com/",
        "https://app.example.com/\n",
        "https://app.example.com/\r\nSet-Cookie: a=b",
        "\x00https://app.example.com/",
        "https://app.example.com/\x7f",
        'https://app.example.com/"><script>',
        "https://app.example.com/<b>",
        "https://app.example.com/{x}|^`",
        "https://app.example.com%2eevil.example/",
        "https://app.example.com%00/",
        "https://app。example。com/",
        "https://ａpp.example.com/",
        "https://app.example.com\u2044evil.example/",
        "https://app.example.com\u2100.evil.example/",
        "https://bücher.example/",
        "https://app.example.com/ü",
        "https://\ud800/",
    ],
)
def test_next_elsewhere_is_refused(url: str) -> None:
    """A next on another host, in any disguise, is refused with words that do not repeat it."""
    error = refusal(next=url)
    assert error.field == "next"
    assert "evil" not in error.problem
    assert NEXT_URLS.problem_of(url) == error.problem


def test_next_where_no_host_is_allowed_names_the_setting() -> None:
    """A next on a site without RETURN_HOSTS is refused with the name of the setting."""
    with pytest.raises(FieldError, match="RETURN_HOSTS"):
        check(next_urls=NextUrls((), ()), next="https://app.example.com/")


@given(st.tuples(AMID, st.sampled_from(["", "app.example.com", "localhost:3000"]), AMID).map("".join))
@example("")
@example("app.example.com")
@example("APP.example.com:443")
@example("evil.example/app.example.com")
@example("evil.example@app.example.com")
@example("app.example.com:")
@example("app.example.com.")
@example("app.example.com?@evil.example")
def test_next_of_any_authority_is_allowed_only_if_it_is_a_listed_host(rest: str) -> None:
    """A next is allowed only if everything between // and the next /, ? or # is a listed host."""
    authority = re.split("[/?#]", rest)[0]
    assert (NEXT_URLS.problem_of(f"https://{rest}") is None) is (authority.lower() in HOSTS)


@given(st.text(max_size=60))
def test_next_of_any_text_is_answered(url: str) -> None:
    """A next of random text is not allowed, and causes no error."""
    assert NEXT_URLS.problem_of(url)


def test_spec_of_a_project_without_encryption_checks_plain_rules() -> None:
    """A link request without a project gets the only one, and may have a plain user id there."""
    only = FormUrls({"only": Project("abc123de45")}, VisitStates([KEY]), "cf3")
    assert check(form_urls=only, project=None, fields={"userid": "u"}).project == "only"


# The shape of a link request


@pytest.mark.parametrize(
    "changes",
    [
        {"expires_in": 1},
        {"expires_in": MAX_EXPIRES_IN_S},
        {"max_uses": 1},
        {"max_uses": MAX_USES},
        {"max_uses": None},
        {"label": "x"},
        {"label": "가" * 100},
        {"unique_userid": "a.B_1-"},
        {"unique_userid": "x" * 40},
        {"next": "x" * 2000},
        {"note": ""},
        {"note": "가\n" * 250},
        {"pipeline": "knowledge"},
    ],
    ids=str,
)
def test_request_within_its_limits_is_read(changes: dict[str, Any]) -> None:
    """A link request at the limits of its options is read."""
    assert isinstance(msgspec.convert({"pipeline": "id_document"} | changes, LinkRequest), LinkRequest)


@pytest.mark.parametrize(
    "changes",
    [
        {"pipeline": "other"},
        {"pipeline": None},
        {"expires_in": 0},
        {"expires_in": -1},
        {"expires_in": MAX_EXPIRES_IN_S + 1},
        {"expires_in": 10**30},
        {"expires_in": 900.5},
        {"expires_in": True},
        {"expires_in": "900"},
        {"expires_in": None},
        {"max_uses": 0},
        {"max_uses": MAX_USES + 1},
        {"max_uses": True},
        {"label": ""},
        {"label": "x" * 101},
        {"label": "a\nb"},
        {"label": "a\n"},
        {"label": "\x7f"},
        {"unique_userid": ""},
        {"unique_userid": "x" * 41},
        {"unique_userid": "a b"},
        {"unique_userid": "a\n"},
        {"unique_userid": "a&b=c"},
        {"unique_userid": "가"},
        {"next": "x" * 2001},
        {"fields": []},
        {"fields": {str(n): "x" for n in range(200)}},
        {"project": 7},
        {"target": "https://evil.example"},
    ],
    ids=lambda changes: str(changes)[:40],
)
def test_request_beyond_its_limits_is_refused(changes: dict[str, Any]) -> None:
    """A link request beyond the limits, of another type or with an unknown option is refused."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"pipeline": "id_document"} | changes, LinkRequest)
