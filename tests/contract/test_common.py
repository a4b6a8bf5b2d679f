"""Rows 1.1 to 1.12: address, keys, statuses, limits, shapes of errors, and times."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from liveform import ConfigError
from liveform.form_urls import VENDOR_API_URL
from liveform.rest import Client, Limits, MemoryDayCount, Operation
from liveform.vendor_times import read_time
from tests.contract.checks import hold, names_of, refused, rows
from tests.contract.clients import caller
from tests.contract.simulated import START
from tests.contract.target import World, once
from webhelper.simulator.sandbox import dashboard
from webhelper.simulator.sandbox.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from liveform.rest import Answer
    from webhelper.simulator.sandbox.sandbox import Sandbox

IDS = ("idempotency-key", "x-request-id", "x-idempotency-key")


def value_of(answer: Answer) -> Any:
    """Return the JSON value of an answer."""
    return answer.value


def raw(method: Any, path: str, **members: Any) -> Operation[Any]:
    """Return an operation that no method of a client makes."""
    return Operation(name="contract", method=method, path=path, read=value_of, **members)


@rows("1.1", "2.1")
def test_key_of_the_project_opens_the_api(world: World) -> None:
    """Requests go to /v3 below the base URL, with the project's key in x-api-key."""
    with (
        refused("1.1", status=403),
        caller(is_async=False, **{**world.arguments, "api_key": "not-the-key-0123456789"}) as stranger,
    ):
        stranger(lambda client: client.submissions.list(page_size=1), most=1)
    world.call(lambda client: client.submissions.list(page_size=1), most=1)
    hold("1.1", VENDOR_API_URL == "https://rest-api.argosidentity.com/v3", "the address has changed")


@rows("1.1", "8.1")
def test_face_auth_has_a_key_of_its_own(world: World, sandbox: Sandbox) -> None:
    """FaceAuth opens with the add-on's key alone, and the other endpoints with the project's key alone."""
    query = {"startDate": "2026-06-01", "endDate": "2026-06-30"}
    with refused("1.1", status=403):
        world.send(raw("GET", "/faceauth", query=query))
    with refused("1.1", status=403):
        world.send(raw("GET", "/submission", key="face_auth_key"))
    world.call(lambda client: client.face_auth.list(start_date="2026-06-01", end_date="2026-06-30"))


@rows("1.2")
def test_base_url_is_a_setting(world: World) -> None:
    """A client calls the API at the address that it is given, since the vendor has changed its own before."""
    hold("1.2", world.arguments["base_url"] in repr(world.call.client), "the client calls another address")


@rows("1.3")
def test_plain_http_is_for_loopback_hosts_alone() -> None:
    """A client refuses to send a key over plain HTTP, which the vendor does not answer."""
    with pytest.raises(ConfigError, match="https"):
        Client("a-key-0123456789", base_url="http://rest-api.argosidentity.com/v3")


@rows("1.4", "1.5")
def test_gateway_refuses_an_unknown_query(world: World, sandbox: Sandbox) -> None:
    """An unknown query parameter gives 400, with the gateway's text in the member message."""
    with refused("1.4", status=400, says="Invalid Query String parameters"):
        world.send(raw("GET", "/submission", query={"nope": "1"}, transfer=True))
    hold("1.5", sandbox.requests.newest()[0].answer.startswith(b'{"message"'), "another body")


@rows("1.4", "1.5")
def test_gateway_tells_a_wrong_key_from_a_wrong_address(world: World, sandbox: Sandbox) -> None:
    """The two texts of 403 lead to two pieces of advice: the key, and the allow-list."""
    with (
        refused("1.4", status=403, says="check api_key"),
        caller(is_async=False, **{**world.arguments, "api_key": "not-the-key-0123456789"}) as stranger,
    ):
        stranger(lambda client: client.projections.list())
    own = next(iter(sandbox.dashboards.values()))
    sandbox.configure(replace(own, ip_api=("192.0.2.1",)))
    with refused("1.4", status=403, says="allow-list"):
        world.call(lambda client: client.projections.list())


