"""The command's options. Those of the commands that build a URL are made from the parameter table."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Final, NoReturn

from liveform.cli import commands, explaining
from liveform.cli.api import check
from liveform.cli.api.connect import add_api_key_file
from liveform.cli.api.nouns import add_nouns
from liveform.cli.batch.command import add_options, batch
from liveform.cli.completion import HELP, add_completion, completion
from liveform.cli.inputs import flag_of
from liveform.cli.parser import JsonParser, Parser, print_line
from liveform.cli.serve import PROGRAMS
from liveform.parameters.model import Certainty, Parameter, Pipeline, Place
from liveform.parameters.table import PARAMETERS
from liveform.settings.options import OPTIONS

if TYPE_CHECKING:
    from collections.abc import Callable

_PLACES: Final = {
    Place.PLAIN: "always plain",
    Place.EITHER: "plain or encrypted",
    Place.ENCRYPTED: "must be encrypted",
}


def option_of(row: Parameter) -> str:
    """Return the option of a parameter, such as ``--allowed-countries``."""
    return f"--{_dashed(row.name)}"


def _dashed(name: str) -> str:
    return name.replace("_", "-")


class _ShowVersion(argparse.Action):
    """Looks the version up only when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from importlib.metadata import version

        print_line(f"liveform {version('liveform')}")
        parser.exit()


def build_parser(*, as_json: bool = False) -> argparse.ArgumentParser:
    """Return the parser of the whole command, which complains in JSON if ``as_json``."""
    make = JsonParser if as_json else Parser
    parser = make(
        prog="liveform",
        description="Build, encrypt and read ARGOS ID check Liveform URLs, and call the vendor's REST API.",
    )
    parser.add_argument("--version", nargs=0, action=_ShowVersion, help="print the version")
    parser.add_argument("--json", action="store_true", help="print JSON")
    commands_of = parser.add_subparsers(title="commands", required=True, metavar="COMMAND", parser_class=make)

    def add(
        name: str,
        run: Callable[[argparse.Namespace], object],
        help_text: str,
        takes: str = "",
    ) -> argparse.ArgumentParser:
        sub = commands_of.add_parser(
            name,
            help=help_text,
            usage=f"liveform {name} [options]{f' {takes}' if takes else ''}",
            description=help_text[0].upper() + help_text[1:] + ".",
        )
        sub.set_defaults(command=run)
        sub.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print JSON")
        return sub

    _add_url(add("url", commands.url, "build the URL of the ID-document form"), Pipeline.ID_DOCUMENT)
    _add_url(add("knowledge", commands.url, "build the URL of the Knowledge form"), Pipeline.KNOWLEDGE)
    _add_url(add("inject", commands.url, "build a URL that adds data to a submission"), Pipeline.INJECTION)
    _add_url(add("face-auth-url", commands.url, "build the URL of the FaceAuth form"), Pipeline.FACE_AUTH)
    for name, run, help_text, metavar in (  # what is opened or read with a key
        (
            "encrypt",
            commands.encrypt,
            "encrypt a JSON object into the text of the encrypted parameter",
            "OBJECT",
        ),
        ("decrypt", commands.decrypt, "open the text of an encrypted parameter", "TEXT"),
        ("return", commands.read_return, "read what a Return URL claims", "URL"),
        (
            "doctor",
            commands.doctor,
            "find the vendor's layout from one encrypted sample and its key",
            "SAMPLE",
        ),
    ):
        sub = add(name, run, help_text, metavar)
        _add_input(sub, metavar)
        _add_project(sub)
    sub = add("explain", explaining.explain, "say what the vendor will see of a form URL, and ignore", "URL")
    explaining.add_explain(sub)
    _add_project(sub)
    explaining.add_lint(
        add(
            "lint",
            explaining.lint,
            "find hand-made form URLs in files, and what is wrong with them",
            "PATH ...",
        )
    )
    _add_qr(
        add("qr", commands.qr, "draw a URL as a QR code: in the terminal, or as an SVG or PNG file", "URL")
    )
    sub = add("batch", batch, "build the URL of every row of a file", "IN [OUT]")
    add_options(sub)
    _add_project(sub)
    add_nouns(commands_of, make)
    sub = add("check", check.check, check.HELP)
    sub.epilog = check.EPILOG
    check.add_options(sub)
    add_api_key_file(_add_project(sub))
    for name, program in PROGRAMS.items():  # they read their own words
        commands_of.add_parser(name, help=program.help)
    _add_parameters(add("parameters", commands.parameters, "print the table of Liveform parameters"))
    _add_codes(
        add("codes", commands.codes, "print the table of the vendor's codes, or explain one", "[CODE]")
    )
    add_completion(add("completion", completion, HELP, "SHELL"), build_parser)
    return parser


