"""These tests check the endpoints of projections."""

import pytest
from sandboxes import NOON
from simulated_api import Api

BODY = {"name": "no_name", "mode": "exclude", "fields": ["full_name", "cf1"]}
NOT_FOUND = {"message": "Projection not found", "_": 404}


def test_projection_is_created_read_and_deleted(api: Api) -> None:
    """A projection has an id of its own, and is found by it (row 7.5)."""
    item = api.send("POST", "/projection", BODY)["item"]
    assert item == {"projection_id": item["projection_id"], **BODY, "created_at": NOON}
    assert api.get("/projection") == {"items": [item], "message": "success"}
    path = f"/projection/{item['projection_id']}"
    assert api.get(path) == {"item": item, "message": "success"}
    other = api.send("POST", "/projection", BODY | {"name": "another"})["item"]
    assert api.get(f"/projection/{other['projection_id']}")["item"] == other
    api.send("DELETE", f"/projection/{other['projection_id']}")
    assert api.send("DELETE", path) == {"message": "success"}
    assert api.get("/projection")["items"] == []
    assert api.refusal("GET", path) == NOT_FOUND
    assert api.refusal("DELETE", path) == NOT_FOUND


def test_eleventh_projection_is_refused(api: Api) -> None:
    """A project has at most ten (row 7.7)."""
    for number in range(10):
        api.send("POST", "/projection", BODY | {"name": f"p{number}"})
    refused = api.refusal("POST", "/projection", BODY)
    assert refused == {"message": "Projection count limit exceeded", "_": 409}


@pytest.mark.parametrize("name", ["name", "mode", "fields"])
def test_missing_member_is_not_found(api: Api, name: str) -> None:
    """A missing member is answered like an unknown projection (row 7.7)."""
    assert api.refusal("POST", "/projection", {k: v for k, v in BODY.items() if k != name}) == NOT_FOUND


@pytest.mark.parametrize(
    "change",
    [
        {"name": "No Name"},
        {"name": 7},
        {"mode": "include"},
        {"fields": "full_name"},
        {"fields": ["fullName"]},
        {"fields": [7]},
        {"fields": [["cf1"]]},
    ],
)
def test_wrong_projection_is_refused(api: Api, change: dict[str, object]) -> None:
    """Names are lower case; fields are those of the list (rows 7.5, 7.6)."""
    assert set(api.refusal("POST", "/projection", BODY | change)) == {"message"}
    assert api.get("/projection")["items"] == []


def test_unknown_member_is_ignored(api: Api) -> None:
    """Other members are ignored, and the log says so."""
    api.send("POST", "/projection", BODY | {"more": 1})
    assert api.logged.ignored == ("more",)


@pytest.mark.parametrize(
    ("method", "path"), [("PUT", "/projection"), ("DELETE", "/projection"), ("PATCH", "/projection/p1")]
)
def test_other_methods_are_not_allowed(api: Api, method: str, path: str) -> None:
    """Projections are the only place with a 405 (row 7.7)."""
    assert api.refusal(method, path) == {"message": "Method not allowed", "_": 405}
