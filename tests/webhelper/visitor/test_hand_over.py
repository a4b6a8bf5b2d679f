"""These tests begin a check in one browser and go on in another, which the first one must allow."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from sites import BASE_URL, Clock, projects

from webhelper.errors import UsedUpError
from webhelper.links.models import GRACE_S
from webhelper.links.outcomes import Outcome, Result, Source
from webhelper.links.signing.purposes import Purpose
from webhelper.links.stores.base import MOST_RETURNS

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.testing import FlaskClient

    from webhelper.services import Services

KAKAOTALK = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Mobile/15E148 KAKAOTALK 10.3.1"
INSTAGRAM = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Mobile/21F90 Instagram 338.0"
JSON = {"Accept": "application/json"}
NEXT = "https://app.example.com/done"


@pytest.fixture
def link(make_link: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    """Return a link of one use."""
    return make_link(fields={"userid": "user_12345"})


@pytest.fixture
def safari(app: Flask) -> FlaskClient:
    """Return the browser in which somebody wants to go on."""
    return app.test_client()


def begun(client: FlaskClient, link: dict[str, Any]) -> str:
    """Press Start in a browser; return the path that its page offers for another browser."""
    assert client.post(link["path"]).status_code == 303
    (path,) = set(re.findall(r'href="(/continue/[\w.-]+)"', client.get(link["path"]).text))
    return str(path)


def test_check_that_began_in_an_app_goes_on_in_the_phones_browser(  # L5
    client: FlaskClient,
    safari: FlaskClient,
    api: FlaskClient,
    link: dict[str, Any],
    sent: Callable[..., dict[str, Any]],
) -> None:
    """The same visit goes on in Safari, with its user id, without a second use, and comes back there."""
    first = sent(client.post(link["path"]).headers["Location"])
    path = begun(client, link)
    page = safari.get(path)
    assert page.status_code == 200
    assert "Continue your ID check here" in page.text
    assert f'<form method="post" action="{path}">' in page.text
    answer = safari.post(path)
    assert answer.status_code == 303
    fields = sent(answer.headers["Location"])
    assert fields["userid"] == "user_12345"
    assert fields["cf3"].split(".")[0] == first["cf3"].split(".")[0]
    assert fields["cf3"].split(".")[2] != first["cf3"].split(".")[2]
    assert safari.get(link["path"]).status_code == 200
    assert api.get(f"/api/links/{link['id']}").get_json()["uses"] == 1


def test_link_in_another_browser_says_how_to_go_on(  # L5
    client: FlaskClient, safari: FlaskClient, clock: Clock, link: dict[str, Any]
) -> None:
    """Within the grace time a used link says where to go on; after it, and after the return, it does not."""
    client.post(link["path"])
    clock.advance(GRACE_S - 1)
    page = safari.get(link["path"])
    assert page.status_code == 410
    assert "choose “Continue in another browser”" in page.text
    assert "/continue/" not in page.text
    clock.advance(1)
    assert "Continue in another browser" not in safari.get(link["path"]).text


@pytest.mark.parametrize(("status", "says_so"), [("approved", False), ("rejected", False), (None, True)])
def test_check_that_is_done_does_not_go_on_elsewhere(
    client: FlaskClient,
    safari: FlaskClient,
    link: dict[str, Any],
    sent: Callable[..., dict[str, Any]],
    return_path: Callable[..., str],
    status: str | None,
    says_so: bool,
) -> None:
    """After a submission nothing can be handed over; after an error page, one may try another browser."""
    path = begun(client, link)
    state = sent(client.post(link["path"]).headers["Location"])["cf3"]
    outcome = {"errorCode": "DE-20000"} if status is None else {"kycStatus": status}
    client.get(return_path("shop", {**outcome, "cf3": state}))
    assert ("Continue in another browser" in safari.get(link["path"]).text) is says_so
    assert ("/continue/" in client.get(link["path"]).text) is says_so
    assert safari.post(path).status_code == (303 if says_so else 410)


def test_second_person_with_the_link_alone_gets_nothing(  # L5
    app: Flask, client: FlaskClient, services: Services, link: dict[str, Any]
) -> None:
    """Without the code of the first browser there is no way in, neither by the link nor by another code."""
    path = begun(client, link)
    thief = app.test_client()
    assert thief.post(link["path"]).status_code == 410
    (visit,) = services.links.store.visits(link["id"], limit=2)
    for purpose in (Purpose.RESULT, Purpose.WAIT, Purpose.RESULT_PAGE, Purpose.KIOSK):
        forged = services.signed_values.sign(purpose, {"visit": visit.id, "browser": "00" * 8})
        assert thief.post(f"/continue/{forged}").status_code == 404
    wrong_browser = services.signed_values.sign(Purpose.HAND_OVER, {"visit": visit.id, "browser": "00" * 8})
    assert thief.post(f"/continue/{wrong_browser}").status_code == 410
    for code in ("x", path[len("/continue/") : -1], path[len("/continue/") :] + "A", "é", "a.b.c"):
        answer = thief.post(f"/continue/{code}")
        assert (answer.status_code, "Location" in answer.headers) == (404, False)


def test_code_works_once_and_the_visit_has_one_browser(  # L5
    app: Flask, client: FlaskClient, safari: FlaskClient, link: dict[str, Any]
) -> None:
    """Once another browser went on, neither a third one nor the first can."""
    path = begun(client, link)
    third = app.test_client()
    assert third.get(path).status_code == 200
    assert safari.post(path).status_code == 303
    assert third.post(path).status_code == 410
    assert client.post(path).status_code == 410
    assert client.get(path).status_code == 410
    assert client.post(link["path"]).status_code == 410
    assert safari.post(link["path"]).status_code == 303


@pytest.mark.parametrize("is_first", [True, False], ids=["first", "last"])
def test_result_is_for_the_browser_that_has_the_visit(
    client: FlaskClient,
    safari: FlaskClient,
    services: Services,
    make_link: Callable[..., dict[str, Any]],
    sent: Callable[..., dict[str, Any]],
    return_path: Callable[..., str],
    is_first: bool,
) -> None:
    """A browser that handed its visit over gets no result code, whenever it returns; its claim is apart."""
    link = make_link(next="https://app.example.com/done")
    states = [sent(client.post(link["path"]).headers["Location"])["cf3"]]
    states += [sent(safari.post(begun(client, link)).headers["Location"])["cf3"]]
    ways = [(client, states[0], "approved"), (safari, states[1], "rejected")]
    answers = {}
    for browser, state, status in ways if is_first else reversed(ways):
        answers[status] = browser.get(return_path("shop", {"kycStatus": status, "cf3": state}))
    assert answers["approved"].status_code == 403
    assert "Your check went on in another browser" in answers["approved"].text
    assert "open it in the app or browser in which you opened the link" not in answers["approved"].text
    assert "Location" not in answers["approved"].headers
    assert answers["rejected"].headers["Location"].startswith("https://app.example.com/done?result=")
    (visit,) = services.links.store.visits(link["id"], limit=2)
    assert {one.result for one in visit.outcomes} == {"approved", "rejected"}
    assert [one.result for one in visit.returns] == ["rejected"]
    assert visit.outcome == visit.returns[0]


def test_claim_of_the_browser_before_ends_no_check_of_the_browser_that_went_on(
    client: FlaskClient,
    safari: FlaskClient,
    make_link: Callable[..., dict[str, Any]],
    sent: Callable[..., dict[str, Any]],
    return_path: Callable[..., str],
) -> None:
    """Who went on elsewhere goes on there till the form leads back there, and gets the result code then."""
    link = make_link(next="https://app.example.com/done")
    first = sent(client.post(link["path"]).headers["Location"])["cf3"]
    second = sent(safari.post(begun(client, link)).headers["Location"])["cf3"]
    came = return_path("shop", {"kycStatus": "approved", "cf3": first})
    assert client.get(came).status_code == 403
    led = safari.get(came)
    assert (led.status_code, led.headers["Location"]) == (303, link["path"])
    assert re.search(r"<button [^>]*>Continue ", safari.get(link["path"]).text)
    assert safari.post(link["path"]).status_code == 303
    back = return_path("shop", {"kycStatus": "approved", "cf3": second})
    assert "?result=" in safari.get(back).headers["Location"]
    assert "You have done this check" in safari.get(link["path"]).text


@dataclass(frozen=True)
class Moved:
    """A check that began in ``before``, which handed it over to ``now``; each can come back."""

    before: FlaskClient
    now: FlaskClient
    link: dict[str, Any]
    came_before: Callable[..., Any]
    comes_now: Callable[..., Any]


@pytest.fixture
def moved(
    app: Flask,
    api: FlaskClient,
    make_link: Callable[..., dict[str, Any]],
    sent: Callable[..., dict[str, Any]],
    return_path: Callable[..., str],
) -> Callable[..., Moved]:
    """Return a maker of checks that were handed over, after what ``ahead`` brought the browser before."""

    def make(
        ahead: dict[str, str] | None = None, *, is_exchanged: bool = False, now: Any = None, **spec: Any
    ) -> Moved:
        before, now = app.test_client(), now or app.test_client()
        link = make_link(**spec)

        def returns_of(browser: FlaskClient, state: str) -> Callable[..., Any]:
            return lambda **claims: browser.get(return_path("shop", claims | {"cf3": state}))

        came_before = returns_of(before, sent(before.post(link["path"]).headers["Location"])["cf3"])
        answer = None if ahead is None else came_before(**ahead)
        if is_exchanged:
            result_of(api, answer)
        state = sent(now.post(begun(before, link)).headers["Location"])["cf3"]
        return Moved(before, now, link, came_before, returns_of(now, state))

    return make


def result_of(api: FlaskClient, answer: Any) -> dict[str, Any]:
    """Exchange the result code of a redirect to ``next``, and return what the site's server reads."""
    code = answer.headers["Location"].partition("?result=")[2]
    found = api.post("/api/results", json={"code": code})
    assert found.status_code == 200
    return dict(found.get_json())