@once
@rows("1.4", "4.6")
def test_gateway_refuses_a_body_that_is_too_large(world: World, sandbox: Sandbox) -> None:
    """A request that is too large gives 413, and is not sent again."""
    submission_id = world.some_submission()
    image = b"\xff\xd8\xff" + bytes(8 * 2**20)
    with refused("1.4", status=413, says="too large"):
        world.call(lambda client: client.images.put(submission_id, admin=world.admin, selfie_image=image))
    hold("1.4", world.waits.slept == [], "the client waited to send it again")


@pytest.mark.parametrize("status", [500, 502])
@rows("1.4")
def test_server_errors_are_failures(world: World, sandbox: Sandbox, status: int) -> None:
    """A 500 is not sent again, since it can be an answer of the program; a 502 of the gateway is."""
    sandbox.faults.add(Fault(where="rest", kind="status", status=status, times=None))
    with refused("1.4", status=status):
        world.call(lambda client: client.projections.list())
    hold("1.4", len(world.requests()) == (1 if status == 500 else 3), "another number of tries")


@rows("1.6")
def test_throttling_is_waited_for(world: World, sandbox: Sandbox) -> None:
    """A 429 is sent again after the time that Retry-After asks for, if it comes."""
    own = next(iter(sandbox.dashboards.values()))
    sandbox.configure(replace(own, limits=dashboard.Limits(per_day=1, retry_after="7")))
    world.call(lambda client: client.projections.list())
    with refused("1.6", status=429):
        world.call(lambda client: client.projections.list())
    hold("1.6", world.waits.slept == [7.0, 7.0], "the client waited for another time")


@rows("1.7")
def test_limits_count_all_methods(world: World, sandbox: Sandbox) -> None:
    """GET and POST count together, and both sides count every try; the limits are those of the FAQ."""
    hold("1.7", (Limits().per_second, Limits().per_day) == (5_000, 100_000), "other limits")
    options = {**world.arguments, "limits": Limits(per_day=2, day_count=MemoryDayCount())}
    with caller(is_async=False, **options) as limited, refused("1.7", reason="limit"):
        for _ in range(2):
            limited(lambda client: client.tokens.register(["token-00000001"]))
        own = next(iter(sandbox.dashboards.values()))
        counted = sandbox.usage.requests_today(own, sandbox.clock.now())
        hold("1.7", counted == 2, "the simulator counts another number")
        limited(lambda client: client.projections.list())


@rows("1.7")
def test_day_begins_at_midnight_utc(world: World, sandbox: Sandbox) -> None:
    """The vendor's count of a day begins again at 00:00 UTC."""
    own = next(iter(sandbox.dashboards.values()))
    sandbox.configure(replace(own, limits=dashboard.Limits(per_day=1)))
    world.call(lambda client: client.projections.list())
    sandbox.clock.move(timedelta(days=1) - (START - START.replace(hour=0, minute=0, second=0)))
    world.call(lambda client: client.projections.list())
    with refused("1.7", status=429):
        world.call(lambda client: client.projections.list())


def _unknown_admin(world: World) -> Any:
    return world.migrate(admin="stranger@example.com")


def _no_token(world: World) -> Any:
    return world.call(lambda client: client.tokens.get("token-not-there"))


def _no_record(world: World) -> Any:
    remove = {"admin": world.admin}
    return world.call(lambda client: client.aml.monitor_remove("worklist01", ["nothing"], **remove))


def _no_face(world: World) -> Any:
    return world.call(lambda client: client.face_auth.delete("nothing"))


def _no_submission(world: World) -> Any:
    return world.call(lambda client: client.submissions.delete("nothing000000", admin_name=None))


def _no_face_image(world: World) -> Any:
    return world.call(lambda client: client.face_auth.image("nothing"))


