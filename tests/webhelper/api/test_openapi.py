"""These tests hold the OpenAPI document to the app, and the app to the document (Schemathesis)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.config._checks import (
    NEGATIVE_DATA_REJECTION_EXPECTED_STATUSES as REJECTED,
)
from schemathesis.config._checks import (
    POSITIVE_DATA_ACCEPTANCE_EXPECTED_STATUSES as ACCEPTED,
)
from sites import BASE_URL, HOLDER, TOKEN, projects, settings

from liveform import PARAMETERS
from webhelper import create_app
from webhelper.links.link_request import LINK_PIPELINES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from _typeshed.wsgi import StartResponse, WSGIEnvironment
    from flask import Flask
    from schemathesis.schemas import BaseSchema

# What no schema can say is refused with 422: fields that no project takes, a host that is not allowed. What
# is wrong may also be too long (413). All else is as Schemathesis has it. Every run draws the same examples.
CONFIG: dict[str, Any] = {
    "seed": 3,
    "auth": {"openapi": {"apiToken": {"bearer": TOKEN}}},
    "generation": {"max-examples": 100, "deterministic": True, "database": "none"},
    "checks": {
        "positive_data_acceptance": {"expected-statuses": [*ACCEPTED, "422"]},
        "negative_data_rejection": {"expected-statuses": [*REJECTED, "413"]},
    },
}


class Site:
    """A WSGI app that passes requests to the app under test, which is made after the document is read."""

    app: Flask

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Return what the app under test answers to the request."""
        return self.app(environ, start_response)


SITE = Site()
DOCUMENT = create_app(settings(Path(), STORE="sealed:"))


def read_document(*also_expected: str) -> BaseSchema:
    """Return the document as Schemathesis reads it; a request that fits it may have these answers too."""
    accepted = [*CONFIG["checks"]["positive_data_acceptance"]["expected-statuses"], *also_expected]
    checks = CONFIG["checks"] | {"positive_data_acceptance": {"expected-statuses": accepted}}
    config = SchemathesisConfig.from_dict(CONFIG | {"checks": checks})
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", DOCUMENT, config=config)
    schema.app = SITE
    return schema


DESCRIBED = read_document()


def of(operation_id: str, schema: BaseSchema = DESCRIBED) -> Callable[..., Any]:
    """Return a decorator that runs a test with requests to one operation, and no other."""
    chosen = schema.include(operation_id=operation_id)
    if len([*chosen.get_all_operations()]) != 1:  # a filter in the settings would be added to ours
        raise LookupError(operation_id)
    return chosen.parametrize()


