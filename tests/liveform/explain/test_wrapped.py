"""Tests of liveform.explain.wrapped: the form's URL inside that of a mail gateway or a redirect."""

from contextlib import suppress
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveform import LiveformError, Project, explain_url
from liveform.explain.wrapped import Wrapped, unwrapped

FORM = "https://form.argosidentity.com"
URL = f"{FORM}/?pid=abc123de45&userid=user_1&cf1=a%2Bb"
VERSION_2 = quote(URL, safe="/").replace("_", "-5F").replace("%", "-").replace("/", "_")
WRAPPED = [
    f"https://nam02.safelinks.protection.outlook.com/?url={quote(URL, safe='')}&data=05%7C01&reserved=0",
    f"https://www.google.com/url?q={quote(URL, safe='')}&sa=D&source=gmail&ust=1&usg=x",
    f"https://www.google.com/url?sa=t&url={quote(URL, safe='')}",
    f"https://l.facebook.com/l.php?u={quote(URL, safe='')}&h=x",
    f"https://linkprotect.cudasvc.com/url?a={quote(URL, safe='')}&c=E,1,x&typo=1",
    f"https://secure-web.cisco.com/1abcDEF/{quote(URL, safe='')}",
    f"https://secure-web.cisco.com/1abcDEF/{quote(URL, safe='')}?x=1",
    f"https://secure-web.cisco.com/1abcDEF/{quote(URL, safe=':')}",
    f"https://secure-web.cisco.com/1abcDEF/{quote(URL, safe='/')}",
    f"https://web.archive.org/web/2024/{URL}",
    f"https://urldefense.proofpoint.com/v2/url?u={VERSION_2}&d=DwMFaQ&c=x&r=y&m=z&s=s&e=",
    f"https://urldefense.com/v3/__{URL.replace('%', '*')}__;JQ!!ABC-def!xyz$",
]


@pytest.mark.parametrize("wrapped", WRAPPED, ids=lambda url: url.split("/")[2])
def test_form_url_inside_is_explained_and_its_wrapper_named(wrapped: str) -> None:
    """A wrapped URL is explained as the form's own, with a warning that names the other site."""
    explanation = explain_url(wrapped)
    plain = explain_url(URL)
    assert (explanation.pid, explanation.seen, explanation.problems) == (plain.pid, plain.seen, ())
    first = explanation.findings[0]
    assert (first.rule.id, explanation.findings[1:]) == ("LF107", plain.findings)
    assert first.message == (
        f"the form's URL is inside a URL of {wrapped.split('/')[2]}; it alone is explained"
    )


def safe_link(url: str) -> str:
    """Return a URL as Outlook writes it."""
    return f"https://nam02.safelinks.protection.outlook.com/?url={quote(url, safe='')}&data=05%7C01"


def proofpoint_3(url: str) -> str:
    """Return a URL without percent signs in its query as version 3 of Proofpoint writes it."""
    return f"https://urldefense.com/v3/__{url}__;!!ABC-def!xyz$"


PLAIN = f"{FORM}/?pid=abc123de45&userid=user_1"
NESTED = [
    safe_link(proofpoint_3(PLAIN)),
    proofpoint_3(safe_link(PLAIN)),
    safe_link(safe_link(PLAIN)),
    f"https://www.google.com/url?sa=t&q=cats&url={quote(safe_link(PLAIN), safe='')}",
    f"https://web.archive.org/web/2024/{safe_link(PLAIN)}",
    f"https://secure-web.cisco.com/1abcDEF/{quote(safe_link(proofpoint_3(PLAIN)), safe='')}",
    f"https://example.com/go?url={quote(quote(PLAIN, safe=''), safe='')}",
    f"https://example.com/go?url={quote(quote(quote(PLAIN, safe=''), safe=''), safe='')}",
    f"https://example.com/go/{quote(quote(PLAIN, safe=''), safe='')}",
]


