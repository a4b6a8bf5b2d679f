"""Rows 5.1 to 5.11: token ids of private mode."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from liveform.rest import Operation
from tests.contract.checks import hold, hold_members, refused, rows
from tests.contract.target import World, is_vendor, once
from webhelper.simulator.sandbox.dashboard import TokenExpiration

if TYPE_CHECKING:
    from webhelper.simulator.sandbox.sandbox import Sandbox

TOKENS = ["contract-token-0001", "contract_token.0002", "contract-token-0003"]


def opened(world: World) -> Any:
    """Return the JSON body of the last request, decrypted."""
    last = world.last_request()
    return json.loads(last.body if last.opened is None else last.opened)


def delete(world: World, tokens: list[str]) -> Any:
    """Delete token ids."""
    return world.call(lambda client: client.tokens.delete(tokens))


@rows("5.1", "5.4", "5.6", "5.7")
def test_token_ids_are_registered_read_and_deleted(writer: World) -> None:
    """Token ids are registered, read one by one, and deleted, all in the body's list tokenId."""
    if is_vendor():
        writer.clean_up.append(lambda: delete(writer, TOKENS))
    done = writer.call(lambda client: client.tokens.register(TOKENS))
    hold("5.1", done.complete and done.registered == len(TOKENS), "not all are registered")
    if writer.simulator is not None:
        last = writer.last_request()
        hold("5.1", (last.method, last.path) == ("POST", "/submission/tokens"), "another endpoint")
        hold("5.1", opened(writer) == {"tokenId": TOKENS}, "another body")
    found = writer.call(lambda client: client.tokens.get(TOKENS[0]))
    hold("5.7", found.token_id == TOKENS[0], "another token id, or none")
    gone = delete(writer, TOKENS[:2])
    hold("5.4", gone.complete, "not all are deleted")
    hold("5.4", (gone.deleted, gone.not_found) == (2, 0), "other counts")
    with refused("5.6", code="token_not_found", status=400):
        writer.call(lambda client: client.tokens.get(TOKENS[0]))
    delete(writer, TOKENS[2:])


@rows("5.7")
def test_count_is_a_number(world: World) -> None:
    """type=count gives the number of token ids."""
    hold("5.7", world.call(lambda client: client.tokens.count()) >= 0, "a number below 0")


@once
@rows("5.7", "5.8")
def test_list_has_every_token_id_once(world: World, sandbox: Sandbox) -> None:
    """The list has each token id once, over pages of 10,000, with its expired state."""
    own = next(iter(sandbox.dashboards.values()))
    tokens = [f"token-{number:08}" for number in range(10_001)]
    sandbox.token_ids.register(own.pid, tokens, at="2026-06-24T01:02:03.000Z", expires_at=None)
    listed = world.call(lambda client: client.tokens.list(), most=20_000)
    hold("5.7", sorted(one.token_id for one in listed) == tokens, "one is missing, or comes twice")
    hold("5.7", all(one.expired is False for one in listed), "a fresh one has expired")
    hold("5.8", len(world.requests()) == 2, "another number of pages")
    hold("5.7", world.call(lambda client: client.tokens.count()) == len(tokens), "another count")


@rows("5.2", "5.9")
def test_requests_have_500_token_ids_at_most(world: World, sandbox: Sandbox) -> None:
    """Registering and deleting go out in requests of at most 500, which is the vendor's limit."""
    tokens = [f"token-{number:08}" for number in range(1_001)]
    done = world.call(lambda client: client.tokens.register(tokens))
    hold("5.9", (done.registered, done.pool_size) == (1_001, 1_001), "other numbers")
    gone = delete(world, tokens)
    hold("5.2", gone.deleted == 1_001, "not all are deleted")
    hold("5.2", len(world.requests()) == 6, "another number of requests")
    for row, method in (("5.9", "POST"), ("5.2", "DELETE")):
        with refused(row, code="request_token_limit_exceeded", status=400):
            world.send(_tokens(method, tokens[:501]))


@once
@rows("5.9")
def test_pool_has_100_000_token_ids(world: World, sandbox: Sandbox) -> None:
    """A project takes 100,000 token ids; what is over ends the run, with the place to go on from."""
    own = next(iter(sandbox.dashboards.values()))
    tokens = [f"token-{number:08}" for number in range(99_900)]
    sandbox.token_ids.register(own.pid, tokens, at="2026-06-24T01:02:03.000Z", expires_at=None)
    done = world.call(lambda client: client.tokens.register(f"other-{number:08}" for number in range(101)))
    hold("5.9", done.registered == 0 and done.resume_from == 0, "some are registered")
    hold("5.9", done.error is not None and done.error.code == "token_limit_exceeded", "another error")
    done = world.call(lambda client: client.tokens.register(f"other-{number:08}" for number in range(100)))
    hold("5.9", (done.registered, done.pool_size) == (100, 100_000), "100,000 do not fit")


