"""``liveform faceauth``: compare a face with an approved submission, and look at what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from liveform.cli.api.confirm import add_yes, confirm
from liveform.cli.api.data_file import read_bytes
from liveform.cli.api.output import show
from liveform.cli.api.saved import add_output, saved
from liveform.cli.commands import CommandOutput

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator, Mapping

    from liveform.cli.api.noun import Noun
    from liveform.rest.client import Client


def add_commands(noun: Noun) -> None:
    """Add the commands below ``faceauth``."""
    sub = noun.command(
        "create", create, "compare a face with a submission", takes="SUBMISSION_ID", personal=True
    )
    sub.add_argument("submission_id", metavar="SUBMISSION_ID", help="an approved one, with a selfie")
    sub.add_argument("--face-image", metavar="FILE", required=True, help="the face, a JPEG or PNG")
    sub.add_argument("--userid", metavar="ID", help="your own id of the user")
    for name in ("cf1", "cf2", "cf3"):
        sub.add_argument(f"--{name}", metavar="TEXT", help="a custom field")
    sub = noun.command("get", get, "read one authentication", takes="AUTH_ID", personal=True)
    _add_id(sub)
    sub = noun.listing("list", list_all, "list authentications: all, or those of some days")
    sub.add_argument("--start-date", metavar="YYYY-MM-DD", help="the first day")
    sub.add_argument("--end-date", metavar="YYYY-MM-DD", help="the last day; goes with the first")
    sub.add_argument(
        "--page-size", type=int, metavar="N", help="how many the vendor sends at once, 1 to 2000"
    )
    sub = noun.command("image", image, "write the face of an authentication to a file", takes="AUTH_ID")
    _add_id(sub)
    add_output(sub)
    sub = noun.command("delete", delete, "delete an authentication", takes="AUTH_ID")
    _add_id(sub)
    add_yes(sub)


def _add_id(sub: ArgumentParser) -> None:
    sub.add_argument("auth_id", metavar="AUTH_ID", help="the vendor's authentication id")


def create(client: Client, arguments: Namespace) -> CommandOutput:
    """Compare a face with a submission; a rejection is an answer like any other."""
    made = client.face_auth.create(
        arguments.submission_id,
        read_bytes("--face-image", arguments.face_image),
        user_id=arguments.userid,
        cf1=arguments.cf1,
        cf2=arguments.cf2,
        cf3=arguments.cf3,
    )
    return show(made.raw, arguments)


def get(client: Client, arguments: Namespace) -> CommandOutput:
    """Read one authentication."""
    return show(client.face_auth.get(arguments.auth_id).raw, arguments)


def list_all(client: Client, arguments: Namespace) -> Iterator[Mapping[str, Any]]:
    """List authentications."""
    for one in client.face_auth.list(
        start_date=arguments.start_date, end_date=arguments.end_date, page_size=arguments.page_size
    ):
        yield one.raw


def image(client: Client, arguments: Namespace) -> CommandOutput:
    """Write the face of an authentication to a file."""
    client.face_auth.save_image(arguments.output, arguments.auth_id)
    return saved(arguments)


def delete(client: Client, arguments: Namespace) -> CommandOutput:
    """Delete an authentication."""
    confirm(arguments, "Delete this authentication?")
    client.face_auth.delete(arguments.auth_id)
    return CommandOutput(f"deleted: {arguments.auth_id}", {"auth_id": arguments.auth_id, "deleted": True})
