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


def read(client: FlaskClient, query: str, project: str = "shop", **headers: str) -> dict[str, Any]:
    """Return what the API answers to the query of a return."""
    answer = client.post("/api/returns", json={"project": project, "query": query}, headers=headers)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.get_json()
    return told


@pytest.mark.parametrize("project", ["plain", "shop", "signup"])
def test_return_is_read_to_a_status_and_a_code(  # A1
    client: FlaskClient, api: FlaskClient, claims: Callable[..., dict[str, str]], project: str
) -> None:
    """Without an API token a return gives a status, whether its visit is known, and a code for the server."""
    answer = client.post(
        "/api/returns", json={"project": project, "query": query_of(project, claims(project))}
    )
    told = answer.get_json()
    code = told.pop("code")
    assert told.pop("wait")
    assert told == {"status": "approved", "state_ok": True, "claims": None, "claimed": True}
    assert not any(value in answer.text + str(answer.headers) for value in ("s-17", *PERSONAL.values()))
    exchanged = api.post("/api/results", json={"code": code}).get_json()
    assert (exchanged["submission_id"], exchanged["userid"]) == ("s-17", "jane_17")


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"kycStatus": "pending"}, "pending"),
        ({"kycStatus": "rejected", "errorCode": "TK-10001"}, "rejected"),
        ({"kycStatus": "in_review"}, "unknown"),  # E1
        ({"kycStatus": ""}, "unknown"),
        ({"kycStatus": "", "errorCode": "TK-10001"}, "error"),
        ({"kycStatus": "", "errorCode": "jane@example.com"}, "error"),
        ({"kycStatus": "jane@example.com"}, "unknown"),
    ],
)
def test_status_is_one_of_five_words(  # A1, E1
    client: FlaskClient, claims: Callable[..., dict[str, str]], changes: dict[str, str], status: str
) -> None:
    """The status is one of five words, whatever kycStatus and errorCode say."""
    told = read(client, query_of("shop", claims(**changes)))
    assert (told["status"], told["state_ok"], told["claims"]) == (status, True, None)
    assert told["code"]


ODD: list[dict[str, Any]] = [
    {"submissionId": "x" * 5000},
    {"submissionId": 7},
    {"submissionId": None, "email": ["x"]},
    {"errorCode": "x" * 129},
    {"errorCode": {"a": "b"}},
    {"cf1": "x" * 5000, "cf2": [1]},
    {"other": {"a": [1, 2, {"b": "c"}]}},
    {"kycStatus": ["approved"]},
    {"kycStatus": "x" * 5000},
]


@pytest.mark.parametrize("is_known", [True, False])
def test_no_members_content_decides_the_shape_of_the_answer(  # A1
    client: FlaskClient, claims: Callable[..., dict[str, str]], is_known: bool
) -> None:
    """Whatever decrypts has one answer: the same members, types and, up to the word, the same length."""
    shapes = set()
    genuine = claims()
    for odd in ({}, *ODD):
        members: dict[str, object] = {**genuine, **odd}
        if not is_known:
            members["cf3"] = odd.get("cf1", "x")
        encrypted = projects()["shop"].encrypt(members)
        answer = client.post("/api/returns", json={"project": "shop", "encrypted": encrypted})
        told = answer.get_json()
        assert told["state_ok"] is is_known
        types = tuple((name, type(value)) for name, value in told.items())
        shapes.add((answer.status_code, types, len(answer.data) - len(told["status"])))
    assert len(shapes) == 1


@pytest.mark.parametrize("project", ["plain", "shop"])
def test_api_token_gives_the_claims(  # A1
    api: FlaskClient, claims: Callable[..., dict[str, str]], project: str
) -> None:
    """A program with an API token gets all claims; no browser comes with it, so that no visit is known."""
    sent_claims = claims(project)
    told = read(api, query_of(project, sent_claims), project)
    assert told == {
        "status": "approved",
        "state_ok": False,
        "code": None,
        "wait": None,
        "claims": {
            "submission_id": "s-17",
            "error_code": None,
            **PERSONAL,
            "cf3": sent_claims["cf3"],
            "encrypted": project != "plain",
        },
        "claimed": True,
    }


