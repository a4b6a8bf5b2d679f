"""``liveform projections``: which members the vendor hides in answers and webhooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from liveform.cli.api.confirm import add_yes, confirm
from liveform.cli.api.output import show
from liveform.cli.commands import CommandOutput

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator, Mapping

    from liveform.cli.api.noun import Noun
    from liveform.rest.client import Client


def add_commands(noun: Noun) -> None:
    """Add the commands below ``projections``; their answers are about nobody."""
    sub = noun.command("create", create, "create a projection", takes="NAME")
    sub.add_argument("name", metavar="NAME", help="lower-case letters, digits and _")
    sub.add_argument("--fields", metavar="NAME,NAME", required=True, help="what it hides")
    sub = noun.command("get", get, "read one projection", takes="PROJECTION_ID")
    _add_id(sub)
    noun.listing("list", list_all, "list projections", personal=False)
    sub = noun.command(
        "delete", delete, "delete a projection; what it hid can be read again", takes="PROJECTION_ID"
    )
    _add_id(sub)
    add_yes(sub)


def _add_id(sub: ArgumentParser) -> None:
    sub.add_argument("projection_id", metavar="PROJECTION_ID", help="the vendor's projection_id")


def create(client: Client, arguments: Namespace) -> CommandOutput:
    """Create a projection."""
    made = client.projections.create(arguments.name, fields=arguments.fields.split(","))
    return show(made.raw, arguments)


def get(client: Client, arguments: Namespace) -> CommandOutput:
    """Read one projection."""
    return show(client.projections.get(arguments.projection_id).raw, arguments)


def list_all(client: Client, _: Namespace) -> Iterator[Mapping[str, Any]]:
    """List projections."""
    for one in client.projections.list():
        yield one.raw


def delete(client: Client, arguments: Namespace) -> CommandOutput:
    """Delete a projection."""
    confirm(arguments, "Delete this projection? What it hides can be read again.")
    client.projections.delete(arguments.projection_id)
    data = {"projection_id": arguments.projection_id, "deleted": True}
    return CommandOutput(f"deleted: {arguments.projection_id}", data)
