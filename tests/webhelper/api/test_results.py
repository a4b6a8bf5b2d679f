"""These tests exchange the result code that a browser brings to ``next`` at ``/api/results``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sites import KEY, OTHER_KEY, RETURN_HOST, Clock

from webhelper.links.signing.purposes import Purpose

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.testing import FlaskClient

    from webhelper.services import Services

NEXT = f"https://{RETURN_HOST}/done"


@pytest.fixture
def come_back(
    client: FlaskClient,
    make_link: Callable[..., dict[str, Any]],
    sent: Callable[..., dict[str, Any]],
    return_path: Callable[..., str],
) -> Callable[..., tuple[dict[str, Any], str]]:
    """Return a walker of the whole way, which gives the link and where the browser is sent last."""

    def walk(claims: dict[str, str] | None = None, **link_request: Any) -> tuple[dict[str, Any], str]:
        link = make_link(**{"next": NEXT, "fields": {"userid": "jane_17"}} | link_request)
        state = sent(client.post(link["path"]).headers["Location"])["cf3"]
        returned = {"kycStatus": "approved", "submissionId": "s-17"} if claims is None else claims
        answer = client.get(return_path("shop", {**returned, "cf3": state}))
        assert answer.status_code == 303
        return link, answer.headers["Location"]

    return walk


@pytest.fixture
def code(come_back: Callable[..., tuple[dict[str, Any], str]]) -> str:
    """Return a fresh result code, as a browser brings it."""
    return parse_qs(urlsplit(come_back()[1]).query)["result"][0]


def test_code_is_exchanged_for_the_claims_and_their_link(
    api: FlaskClient, come_back: Callable[..., tuple[dict[str, Any], str]]
) -> None:
    """A result code gives the claims, the link's id and label, and the user id."""
    link, url = come_back(label="order 17")
    answer = api.post("/api/results", json={"code": parse_qs(urlsplit(url).query)["result"][0]})
    assert answer.status_code == 200
    assert answer.get_json() == {
        "status": "approved",
        "submission_id": "s-17",
        "error_code": None,
        "state_ok": True,
        "claimed": True,
        "level": "claimed",
        "api_check": "off",
        "link_id": link["id"],
        "visit_id": api.get(f"/api/links/{link['id']}").get_json()["visits"][0]["id"],
        "label": "order 17",
        "userid": "jane_17",
    }


def test_error_page_is_told(api: FlaskClient, come_back: Callable[..., tuple[dict[str, Any], str]]) -> None:
    """A result code of an error page gives an error code and the status ``error``."""
    code = parse_qs(urlsplit(come_back({"errorCode": "DE-40000"})[1]).query)["result"][0]
    told = api.post("/api/results", json={"code": code}).get_json()
    assert (told["status"], told["error_code"]) == ("error", "DE-40000")


def test_user_id_of_a_poster_is_that_of_the_visit(
    api: FlaskClient, come_back: Callable[..., tuple[dict[str, Any], str]]
) -> None:
    """A result code of a poster's visit gives the user id that was made for that visit."""
    link, url = come_back(fields={}, unique_userid="poster-")
    code = parse_qs(urlsplit(url).query)["result"][0]
    told = api.post("/api/results", json={"code": code}).get_json()
    (visit,) = api.get(f"/api/links/{link['id']}").get_json()["visits"]
    assert told["userid"] == visit["userid"]
    assert told["userid"].startswith("poster-")


def test_code_works_once(api: FlaskClient, code: str) -> None:
    """A result code works once and answers 410 from then on."""
    assert api.post("/api/results", json={"code": code}).status_code == 200
    for _ in range(2):
        answer = api.post("/api/results", json={"code": code})
        assert answer.status_code == 410
        assert answer.get_json()["error"]["code"] == "used_up"


def test_code_needs_a_token(client: FlaskClient, api: FlaskClient, code: str) -> None:
    """Exchanging a result code without an API token answers 401 and does not spend the code."""
    assert client.post("/api/results", json={"code": code}).status_code == 401
    assert api.post("/api/results", json={"code": code}).status_code == 200