@pytest.mark.parametrize("token", ["", "Bearer nobody", f"Basic {TOKEN}", f"Bearer {TOKEN}x"])
def test_wrong_api_token_is_refused(  # A1
    client: FlaskClient, claims: Callable[..., dict[str, str]], token: str
) -> None:
    """A wrong API token answers 401, for who sends one expects the claims."""
    answer = client.post(
        "/api/returns",
        json={"project": "shop", "query": query_of("shop", claims())},
        headers={"Authorization": token},
    )
    assert answer.status_code == 401


def test_plain_claims_to_a_project_that_encrypts_cannot_be_read(  # A2
    client: FlaskClient, claims: Callable[..., dict[str, str]]
) -> None:
    """A plain return to a project with a key is answered as one that cannot be read."""
    for project in ("shop", "signup"):
        query = query_of(project, claims(project), encrypt=False)
        answer = client.post("/api/returns", json={"project": project, "query": query})
        assert (answer.status_code, answer.get_json()) == (400, UNREADABLE)
    assert read(client, "?errorCode=TK-10001")["status"] == "error"


def test_other_browser_gets_no_code(  # A3
    app: Flask, api: FlaskClient, claims: Callable[..., dict[str, str]]
) -> None:
    """A return that another browser brings has ``state_ok`` false and no code, and is not noted."""
    query = query_of("shop", claims())
    told = read(app.test_client(), query)
    assert (told["state_ok"], told["code"]) == (False, None)
    (link,) = api.get("/api/links").get_json()["links"]
    assert link["outcome"] is None


@pytest.mark.parametrize(
    ("origin", "counts"),
    [
        (None, True),
        (ORIGIN, True),
        ("https://shop.example.com", True),
        ("https://evil.example.com", False),
        ("null", False),
    ],
)
def test_cookie_counts_for_pages_of_listed_origins_alone(  # A3
    client: FlaskClient, claims: Callable[..., dict[str, str]], origin: str | None, counts: bool
) -> None:
    """The browser's cookie is ignored if a page of an origin that is not listed sends the request."""
    headers = {} if origin is None else {"Origin": origin}
    assert read(client, query_of("shop", claims()), **headers)["state_ok"] is counts


def test_reload_gives_the_same_code_and_none_once_it_was_used(  # A5
    client: FlaskClient, api: FlaskClient, claims: Callable[..., dict[str, str]]
) -> None:
    """Every reading of a return gives the one code of its visit, and null once it was used."""
    query = query_of("shop", claims())
    codes = {read(client, query)["code"] for _ in range(3)}
    (code,) = codes
    assert api.post("/api/results", json={"code": code}).status_code == 200
    told = read(client, query)
    assert (told["state_ok"], told["code"], told["status"]) == (True, None, "approved")


def test_older_return_opened_again_takes_nothing_back(  # A6, E2
    client: FlaskClient, api: FlaskClient, claims: Callable[..., dict[str, str]]
) -> None:
    """The status is that of the latest decision, and the API lists every return of the visit."""
    first = claims(kycStatus="pending")
    for changes in ({}, {"kycStatus": "approved"}, {}):
        told = read(client, query_of("shop", first | changes))
    assert told["status"] == "approved"
    (link,) = api.get("/api/links").get_json()["links"]
    (visit,) = api.get(f"/api/links/{link['id']}").get_json()["visits"]
    assert link["outcome"]["result"] == visit["outcome"]["result"] == "approved"
    assert [one["result"] for one in visit["outcomes"]] == ["pending", "approved"]


