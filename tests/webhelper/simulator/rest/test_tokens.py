"""These tests check the endpoints of token ids."""

from typing import Any

import pytest
from sandboxes import NOON, PID, StillClock, submitted
from simulated_api import Api, make_api

from webhelper.simulator.rest import tokens
from webhelper.simulator.sandbox import token_ids
from webhelper.simulator.sandbox.dashboard import TokenExpiration

PATH = "/submission/tokens"


def names(start: int, end: int) -> list[str]:
    """Return well-formed token ids."""
    return [f"token-{number:06}" for number in range(start, end)]


def test_token_ids_are_registered(api: Api) -> None:
    """The answer counts what came, what is there and what failed (vendor page TOKP)."""
    answer = api.send("POST", PATH, {"tokenId": names(0, 3)})
    assert answer["success"] is True
    assert answer["summary"] == {"totalSubmitted": 3, "currentCount": 3, "processed": 3, "failed": 0}
    assert "details" not in answer


def test_token_ids_are_registered_again_without_an_error(api: Api) -> None:
    """Existing token ids are overwritten (vendor page TOKP)."""
    api.send("POST", PATH, {"tokenId": names(0, 3)})
    answer = api.send("POST", PATH, {"tokenId": names(1, 4)})
    assert answer["summary"] == {"totalSubmitted": 3, "currentCount": 4, "processed": 3, "failed": 0}


@pytest.mark.parametrize(
    ("token_id", "code"),
    [
        (7, "invalid_token_id"),
        (None, "invalid_token_id"),
        (["a"], "invalid_token_id"),
        ("a" * 7, "invalid_token_id_length"),
        ("a" * 65, "invalid_token_id_length"),
        ("\u00e9" * 33, "invalid_token_id_length"),
        ("-abcdefgh", "invalid_token_id_format"),
        ("abcdefgh.", "invalid_token_id_format"),
        ("abcd efgh", "invalid_token_id_format"),
        ("abcdefgh\n", "invalid_token_id_format"),
        ("abcd\u00e9fgh", "invalid_token_id_format"),
    ],
)
def test_malformed_token_id_fails_alone(api: Api, token_id: object, code: str) -> None:
    """A malformed token id fails; with others it is in details, alone it fails the request."""
    answer = api.send("POST", PATH, {"tokenId": [token_id, "token-0001"]})
    assert answer["summary"] == {"totalSubmitted": 2, "currentCount": 1, "processed": 1, "failed": 1}
    assert answer["details"] == {"failed": [{"tokenId": str(token_id), "errorCode": code}]}
    assert api.logged.doubts == ("token_failures",)
    assert api.refusal("POST", PATH, {"tokenId": [token_id]})["errorCode"] == code


@pytest.mark.parametrize("token_id", ["a" * 8, "A.b_c-d9" * 8])
def test_token_id_has_8_to_64_bytes(api: Api, token_id: str) -> None:
    """Token ids of 8 and of 64 bytes are accepted (vendor page TOKP)."""
    assert api.send("POST", PATH, {"tokenId": [token_id]})["summary"]["processed"] == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "invalid_payload"),
        ([], "invalid_payload"),
        ({"tokenId": "token-0001"}, "invalid_payload"),
        ({"token_ids": ["token-0001"]}, "invalid_payload"),
        ({"tokenId": []}, "invalid_token_id"),
        ({"tokenId": names(0, 501)}, "request_token_limit_exceeded"),
    ],
)
@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_wrong_body_is_refused(api: Api, method: str, body: object, code: str) -> None:
    """A body without a list of 1 to 500 token ids is refused with errorCode and errorMessage (row 1.9b)."""
    refused = api.refusal(method, PATH, body)
    assert set(refused) == {"errorCode", "errorMessage"}
    assert refused["errorCode"] == code


def test_request_may_have_500_token_ids(api: Api) -> None:
    """500 token ids are accepted (row 5.9)."""
    assert api.send("POST", PATH, {"tokenId": names(0, 500)})["summary"]["currentCount"] == 500