def test_code_dies_after_ten_minutes(api: FlaskClient, code: str, clock: Clock) -> None:
    """A result code is exchanged up to 600 seconds after the return, and answers 410 from then on."""
    clock.advance(601)
    answer = api.post("/api/results", json={"code": code})
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (410, "expired")
    clock.advance(-1)
    assert api.post("/api/results", json={"code": code}).status_code == 200


def test_forged_code_is_404(api: FlaskClient, code: str) -> None:
    """A result code with a changed, missing or added character answers 404."""
    forged = [code[:at] + ("A" if code[at] != "A" else "B") + code[at + 1 :] for at in range(0, len(code), 7)]
    for text in (*forged, code[:-1], code + "A", "x", ".", "..", "é", "x" * 2000):
        answer = api.post("/api/results", json={"code": text})
        assert answer.status_code == 404, text
        assert answer.get_json()["error"]["code"] == "bad_signature"


@pytest.mark.parametrize("body", [{}, {"code": ""}, {"code": None}, {"code": "x" * 2001}, {"result": "x"}])
def test_body_of_another_shape_is_refused(api: FlaskClient, body: dict[str, object]) -> None:
    """A body without a code of 1 to 2,000 characters answers 422."""
    assert api.post("/api/results", json=body).status_code == 422


def test_codes_of_other_purposes_are_worth_nothing_here(
    api: FlaskClient,
    client: FlaskClient,
    services: Services,
    come_back: Callable[..., tuple[dict[str, Any], str]],
) -> None:
    """The code of a result page or a kiosk ticket answers 404 at ``/api/results``."""
    _, page = come_back(next=None)
    assert page.startswith("/result/")
    kiosk = services.signed_values.sign(Purpose.KIOSK_TICKET, {"id": "x", "placement": {}})
    for code in (page.removeprefix("/result/"), kiosk):
        assert api.post("/api/results", json={"code": code}).status_code == 404


def test_result_code_is_worth_nothing_for_the_result_page(client: FlaskClient, code: str) -> None:
    """A result code shows the same result page as an invalid code, without the submission."""
    assert "s-17" not in client.get(f"/result/{code}").text
    assert client.get(f"/result/{code}").data == client.get("/result/nothing").data


def test_code_of_a_visit_that_is_gone_is_404(
    api: FlaskClient, services: Services, code: str, make_app: Callable[..., Flask]
) -> None:
    """A result code whose visit is not in the store answers 404."""
    for visit in ("AAAAAAAAAAAAAAAA", ""):
        lost = services.signed_values.sign(Purpose.RESULT, {"id": "a", "visit": visit})
        answer = api.post("/api/results", json={"code": lost})
        assert (answer.status_code, answer.get_json()["error"]["code"]) == (404, "unknown")


def test_code_of_a_visit_that_never_came_back_is_404(
    api: FlaskClient, client: FlaskClient, services: Services, make_link: Callable[..., dict[str, Any]]
) -> None:
    """A result code whose visit has no outcome answers 404."""
    link = make_link()
    client.post(link["path"])
    (visit,) = api.get(f"/api/links/{link['id']}").get_json()["visits"]
    code = services.signed_values.sign(Purpose.RESULT, {"id": "a", "visit": visit["id"]})
    assert api.post("/api/results", json={"code": code}).status_code == 404


def test_code_of_an_older_key_is_taken_until_it_is_removed(
    api_of: Callable[..., FlaskClient], make_app: Callable[..., Flask], code: str
) -> None:
    """A result code works while the key that signed it is in SECRET_KEYS, and answers 404 without it."""
    fresh = "nEw-" + OTHER_KEY
    assert api_of(make_app(SECRET_KEYS=[fresh])).post("/api/results", json={"code": code}).status_code == 404
    rotated = api_of(make_app(SECRET_KEYS=[fresh, KEY]))
    assert rotated.post("/api/results", json={"code": code}).status_code == 200


def test_sealed_site_has_no_codes(
    make_app: Callable[..., Flask], api_of: Callable[..., FlaskClient], code: str
) -> None:
    """A site without a store answers 404 to a result code from the time when it had one."""
    assert api_of(make_app(STORE="sealed:")).post("/api/results", json={"code": code}).status_code == 404
