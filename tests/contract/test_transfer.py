"""Rows 10.3 to 10.7: Secure Data Transfer on the wire."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import httpx2
import pytest

from liveform.rest import Operation
from tests.contract.checks import hold, refused, rows
from tests.contract.clients import caller

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.contract.target import World
    from webhelper.simulator.sandbox.sandbox import Sandbox

TOKEN = "contract-token-0001"


def _migrate(world: World) -> Any:
    return world.migrate()


def _update(world: World) -> Any:
    made = world.migrate()
    return world.call(
        lambda client: client.submissions.update(made, admin=world.admin, full_name="Changed Person")
    )


def _register(world: World) -> Any:
    return world.call(lambda client: client.tokens.register([TOKEN]))


def _unregister(world: World) -> Any:
    return world.call(lambda client: client.tokens.delete([TOKEN]))


@pytest.mark.parametrize("send", [_migrate, _update, _register, _unregister])
@rows("10.3", "10.7", "5.1")
def test_bodies_are_encrypted_as_the_setting_says(
    world: World, sandbox: Sandbox, send: Callable[[World], Any]
) -> None:
    """A covered body is bare ciphertext, or wrapped as the setting says; without it, JSON."""
    send(world)
    last = world.last_request()
    if not world.is_encrypted:
        hold("10.3", isinstance(json.loads(last.body), dict) and last.opened is None, "no JSON object")
        return
    hold("10.3", isinstance(json.loads(last.opened or ""), dict), "no JSON object inside")
    if world.mode.project == "wrapped":
        hold("10.3", set(json.loads(last.body)) == {"body"}, "not in its wrapper")
    else:
        hold("10.3", last.body.isascii() and b"{" not in last.body, "no bare ciphertext")


def _get(world: World) -> Any:
    made = world.migrate()
    return world.call(lambda client: client.submissions.get(made))


def _list(world: World) -> Any:
    return world.call(lambda client: client.submissions.list(email="one@example.com"))


def _delete(world: World) -> Any:
    made = world.migrate()
    return world.call(lambda client: client.submissions.delete(made, admin_name=world.admin))


def _token(world: World) -> Any:
    _register(world)
    return world.call(lambda client: client.tokens.get(TOKEN))


def _count(world: World) -> Any:
    return world.call(lambda client: client.tokens.count())


@pytest.mark.parametrize("send", [_get, _list, _delete, _token, _count])
@rows("10.3b", "10.7", "2.13")
def test_queries_are_one_parameter_data(world: World, sandbox: Sandbox, send: Callable[[World], Any]) -> None:
    """The query of a covered call is the one parameter data, percent-encoded so that nothing is lost."""
    send(world)
    last = world.last_request()
    names = set(parse_qs(last.query))
    hold("10.3b", (names == {"data"}) == world.is_encrypted, "not as the setting says")
    if world.is_encrypted:
        hold("10.3b", "+" not in last.query and "/" not in last.query, "not percent-encoded")


@rows("10.3", "10.3b", "10.4")
def test_answers_come_in_an_envelope(world: World, sandbox: Sandbox) -> None:
    """An answer to an encrypted request is ciphertext in data, with isEncrypted at most beside it."""
    _list(world)
    last = world.last_request()
    answer = httpx2.get(
        f"{world.arguments['base_url']}{last.path}?{last.query}",
        headers={"x-api-key": world.arguments["api_key"]},
    ).json()
    if not world.is_encrypted:
        hold("10.4", set(answer) == {"Items"}, "a plain answer is not plain")
        return
    beside = {"isEncrypted"} if world.mode.project == "wrapped" else set()
    hold("10.3", set(answer) == {"data"} | beside, "other members")
    hold("10.4", isinstance(answer["data"], str), "data is no text")
    blind = {**world.arguments, "secure_data_transfer": None}
    query = {name: values[0] for name, values in parse_qs(last.query).items()}
    operation: Operation[Any] = Operation(
        name="contract", method="GET", path=last.path, query=query, read=lambda answer: answer.value
    )
    says = "secure_data_transfer"
    with caller(is_async=False, **blind) as one, refused("10.4", reason="unreadable", says=says):
        one(lambda client: client.send(operation))


@rows("10.7")
def test_other_endpoints_stay_plain(world: World, sandbox: Sandbox) -> None:
    """What no page names as covered is sent plain: review, images, projections, settings, reports."""
    made = world.check("pending")
    world.call(lambda client: client.submissions.review(made, status="approved", admin=world.admin))
    world.call(lambda client: client.images.get(made, "id_image"))
    world.call(lambda client: client.projections.list())
    world.call(lambda client: client.project.settings())
    for one in world.requests():
        hold("10.7", one.opened is None, f"{one.method} {one.path} is encrypted")
