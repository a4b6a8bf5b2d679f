"""These tests create, repeat, list, look up and revoke links through ``/api/links``."""

from __future__ import annotations

import base64
import re
from datetime import datetime
from hmac import compare_digest
from typing import TYPE_CHECKING, Any

import pytest
from sites import BASE_URL, HOLDER, NOW, RETURN_HOST, TOKEN, Clock, projects

from webhelper.api import auth as bearer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient

    from webhelper.services import Services

LINK_REQUEST = {"pipeline": "id_document", "project": "shop"}
OTHER_TOKEN = "till-Zm9yIHRlc3RzIG9ubHksIGFuZCBzdHJvbmcu"
DAY_S = 86_400


def unix(text: str) -> float:
    """Return the Unix time of a moment in an answer, which is in UTC."""
    assert text.endswith("Z")
    return datetime.fromisoformat(text).timestamp()


@pytest.fixture
def refused(api: FlaskClient) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Return a caller that gives the error of a link request that must answer 422."""

    def ask(changes: dict[str, Any]) -> dict[str, Any]:
        answer = api.post("/api/links", json=LINK_REQUEST | changes)
        assert answer.status_code == 422, answer.text
        error: dict[str, Any] = answer.get_json()["error"]
        assert error["code"] == "field_error"
        return error

    return ask


@pytest.fixture
def till(make_app: Callable[..., Flask], api_of: Callable[..., FlaskClient]) -> FlaskClient:
    """Return a program with a second API token, over the same database file as ``app``."""
    return api_of(make_app(API_TOKENS={HOLDER: TOKEN, "till": OTHER_TOKEN}), OTHER_TOKEN)


def test_link_of_the_smallest_request_has_the_defaults(api: FlaskClient) -> None:
    """A link without options has one use, lives 900 seconds, and keeps its values out of the answer."""
    answer = api.post(
        "/api/links", json=LINK_REQUEST | {"fields": {"userid": "user_12345", "cf1": "store_17"}}
    )
    link = answer.get_json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/api/links/{link['id']}"
    assert link["url"] == f"{BASE_URL}/r/{link['url'].rpartition('/')[2]}"
    assert [link[name] for name in ("qr_svg", "qr_png", "poster")] == [
        f"{link['url']}/{name}" for name in ("qr.svg", "qr.png", "poster")
    ]
    assert unix(link["expires_at"]) == NOW + 900
    assert unix(link["created_at"]) == NOW
    assert {name: link[name] for name in ("max_uses", "uses", "state", "project", "pipeline")} == {
        "max_uses": 1,
        "uses": 0,
        "state": "active",
        "project": "shop",
        "pipeline": "id_document",
    }
    assert sorted(link["field_names"]) == ["cf1", "userid"]
    assert link["created_by"] == HOLDER
    empty = ("label", "unique_userid", "next", "note", "last_used_at", "revoked_at", "outcome", "counts")
    assert [link[name] for name in empty] == [None] * 8
    assert "user_12345" not in answer.text


def test_token_is_thirty_characters_of_base32_in_capitals(make_link: Callable[..., dict[str, Any]]) -> None:
    """A token has 30 capitals or digits of base32, so a QR code of version 3-M holds the whole URL."""
    token = make_link()["path"].removeprefix("/r/")
    assert len(token) == 30
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")


def test_every_member_of_a_link_request_is_kept(make_link: Callable[..., dict[str, Any]]) -> None:
    """The answer repeats every option of the link request, and its expiry as a point in time."""
    link_request = {
        "pipeline": "knowledge",
        "project": "signup",
        "expires_in": 90 * DAY_S,
        "max_uses": None,
        "label": "포스터 1",
        "unique_userid": "poster-",
        "next": f"https://{RETURN_HOST}/done?a=b#c",
        "note": "Called twice,\nasks for 이름",
    }
    link = make_link(**link_request)
    assert unix(link["expires_at"]) == NOW + 90 * DAY_S
    del link_request["expires_in"]
    assert {name: link[name] for name in link_request} == link_request


def test_project_may_be_left_out_where_there_is_only_one(
    make_app: Callable[..., Flask], api_of: Callable[..., FlaskClient]
) -> None:
    """A link request needs no project on a site that has only one."""
    api = api_of(make_app(PROJECTS={"shop": projects()["shop"]}))
    assert api.post("/api/links", json={"pipeline": "id_document"}).get_json()["project"] == "shop"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"expires_in": 90 * DAY_S + 1}, "expires_in"),
        ({"expires_in": 0}, "expires_in"),
        ({"expires_in": -1}, "expires_in"),
        ({"expires_in": "900"}, "expires_in"),
        ({"expires_in": 1.5}, "expires_in"),
        ({"expires_in": True}, "expires_in"),
        ({"expires_in": None}, "expires_in"),
        ({"max_uses": 0}, "max_uses"),
        ({"max_uses": 1_000_001}, "max_uses"),
        ({"max_uses": "1"}, "max_uses"),
        ({"max_uses": False}, "max_uses"),
        ({"pipeline": "passport"}, "pipeline"),
        ({"pipeline": None}, "pipeline"),
        ({"project": None}, "project"),
        ({"project": "nobody"}, "project"),
        ({"project": ""}, "project"),
        ({"label": ""}, "label"),
        ({"note": "x" * 501}, "note"),
        ({"note": "a\x00b"}, "note"),
        ({"note": 5}, "note"),
        ({"label": "x" * 101}, "label"),
        ({"label": "a\nb"}, "label"),
        ({"label": "a\n"}, "label"),
        ({"unique_userid": "a b"}, "unique_userid"),
        ({"unique_userid": "x" * 41}, "unique_userid"),
        ({"unique_userid": "x\n"}, "unique_userid"),
        ({"next": "https://evil.example.com/"}, "next"),
        ({"next": f"http://{RETURN_HOST}/"}, "next"),
        ({"next": f"https://{RETURN_HOST}:8443/"}, "next"),
        ({"next": f"https://{RETURN_HOST}.evil.example.com/"}, "next"),
        ({"next": f"https://{RETURN_HOST}@evil.example.com/"}, "next"),
        ({"next": f"https://evil.example.com\\@{RETURN_HOST}/"}, "next"),
        ({"next": f"//{RETURN_HOST}/"}, "next"),
        ({"next": "javascript:alert(1)"}, "next"),
        ({"next": "https://[::1"}, "next"),
        ({"next": ""}, "next"),
        ({"fields": []}, "fields"),
        ({"fields": None}, "fields"),
        ({"color": "red"}, "color"),
        ({"fields": {"userId": "x"}}, "userId"),
        ({"fields": {"userid": 7}}, "userid"),
        ({"fields": {"userid": ""}}, "userid"),
        ({"fields": {"ageLimit": True}}, "ageLimit"),
        ({"fields": {"cf3": "mine"}}, "cf3"),
        ({"fields": {"startValidUntil": "2030-01-01T00:00:00Z"}}, "startValidUntil"),
        ({"fields": {"userid": "u"}, "unique_userid": "p-"}, "userid"),
        ({"fields": {"action": "addveri"}}, "action"),
        ({"fields": {"sid": "x"}}, "sid"),
        ({"project": "plain", "fields": {"projectionId": "x"}}, "projectionId"),
        ({"pipeline": "injection"}, "sid"),
    ],
)
def test_link_request_with_a_wrong_field_is_refused_by_its_name(
    refused: Callable[[dict[str, Any]], dict[str, Any]], changes: dict[str, Any], field: str
) -> None:
    """A link request with a wrong value answers 422 and names the field in question."""
    error = refused(changes)
    assert error["field"] == field
    assert error["message"].startswith(field)


def test_refusal_does_not_repeat_the_value(refused: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """A refusal names the field and never repeats the value, because errors end up in logs."""
    planted = "jane@example.com"
    for changes in (
        {"pipeline": planted},
        {"label": f"{planted}\n"},
        {"unique_userid": planted},
        {"next": f"https://{planted}/"},
        {"fields": {"email": [planted]}},
        {"fields": {"allowedCountries": planted}},
        {"project": planted},
    ):
        assert planted not in str(refused(changes))


def test_refused_link_request_leaves_nothing_behind(
    api: FlaskClient, refused: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    """A refused link request creates no link, and leaves its Idempotency-Key free."""
    refused({"fields": {"cf3": "mine"}})
    assert api.get("/api/links").get_json() == {"links": [], "next_cursor": None}
    key = {"Idempotency-Key": "first try"}
    wrong = {"pipeline": "id_document", "project": "shop", "fields": {"cf3": "mine"}}
    assert api.post("/api/links", json=wrong, headers=key).status_code == 422
    right = {"pipeline": "id_document", "project": "shop"}
    assert api.post("/api/links", json=right, headers=key).status_code == 201


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "malformed"),
        (b"{", "malformed"),
        (b'{"pipeline": "id_document", "pipeline": "knowledge"}', "malformed"),
        (b'{"pipeline": "id_document", "fields": {"cf1": "a", "cf1": "b"}}', "malformed"),
        (b'{"pipeline": "id_document", "expires_in": NaN}', "malformed"),
        (b'{"pipeline": "id_document", "fields": {"auxidField": {"a": Infinity}}}', "malformed"),
        (b'{"pipeline": "id_document", "label": "\xff"}', "malformed"),
        (b'\xef\xbb\xbf{"pipeline": "id_document"}', "malformed"),
        ('{"pipeline": "id_document"}'.encode("utf-16"), "malformed"),
        (b'{"pipeline": "id_document", "label": "\\ud800"}', "malformed"),
        (b'{"pipeline": "id_document", "expires_in": ' + b"9" * 5000 + b"}", "malformed"),
        (b"[" * 60_000, "malformed"),
        (b'{"fields":' * 5000 + b"1" + b"}" * 5000, "malformed"),
        (b"[]", "field_error"),
        (b"null", "field_error"),
        (b'"text"', "field_error"),
        (b"{}", "field_error"),
    ],
)
def test_body_that_is_not_strict_json_is_refused(api: FlaskClient, body: bytes, code: str) -> None:
    """A body that is not strict JSON answers 400; JSON that is not a link request answers 422."""
    answer = api.post("/api/links", data=body)
    assert answer.status_code == {"malformed": 400, "field_error": 422}[code]
    assert answer.get_json()["error"]["code"] == code


def test_body_of_more_than_64_kib_is_refused(api: FlaskClient) -> None:
    """A body of 65,536 bytes is read, and one more byte answers 413 in JSON."""
    start = b'{"pipeline": "id_document", "project": "shop"'
    assert api.post("/api/links", data=start.ljust(65_535) + b"}").status_code == 201
    answer = api.post("/api/links", data=start.ljust(65_536) + b"}")
    assert answer.status_code == 413
    assert answer.get_json()["error"]["code"] == "request_entity_too_large"


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        f"Basic {TOKEN}",
        f"Basic {base64.b64encode(f'{HOLDER}:{TOKEN}'.encode()).decode()}",
        TOKEN,
        f"Bearer {TOKEN[:-1]}",
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN.upper()}",
        f"Bearer {HOLDER}",
        f"Bearer {TOKEN} {TOKEN}",
        f"Bearer {TOKEN},",
        "Bearer töken",
    ],
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/links"),
        ("GET", "/api/links"),
        ("GET", "/api/links/AAAAAAAAAAAAAAAA"),
        ("DELETE", "/api/links/AAAAAAAAAAAAAAAA"),
        ("POST", "/api/results"),
    ],
)
def test_request_without_one_of_our_tokens_is_refused(
    client: FlaskClient, method: str, path: str, authorization: str | None
) -> None:
    """A request without a known API token answers 401 with WWW-Authenticate (RFC 9110 section 11.6.1)."""
    headers = {} if authorization is None else {"Authorization": authorization}
    answer = client.open(path, method=method, data=b"no json", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.get_json()["error"]["code"] == "unauthorized"
    assert TOKEN not in answer.text


def test_sign_in_of_the_console_is_not_a_token_for_the_api(client: FlaskClient) -> None:
    """The API ignores the console's cookie, so it needs no protection from cross-site requests."""
    client.post("/sign-in", data={"token": TOKEN})
    assert client.get("/api/links").status_code == 401


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_scheme_of_the_token_has_no_case(client: FlaskClient, scheme: str) -> None:
    """The API reads the scheme "Bearer" in any case (RFC 9110 section 11.1)."""
    assert client.get("/api/links", headers={"Authorization": f"{scheme} {TOKEN}"}).status_code == 200