def test_result_code_gives_nothing_that_an_earlier_browser_claims(
    moved: Callable[..., Moved], api: FlaskClient
) -> None:
    """A browser that came back from an error page has no approval of the browser before it."""
    check = moved(next=NEXT)
    assert check.came_before(kycStatus="approved", submissionId="before").status_code == 403
    result = result_of(api, check.comes_now(errorCode="DE-20000"))
    assert (result["status"], result["submission_id"], result["error_code"]) == ("error", None, "DE-20000")


def test_result_page_shows_nothing_that_an_earlier_browser_claims(moved: Callable[..., Moved]) -> None:
    """The result page of a browser says what its own return claimed."""
    check = moved()
    check.came_before(kycStatus="approved", submissionId="before")
    page = check.now.get(check.comes_now(errorCode="DE-20000").headers["Location"]).text
    assert re.findall('data-status="([a-z]+)"', page) == ["error"]


def test_returns_of_an_earlier_browser_push_out_no_other(
    moved: Callable[..., Moved], api: FlaskClient
) -> None:
    """However many returns the browser before opens, that of the other one is kept and counts."""
    check = moved(next=NEXT)
    for number in range(MOST_RETURNS):
        check.came_before(kycStatus="approved", submissionId=f"made{number}")
    result = result_of(api, check.comes_now(kycStatus="rejected", submissionId="own"))
    assert (result["status"], result["submission_id"]) == ("rejected", "own")


