"""``liveform images``: fetch and replace the images of a submission."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from liveform.cli.api.data_file import read_bytes
from liveform.cli.api.saved import add_output, saved
from liveform.cli.commands import CommandOutput
from liveform.errors import FieldError

if TYPE_CHECKING:
    from argparse import Namespace

    from liveform.cli.api.noun import Noun
    from liveform.rest.client import Client
    from liveform.rest.operations.images import Images

_FILES: Final = {
    "id_image": "front of the ID document",
    "id_back_image": "back of the ID document",
    "selfie_image": "selfie",
    "address_image": "proof of address",
}


def add_commands(noun: Noun) -> None:
    """Add the commands below ``images``."""
    sub = noun.command("get", get, "write an image to a file", takes="SUBMISSION_ID KIND")
    sub.add_argument("submission_id", metavar="SUBMISSION_ID", help="the vendor's submission_id")
    sub.add_argument("kind", metavar="KIND", choices=tuple(_FILES), help=f"one of {', '.join(_FILES)}")
    add_output(sub)
    sub = noun.command("put", put, "replace images of a submission", takes="SUBMISSION_ID")
    sub.add_argument("submission_id", metavar="SUBMISSION_ID", help="the vendor's submission_id")
    sub.add_argument("--admin", metavar="EMAIL", required=True, help="e-mail of an administrator")
    for name, about in _FILES.items():
        sub.add_argument(f"--{name.replace('_', '-')}", metavar="FILE", help=f"{about}, a JPEG or PNG")
    sub.add_argument("--id-type", metavar="TYPE", help="such as passport; needed with an ID image")


def get(client: Client, arguments: Namespace) -> CommandOutput:
    """Write an image to a file."""
    client.images.save(arguments.output, arguments.submission_id, arguments.kind)
    return saved(arguments)


def put(client: Client, arguments: Namespace) -> CommandOutput:
    """Replace images."""
    given = {name: getattr(arguments, name) for name in _FILES if getattr(arguments, name) is not None}
    if not given:
        options = ", ".join(f"--{name.replace('_', '-')}" for name in _FILES)
        raise FieldError("images put", f"needs at least one of {options}")
    contents = {name: read_bytes(f"--{name.replace('_', '-')}", path) for name, path in given.items()}
    images = cast("Images", contents)
    client.images.put(arguments.submission_id, admin=arguments.admin, id_type=arguments.id_type, **images)
    data = {"submission_id": arguments.submission_id, "replaced": list(contents)}
    return CommandOutput(f"replaced: {', '.join(contents)}", data)
