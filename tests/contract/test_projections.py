"""Rows 7.1 to 7.8: the project's settings, and projections."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from liveform.rest import Operation, ReturnConfig
from liveform.rest.operations.projections import FIELDS
from tests.contract.checks import hold, hold_members, names_of, refused, rows

if TYPE_CHECKING:
    from tests.contract.target import World
    from webhelper.simulator.sandbox.dashboard import Dashboard
    from webhelper.simulator.sandbox.sandbox import Sandbox

CONFIG = (
    *("cf1", "cf2", "cf3", "email", "kycStatus", "submissionId", "userId"),
    *("skipResultPage", "isEncrypted"),
)
MANAGEMENT = {
    "activateBlocking": dict,
    "admins": list,
    "description": str,
    "formPrivacyPolicyUrl": str,
    "formReturnUrl": str,
    "formReturnUrlConfig": dict,
    "formTermsOfUseUrl": str,
    "ipWhitelist": dict,
    "name": str,
    "projectStatus": str,
    "webhook": dict,
}


@rows("7.1", "7.2", "7.3")
def test_settings_have_the_documented_members(world: World) -> None:
    """The category management has the documented members; the Return URL's fields are booleans."""
    found = world.call(lambda client: client.project.settings())
    hold_members("7.2", found.raw, MANAGEMENT)
    config = found.raw["formReturnUrlConfig"]
    hold_members("7.2", config, dict.fromkeys(CONFIG, bool))
    hold_members("7.2", found.raw["ipWhitelist"], {"admin": list, "api": list})
    hold("7.3", found.return_config.user_id is config["userId"], "userId is not read")
    if world.simulator is not None:
        last = world.last_request()
        hold("7.1", (last.path, last.query) == ("/projects/settings", "category=management"), "another call")
        hold_members("7.1", json.loads(last.answer), {"traceId": str, "item": dict})


@pytest.mark.parametrize("member", CONFIG)
@rows("7.2", "7.4")
def test_each_setting_of_the_return_url_is_read(world: World, sandbox: Sandbox, member: str) -> None:
    """Each tick of the dashboard's Return URL is one typed attribute, isEncrypted too."""
    own = next(iter(sandbox.dashboards.values()))
    sandbox.configure(_with_only(own, member))
    config = world.call(lambda client: client.project.settings()).return_config
    wire_names = dict(zip(ReturnConfig.shown, CONFIG, strict=True))
    ticked = [wire_names[name] for name in ReturnConfig.shown if getattr(config, name) is True]
    hold("7.4" if member == "isEncrypted" else "7.2", ticked == [member], "other attributes are ticked")


def _with_only(dashboard: Dashboard, member: str) -> Dashboard:
    own = {"skipResultPage": "skip_result_page", "isEncrypted": "return_encrypted"}
    ticks: dict[str, Any] = {attribute: name == member for name, attribute in own.items()}
    return replace(dashboard, return_fields=frozenset({member} - own.keys()), **ticks)


@rows("7.5", "7.6")
def test_projection_is_created_read_and_deleted(world: World, sandbox: Sandbox) -> None:
    """A projection with every documented field is created, and comes back alone and in the list."""
    made = world.call(lambda client: client.projections.create("all_1", fields=FIELDS))
    hold("7.6", made.fields == FIELDS, "other fields")
    hold_members(
        "7.5", made.raw, {"projection_id": str, "name": str, "mode": str, "fields": list, "created_at": str}
    )
    found = world.call(lambda client: client.projections.get(made.projection_id))
    hold("7.5", found == made, "another projection")
    hold("7.5", world.last_request().path == f"/projection/{made.projection_id}", "another path")
    listed = world.call(lambda client: client.projections.list())
    hold("7.5", listed == (made,), "another list")
    hold_members("7.5", json.loads(world.last_request().answer), {"items": list, "message": str})
    world.call(lambda client: client.projections.delete(made.projection_id))
    hold("7.5", world.call(lambda client: client.projections.list()) == (), "it is still there")


@rows("7.5")
def test_projections_can_be_listed(world: World) -> None:
    """The list of projections has the documented members."""
    for one in world.call(lambda client: client.projections.list()):
        hold_members("7.5", one.raw, {"projection_id": str, "name": str, "mode": str, "fields": list})


@rows("7.7", "1.9f", "1.10")
def test_projections_refuse_with_statuses(world: World, sandbox: Sandbox) -> None:
    """An unknown or incomplete projection is 404, and the eleventh 409."""
    with refused("7.7", status=404, says="Projection not found"):
        world.call(lambda client: client.projections.get("nothing"))
    with refused("7.7", status=404, says="Projection not found"):
        world.send(_create({"name": "a"}))
    for number in range(10):
        world.send(_create({"name": f"name_{number}", "mode": "exclude", "fields": ["gender"]}))
    with refused("7.7", status=409, says="Projection count limit exceeded"):
        world.call(lambda client: client.projections.create("one_more", fields=["gender"]))


@rows("7.8", "9.8")
def test_projection_thins_answers_and_events_until_it_is_deleted(world: World, sandbox: Sandbox) -> None:
    """What a projection hides is in no answer and no event; once it is deleted, it is visible again."""
    made = world.call(lambda client: client.projections.create("few", fields=["full_name", "gender"]))
    plain, thin = world.check(), world.check(projectionId=made.projection_id)
    found = world.get(thin)
    hold("7.8", found.data.full_name is None and found.data.gender is None, "GET shows what is hidden")
    hold("7.8", found.data.nationality is not None, "GET hides more")
    hold("7.8", found.projection.projection_id == made.projection_id, "GET does not name it")
    hidden, whole = sandbox.events.newest(trigger="approved")
    hold("9.8", names_of(whole.members) - names_of(hidden.members) == {"full_name", "gender"}, "the event")
    whole_one = world.get(plain)
    hold("7.8", whole_one.data.full_name is not None, "a submission without it is thinned")
    world.call(lambda client: client.projections.delete(made.projection_id))
    again = world.get(thin)
    hold("7.8", again.data.full_name is not None, "it stays hidden")


def _create(body: dict[str, Any]) -> Operation[Any]:
    return Operation(
        name="contract", method="POST", path="/projection", body=body, read=lambda answer: answer.value
    )