@pytest.mark.parametrize("status", ["approved", "pending", "rejected", "in_doubt"])
def test_claim_of_an_earlier_browser_ends_no_check_after_an_error_page(
    moved: Callable[..., Moved], app: Flask, status: str
) -> None:
    """After its own error page a browser goes on, and may hand over further, whatever was claimed before."""
    check = moved()
    check.comes_now(errorCode="DE-20000")
    check.came_before(kycStatus=status)
    page = check.now.get(check.link["path"]).text
    assert re.search(r"<button [^>]*>Continue ", page)
    assert app.test_client().post(begun(check.now, check.link)).status_code == 303


def test_browser_that_took_over_two_checks_goes_on_with_both(
    moved: Callable[..., Moved], safari: FlaskClient
) -> None:
    """A second hand-over to one browser undoes nothing of the first."""
    checks = [moved(now=safari), moved(now=safari)]
    checks[0].came_before(kycStatus="approved")
    for check in checks:
        assert re.search(r"<button [^>]*>Continue ", safari.get(check.link["path"]).text)


@pytest.mark.parametrize("wait_s", [0, 601], ids=["at once", "late"])
@pytest.mark.parametrize("when", ["claim after", "error before", "error exchanged"])
def test_browser_that_goes_on_gets_a_code_of_its_own(
    moved: Callable[..., Moved], api: FlaskClient, clock: Clock, when: str, wait_s: float
) -> None:
    """The ten minutes of a result code begin with the first return of the browser that has the visit."""
    error = {"errorCode": "DE-20000"}
    check = moved(None if when == "claim after" else error, next=NEXT, is_exchanged=when == "error exchanged")
    if when == "claim after":
        check.came_before(kycStatus="approved", submissionId="before")
    clock.advance(wait_s)
    result = result_of(api, check.comes_now(kycStatus="approved", submissionId="own"))
    assert (result["status"], result["submission_id"]) == ("approved", "own")