def _no_category(world: World) -> Any:
    operation = raw("GET", "/projects/settings", query={"category": "other"})
    return world.call(lambda client: client.send(operation))


def _no_projection(world: World) -> Any:
    return world.call(lambda client: client.projections.get("nothing"))


def _no_pending(world: World) -> Any:
    done = world.migrate()
    return world.call(lambda client: client.submissions.review(done, status="approved", admin=world.admin))


@pytest.mark.parametrize(
    ("row", "names", "fail", "told"),
    [
        ("1.9a", {"errorCode", "message"}, _unknown_admin, "invalid_admin"),
        ("1.9b", {"errorCode", "errorMessage"}, _no_token, "token_not_found"),
        ("1.9b", {"errorCode", "errorMessage", "details"}, _no_record, "404 record_not_found"),
        ("1.9c", {"errorCode"}, _no_face, "Cannot find submission"),
        ("1.9d", {"message", "statusCode"}, _no_submission, "not Exist Submission"),
        ("1.9e", {"traceId", "errorCode", "message"}, _no_face_image, "NOT_FOUND"),
        ("1.9e", {"traceId", "errorCode", "message"}, _no_category, "INVALID_CATEGORY"),
        ("1.9f", {"message"}, _no_projection, "Projection not found"),
        ("1.9g", {"errorType", "message"}, _no_pending, "Only submissions in pending status"),
    ],
)
@rows("1.8", "1.9a", "1.9b", "1.9c", "1.9d", "1.9e", "1.9f", "1.9g", "1.10")
def test_every_shape_of_an_error_is_read(
    world: World, sandbox: Sandbox, row: str, names: set[str], fail: Callable[[World], Any], told: str
) -> None:
    """Each shape of an error ends in one error type that says what the vendor said."""
    status = 404 if row == "1.9f" else 400
    with refused(row, status=status, says=told):
        fail(world)
    answer = sandbox.requests.newest()[0].answer
    hold("1.8", names_of(json.loads(answer)) == names, f"the simulator's shape of {row} is another one")
    hold("1.10", world.waits.slept == [], "a business error was sent again")


@rows("1.10", "7.7")
def test_method_that_a_projection_does_not_know_is_405(world: World, sandbox: Sandbox) -> None:
    """Projections alone answer with 404, 405 and 409."""
    with refused("7.7", status=405, says="Method not allowed"):
        world.send(raw("PATCH", "/projection", body={}))


@rows("1.11", "7.5", "8.4")
def test_both_forms_of_times_are_read(world: World, sandbox: Sandbox) -> None:
    """The dashed times of submissions and the ISO times of the others name the same instant."""
    submission_id = world.some_submission()
    found = world.get(submission_id)
    made = world.call(lambda client: client.projections.create("a", fields=["gender"]))
    hold("1.11", found.created_at.count("-") >= 5, "a submission has another form of time")
    hold("1.11", read_time(found.created_at) == START, "the time of a submission is not read")
    hold("1.11", read_time(made.created_at) == START, "the time of a projection is not read")
    hold("1.11", made.created_at.endswith(".000Z"), "an ISO time without milliseconds and Z")


@rows("1.12")
def test_no_ids_are_sent_and_trace_ids_come(world: World, sandbox: Sandbox) -> None:
    """A client sends no id of a request, since none is documented; the settings' answer has a traceId."""
    world.call(lambda client: client.project.settings())
    last = world.last_request()
    hold("1.12", not set(IDS) & last.headers.keys(), "the client sends an id of its own")
    hold("1.12", b'"traceId"' in last.answer, "the settings have no traceId")


@rows("1.1", "1.12")
def test_key_stands_in_no_log(world: World, sandbox: Sandbox) -> None:
    """The key travels in its header alone: not in the URL, and not in the simulator's log."""
    world.call(lambda client: client.projections.list())
    last = world.last_request()
    kept = f"{last.path}?{last.query}{last.headers}"
    hold("1.1", world.arguments["api_key"] not in kept, "the key is shown")
