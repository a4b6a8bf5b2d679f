"""These tests ask ``/api/returns`` what a page without a key may learn of a return."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sites import TOKEN, VENDOR_KEY, projects

from liveform import Project

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.testing import FlaskClient

ORIGIN = "https://app.example.com"
UNREADABLE = {"error": {"code": "malformed", "message": "the return cannot be read"}}
PERSONAL = {"userid": "jane_17", "email": "jane@example.com", "cf1": "room 42", "cf2": "secret note"}


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    """Return a site that pages of two origins may call."""
    return make_app(CORS_ORIGINS=[ORIGIN, "http://localhost:3000"])


@pytest.fixture
def claims(
    client: FlaskClient, make_link: Callable[..., dict[str, Any]], sent: Callable[..., dict[str, Any]]
) -> Callable[..., dict[str, str]]:
    """Return a maker of claims that come back from a link of ``project``, with personal data."""

    def make(project: str = "shop", **changes: str) -> dict[str, str]:
        link = make_link(project=project, fields={name: PERSONAL[name] for name in ("userid", "email")})
        state = sent(client.post(link["path"]).headers["Location"], project)["cf3"]
        return {"kycStatus": "approved", "submissionId": "s-17", "cf3": state} | PERSONAL | changes

    return make


def query_of(project: str, claims: dict[str, str], *, encrypt: bool | None = None) -> str:
    """Return the query with which the vendor would open the Return URL."""
    return "?" + urlsplit(projects()[project].build_return(f"{ORIGIN}/", claims, encrypt=encrypt)).query


@pytest.mark.parametrize("project", ["plain", "shop", "signup"])
@pytest.mark.parametrize("encrypt", [None, False])
def test_return_is_read_without_anything_personal(
    client: FlaskClient, claims: Callable[..., dict[str, str]], project: str, encrypt: bool | None
) -> None:
    """A return is read to its status, submission, error and state, without any personal value."""
    query = query_of(project, claims(project), encrypt=encrypt)
    answer = client.post("/api/returns", json={"project": project, "query": query})
    assert answer.status_code == 200
    assert answer.get_json() == {
        "status": "approved",
        "submission_id": "s-17",
        "error_code": None,
        "state_ok": True,
        "claimed": True,
    }
    assert not any(value in answer.text + str(answer.headers) for value in PERSONAL.values())


def test_value_of_encrypted_is_read_alone(client: FlaskClient, claims: Callable[..., dict[str, str]]) -> None:
    """The value of ``encrypted`` is enough, for frameworks that have parsed the query already."""
    encrypted = parse_qs(query_of("shop", claims())[1:])["encrypted"][0]
    answer = client.post("/api/returns", json={"project": "shop", "encrypted": encrypted})
    assert answer.get_json()["state_ok"] is True


def test_error_page_is_read(client: FlaskClient, claims: Callable[..., dict[str, str]]) -> None:
    """The return of an error page has an error code and no status."""
    gone = claims(errorCode="TK-10001")
    del gone["kycStatus"], gone["submissionId"]
    answer = client.post("/api/returns", json={"project": "shop", "query": query_of("shop", gone)})
    assert answer.get_json() == {
        "status": None,
        "submission_id": None,
        "error_code": "TK-10001",
        "state_ok": True,
        "claimed": True,
    }


def test_project_may_be_left_out_where_there_is_only_one(make_app: Callable[..., Flask]) -> None:
    """A return needs a project name only on a site with several projects."""
    body = {"query": "?kycStatus=pending"}
    one = make_app(PROJECTS={"shop": projects()["shop"]}).test_client()
    assert one.post("/api/returns", json=body).get_json()["status"] == "pending"
    answer = make_app().test_client().post("/api/returns", json=body)
    assert answer.status_code == 422
    assert answer.get_json()["error"]["field"] == "project"


@pytest.mark.parametrize("project", ["nobody", "", "SHOP"])
def test_unknown_project_is_refused(client: FlaskClient, project: str) -> None:
    """A return for an unknown project answers 422 and names the field ``project``."""
    answer = client.post("/api/returns", json={"project": project, "query": "?kycStatus=pending"})
    assert answer.status_code == 422
    assert answer.get_json()["error"]["field"] == "project"


@pytest.mark.parametrize(
    "body",
    [
        {"query": "?a=b", "encrypted": "AA"},
        {"query": "x" * 20_001},
        {"encrypted": "x" * 20_001},
        {"query": 7},
        {"url": "https://app.example.com/?kycStatus=approved"},
        [],
    ],
)
def test_body_of_another_shape_is_refused(client: FlaskClient, body: object) -> None:
    """A body with both forms of a return, too long a text or an unknown member answers 422."""
    wanted = body if isinstance(body, list) else {"project": "shop", **dict(body)}  # type: ignore[call-overload]
    assert client.post("/api/returns", json=wanted).status_code == 422


def unreadable_bodies() -> list[dict[str, str]]:
    """Return bodies whose returns cannot be read, each for another reason."""
    genuine = parse_qs(query_of("shop", {"kycStatus": "approved"})[1:])["encrypted"][0]
    others = Project("shoppid001", key=VENDOR_KEY[::-1], cipher="ecb")
    foreign = parse_qs(urlsplit(others.build_return(f"{ORIGIN}/", {"kycStatus": "approved"})).query)
    odd = parse_qs(query_of("shop", {"kycStatus": "verified"})[1:])["encrypted"][0]
    raw = bytearray(base64.b64decode(genuine))
    raw[-1] ^= 1
    texts = [
        "",
        "A",
        "AAAA",
        "=",
        "%",
        "é",
        "a b",
        genuine[:-4],
        genuine + "AAAA",
        base64.b64encode(bytes(raw)).decode(),
        base64.b64encode(bytes(16)).decode(),
        base64.b64encode(bytes(48)).decode(),
        foreign["encrypted"][0],
        odd,
        "A" * 20_000,
    ]
    return [
        {},
        {"query": ""},
        {"query": "?kycStatus=verified"},
        {"query": "?kycStatus=approved&kycStatus=rejected"},
        {"query": f"?kycStatus=approved&encrypted={quote(genuine)}"},
        {"query": "?kycStatus=%ff"},
        {"query": "?submissionId=" + "x" * 129},
        {"query": "?errorCode=" + "x" * 129},
        *({"encrypted": text} for text in texts),
        *({"query": f"?encrypted={quote(text, safe='')}"} for text in texts if len(text) < 10_000),
    ]


def test_everything_that_cannot_be_read_has_one_answer(client: FlaskClient) -> None:
    """Every unreadable return gets the same 400, so that an attacker learns no cause (no oracle)."""
    seen = []
    for body in unreadable_bodies():
        answer = client.post("/api/returns", json={"project": "shop", **body})
        assert answer.status_code == 400, body
        assert answer.get_json() == UNREADABLE, body
        seen.append((answer.data, sorted(answer.headers.items())))
    assert len({str(one) for one in seen}) == 1
    assert len(seen) > 30


def test_encrypted_return_to_a_project_without_key_has_that_answer_too(client: FlaskClient) -> None:
    """An encrypted return to a project without a key gets the same 400 as any unreadable one."""
    answer = client.post("/api/returns", json={"project": "plain", "encrypted": "A" * 64})
    assert (answer.status_code, answer.get_json()) == (400, UNREADABLE)


@given(st.text(max_size=200))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_query_is_read_or_has_that_answer(client: FlaskClient, query: str) -> None:
    """Any text as a query answers 200 with ``state_ok`` false, or 400."""
    answer = client.post("/api/returns", json={"project": "shop", "query": query})
    assert answer.status_code in (200, 400)
    if answer.status_code == 200:
        assert answer.get_json()["state_ok"] is False


@pytest.mark.parametrize("changes", [{"cf3": "x"}, {"cf3": ""}, {"userid": "somebody_else"}])
def test_state_that_is_not_ours_is_told(
    client: FlaskClient, claims: Callable[..., dict[str, str]], changes: dict[str, str]
) -> None:
    """A return with a wrong state or user id keeps its claims and has ``state_ok`` false."""
    query = query_of("shop", claims(**changes))
    answer = client.post("/api/returns", json={"project": "shop", "query": query}).get_json()
    assert (answer["state_ok"], answer["status"], answer["claimed"]) == (False, "approved", True)


def test_state_of_another_project_is_not_ours(
    client: FlaskClient, claims: Callable[..., dict[str, str]]
) -> None:
    """A visit state of one project has ``state_ok`` false in a return of another."""
    query = query_of("signup", claims("shop"))
    assert (
        client.post("/api/returns", json={"project": "signup", "query": query}).get_json()["state_ok"]
        is False
    )


def test_return_is_noted_at_its_link(
    api: FlaskClient, client: FlaskClient, claims: Callable[..., dict[str, str]]
) -> None:
    """A return that is read through the API writes its result to its link."""
    client.post("/api/returns", json={"project": "shop", "query": query_of("shop", claims())})
    (link,) = api.get("/api/links").get_json()["links"]
    assert link["outcome"]["result"] == "approved"


def test_listed_origin_may_ask_and_read(client: FlaskClient) -> None:
    """A page of a listed origin may read every answer, without credentials (Fetch standard, CORS)."""
    headers = {"Origin": ORIGIN}
    for body, status in (
        ({"query": "?kycStatus=pending"}, 200),
        ({"query": "?encrypted=A"}, 400),
        ({"query": 7}, 422),
    ):
        answer = client.post("/api/returns", json={"project": "shop", **body}, headers=headers)
        assert answer.status_code == status
        assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
        assert "Origin" in answer.headers["Vary"]
        assert "Access-Control-Allow-Credentials" not in answer.headers


def test_preflight_of_a_listed_origin_allows_a_post_of_json(client: FlaskClient) -> None:
    """A preflight from a listed origin allows POST with Content-Type, and nothing else."""
    headers = {
        "Origin": ORIGIN,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    answer = client.options("/api/returns", headers=headers)
    assert answer.status_code == 200
    assert answer.data == b""
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert answer.headers["Access-Control-Allow-Methods"] == "POST"
    assert answer.headers["Access-Control-Allow-Headers"] == "Content-Type"
    assert int(answer.headers["Access-Control-Max-Age"]) > 0
    assert "Origin" in answer.headers["Vary"]


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "null",
        "*",
        "https://evil.example.com",
        "https://app.example.com.evil.example.com",
        "https://app.example.com:8443",
        "http://app.example.com",
        "https://APP.example.com",
        f"{ORIGIN}/",
        f"{ORIGIN}, https://evil.example.com",
    ],
)
@pytest.mark.parametrize("method", ["OPTIONS", "POST"])
def test_other_origin_may_not_read(client: FlaskClient, method: str, origin: str | None) -> None:
    """An answer to an origin that is not listed has no CORS headers, and varies by Origin."""
    headers = {} if origin is None else {"Origin": origin}
    answer = client.open(
        "/api/returns",
        method=method,
        json={"project": "shop", "query": "?kycStatus=pending"},
        headers=headers,
    )
    assert answer.status_code < 300
    assert [name for name, _ in answer.headers if name.startswith("Access-Control-")] == []
    assert "Origin" in answer.headers["Vary"]


@pytest.mark.parametrize(
    "path", ["/api/links", "/api/results", "/api/openapi.json", "/healthz", "/", "/sign-in"]
)
def test_other_routes_have_no_cors(client: FlaskClient, path: str) -> None:
    """Routes other than ``/api/returns`` send no CORS headers, even to a listed origin."""
    headers = {"Origin": ORIGIN, "Authorization": f"Bearer {TOKEN}", "Access-Control-Request-Method": "POST"}
    for method in ("GET", "POST", "OPTIONS"):
        answer = client.open(path, method=method, headers=headers)
        assert [name for name, _ in answer.headers if name.startswith("Access-Control-")] == []


def test_sealed_site_knows_its_states_too(
    make_app: Callable[..., Flask],
    api_of: Callable[..., FlaskClient],
    make_link: Callable[..., dict[str, Any]],
    sent: Callable[..., dict[str, Any]],
) -> None:
    """A site without a store recognises its visit states and the user ids they were signed for."""
    sealed = api_of(make_app(STORE="sealed:"))
    link = make_link(sealed, max_uses=None, fields={"userid": "jane_17"})
    state = sent(sealed.get(link["path"]).headers["Location"])["cf3"]
    for userid, expected in (("jane_17", True), ("john_18", False)):
        query = query_of("shop", {"kycStatus": "pending", "userid": userid, "cf3": state})
        answer = sealed.post("/api/returns", json={"project": "shop", "query": query})
        assert answer.get_json()["state_ok"] is expected