def test_check_that_ends_while_another_browser_takes_it_over_stays_where_it_ended(
    client: FlaskClient,
    api: FlaskClient,
    services: Services,
    make_link: Callable[..., dict[str, Any]],
    sent: Callable[..., dict[str, Any]],
    return_path: Callable[..., str],
) -> None:
    """A return that comes while the other browser decides keeps the visit, and its code gives the result."""
    link = make_link(next=NEXT)
    state = sent(client.post(link["path"]).headers["Location"])["cf3"]
    hand_over = services.hand_overs.find(begun(client, link).removeprefix("/continue/"))
    came = client.get(return_path("shop", {"kycStatus": "approved", "cf3": state}))
    with pytest.raises(UsedUpError):
        services.hand_overs.take(hand_over, b"B" * 32)
    assert result_of(api, came)["status"] == "approved"


def test_confirmed_result_ends_the_check_of_the_browser_that_went_on(
    client: FlaskClient, safari: FlaskClient, services: Services, link: dict[str, Any]
) -> None:
    """What the vendor confirms of a visit counts in every browser."""
    safari.post(begun(client, link))
    (visit,) = services.links.store.visits(link["id"], limit=2)
    outcome = Outcome(
        result=Result.APPROVED, submission_id="s-1", error_code=None, at=visit.at, source=Source.WEBHOOK
    )
    services.links.store.record(visit.id, outcome)
    assert "You have done this check" in safari.get(link["path"]).text


def test_frontend_of_a_browser_that_handed_over_gets_no_code(
    client: FlaskClient, safari: FlaskClient, link: dict[str, Any], sent: Callable[..., dict[str, Any]]
) -> None:
    """/api/returns gives code and token to wait to the browser that has the visit, and to no earlier one."""
    first = sent(client.post(link["path"]).headers["Location"])
    second = sent(safari.post(begun(client, link)).headers["Location"])
    told = []
    for browser, state in ((client, first["cf3"]), (safari, second["cf3"])):
        url = projects()["shop"].build_return("https://a.example", {"kycStatus": "approved", "cf3": state})
        body = {"project": "shop", "query": urlsplit(url).query}
        answer = browser.post("/api/returns", json=body).get_json()
        told.append((answer["state_ok"], answer["code"] is None, answer["wait"] is None))
    assert told == [(False, True, True), (True, False, False)]


