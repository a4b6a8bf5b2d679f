"""These tests follow the links of the OpenAPI document, from answers to further requests (Schemathesis)."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.errors import FlakyStrategyDefinition
from schemathesis.config import SchemathesisConfig
from sites import BASE_URL, HOLDER, TOKEN, Clock, projects
from sites import settings as site_settings

from webhelper import create_app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from _typeshed.wsgi import StartResponse, WSGIEnvironment
    from flask import Flask
    from schemathesis.schemas import BaseSchema

FORM_MEMBERS = ("fields", "project", "next", "label", "unique_userid", "note")
CONFIG: dict[str, Any] = {
    "auth": {"openapi": {"apiToken": {"bearer": TOKEN}}},
    "generation": {"database": "none", "mode": "positive"},
    "checks": {
        "use_after_free": {"enabled": False},  # a link that was revoked is still there to be looked at
        "positive_data_acceptance": {"enabled": False},  # an id that a program makes up is 404
        "ensure_resource_availability": {"enabled": True},
    },
}
# What only somebody gets who follows a link: no made-up id, token or code has these answers.
FOLLOWED = {
    *(("get_link", 200), ("revoke_link", 204), ("get_wait", 200)),
    *(("get_visit", 200), ("exchange_result", 200)),
}
STEP_S = 5.0  # between two requests, by the clock of the site
MOST_RUNS = 10  # one or two do; which steps come first differs between versions of Python and Hypothesis
EFFORT = settings(
    max_examples=20,
    stateful_step_count=12,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


Followed: TypeAlias = "Callable[..., set[tuple[str, int]]]"


class Site:
    """A WSGI app that passes requests to the app under test."""

    app: Flask

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Return what the app under test answers to the request."""
        return self.app(environ, start_response)


SITE = Site()


def document() -> BaseSchema:
    """Return the document as Schemathesis reads it; its links are those that we have written, no others."""
    described = create_app(site_settings(Path(), STORE="sealed:"))
    config = SchemathesisConfig.from_dict(CONFIG)
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", described, config=config)
    schema.app = SITE
    return schema


SCHEMA = document()


class Visitor:
    """A person who opens a link in a browser of their own and comes back from the form.

    Args:
        path: of the link.
        sent: returns the members of ``encrypted`` of a form URL.
    """

    def __init__(self, path: str, sent: Callable[[str], dict[str, Any]]) -> None:
        browser = SITE.app.test_client()
        state = sent(browser.post(path).headers["Location"])["cf3"]
        self.encrypted = projects()["shop"].encrypt({"kycStatus": "approved", "cf3": state})
        cookie = browser.get_cookie("__Host-browser")
        assert cookie is not None
        self.cookie = cookie.value


class Steps(SCHEMA.as_state_machine()):  # type: ignore[misc]  # a class that is made when it is asked for
    """Requests that follow each other. Each new link of one use has a visitor, whose return is read later."""

    sent: ClassVar[Callable[[str], dict[str, Any]]]
    clock: ClassVar[Clock]
    seen: ClassVar[set[tuple[str, int]]] = set()

    def setup(self) -> None:
        """Begin without visitors, an hour later: what was taken of a limit has been earned back."""
        self._visitors: list[Visitor] = []
        self.clock.advance(3600)

    def before_call(self, case: schemathesis.Case[Any]) -> None:
        """Make requests that can succeed: links without a wish, and returns of visitors."""
        name = case.operation.definition.raw["operationId"]
        if name == "create_link" and isinstance(case.body, dict):
            case.body = {key: value for key, value in case.body.items() if key not in FORM_MEMBERS}
            case.body |= {"pipeline": "id_document", "max_uses": 1}
            case.headers.pop("Idempotency-Key", None)
        if name == "read_return" and self._visitors:
            visitor = self._visitors.pop()
            case.body = {"encrypted": visitor.encrypted}
            case.cookies["__Host-browser"] = visitor.cookie

    def after_call(self, response: Any, case: schemathesis.Case[Any]) -> None:
        """Note what was answered, and send a visitor to a new link."""
        name = case.operation.definition.raw["operationId"]
        self.clock.advance(STEP_S)
        self.seen.add((name, response.status_code))
        if name == "create_link" and response.status_code == 201:
            path = response.json()["url"].removeprefix(BASE_URL)
            self._visitors.append(Visitor(path, type(self).sent))


@pytest.fixture
def followed(tmp_path: Path, sent: Callable[[str], dict[str, Any]]) -> Iterator[Followed]:
    """Yield what follows the links of a site with these settings until there were the answers wanted.

    It returns all that there were.
    """

    def follow(wanted: set[tuple[str, int]], **changes: object) -> set[tuple[str, int]]:
        Steps.sent, Steps.clock = staticmethod(sent), Clock()
        SITE.app = create_app(
            site_settings(tmp_path, PROJECTS={"shop": projects()["shop"]}, **changes), clock=Steps.clock
        )
        Steps.seen.clear()
        for number in range(MOST_RUNS):
            seed(number)(Steps)  # it is kept in the class, and taken by the next run
            with suppress(FlakyStrategyDefinition):  # ids are random: the same steps may end otherwise again
                Steps.run(settings=EFFORT)
            if wanted <= Steps.seen:
                break
        return Steps.seen

    yield follow
    SITE.app.extensions["webhelper"].links.store.close()


def test_links_of_the_document_lead_from_each_answer_to_the_next(followed: Followed) -> None:
    """By the document, a link is created, looked up, opened, waited for, exchanged and revoked."""
    seen = followed(FOLLOWED)
    assert seen >= FOLLOWED
    assert 429 not in {status for _, status in seen}


def test_links_lead_on_while_requests_are_limited(followed: Followed) -> None:
    """With too many requests, each step may be 429 as described, and the next one goes on."""
    went_on = {("create_link", 201), ("get_link", 200), ("revoke_link", 204), ("get_wait", 200)}
    limited = {("create_link", 429), ("get_link", 429), ("revoke_link", 429)}
    assert followed(went_on | limited, LIMITS={"api": "3/24s"}) >= went_on | limited


def test_links_lead_as_far_as_the_scopes_do(followed: Followed) -> None:  # A7
    """With the scopes create and read, each step that needs another one is 403 as described."""
    allowed = {("create_link", 201), ("get_link", 200), ("get_wait", 200)}
    refused = {("revoke_link", 403), ("exchange_result", 403), ("read_return", 403)}
    seen = followed(allowed | refused, API_SCOPES={HOLDER: ["create", "read"]})
    assert seen >= allowed
    assert {(name, status) for name, status in seen if name in dict(refused)} == refused


def test_links_of_the_document_are_ours() -> None:
    """Each link names an operation, and its values are in the schema of the answer."""
    paths = SITE_DOCUMENT["paths"]
    operations = {one["operationId"]: one for path in paths.values() for one in path.values()}
    links = [
        (link, answer)
        for one in operations.values()
        for answer in one["responses"].values()
        for link in answer.get("links", {}).values()
    ]
    assert len(links) == 10
    for link, answer in links:
        target = operations[link["operationId"]]
        wanted = {parameter["name"] for parameter in target["parameters"] if parameter.get("required")}
        assert wanted == set(link.get("parameters", {}))
        schema = answer["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        members = SITE_DOCUMENT["components"]["schemas"][schema]["properties"]
        values = [*link.get("parameters", {}).values(), *link.get("requestBody", {}).values()]
        assert {value.removeprefix("$response.body#/").partition("/")[0] for value in values} <= set(members)


SITE_DOCUMENT: dict[str, Any] = SCHEMA.raw_schema