@pytest.mark.parametrize("token", [TOKEN, OTHER_TOKEN, "x" * 40])
def test_every_token_is_compared_in_constant_time(
    make_app: Callable[..., Flask],
    api_of: Callable[..., FlaskClient],
    monkeypatch: pytest.MonkeyPatch,
    token: str,
) -> None:
    """The API compares a token with the digests of all three tokens, in constant time."""
    tokens = {"first": TOKEN, "till": OTHER_TOKEN, "last": OTHER_TOKEN[::-1]}
    api = api_of(make_app(API_TOKENS=tokens), token)
    compared: list[tuple[bytes, bytes]] = []

    def counting(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return compare_digest(one, other)

    monkeypatch.setattr(bearer, "compare_digest", counting)
    assert api.get("/api/links").status_code == (401 if token.startswith("x") else 200)
    assert len(compared) == 3
    assert {len(part) for pair in compared for part in pair} == {32}


def test_links_say_whose_token_made_them(
    make_link: Callable[..., dict[str, Any]], till: FlaskClient, api: FlaskClient
) -> None:
    """A link names the API token that created it, to holders of other API tokens too."""
    link = make_link(till)
    assert link["created_by"] == "till"
    assert api.get(f"/api/links/{link['id']}").get_json()["created_by"] == "till"


@pytest.fixture
def idempotency_key(api: FlaskClient) -> Callable[..., Any]:
    """Return a caller that posts a link request with an Idempotency-Key."""

    def post(key: str, program: FlaskClient = api, **changes: Any) -> Any:
        return program.post("/api/links", json=LINK_REQUEST | changes, headers={"Idempotency-Key": key})

    return post


def test_repeated_request_answers_the_same_link(
    api: FlaskClient, idempotency_key: Callable[..., Any]
) -> None:
    """A repeated request answers the first link again, marked with Idempotency-Replayed."""
    first, second = idempotency_key("order-17", label="a"), idempotency_key("order-17", label="a")
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.get_json() == first.get_json()
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert second.headers["Location"] == first.headers["Location"]
    assert len(api.get("/api/links").get_json()["links"]) == 1


def test_repeated_request_with_another_body_is_refused(
    api: FlaskClient, idempotency_key: Callable[..., Any]
) -> None:
    """An Idempotency-Key that comes again with another body answers 422 and creates no second link."""
    idempotency_key("order-17", label="a")
    answer = idempotency_key("order-17", label="b")
    assert answer.status_code == 422
    assert answer.get_json()["error"]["code"] == "idempotency_key_reused"
    assert len(api.get("/api/links").get_json()["links"]) == 1


def test_requests_with_other_keys_or_none_make_links_of_their_own(
    api: FlaskClient, idempotency_key: Callable[..., Any]
) -> None:
    """Requests with different Idempotency-Keys, or none, create a link each; case counts in a key."""
    answers = [
        idempotency_key("a"),
        idempotency_key("A"),
        idempotency_key("b"),
        api.post("/api/links", json=LINK_REQUEST),
    ]
    assert len({answer.get_json()["id"] for answer in answers}) == 4


def test_key_of_one_token_is_none_of_another(till: FlaskClient, idempotency_key: Callable[..., Any]) -> None:
    """Two API tokens can use the same Idempotency-Key and get a link each."""
    assert idempotency_key("order-17").get_json()["id"] != idempotency_key("order-17", till).get_json()["id"]


def test_key_is_forgotten_after_a_day(clock: Clock, idempotency_key: Callable[..., Any]) -> None:
    """An Idempotency-Key works until a second before a day, and is forgotten an hour after it."""
    first = idempotency_key("order-17", expires_in=90 * DAY_S).get_json()["id"]
    clock.advance(DAY_S - 1)
    assert idempotency_key("order-17", expires_in=90 * DAY_S).get_json()["id"] == first
    clock.advance(3602)
    assert idempotency_key("order-17", expires_in=90 * DAY_S).get_json()["id"] != first


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_key_of_another_length_is_refused(idempotency_key: Callable[..., Any], key: str) -> None:
    """An Idempotency-Key of 0 or 256 characters answers 422."""
    answer = idempotency_key(key)
    assert answer.status_code == 422
    assert answer.get_json()["error"]["field"] == "Idempotency-Key"


def test_key_of_255_characters_is_taken(idempotency_key: Callable[..., Any]) -> None:
    """An Idempotency-Key of 255 characters is accepted."""
    assert idempotency_key("x" * 255).status_code == 201


def test_list_comes_in_pages_from_the_newest(
    api: FlaskClient, make_link: Callable[..., dict[str, Any]]
) -> None:
    """The pages of a list hold every link once, newest first, and the last has a null cursor."""
    made = [make_link()["id"] for _ in range(5)]
    seen: list[str] = []
    cursor: dict[str, int] = {}
    while True:
        page = api.get("/api/links", query_string={"limit": 2, **cursor}).get_json()
        assert len(page["links"]) <= 2
        seen += [link["id"] for link in page["links"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == made[::-1]


def test_list_shows_twenty_unless_told(api: FlaskClient, make_link: Callable[..., dict[str, Any]]) -> None:
    """A list shows 20 links by default, and up to 100 with ``limit``."""
    for _ in range(21):
        make_link()
    page = api.get("/api/links").get_json()
    assert len(page["links"]) == 20
    assert page["next_cursor"] is not None
    assert len(api.get("/api/links?limit=100").get_json()["links"]) == 21


def test_list_of_a_label_shows_that_label_alone(
    api: FlaskClient, make_link: Callable[..., dict[str, Any]]
) -> None:
    """A list filtered by label shows links of exactly that label, in that case; "null" is a label."""
    for label in ("store 17", "store 1", "null", None):
        make_link(label=label)
    for label in ("store 17", "store 1", "null"):
        page = api.get("/api/links", query_string={"label": label}).get_json()
        assert [link["label"] for link in page["links"]] == [label]
    assert api.get("/api/links?label=STORE+17").get_json()["links"] == []


def test_list_of_a_state_shows_that_state_alone(
    api: FlaskClient, client: FlaskClient, clock: Clock, make_link: Callable[..., dict[str, Any]]
) -> None:
    """A link is in the list of its state, and in none of the other three."""
    short, used, revoked, active = (make_link(expires_in=seconds) for seconds in (60, 600, 600, 600))
    client.post(used["path"])
    api.delete(f"/api/links/{revoked['id']}")
    clock.advance(60)
    lists = {
        state: [link["id"] for link in api.get(f"/api/links?state={state}").get_json()["links"]]
        for state in ("active", "expired", "used_up", "revoked")
    }
    assert lists == {
        "active": [active["id"]],
        "expired": [short["id"]],
        "used_up": [used["id"]],
        "revoked": [revoked["id"]],
    }


@pytest.mark.parametrize(
    ("text", "found"),
    [("STORE", [1, 0]), ("re 17", [0]), ("user_12345", [2]), ("USER_1234", []), ("store 1", [1, 0])],
)
def test_list_is_searched_by_label_id_and_user_id(  # C1
    api: FlaskClient, make_link: Callable[..., dict[str, Any]], text: str, found: list[int]
) -> None:
    """``search`` finds a part of a label without case, and a whole user id."""
    made = [
        make_link(label="store 17"),
        make_link(label="Store 1"),
        make_link(label="a", fields={"userid": "User_12345"}),
    ]
    page = api.get("/api/links", query_string={"search": text}).get_json()
    assert [link["id"] for link in page["links"]] == [made[number]["id"] for number in found]
    for link in made:
        by_id = api.get("/api/links", query_string={"search": link["id"][2:9].lower()}).get_json()
        assert [one["id"] for one in by_id["links"]] == [link["id"]]


def test_list_of_state_and_label_shows_what_fits_both(
    api: FlaskClient, make_link: Callable[..., dict[str, Any]]
) -> None:
    """A list filtered by state and label shows the links that match both."""
    gone, there = make_link(label="a"), make_link(label="a")
    make_link(label="b")
    api.delete(f"/api/links/{gone['id']}")
    page = api.get("/api/links?state=active&label=a").get_json()
    assert [link["id"] for link in page["links"]] == [there["id"]]


@pytest.mark.parametrize(
    ("query", "status", "field"),
    [
        ("state=dead", 422, "state"),
        ("state=", 422, "state"),
        ("state=null", 422, "state"),
        ("state=ACTIVE", 422, "state"),
        ("label=", 422, "label"),
        ("search=", 422, "search"),
        (f"search={'x' * 257}", 422, "search"),
        ("unopened=", 422, "unopened"),
        ("unopened=1", 422, "unopened"),
        ("limit=0", 422, "limit"),
        ("limit=101", 422, "limit"),
        ("limit=many", 422, "limit"),
        ("limit=1.0", 422, "limit"),
        ("limit=%D9%A1", 422, "limit"),
        ("cursor=0", 422, "cursor"),
        ("cursor=-1", 422, "cursor"),
        ("cursor=null", 422, "cursor"),
        ("cursor=99999999999999999999", 422, "cursor"),
        ("page=2", 422, "page"),
        ("limit=1&limit=2", 400, None),
    ],
)
def test_list_with_a_query_that_does_not_fit_is_refused(
    api: FlaskClient, query: str, status: int, field: str | None
) -> None:
    """A list with an unknown filter or a wrong value answers an error, not every link."""
    answer = api.get(f"/api/links?{query}")
    assert answer.status_code == status
    assert answer.get_json()["error"].get("field") == field


def test_link_shows_its_uses_times_and_visits(
    api: FlaskClient, client: FlaskClient, clock: Clock, make_link: Callable[..., dict[str, Any]]
) -> None:
    """A link shows its uses, its last use, and its visits with the user id that each of them got."""
    link = make_link(max_uses=None, unique_userid="poster-")
    client.get(link["path"])
    clock.advance(5)
    client.get(link["path"])
    details = api.get(f"/api/links/{link['id']}").get_json()
    assert details["uses"] == 2
    assert unix(details["last_used_at"]) == NOW + 5
    assert [unix(visit["at"]) for visit in details["visits"]] == [NOW + 5, NOW]
    userids = [visit["userid"] for visit in details["visits"]]
    assert len(set(userids)) == 2
    assert all(userid.startswith("poster-") and len(userid) == 7 + 16 for userid in userids)
    assert [visit["outcome"] for visit in details["visits"]] == [None, None]


def test_link_shows_what_its_return_claimed(
    api: FlaskClient,
    client: FlaskClient,
    make_link: Callable[..., dict[str, Any]],
    sent: Callable[..., dict[str, Any]],
    return_path: Callable[..., str],
) -> None:
    """A return writes its result, submission and time to both the visit and the link."""
    link = make_link()
    state = sent(client.post(link["path"]).headers["Location"])["cf3"]
    client.get(return_path("shop", {"kycStatus": "pending", "submissionId": "s-1", "cf3": state}))
    details = api.get(f"/api/links/{link['id']}").get_json()
    assert details["outcome"] == details["visits"][0]["outcome"]
    assert details["visits"][0]["outcomes"] == [details["outcome"]]
    assert unix(details["outcome"].pop("at")) == NOW
    assert details["outcome"] == {
        "result": "pending",
        "level": "claimed",
        "source": "return",
        "submission_id": "s-1",
        "error_code": None,
    }


def test_link_of_many_uses_shows_counts(  # E3
    app: Flask,
    api: FlaskClient,
    make_link: Callable[..., dict[str, Any]],
    sent: Callable[..., dict[str, Any]],
    return_path: Callable[..., str],
) -> None:
    """A link of many uses says how often it was opened, how many came back, and with what outcome."""
    link = make_link(max_uses=None)
    for status in ("approved", "approved", "rejected", None):
        visitor = app.test_client()
        state = sent(visitor.get(link["path"]).headers["Location"])["cf3"]
        if status is not None:
            visitor.get(return_path("shop", {"kycStatus": status, "cf3": state}))
    details = api.get(f"/api/links/{link['id']}").get_json()
    none = {"claimed": 0, "confirmed": 0}
    assert details["outcome"] is None
    assert details["counts"] == {
        "opened": 4,
        "returned": 3,
        "outcomes": {
            "approved": {"claimed": 2, "confirmed": 0},
            "pending": none,
            "rejected": {"claimed": 1, "confirmed": 0},
            "error": none,
            "unknown": none,
        },
    }
    assert api.get("/api/links").get_json()["links"][0]["counts"] == details["counts"]
    assert make_link()["counts"] is None


def test_revoked_link_stays_revoked_from_the_first_time_on(
    api: FlaskClient, client: FlaskClient, clock: Clock, make_link: Callable[..., dict[str, Any]]
) -> None:
    """Revoking a link twice answers 204 both times and keeps the time of the first."""
    link = make_link()
    for _ in range(2):
        answer = api.delete(f"/api/links/{link['id']}")
        assert (answer.status_code, answer.data) == (204, b"")
        clock.advance(60)
    details = api.get(f"/api/links/{link['id']}").get_json()
    assert details["state"] == "revoked"
    assert unix(details["revoked_at"]) == NOW
    assert client.post(link["path"]).status_code == 410


@pytest.mark.parametrize(
    "link_id", ["AAAAAAAAAAAAAAAA", "a", "%00", "..%2F..", "'%20OR%201=1--", "é", "x" * 3000]
)
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_link_that_is_not_there_is_404(api: FlaskClient, method: str, link_id: str) -> None:
    """An unknown link id answers 404, whatever characters it has."""
    answer = api.open(f"/api/links/{link_id}", method=method)
    assert answer.status_code == 404
    assert answer.get_json()["error"]["code"] in ("unknown", "not_found")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/api/links", {"GET", "HEAD", "OPTIONS", "POST"}),
        ("POST", "/api/links/AAAAAAAAAAAAAAAA", {"GET", "HEAD", "OPTIONS", "DELETE"}),
        ("GET", "/api/results", {"OPTIONS", "POST"}),
    ],
)
def test_method_that_is_not_taken_is_405(api: FlaskClient, method: str, path: str, allowed: set[str]) -> None:
    """A method that a path does not support answers 405 with Allow, in JSON (RFC 9110 section 15.5.6)."""
    answer = api.open(path, method=method)
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == allowed
    assert answer.get_json()["error"]["code"] == "method_not_allowed"


def test_path_of_the_api_that_does_not_exist_is_404_in_json(client: FlaskClient) -> None:
    """An unknown path below /api answers 404 in JSON, even if the Accept header asks for HTML."""
    answer = client.get("/api/nothing", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert answer.get_json()["error"]["code"] == "not_found"


def test_store_that_is_down_is_503_with_a_time_to_wait(
    api: FlaskClient, services: Services, tmp_path: Path
) -> None:
    """A broken store answers 503 with Retry-After, and the answer does not name its file."""
    (tmp_path / "links.db").unlink()
    services.links.store.close()
    (tmp_path / "links.db").mkdir()
    answer = api.get("/api/links")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.get_json()["error"]["code"] == "store_unavailable"
    assert "links.db" not in answer.text


class TestSealed:
    """These tests use a site that keeps no links."""

    @pytest.fixture
    def sealed(self, make_app: Callable[..., Flask], api_of: Callable[..., FlaskClient]) -> FlaskClient:
        """Return a program with an API token, at a site without a store."""
        return api_of(make_app(STORE="sealed:"))

    def test_link_carries_itself(
        self, sealed: FlaskClient, make_link: Callable[..., dict[str, Any]], sent: Callable[..., Any]
    ) -> None:
        """A link without a store carries its fields, and opens any number of times."""
        link = make_link(sealed, max_uses=None, fields={"userid": "user_12345"})
        for _ in range(2):
            answer = sealed.get(link["path"])
            assert answer.status_code == 302
            assert sent(answer.headers["Location"])["userid"] == "user_12345"

    def test_expired_link_is_410(
        self, sealed: FlaskClient, clock: Clock, make_link: Callable[..., dict[str, Any]]
    ) -> None:
        """A link without a store that has expired answers 410."""
        link = make_link(sealed, max_uses=None, expires_in=60)
        clock.advance(60)
        assert sealed.get(link["path"]).status_code == 410

    @pytest.mark.parametrize(
        ("changes", "headers", "option"),
        [
            ({}, {}, "max_uses"),
            ({"max_uses": 3}, {}, "max_uses"),
            ({"max_uses": None, "label": "a"}, {}, "label"),
            ({"max_uses": None, "unique_userid": "p-"}, {}, "unique_userid"),
            ({"max_uses": None, "next": f"https://{RETURN_HOST}/"}, {}, "next"),
            ({"max_uses": None}, {"Idempotency-Key": "a"}, "Idempotency-Key"),
        ],
    )
    def test_link_request_that_needs_a_store_is_refused_by_name(
        self, sealed: FlaskClient, changes: dict[str, Any], headers: dict[str, str], option: str
    ) -> None:
        """A link request that needs a store answers 409 and names the option, and only that one."""
        answer = sealed.post("/api/links", json=LINK_REQUEST | changes, headers=headers)
        assert answer.status_code == 409
        error = answer.get_json()["error"]
        assert error["code"] == "not_kept"
        named = [
            name
            for name in ("max_uses", "label", "unique_userid", "next", "Idempotency-Key")
            if name in error["message"].partition(":")[2]
        ]
        assert named == [option]

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("GET", "/api/links"),
            ("GET", "/api/links/AAAAAAAAAAAAAAAA"),
            ("DELETE", "/api/links/AAAAAAAAAAAAAAAA"),
        ],
    )
    def test_what_needs_a_store_is_409(self, sealed: FlaskClient, method: str, path: str) -> None:
        """A site without a store answers 409 to listing, looking up and revoking links."""
        answer = sealed.open(path, method=method)
        assert answer.status_code == 409
        assert answer.get_json()["error"]["code"] == "not_kept"

    def test_fields_too_long_for_a_link_are_refused(self, sealed: FlaskClient) -> None:
        """A site without a store answers 422 to 2,000 characters of fields, too many for a QR code."""
        link_request = LINK_REQUEST | {"max_uses": None, "fields": {"cf1": "x" * 2000}}
        answer = sealed.post("/api/links", json=link_request)
        assert answer.status_code == 422
        assert answer.get_json()["error"]["field"] == "fields"


@pytest.mark.parametrize("project", ["plain", "signup", "nope", None, ""])
def test_token_for_one_project_is_told_of_no_other(
    make_app: Callable[..., Flask], project: str | None
) -> None:
    """A project of others is answered as one that does not exist, and a refusal names the own ones alone."""
    client = make_app(API_SCOPES={HOLDER: ["create", "project:shop"]}).test_client()
    body = {"pipeline": "id_document", "project": project}
    headers = {"Authorization": f"Bearer {TOKEN}"}
    answer = client.post("/api/links", json=body, headers=headers)
    assert answer.status_code == (403 if project else 422)
    assert not {"plain", "signup"} & set(re.findall(r"\w+", answer.get_json()["error"]["message"]))
    assert client.post("/api/links", json=body | {"project": "shop"}, headers=headers).status_code == 201
