"""A noun of the command, such as ``liveform tokens``, and the commands below it."""

from __future__ import annotations

import argparse
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from liveform.cli.api.connect import add_key_options, naming_sources, open_client
from liveform.cli.api.labels import naming_options
from liveform.cli.api.output import ListOutput

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from liveform.cli.commands import CommandOutput
    from liveform.rest.client import Client

API_HELP: Final = """\
The API key is never an option. It comes from LIVEFORM_API_KEY, from
--api-key-file FILE (- for stdin) or from the settings file.
Nothing personal is printed without --show-personal-data.
Exit codes: 0 done, 1 refused or failed, 2 wrong usage or settings."""


class Noun:
    """Adds commands below a noun.

    Args:
        name: the noun.
        parser: its parser.
        make: the class of the parsers below it.
        face_auth: whether its commands need the key of the FaceAuth add-on too.
    """

    def __init__(
        self,
        name: str,
        parser: argparse.ArgumentParser,
        *,
        make: type[argparse.ArgumentParser],
        face_auth: bool = False,
    ) -> None:
        self._name = name
        self._face_auth = face_auth
        self._commands = parser.add_subparsers(
            title="commands", required=True, metavar="COMMAND", parser_class=make, prog=f"liveform {name}"
        )

    def command(
        self,
        name: str,
        run: Callable[[Client, argparse.Namespace], CommandOutput],
        help_text: str,
        *,
        takes: str = "",
        personal: bool = False,
    ) -> argparse.ArgumentParser:
        """Add a command that makes one call or a few.

        Args:
            name: below the noun.
            run: what it does.
            help_text: what it does, in words.
            takes: its arguments in the line of usage.
            personal: whether the answer holds personal data, which ``--show-personal-data`` shows.
        """
        return self._add(name, partial(_with_client, run), help_text, takes=takes, personal=personal)

    def listing(
        self,
        name: str,
        items: Callable[[Client, argparse.Namespace], Iterator[Mapping[str, Any]]],
        help_text: str,
        *,
        takes: str = "",
        personal: bool = True,
    ) -> argparse.ArgumentParser:
        """Add a command that prints a list as its pages come in; arguments as in ``command``."""
        return self._add(name, partial(_listed, items), help_text, takes=takes, personal=personal)

    def _add(
        self,
        name: str,
        run: Callable[[argparse.Namespace], object],
        help_text: str,
        *,
        takes: str,
        personal: bool,
    ) -> argparse.ArgumentParser:
        sub = self._commands.add_parser(
            name,
            help=help_text,
            usage=f"liveform {self._name} {name} [options]{f' {takes}' if takes else ''}",
            description=help_text[0].upper() + help_text[1:] + ".",
            epilog=API_HELP,
        )
        sub.set_defaults(command=run, show_personal_data=not personal)
        sub.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print JSON")
        if personal:
            sub.add_argument(
                "--show-personal-data", action="store_true", help="print names, e-mail addresses and the like"
            )
        add_key_options(sub, face_auth=self._face_auth)
        return sub


def _with_client(
    run: Callable[[Client, argparse.Namespace], CommandOutput], arguments: argparse.Namespace
) -> CommandOutput:
    with open_client(arguments) as client, naming_sources(), naming_options(arguments):
        return run(client, arguments)


def _listed(
    items: Callable[[Client, argparse.Namespace], Iterator[Mapping[str, Any]]], arguments: argparse.Namespace
) -> ListOutput:
    def opened() -> Iterator[Mapping[str, Any]]:
        with open_client(arguments) as client, naming_sources(), naming_options(arguments):
            yield from items(client, arguments)

    return ListOutput(opened(), show_all=arguments.show_personal_data, none="nothing found")