def test_pool_has_an_end(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """A request that would exceed the pool is refused as a whole (row 5.9)."""
    monkeypatch.setattr(token_ids, "MAX_TOKENS", 3)
    api.send("POST", PATH, {"tokenId": names(0, 2)})
    assert api.refusal("POST", PATH, {"tokenId": names(2, 4)})["errorCode"] == "token_limit_exceeded"
    assert api.get(PATH, type="count") == 2


def test_one_token_id_is_read(api: Api) -> None:
    """A token id is answered with its time and whether it has expired."""
    api.send("POST", PATH, {"tokenId": names(0, 1)})
    (one,) = names(0, 1)
    data = {"tokenId": one, "updateTime": NOON, "expired": False}
    assert api.get(PATH, tokenId=one) == {"success": True, "tokenId": one, "data": data}
    submitted(api.sandbox, tokenid=one)
    assert api.get(PATH, tokenId=one, type="count")["data"]["expired"] is True
    assert api.logged.ignored == ("type",)


def test_token_id_that_is_not_registered_is_not_found(api: Api) -> None:
    """An unknown token id is refused, also one that was only used (row 5.6)."""
    api.sandbox.token_ids.use(PID, "token-used", at=NOON)
    for one in ("token-0001", "token-used"):
        refused = api.refusal("GET", PATH, tokenId=one)
        assert refused["errorCode"] == "token_not_found"
        assert set(refused) == {"errorCode", "errorMessage"}


def test_list_comes_in_pages(api: Api, still: StillClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages have all token ids once; the last one has no key (vendor page TOKG)."""
    monkeypatch.setattr(tokens, "PAGE", 2)
    api.send("POST", PATH, {"tokenId": names(0, 3)})
    still.turn(minutes=1)
    api.send("POST", PATH, {"tokenId": names(3, 5)})
    seen: list[str] = []
    key: dict[str, str] = {}
    for _ in range(3):
        page: dict[str, Any] = api.get(PATH, **key)
        assert (page["success"], page["count"]) == (True, 5)
        seen += [one["tokenId"] for one in page["data"]]
        key = {name: page[name] for name in ("nextPageKeyId", "nextPageKeyTime") if name in page}
    assert seen == names(0, 5)
    assert key == {}


def test_count_is_a_number(api: Api) -> None:
    """type=count answers the number only (row 5.7); another type is refused."""
    assert api.get(PATH, type="count") == 0
    assert api.refusal("GET", PATH, type="all")["errorCode"] == "invalid_path"


def test_token_ids_are_deleted(api: Api) -> None:
    """The answer counts and names those that were not there (row 5.4)."""
    api.send("POST", PATH, {"tokenId": names(0, 3)})
    answer = api.send("DELETE", PATH, {"tokenId": [*names(2, 4), "-"]})
    assert answer["summary"] == {"totalSubmitted": 3, "deleted": 1, "notFound": 1, "failed": 1}
    assert answer["details"]["notFound"] == names(3, 4)
    assert api.get(PATH, type="count") == 2
    assert "details" not in api.send("DELETE", PATH, {"tokenId": names(0, 2)})


def test_deleting_nothing_is_an_error(api: Api) -> None:
    """If no token id was there, the request is refused (row 5.5)."""
    assert api.refusal("DELETE", PATH, {"tokenId": names(0, 2)})["errorCode"] == "token_id_not_found"


def test_face_auth_has_token_ids_of_its_own(api: Api) -> None:
    """Its key registers token ids that the project does not have (row 8.1)."""
    api.face().send("POST", PATH, {"tokenId": names(0, 2)})
    assert api.get(PATH, type="count") == 0
    assert api.face().get(PATH, type="count") == 2


def test_token_ids_expire_by_the_time_of_the_dashboard() -> None:
    """With Token Expiration by time, a registered token id expires then."""
    api = make_api(token_expiration=TokenExpiration("time"))
    api.send("POST", PATH, {"tokenId": names(0, 1)})
    known = api.sandbox.token_ids.get(PID, names(0, 1)[0])
    assert known is not None
    assert known.expires_at == "2026-05-02T12:00:00.000Z"
