"""These tests ask ``/api/waits`` how far a check is, as a page of whatever origin does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import pytest
from sites import NOW, OTHER_KEY, TOKEN, Clock, projects

from webhelper.links.outcomes import Outcome, Result, Source
from webhelper.links.signing.purposes import Purpose
from webhelper.links.signing.signed_values import SignedValues

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.testing import FlaskClient

    from webhelper.services import Services

ORIGIN = "https://app.example.com"
REFUSED = {"error": {"code": "unknown", "message": "there is no such link"}}
WAITING = {"stage": "waiting", "status": None, "level": None, "final": False, "next_in_s": 5}


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    """Return a site whose answers pages of one origin may read."""
    return make_app(CORS_ORIGINS=[ORIGIN])


@pytest.fixture
def come_back(
    client: FlaskClient, sent: Callable[..., dict[str, Any]]
) -> Callable[[dict[str, Any], str], dict[str, Any]]:
    """Return a visitor who opens a link and brings its return, and what ``/api/returns`` answers."""

    def bring(link: dict[str, Any], status: str) -> dict[str, Any]:
        state = sent(client.post(link["path"]).headers["Location"])["cf3"]
        url = projects()["shop"].build_return(
            f"{ORIGIN}/", {"kycStatus": status, "submissionId": "s-17", "cf3": state}
        )
        body = {"project": "shop", "query": "?" + urlsplit(url).query}
        told: dict[str, Any] = client.post("/api/returns", json=body).get_json()
        return told

    return bring


def confirm(services: Services, link: dict[str, Any], result: Result) -> None:
    """Record what a webhook says of the latest visit of a link."""
    (visit, *_) = services.links.store.visits(link["id"], limit=1)
    outcome = Outcome(result=result, submission_id="s-17", error_code=None, at=NOW, source=Source.WEBHOOK)
    services.links.store.record(visit.id, outcome)


def test_page_waits_from_the_link_to_the_confirmation(
    app: Flask,
    client: FlaskClient,
    services: Services,
    make_link: Callable[..., dict[str, Any]],
    come_back: Callable[..., dict[str, Any]],
) -> None:
    """The token of a link tells each step of its check to a page that has no API token and no cookie."""
    desktop, link = app.test_client(use_cookies=False), make_link()
    path = f"/api/waits/{link['wait']}"
    assert desktop.get(path).get_json() == WAITING
    client.post(link["path"])
    assert desktop.get(path).get_json() == WAITING | {"stage": "opened"}
    come_back(link, "approved")
    claimed = {"stage": "returned", "status": "approved", "level": "claimed", "final": False, "next_in_s": 5}
    assert desktop.get(path).get_json() == claimed
    confirm(services, link, Result.APPROVED)
    final = {"stage": "confirmed", "status": "approved", "level": "confirmed", "final": True, "next_in_s": 60}
    answer = desktop.get(path)
    assert answer.get_json() == final
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
    assert "s-17" not in answer.text


@pytest.mark.parametrize("max_uses", [1, 2, None])
def test_return_has_a_token_of_its_visit(
    client: FlaskClient,
    services: Services,
    make_link: Callable[..., dict[str, Any]],
    come_back: Callable[..., dict[str, Any]],
    max_uses: int | None,
) -> None:
    """``/api/returns`` gives a token to wait for this visit, of whatever link."""
    link = make_link(max_uses=max_uses)
    if max_uses is None:
        client.environ_base["HTTP_SEC_PURPOSE"] = "prefetch"  # the page with the button
    told = come_back(link, "pending")
    assert client.get(f"/api/waits/{told['wait']}").get_json()["status"] == "pending"
    confirm(services, link, Result.REJECTED)
    answer = client.get(f"/api/waits/{told['wait']}").get_json()
    assert (answer["status"], answer["level"], answer["final"]) == ("rejected", "confirmed", True)


def test_return_that_is_not_ours_has_no_token(
    app: Flask, client: FlaskClient, make_link: Callable[..., dict[str, Any]], sent: Callable[..., Any]
) -> None:
    """Without ``state_ok`` there is nothing to wait for."""
    state = sent(client.post(make_link()["path"]).headers["Location"])["cf3"]
    for browser, cf3 in ((client, "x"), (app.test_client(), state)):
        encrypted = projects()["shop"].encrypt({"kycStatus": "approved", "cf3": cf3})
        told = browser.post("/api/returns", json={"project": "shop", "encrypted": encrypted}).get_json()
        assert (told["state_ok"], told["wait"]) == (False, None)


@pytest.mark.parametrize("max_uses", [2, None])
def test_link_of_several_people_has_no_token(api: FlaskClient, max_uses: int | None) -> None:
    """``wait`` is null for a link that several people may open, in every answer that shows it."""
    body = {"pipeline": "id_document", "project": "shop", "max_uses": max_uses}
    link = api.post("/api/links", json=body).get_json()
    assert link["wait"] is None
    assert api.get(f"/api/links/{link['id']}").get_json()["wait"] is None


def test_link_is_shown_with_a_fresh_token(
    api: FlaskClient, make_link: Callable[..., Any], clock: Clock
) -> None:
    """A link that is looked up later has a token that holds for another week."""
    link = make_link(expires_in=30 * 86_400)
    clock.advance(20 * 86_400)
    assert api.get(f"/api/waits/{link['wait']}").status_code == 404
    again = api.get(f"/api/links/{link['id']}").get_json()
    assert api.get(f"/api/waits/{again['wait']}").get_json()["stage"] == "waiting"


def test_site_without_a_store_gives_no_token(
    make_app: Callable[..., Flask], api_of: Callable[..., FlaskClient], make_link: Callable[..., Any]
) -> None:
    """A site that keeps no links has no tokens, in links and in returns."""
    app = make_app(STORE="sealed:")
    link = make_link(api_of(app), max_uses=None)
    assert link["wait"] is None
    encrypted = projects()["shop"].encrypt({"kycStatus": "approved"})
    told = app.test_client().post("/api/returns", json={"project": "shop", "encrypted": encrypted})
    assert told.get_json()["wait"] is None


def hostile_tokens(link: dict[str, Any]) -> list[str]:
    """Return texts in place of a token: damaged, foreign, of another purpose, too long, of odd characters."""
    token, id_ = link["wait"], link["id"]
    return [
        "x",
        token[:-1],
        f"{token}A",
        f"{token}=",
        token.swapcase(),
        token.replace(".", "%2E%2E"),
        "x" * 3000,
        "%00",
        "%ff",
        quote("한국어"),
        "..%5c..",
        "null",
        "*",
        link["path"].rpartition("/")[2],
        SignedValues([OTHER_KEY], Clock()).sign(Purpose.WAIT, {"link": id_}),
        *(
            SignedValues([link["key"]], Clock()).sign(purpose, {"link": id_, "visit": id_})
            for purpose in (Purpose.RESULT, Purpose.RESULT_PAGE, Purpose.KIOSK, Purpose.KIOSK_TICKET)
        ),
        SignedValues([link["key"]], Clock()).sign(Purpose.WAIT, {"link": "A" * 16}),
        SignedValues([link["key"]], Clock()).sign(Purpose.WAIT, {"visit": "A" * 37}),
        SignedValues([link["key"]], Clock()).sign(Purpose.WAIT, {"link": id_}, at=NOW - 7 * 86_400 - 1),
    ]


def test_everything_that_is_no_token_has_one_answer(
    client: FlaskClient, services: Services, make_link: Callable[..., dict[str, Any]]
) -> None:
    """Every bad or expired token gets the same 404, readable for the pages of listed origins."""
    link = make_link() | {"key": services.settings.secret_keys[0]}
    seen = set()
    for token in hostile_tokens(link):
        answer = client.get(f"/api/waits/{token}", headers={"Origin": ORIGIN})
        assert (answer.status_code, answer.get_json()) == (404, REFUSED), token
        assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
        seen.add((answer.data, str(sorted(answer.headers.items()))))
    assert len(seen) == 1


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_token_can_only_be_looked_at(
    client: FlaskClient, make_link: Callable[..., dict[str, Any]], method: str
) -> None:
    """A token changes nothing: only GET and HEAD are answered."""
    path = f"/api/waits/{make_link()['wait']}"
    assert client.open(path, method=method).status_code == 405
    assert client.head(path).status_code == 200


def test_token_is_no_link_and_no_result(
    client: FlaskClient, api: FlaskClient, make_link: Callable[..., dict[str, Any]]
) -> None:
    """Whoever has the token can neither open the link nor get the claims."""
    wait = make_link()["wait"]
    assert client.get(f"/r/{wait}").status_code == 404
    assert api.post("/api/results", json={"code": wait}).status_code == 404
    assert client.get(f"/api/links/{wait}").status_code == 401


def test_page_of_a_listed_origin_may_read_without_credentials(
    client: FlaskClient, make_link: Callable[..., dict[str, Any]]
) -> None:
    """The answer is for listed origins, without cookies, and lets them see how long to wait (CORS)."""
    answer = client.get(f"/api/waits/{make_link()['wait']}", headers={"Origin": ORIGIN})
    headers = {name: value for name, value in answer.headers if name.startswith("Access-Control-")}
    assert headers == {
        "Access-Control-Allow-Origin": ORIGIN,
        "Access-Control-Expose-Headers": "Retry-After",
    }
    assert "Origin" in answer.headers["Vary"]


@pytest.mark.parametrize(
    "origin", [None, "null", "*", "https://evil.example.com", "http://app.example.com", f"{ORIGIN}/"]
)
def test_other_origin_may_not_read(
    client: FlaskClient, make_link: Callable[..., dict[str, Any]], origin: str | None
) -> None:
    """An answer to an origin that is not listed has no CORS headers, and varies by Origin."""
    headers = {} if origin is None else {"Origin": origin}
    answer = client.get(f"/api/waits/{make_link()['wait']}", headers=headers)
    assert answer.status_code == 200
    assert [name for name, _ in answer.headers if name.startswith("Access-Control-")] == []
    assert "Origin" in answer.headers["Vary"]


def test_wrong_api_token_makes_no_difference(
    client: FlaskClient, make_link: Callable[..., dict[str, Any]]
) -> None:
    """The token is all that is looked at: a page has no API token, and a server's changes nothing."""
    path = f"/api/waits/{make_link()['wait']}"
    for authorization in ("", "Bearer nobody", f"Bearer {TOKEN}"):
        assert client.get(path, headers={"Authorization": authorization}).get_json() == WAITING


def test_log_has_neither_the_token_nor_its_link(
    client: FlaskClient, make_link: Callable[..., dict[str, Any]], caplog: pytest.LogCaptureFixture
) -> None:
    """The access log has the route and not the token."""
    link = make_link()
    with caplog.at_level("INFO"):
        client.get(f"/api/waits/{link['wait']}")
    assert "/api/waits/<token>" in caplog.text
    assert link["wait"] not in caplog.text
    assert link["id"] not in caplog.text