@rows("5.9")
def test_registering_again_is_harmless(world: World, sandbox: Sandbox) -> None:
    """A registered token id is registered again without an error, and counts once."""
    for _ in range(2):
        done = world.call(lambda client: client.tokens.register(TOKENS))
        hold("5.9", done.complete, "it is refused")
    hold("5.9", done.pool_size == len(TOKENS), "it counts twice")


@rows("5.4", "5.5")
def test_wrong_token_ids_fail_one_by_one(world: World, sandbox: Sandbox) -> None:
    """Wrong token ids fail, each with a code, and the others are done."""
    wrong = ["short", "-token-00000001", TOKENS[0]]
    done = world.call(lambda client: client.tokens.register(wrong))
    codes = [(one.position, one.code) for one in done.failed]
    expected = [(0, "invalid_token_id_length"), (1, "invalid_token_id_format")]
    hold("5.5", (codes, done.registered) == (expected, 1), "the client tells otherwise")
    answer = world.call(lambda client: client.send(_tokens("POST", wrong)))
    failed = [one["errorCode"] for one in answer["details"]["failed"]]
    hold("5.5", failed == [code for _, code in expected], "the simulator tells otherwise")
    bodies: dict[str, dict[str, Any]] = {"invalid_payload": {}, "invalid_token_id": {"tokenId": []}}
    for code, body in bodies.items():
        with refused("5.5", code=code, status=400):
            world.send(_tokens("POST", body=body))


@rows("5.4", "5.5")
def test_deleting_counts_what_was_not_there(world: World, sandbox: Sandbox) -> None:
    """A deletion tells how many were not there; if none was, the request fails."""
    world.call(lambda client: client.tokens.register(TOKENS))
    gone = delete(world, [*TOKENS, "token-not-there"])
    hold("5.4", (gone.deleted, gone.not_found, gone.failed) == (3, 1, ()), "other counts")
    hold_members(
        "5.4", json.loads(world.last_request().answer), {"success": bool, "message": str, "summary": dict}
    )
    with refused("5.5", code="token_id_not_found", status=400):
        world.call(lambda client: client.send(_tokens("DELETE", TOKENS)))


@rows("5.2")
def test_deleting_what_is_gone_is_complete(world: World, sandbox: Sandbox) -> None:
    """A deletion of token ids that are all gone is complete: none of them is registered any more."""
    gone = delete(world, TOKENS)
    hold("5.2", gone.complete, "it is not complete")
    hold("5.2", (gone.deleted, gone.not_found) == (0, len(TOKENS)), "other counts")


@rows("5.7", "9.29")
def test_expired_token_id_says_so(world: World, sandbox: Sandbox) -> None:
    """A token id that has expired by time is still listed, as expired."""
    own = next(iter(sandbox.dashboards.values()))
    sandbox.configure(replace(own, token_expiration=TokenExpiration("time", after=timedelta(hours=24))))
    world.call(lambda client: client.tokens.register(TOKENS[:1]))
    for hours, expired in ((23, False), (1, True)):
        sandbox.clock.move(timedelta(hours=hours))
        (listed,) = world.call(lambda client: client.tokens.list())
        hold("5.7", listed.expired is expired, "another state")


@pytest.mark.parametrize("name", ["tokenid", "token"])
@rows("5.10", "5.11")
def test_token_id_has_another_name_in_each_place(world: World, sandbox: Sandbox, name: str) -> None:
    """A form URL has tokenid, or token inside encrypted; events have tokenId."""
    world.call(lambda client: client.tokens.register(TOKENS[:1]))
    world.check("pending", {name: TOKENS[0]})
    (event,) = sandbox.events.newest(trigger="submit")
    hold("5.11", event.members.get("tokenId") == TOKENS[0], "the event has another name, or none")
    (listed,) = world.call(lambda client: client.tokens.list())
    hold("5.10", listed.expired is True, "the token id was not used up")


def _tokens(method: Any, tokens: list[str] | None = None, *, body: Any = None) -> Operation[Any]:
    return Operation(
        name="contract",
        method=method,
        path="/submission/tokens",
        body={"tokenId": tokens} if body is None else body,
        read=lambda answer: answer.value,
        transfer=True,
    )