def test_code_before_a_hand_over_gives_the_result_of_nobody_else(
    client: FlaskClient,
    safari: FlaskClient,
    api: FlaskClient,
    make_link: Callable[..., dict[str, Any]],
    sent: Callable[..., dict[str, Any]],
    return_path: Callable[..., str],
) -> None:
    """The code that an error page brought to a browser gives nothing once another browser went on."""
    link = make_link(next="https://app.example.com/done")
    state = sent(client.post(link["path"]).headers["Location"])["cf3"]
    came = client.get(return_path("shop", {"errorCode": "DE-20000", "cf3": state}))
    path = begun(client, link)
    state = sent(safari.post(path).headers["Location"])["cf3"]
    went = safari.get(return_path("shop", {"kycStatus": "approved", "cf3": state}))
    codes = [answer.headers["Location"].partition("result=")[2] for answer in (came, went)]
    answers = [api.post("/api/results", json={"code": code}) for code in codes]
    assert [answer.status_code for answer in answers] == [410, 200]
    assert answers[1].get_json()["status"] == "approved"


def test_browser_that_went_on_may_hand_over_again(
    app: Flask, client: FlaskClient, safari: FlaskClient, link: dict[str, Any]
) -> None:
    """The browser that has the visit now makes the next code, and comes back by the first one's."""
    first = begun(client, link)
    safari.post(first)
    assert safari.get(first).headers["Location"] == link["path"]
    assert app.test_client().post(begun(safari, link)).status_code == 303


def test_grace_time_does_not_start_again(
    client: FlaskClient, safari: FlaskClient, clock: Clock, link: dict[str, Any]
) -> None:
    """A visit goes on elsewhere only as long as its first browser could have come back."""
    clock.advance(10)
    path = begun(client, link)
    clock.advance(GRACE_S - 1)
    assert "another 1 minute" in safari.get(path).text
    assert safari.post(path).status_code == 303
    clock.advance(1)
    assert safari.post(link["path"]).status_code == 410


def test_code_ends_with_the_grace_time(
    client: FlaskClient, safari: FlaskClient, clock: Clock, link: dict[str, Any]
) -> None:
    """A code that was made late in the grace time ends with it."""
    client.post(link["path"])
    clock.advance(GRACE_S - 10)
    path = begun(client, link)
    clock.advance(10)
    assert safari.post(path).status_code == 410
    clock.advance(GRACE_S)
    assert safari.get(path).status_code == 410


@pytest.mark.parametrize("reason", ["revoked", "expired"])
def test_dead_link_does_not_go_on_elsewhere(
    client: FlaskClient,
    safari: FlaskClient,
    api: FlaskClient,
    clock: Clock,
    make_link: Callable[..., dict[str, Any]],
    reason: str,
) -> None:
    """A link that was revoked or has expired since then opens nowhere."""
    link = make_link(expires_in=300)
    path = begun(client, link)
    if reason == "revoked":
        api.delete(f"/api/links/{link['id']}")
    else:
        clock.advance(300)
    assert safari.post(path).status_code == 410
    assert safari.post(path, headers=JSON).get_json()["error"]["code"] == reason


