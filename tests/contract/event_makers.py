"""This module makes the simulator send an event of each trigger, and knows their documented members."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from liveform import Pipeline
from webhelper.simulator.sandbox.dashboard import TokenExpiration

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.contract.target import World

VALUES: Final = {"email": "one@example.com", "userid": "user_12345", "cf1": "one", "cf3": "three"}
TOKEN: Final = "contract-token-0001"
WORKLIST: Final = "worklist01"
_PERSON: Final = {"age_group", "gender", "date_of_birth", "nationality"}
_NAMES: Final = {"full_name", "full_name_en", "first_name", "last_name"}
_USER: Final = {"email", "userid", "tokenId"}
# Trigger -> the members of its newest revision, beside webhook_trigger and submission_id.
MEMBERS: Final[dict[str, set[str]]] = {
    "created": {"userid", "tokenId", "cf", "ipAddress", "kyc_result", "retryCode", "attempts"},
    "retry": {"userid", "tokenId", "cf", "ipAddress", "kyc_result", "retryCode", "attempts"},
    "submit": {*_USER, "cf", "ipAddress", "duplicated_information", "created_at"},
    "approved": {
        *("email", "cf", "applicant_id", "duplicated_information", "kyc_result", *_PERSON, *_NAMES),
        *("phoneNumber", "ssnNumber", "additional_list"),
    },
    "rejected": {*_USER, "cf", "ipAddress", "applicant_id", "duplicated_information", "kyc_result"},
    "updated": {*_USER, "duplicated_information", *_PERSON, *_NAMES, "data", "admin", "update_time"},
    "delete": {"account_email", "delete_time", "comment", "duplicated_information"},
    "injection": {*_USER, "cf1", "cf2", "cf3", "applicant_id", "kyc_status", "action"},
    "injectionFail": {"email", "userid", "applicant_id", "duplicated_information", "kyc_status", "action"},
    "aml": {*_USER, "cf", "duplicated_information", "aml_result"},
    "aml_monitor": {*_USER, "cf", "duplicated_information", "records"},
    "token_expired": {"token_id", "expired_condition", "service", "expired_at", "expected_expired_at"},
    "faceAuth": {"data"},
}


def _begin(world: World, **given: Any) -> str:
    sandbox = world.simulator
    if sandbox is None:
        raise ValueError("no simulator")
    return sandbox.begin(world.pid, VALUES, pipeline=Pipeline.ID_DOCUMENT, **given)


def _created(world: World) -> None:
    _begin(world, retry_code="glare_detected")


def _retry(world: World) -> None:
    made = _begin(world)
    if world.simulator is not None:
        world.simulator.retry(made, "glare_detected")


def _updated(world: World) -> None:
    made = world.check("pending", VALUES)
    world.call(
        lambda client: client.submissions.update(
            made, admin=world.admin, kyc_status="approved", first_name="Changed"
        )
    )


def _delete(world: World) -> None:
    made = world.check("approved", VALUES)
    world.call(lambda client: client.submissions.delete(made, admin_name=world.admin))


def _token_expired(world: World) -> None:
    sandbox = world.simulator
    if sandbox is not None:
        sandbox.configure(replace(sandbox.dashboard(world.pid), token_expiration=TokenExpiration("count")))
    world.call(lambda client: client.tokens.register([TOKEN]))
    world.check("approved", VALUES, tokenid=TOKEN)


def _injected(world: World, fail_code: str | None) -> None:
    made = world.check("approved", VALUES)
    if world.simulator is not None:
        world.simulator.inject(made, {"cf2": "two", "address_city": "a city"}, fail_code=fail_code)


def _screened(world: World) -> None:
    made = world.migrate(full_name="Red Flag", nationality="KOR", userid="user_12345", cf1="one")
    world.call(lambda client: client.aml.run(made, threshold=1))


def _monitored(world: World) -> None:
    made = world.check("approved", VALUES)
    world.call(lambda client: client.aml.monitor_add(WORKLIST, [made], admin=world.admin))


def _compared(world: World) -> None:
    made = world.check("approved", VALUES)
    face = b"\xff\xd8\xff a face"
    world.call(
        lambda client: client.face_auth.create(made, face, user_id="user_67890", cf1="other", cf2="two")
    )


MAKERS: Final[dict[str, Callable[[World], object]]] = {
    "created": _created,
    "retry": _retry,
    "submit": lambda world: world.check("pending", VALUES),
    "approved": lambda world: world.check("approved", VALUES),
    "rejected": lambda world: world.check("rejected", VALUES),
    "updated": _updated,
    "delete": _delete,
    "token_expired": _token_expired,
    "injection": lambda world: _injected(world, None),
    "injectionFail": lambda world: _injected(world, "blackliskCountries"),
    "aml": _screened,
    "aml_monitor": _monitored,
    "faceAuth": _compared,
}