@pytest.mark.parametrize("wrapped", NESTED)
def test_form_url_inside_several_wrappers_is_explained_and_the_outer_one_named(wrapped: str) -> None:
    """The gateways of sender and recipient wrap a URL one after the other; some programs encode it twice."""
    assert unwrapped(wrapped, FORM) == Wrapped(PLAIN, wrapped.split("/")[2])


def test_form_url_inside_four_wrappers_is_left_alone() -> None:
    """There is an end to what is looked into: nobody's mail passes through four gateways."""
    assert unwrapped(safe_link(safe_link(safe_link(PLAIN))), FORM) is not None
    assert unwrapped(safe_link(safe_link(safe_link(safe_link(PLAIN)))), FORM) is None


@pytest.mark.parametrize("inside", ["https://example.com/?%ff=1", f"https://example.com/?{'&' * 200}"])
def test_other_url_inside_that_cannot_be_read_is_left_alone(inside: str) -> None:
    """A parameter that wraps no URL may be unreadable."""
    url = f"https://example.com/?a={quote(inside, safe='')}"
    assert unwrapped(url, FORM) is None
    assert unwrapped(f"{url}&b={quote(PLAIN, safe='')}", FORM) == Wrapped(PLAIN, "example.com")


def test_runs_of_characters_that_proofpoint_takes_out_are_put_back() -> None:
    """Version 3 writes ``**`` and a letter for two characters (A) or more, in the order of base64url."""
    url = "https://urldefense.com/v3/__https://form.argosidentity.com/**Bpid=a*__;Lz8sIQ!!x!y$"
    assert unwrapped(url, FORM) == Wrapped(f"{FORM}//?,pid=a!", "urldefense.com")


@pytest.mark.parametrize("encoded", ["", "A", "_w", "gICA"])
def test_characters_that_do_not_fit_leave_the_url_as_it_is_or_shorter(encoded: str) -> None:
    """Where the characters are damaged, the rest of the URL is explained all the same."""
    found = unwrapped(f"https://urldefense.com/v3/__{FORM}/?pid=a*b__;{encoded}!!x!y$", FORM)
    assert found is not None
    assert found.url.startswith(f"{FORM}/?pid=a")


@pytest.mark.parametrize(
    "url",
    [
        URL,
        f"{FORM}/?pid=abc&next={quote(URL, safe='')}",
        "https://protect-eu.mimecast.com/s/abc?domain=form.argosidentity.com",
        f"https://example.com/?url={quote('https://form.argosidentity.com.evil.example/?pid=a', safe='')}",
        "https://example.com/?url=form.argosidentity.com",
        "https://[/?url=x",
        f"mailto://x?url={quote(URL, safe='')}",
    ],
)
def test_url_without_a_form_url_inside_is_left_alone(url: str) -> None:
    """The form's own URL is not unwrapped, and neither is one that only names the form."""
    assert unwrapped(url, FORM) is None


def test_form_of_the_settings_is_found_inside() -> None:
    """A project finds the URL of its own ``base_url`` inside another one, as of a simulator."""
    project = Project("abc123de45", base_url="http://127.0.0.1:8000/simulator")
    url = f"https://www.google.com/url?q={quote(project.form_url(userid='u1'), safe='')}"
    assert project.explain(url).problems == ()
    assert [seen.name for seen in project.explain(url).seen] == ["userid"]


@given(st.text(alphabet="*AB-_;!~/%:?=&hv23u__https://form.argosidentity.com"))
def test_any_text_behind_a_gateway_is_explained_or_refused(text: str) -> None:
    """Whatever is behind the address of a gateway, an explanation comes out, or a ``LiveformError``."""
    for start in (
        "https://urldefense.com/v3/__https:",
        "https://urldefense.proofpoint.com/v2/url?u=https-3A__",
    ):
        with suppress(LiveformError):
            assert explain_url(start + text).pipeline