def test_value_of_encrypted_is_read_alone(client: FlaskClient, claims: Callable[..., dict[str, str]]) -> None:
    """The value of ``encrypted`` is enough, for frameworks that have parsed the query already."""
    encrypted = parse_qs(query_of("shop", claims())[1:])["encrypted"][0]
    answer = client.post("/api/returns", json={"project": "shop", "encrypted": encrypted})
    assert answer.get_json()["state_ok"] is True


def test_project_may_be_left_out_where_there_is_only_one(make_app: Callable[..., Flask]) -> None:
    """A return needs a project name only on a site with several projects."""
    body = {"query": query_of("shop", {"kycStatus": "pending"})}
    one = make_app(PROJECTS={"shop": projects()["shop"]}).test_client()
    assert one.post("/api/returns", json=body).get_json()["status"] == "pending"
    answer = make_app().test_client().post("/api/returns", json=body)
    assert answer.status_code == 422
    assert answer.get_json()["error"]["field"] == "project"


@pytest.mark.parametrize("project", ["nobody", "", "SHOP"])
def test_unknown_project_is_answered_as_a_wrong_return(client: FlaskClient, project: str) -> None:  # A13
    """A return for an unknown project has the answer of one for a project with a key, whatever it says."""
    for body, status in (
        ({"query": "?kycStatus=pending"}, 400),
        ({"encrypted": "AAAA"}, 400),
        ({"query": "?errorCode=expired"}, 200),
        ({"query": "?a=b"}, 200),
        ({}, 400),
    ):
        answers = [
            client.post("/api/returns", json={"project": name, **body}) for name in (project, "signup")
        ]
        assert answers[0].data == answers[1].data
        assert [answer.status_code for answer in answers] == [status] * 2, body
        assert status == 200 or answers[0].get_json() == UNREADABLE


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
        "A" * 20_000,
    ]
    return [
        {},
        {"query": ""},
        {"query": "?kycStatus=approved"},
        {"query": "?kycStatus=approved&kycStatus=rejected"},
        {"query": f"?kycStatus=approved&encrypted={quote(genuine)}"},
        {"query": "?kycStatus=%ff"},
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
    """A page of a listed origin may read every answer, with the browser's cookie (Fetch standard, CORS)."""
    headers = {"Origin": ORIGIN}
    for body, status in (
        ({"query": "?errorCode=TK-10001"}, 200),
        ({"query": "?encrypted=A"}, 400),
        ({"query": 7}, 422),
    ):
        answer = client.post("/api/returns", json={"project": "shop", **body}, headers=headers)
        assert answer.status_code == status
        assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
        assert "Origin" in answer.headers["Vary"]
        assert answer.headers["Access-Control-Allow-Credentials"] == "true"


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
        json={"project": "shop", "query": "?errorCode=TK-10001"},
        headers=headers,
    )
    assert answer.status_code < 300
    assert [name for name, _ in answer.headers if name.startswith("Access-Control-")] == []
    assert "Origin" in answer.headers["Vary"]


@pytest.mark.parametrize(
    "path", ["/api/links", "/api/results", "/api/openapi.json", "/healthz", "/", "/sign-in"]
)
def test_other_routes_have_no_cors(client: FlaskClient, path: str) -> None:
    """Routes but ``/api/returns`` and ``/api/waits`` send no CORS headers, even to a listed origin."""
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
    app = make_app(STORE="sealed:")
    sealed, link = app.test_client(), make_link(api_of(app), max_uses=None, fields={"userid": "jane_17"})
    state = sent(sealed.get(link["path"]).headers["Location"])["cf3"]
    for userid, expected in (("jane_17", True), ("john_18", False)):
        query = query_of("shop", {"kycStatus": "pending", "userid": userid, "cf3": state})
        answer = sealed.post("/api/returns", json={"project": "shop", "query": query})
        assert answer.get_json()["state_ok"] is expected
        assert answer.get_json()["code"] is None
