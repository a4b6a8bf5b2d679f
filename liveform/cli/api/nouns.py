"""The nouns of the command that call the vendor's API: a table, and the parsers that it makes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from liveform.cli.api import aml, face_auth, images, projections, submissions, tokens
from liveform.cli.api.noun import API_HELP, Noun

if TYPE_CHECKING:
    from argparse import _SubParsersAction
    from collections.abc import Callable

    from liveform.cli.parser import Parser


class _Row(NamedTuple):
    name: str
    help: str
    add_commands: Callable[[Noun], None]
    face_auth: bool = False


_NOUNS: Final = (
    _Row("submissions", "read, create, change, review and erase submissions", submissions.add_commands),
    _Row("images", "fetch and replace the images of a submission", images.add_commands),
    _Row("tokens", "register, count and delete the token ids of private mode", tokens.add_commands),
    _Row("faceauth", "compare a face with an approved submission", face_auth.add_commands, face_auth=True),
    _Row("aml", "screen a submission against watch lists, and monitor it", aml.add_commands),
    _Row("projections", "what the vendor hides in answers and webhooks", projections.add_commands),
)


def add_nouns(commands: _SubParsersAction[Parser], make: type[Parser]) -> None:
    """Add every noun, with its commands.

    Args:
        commands: where the command keeps its first words.
        make: the class of the parsers.
    """
    for row in _NOUNS:
        parser = commands.add_parser(
            row.name,
            help=row.help,
            usage=f"liveform {row.name} COMMAND [options]",
            description=row.help[0].upper() + row.help[1:] + ".",
            epilog=API_HELP,
        )
        row.add_commands(Noun(row.name, parser, make=make, face_auth=row.face_auth))