@pytest.fixture(scope="module", autouse=True)
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Make one site for all operations, so that one operation finds the links of another."""
    SITE.app = create_app(settings(tmp_path_factory.mktemp("site"), PROJECTS={"shop": projects()["shop"]}))
    yield
    SITE.app.extensions["webhelper"].links.store.close()


# One test for each operation, by name: pytest-xdist runs what has the same name once only.
# What is checked: statuses, types, bodies and headers are as described; what is wrong is refused; nothing
# is answered without a token.
OPERATIONS = (
    *("create_link", "list_links", "get_link", "revoke_link"),
    *("read_return", "exchange_result", "get_visit", "get_wait"),
)


def test_every_operation_has_its_test(document: dict[str, Any]) -> None:
    """Every operation of the document has a test of its own in this file."""
    described = {
        operation["operationId"] for path in document["paths"].values() for operation in path.values()
    }
    assert described == set(OPERATIONS)
    assert all(f"test_{name}_answers_as_described" in globals() for name in OPERATIONS)


@of("create_link")
def test_create_link_answers_as_described(case: schemathesis.Case[Any]) -> None:
    """Creating a link answers with the statuses and bodies that the document describes."""
    case.call_and_validate()


@of("list_links")
def test_list_links_answers_as_described(case: schemathesis.Case[Any]) -> None:
    """Listing links answers with the statuses and bodies that the document describes."""
    case.call_and_validate()


@of("get_link")
def test_get_link_answers_as_described(case: schemathesis.Case[Any]) -> None:
    """Looking up a link answers with the statuses and bodies that the document describes."""
    case.call_and_validate()


@of("revoke_link")
def test_revoke_link_answers_as_described(case: schemathesis.Case[Any]) -> None:
    """Revoking a link answers with the statuses and bodies that the document describes."""
    case.call_and_validate()


@of("read_return", read_document("400"))  # a return that does not open
def test_read_return_answers_as_described(case: schemathesis.Case[Any]) -> None:
    """Reading a return answers with the statuses and bodies that the document describes."""
    case.call_and_validate()


@of("exchange_result")
def test_exchange_result_answers_as_described(case: schemathesis.Case[Any]) -> None:
    """Exchanging a result code answers with the statuses and bodies that the document describes."""
    case.call_and_validate()


@of("get_wait")
def test_get_wait_answers_as_described(case: schemathesis.Case[Any]) -> None:
    """Asking how far a check is answers with the statuses and bodies that the document describes."""
    case.call_and_validate()


@of("get_visit")
def test_get_visit_answers_as_described(case: schemathesis.Case[Any]) -> None:
    """Looking up a visit answers with the statuses and bodies that the document describes."""
    case.call_and_validate()


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """Return the OpenAPI document as a program gets it, without an API token."""
    answer = SITE.app.test_client().get("/api/openapi.json")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    described: dict[str, Any] = answer.get_json()
    return described


def test_document_is_valid() -> None:
    """The document is valid by the JSON Schema of OpenAPI 3.1."""
    assert DESCRIBED.raw_schema["openapi"] == "3.1.0"
    DESCRIBED.validate()


def test_document_that_is_not_valid_is_noticed(document: dict[str, Any]) -> None:
    """The validator refuses a broken document, so passing it means something."""
    broken = schemathesis.openapi.from_dict(document | {"paths": {"/api/links": {"post": {"responses": 7}}}})
    with pytest.raises(jsonschema_rs.ValidationError):
        broken.validate()


def test_document_has_every_operation_of_the_app_and_no_other(document: dict[str, Any]) -> None:
    """The document lists every route below /api except its own."""
    routes = {
        (rule.rule.replace("<", "{").replace(">", "}"), method.lower())
        for rule in SITE.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/")
    }
    described = {(path, method) for path, item in document["paths"].items() for method in item}
    assert described == routes - {("/api/openapi.json", "get")}


def test_document_names_this_site_whatever_host_asks(document: dict[str, Any]) -> None:
    """The document names BASE_URL as its server, whatever Host header a request sends."""
    answer = SITE.app.test_client().get("/api/openapi.json", headers={"Host": "evil.example.com"})
    assert answer.get_json() == document
    assert document["servers"] == [{"url": BASE_URL}]


def test_operations_have_names_of_their_own_and_say_what_they_do(document: dict[str, Any]) -> None:
    """Each of the eight operations has its own operationId and a summary that is a sentence."""
    operations = [operation for item in document["paths"].values() for operation in item.values()]
    assert len({operation["operationId"] for operation in operations}) == len(operations) == 8
    assert all(operation["summary"].endswith(".") for operation in operations)


def test_only_the_operations_for_browsers_need_no_token(document: dict[str, Any]) -> None:
    """All operations require an API token but ``read_return``, where it is optional, and ``get_wait``."""
    open_to_all = {
        operation["operationId"]: len(operation["security"])
        for item in document["paths"].values()
        for operation in item.values()
        if {} in operation["security"]
    }
    assert open_to_all == {"read_return": 2, "get_wait": 1}


def test_link_request_says_what_the_table_says_of_fields(document: dict[str, Any]) -> None:
    """The document lists under ``fields`` every parameter of the forms that a link opens, and these forms."""
    properties = document["components"]["schemas"]["LinkRequest"]["properties"]
    rows = [row for row in PARAMETERS if set(row.places) & set(LINK_PIPELINES)]
    assert set(properties["fields"]["properties"]) == {row.vendor_name for row in rows}
    assert properties["pipeline"]["enum"] == ["id_document", "knowledge", "injection"]
    assert "face_auth" not in str(properties)


# What each operation can answer, and a request that makes it do so. {link}, {visit}, {wait}, {encrypted},
# {browser}, {code} and {spent} stand for what ``situation`` makes.
BODY = {"pipeline": "id_document"}
LIMIT = 65_536
ANSWERS: dict[tuple[str, str], dict[int, dict[str, Any]]] = {
    ("/api/links", "post"): {
        201: {"json": BODY},
        400: {"data": b"no json"},
        401: {"json": BODY, "headers": {"Authorization": "Bearer nobody"}},
        409: {"json": BODY, "site": "sealed"},
        413: {"data": b"x" * (LIMIT + 1)},
        422: {"json": BODY | {"expires_in": 0}},
        403: {"json": BODY, "site": "other scope"},
        429: {"json": BODY, "site": "busy"},
        503: {"json": BODY, "site": "down"},
    },
    ("/api/links", "get"): {
        200: {},
        400: {"query_string": "limit=1&limit=1"},
        401: {"headers": {"Authorization": ""}},
        409: {"site": "sealed"},
        422: {"query_string": "state=dead"},
        403: {"site": "other scope"},
        429: {"site": "busy"},
        503: {"site": "down"},
    },
    ("/api/links/{link_id}", "get"): {
        200: {"link_id": "{link}"},
        401: {"link_id": "{link}", "headers": {"Authorization": ""}},
        404: {"link_id": "AAAA"},
        409: {"link_id": "{link}", "site": "sealed"},
        403: {"link_id": "{link}", "site": "other scope"},
        429: {"link_id": "{link}", "site": "busy"},
        503: {"link_id": "{link}", "site": "down"},
    },
    ("/api/links/{link_id}", "delete"): {
        204: {"link_id": "{link}"},
        401: {"link_id": "{link}", "headers": {"Authorization": ""}},
        404: {"link_id": "AAAA"},
        409: {"link_id": "{link}", "site": "sealed"},
        403: {"link_id": "{link}", "site": "other scope"},
        429: {"link_id": "{link}", "site": "busy"},
        503: {"link_id": "{link}", "site": "down"},
    },
    ("/api/returns", "post"): {
        200: {"json": {"encrypted": "{encrypted}"}},
        400: {"json": {"query": "?encrypted=A"}},
        401: {"json": {"encrypted": "{encrypted}"}, "headers": {"Authorization": ""}},
        413: {"data": b"x" * (LIMIT + 1)},
        422: {"json": {"query": 7}},
        403: {"json": {"encrypted": "{encrypted}"}, "site": "other scope"},
        429: {"json": {"encrypted": "{encrypted}"}, "site": "busy"},
        503: {"json": {"encrypted": "{encrypted}"}, "site": "down", "cookie": "{browser}"},
    },
    ("/api/results", "post"): {
        200: {"json": {"code": "{code}"}},
        400: {"data": b"{"},
        401: {"json": {"code": "{code}"}, "headers": {"Authorization": ""}},
        404: {"json": {"code": "forged"}},
        410: {"json": {"code": "{spent}"}},
        413: {"data": b"x" * (LIMIT + 1)},
        422: {"json": {}},
        403: {"json": {"code": "{code}"}, "site": "other scope"},
        429: {"json": {"code": "{code}"}, "site": "busy"},
        503: {"json": {"code": "{code}"}, "site": "down"},
    },
    ("/api/waits/{token}", "get"): {
        200: {"token": "{wait}", "headers": {"Authorization": ""}},
        404: {"token": "forged"},
        503: {"token": "{wait}", "site": "down"},
    },
    ("/api/visits/{visit_id}", "get"): {
        200: {"visit_id": "{visit}", "query_string": "confirm=true"},
        400: {"visit_id": "{visit}", "query_string": "confirm=true&confirm=true"},
        401: {"visit_id": "{visit}", "headers": {"Authorization": ""}},
        404: {"visit_id": "AAAA"},
        422: {"visit_id": "{visit}", "query_string": "confirm=yes"},
        403: {"visit_id": "{visit}", "site": "other scope"},
        429: {"visit_id": "{visit}", "site": "busy"},
        503: {"visit_id": "{visit}", "site": "down"},
    },
}


def test_document_has_every_answer_and_no_other(document: dict[str, Any]) -> None:
    """The document lists exactly the statuses that this file has requests for."""
    described = {
        (path, method): {int(status) for status in operation["responses"]}
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }
    assert described == {operation: set(answers) for operation, answers in ANSWERS.items()}


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [(path, method, status) for (path, method), answers in ANSWERS.items() for status in answers],
)
def test_answer_is_given_and_fits_its_description(
    path: str, method: str, status: int, tmp_path: Path, situation: Callable[..., dict[str, str]]
) -> None:
    """Every status in the document can be provoked, and its body fits the schema."""
    request = dict(ANSWERS[path, method][status])
    kind = request.pop("site", "")
    known = {} if kind == "sealed" else situation(_site(tmp_path))
    site = _site(tmp_path, **CHANGES.get(kind, {}))
    if kind == "busy":
        head = {"Authorization": f"Bearer {TOKEN}"}
        while site.test_client().get("/api/links", headers=head).status_code != 200:
            pass  # what was taken before, by another limit, is earned back in a moment
    if kind == "down":
        _take_away(tmp_path / "links.db", site)
    if "json" in request:
        request["json"] = {name: _filled(value, known) for name, value in request["json"].items()}
    names = ("link_id", "visit_id", "token")
    address = path.format(**{name: _filled(request.pop(name, ""), known) for name in names})
    client = site.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {TOKEN}"
    client.set_cookie("__Host-browser", _filled(request.pop("cookie", ""), known))
    answer = client.open(address, method=method.upper(), **request)
    site.extensions["webhelper"].links.store.close()
    assert answer.status_code == status, answer.text
    assert (answer.data == b"") == (status == 204)
    DESCRIBED[path][method].validate_response(answer)


CHANGES: dict[str, dict[str, object]] = {
    "sealed": {"STORE": "sealed:"},
    "other scope": {"API_SCOPES": {HOLDER: ["console"]}},
    "busy": {"LIMITS": {"api": "1/1h"}},
}


def _site(tmp_path: Path, **changes: object) -> Flask:
    return create_app(settings(tmp_path, PROJECTS={"shop": projects()["shop"]}, **changes))


def test_answer_that_does_not_fit_is_noticed() -> None:
    """The validator refuses an answer that does not fit, so passing it means something."""
    answer = SITE.app.test_client().get("/healthz")
    with pytest.raises(AssertionError, match="required property"):
        DESCRIBED["/api/links"]["get"].validate_response(answer)


@pytest.fixture
def situation(sent: Callable[..., dict[str, Any]]) -> Callable[[Flask], dict[str, str]]:
    """Return a maker of a used link, a return with its browser, and a fresh and a spent result code."""

    def make(site: Flask) -> dict[str, str]:
        client = site.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {TOKEN}"
        codes: list[str] = []
        for _ in range(2):
            link = client.post("/api/links", json=BODY).get_json()
            state = sent(client.post(link["url"].removeprefix(BASE_URL)).headers["Location"])["cf3"]
            encrypted = projects()["shop"].encrypt({"kycStatus": "pending", "cf3": state})
            codes.append(client.post("/api/returns", json={"encrypted": encrypted}).get_json()["code"])
        spent, code = codes
        assert client.post("/api/results", json={"code": spent}).status_code == 200
        cookie = client.get_cookie("__Host-browser")
        assert cookie is not None
        (visit,) = client.get(f"/api/links/{link['id']}").get_json()["visits"]
        known = {"link": link["id"], "visit": visit["id"], "wait": link["wait"]}
        known |= {"encrypted": encrypted, "browser": cookie.value}
        return known | {"code": code, "spent": spent}

    return make


def _filled(value: Any, known: dict[str, str]) -> Any:
    for name, text in known.items():
        value = value.replace(f"{{{name}}}", text) if isinstance(value, str) else value
    return value


def _take_away(connections: Path, site: Flask) -> None:
    """Break the store of the site by putting a directory in place of its file."""
    site.extensions["webhelper"].links.store.close()
    connections.unlink()
    connections.mkdir()