def test_previews_and_other_sites_take_nothing(
    client: FlaskClient, safari: FlaskClient, link: dict[str, Any]
) -> None:
    """Looking at the address takes nothing over, and a page of another site cannot do it either."""
    path = begun(client, link)
    for headers in ({}, {"Purpose": "prefetch"}, {"User-Agent": "kakaotalk-scrap/1.0"}):
        safari.get(path, headers=headers)
        safari.head(path, headers=headers)
    assert safari.post(path, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.post(link["path"]).status_code == 303


def test_text_behind_the_address_does_not_matter(  # L2
    client: FlaskClient, safari: FlaskClient, link: dict[str, Any]
) -> None:
    """The address of a hand-over opens with the text that a messenger or mailer put around its code."""
    path = begun(client, link)
    for hung_on in ("에서", ".", ")", "%20", "&utm_source=x", "\u200b"):
        assert safari.get(path + hung_on).status_code == 200
    for ahead in ("%20", "(", "<", "%E2%80%8B", "%C2%AD"):
        assert safari.get(path.replace("/continue/", f"/continue/{ahead}")).status_code == 200
    assert safari.post(f"{path}에서").status_code == 303


def test_browser_that_began_reads_how_to_open_the_page_elsewhere(  # L5
    client: FlaskClient, link: dict[str, Any]
) -> None:
    """The first browser gets the address, the way out of its app, and no button that takes anything."""
    path = begun(client, link)
    page = client.get(path).text
    assert f'<code class="address">{BASE_URL}{path}</code>' in page
    assert f'href="{link["path"]}"' in page
    assert "<form" not in page
    page = client.get(path, headers={"User-Agent": KAKAOTALK}).text
    assert 'href="kakaotalk://web/openExternal?url=https%3A%2F%2Fshop.example.com%2Fcontinue%2F' in page


def test_page_in_an_app_leads_out_of_it_before_start(  # L5
    client: FlaskClient, link: dict[str, Any]
) -> None:
    """In the browser of an app, the page says so before Start, and Start remains possible."""
    page = client.get(f"{link['path']}?lang=en", headers={"User-Agent": KAKAOTALK}).text
    assert "This is the browser of KakaoTalk" in page
    way_out = (
        f"kakaotalk://web/openExternal?url=https%3A%2F%2Fshop.example.com{link['path'].replace('/', '%2F')}"
    )
    assert f'href="{way_out}%3Flang%3Den"' in page
    assert "Start here instead" in page
    page = client.get(link["path"], headers={"User-Agent": INSTAGRAM}).text
    assert "Choose “Open in browser” in its menu, and press Start there." in page
    assert re.search(r"<button [^>]*>Start ", page)
    assert "This is the browser" not in client.get(link["path"]).text


def test_page_in_an_app_leads_out_of_it_after_start(  # L5
    client: FlaskClient, link: dict[str, Any]
) -> None:
    """After Start, the way out of the app carries the code of the hand-over."""
    client.post(link["path"])
    page = client.get(link["path"], headers={"User-Agent": KAKAOTALK}).text
    assert re.search(r'href="kakaotalk://web/openExternal\?url=[^"]*%2Fcontinue%2F[\w.-]+"', page)
    assert "Continue here instead" in page
    page = client.get(link["path"], headers={"User-Agent": INSTAGRAM}).text
    assert re.search(r'href="/continue/[\w.-]+">Continue in another browser', page)


def test_language_goes_along(
    client: FlaskClient, app: Flask, link: dict[str, Any], sent: Callable[..., Any]
) -> None:
    """The language that was chosen in one browser is that of the page and the form in the other one."""
    client.post(f"{link['path']}?lang=ko")
    (path,) = set(re.findall(r'href="(/continue/[^"]+)"', client.get(f"{link['path']}?lang=ko").text))
    assert path.endswith("?lang=ko")
    safari = app.test_client(use_cookies=False)
    page = safari.get(path).text
    assert '<html lang="ko">' in page
    (action,) = re.findall(r'action="([^"]+)"', page)
    assert sent(safari.post(action).headers["Location"])["lang"] == "ko"


def test_browser_without_a_cookie_has_nothing_to_hand_over(app: Flask, link: dict[str, Any]) -> None:
    """A browser that keeps no cookies cannot come back, and is not offered another browser."""
    client = app.test_client(use_cookies=False)
    client.post(link["path"])
    assert "/continue/" not in client.get(link["path"]).text


def test_refusal_says_where_to_go_on(client: FlaskClient, safari: FlaskClient, link: dict[str, Any]) -> None:
    """A code that no longer works leads back to where the check began."""
    path = begun(client, link)
    safari.post(path)
    page = client.get(path)
    assert "This cannot be continued here" in page.text
    assert "Open the link again in the app or browser in which you began." in page.text
    assert "If you have gone on in another one since, open it there." in page.text
    assert client.get(path, headers=JSON).get_json()["error"]["code"] == "used_up"