def _add_input(sub: argparse.ArgumentParser, metavar: str) -> None:
    sub.add_argument("input", metavar=metavar, help="- reads it from stdin")


def _add_key(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--settings", metavar="FILE", help="settings file (liveform.toml here, if there is one)"
    )
    group.add_argument("--project", metavar="NAME", help="which project of the settings file")
    group.add_argument("--key-file", metavar="FILE", help="file that holds the key; - reads it from stdin")


def _add_project(sub: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    group = sub.add_argument_group("project")
    _add_key(group)
    for option in OPTIONS:
        if option.kind == "flag" and option.command:
            group.add_argument(flag_of(option), action="store_true", default=None, help=option.help)
        elif option.command:
            group.add_argument(
                flag_of(option), metavar=option.metavar, choices=option.choices, help=option.help
            )
    return group


def _add_url(sub: argparse.ArgumentParser, pipeline: Pipeline) -> None:
    sub.set_defaults(pipeline=pipeline)
    _add_project(sub)
    groups: dict[str, argparse._ArgumentGroup] = {}
    places = {row.places[pipeline] for row in PARAMETERS if pipeline in row.places}
    for row in PARAMETERS:
        if pipeline in row.places:
            group = groups.get(row.group) or sub.add_argument_group(row.group.lower())
            groups[row.group] = group
            group.add_argument(
                option_of(row),
                dest=f"parameter_{row.name}",
                metavar=row.value.metavar,
                help=_help(row, pipeline),
            )
    group = sub.add_argument_group("how it is built")
    if Place.EITHER in places:
        group.add_argument(
            "--plain", action="store_true", help="encrypt nothing; refused for what must be encrypted"
        )
    group.add_argument(
        "--extra",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a parameter that is new at the vendor",
    )


def _help(row: Parameter, pipeline: Pipeline) -> str:
    where = ", ".join(place.value.replace("_", " ") for place in row.places)
    sure = "" if row.certainty is Certainty.DOCUMENTED else f" {row.certainty.value.capitalize()}: {row.note}"
    needs = "".join(f" Needs --{_dashed(name)}." for name in row.requires)
    about = f"{row.about}{needs} Wants {row.value.text_wants}."
    text = f"{about} [{_PLACES[row.places[pipeline]]}; {where}]{sure}"
    return text.replace("%", "%%")


def _add_qr(sub: argparse.ArgumentParser) -> None:
    _add_input(sub, "URL")
    sub.add_argument("-o", "--output", metavar="FILE", help="FILE.svg or FILE.png; the terminal without it")
    sub.add_argument("--level", choices=("L", "M", "Q", "H"), default="M", help="error correction (M)")
    sub.add_argument("--title", default="QR code", metavar="TEXT", help="what a screen reader says of an SVG")
    sub.add_argument("--module-pixels", type=int, default=8, metavar="N", help="size of a PNG's modules (8)")
    sub.add_argument(
        "--no-color", action="store_true", help="draw without ANSI colours, for dark backgrounds"
    )


def _add_parameters(sub: argparse.ArgumentParser) -> None:
    sub.add_argument(
        "--pipeline", choices=[pipeline.value for pipeline in Pipeline], help="only what this pipeline takes"
    )
    sub.add_argument("--markdown", action="store_true", help="print docs/parameters.md")


def _add_codes(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("code", metavar="CODE", nargs="?", help="such as TK-10001 or expired_id")
    sub.add_argument(
        "--kind",
        metavar="KIND",
        help="form, reject, retry, face_auth, injection or api: where a code comes from",
    )
    sub.add_argument("--markdown", action="store_true", help="print docs/codes.md")
