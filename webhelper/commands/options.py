"""The options of ``liveform webhooks`` and ``liveform reconcile``."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Final

from liveform.cli.parser import JsonParser, Parser
from webhelper.commands import reconcile, webhooks
from webhelper.links.stores.inbox import EventState

if TYPE_CHECKING:
    from collections.abc import Callable

    from webhelper.commands.call import Call

_EPILOG: Final = """\
Settings: LIVEFORM_<NAME> variables, and the settings file, as for `liveform
serve`. docs/operating.md tells when to use this.
Exit codes: 0 done, 1 something failed, 2 wrong usage or settings."""
_SINCE: Final = "90s, 15m, 2h or 2d ago, or a date such as 2026-06-24 (UTC)"
_MOST_EVENTS: Final = 1_000
_MOST_VISITS: Final = 1_000_000
_MOST_PER_SECOND: Final = 100


def build_parser(*, as_json: bool) -> argparse.ArgumentParser:
    """Return the parser of both commands, which complains in JSON if ``as_json``."""
    make = JsonParser if as_json else Parser
    parser = make(prog="liveform", epilog=_EPILOG)
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND", parser_class=make)
    noun = commands.add_parser(
        "webhooks", description="List, show and replay the webhooks that were received.", epilog=_EPILOG
    )
    below = noun.add_subparsers(title="commands", required=True, metavar="COMMAND", parser_class=make)
    _add_list(_command(below, "webhooks list", webhooks.list_events, "list webhooks, the newest first"))
    _add_show(_command(below, "webhooks show", webhooks.show_event, "show one webhook", "NUMBER"))
    _add_replay(
        _command(below, "webhooks replay", webhooks.replay_events, "have webhooks worked again", "NUMBER...")
    )
    _add_reconcile(
        _command(
            commands,
            "reconcile",
            reconcile.reconcile,
            "compare open visits with the vendor's API, for webhooks that never came",
        )
    )
    return parser


def _command(
    commands: argparse._SubParsersAction[Parser],
    words: str,
    run: Callable[[Call], int],
    help_text: str,
    takes: str = "",
) -> argparse.ArgumentParser:
    sub = commands.add_parser(
        words.rpartition(" ")[2],
        help=help_text,
        usage=f"liveform {words} [options]{f' {takes}' if takes else ''}",
        description=help_text[0].upper() + help_text[1:] + ".",
        epilog=_EPILOG,
    )
    sub.set_defaults(run=run)
    sub.add_argument("--json", action="store_true", help="print JSON")
    sub.add_argument("--settings", metavar="FILE", help="settings file (liveform.toml here, if there is one)")
    return sub


def _add_list(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--project", metavar="NAME", help="those of this project")
    sub.add_argument("--state", choices=[state.value for state in EventState], help="those in this state")
    sub.add_argument("--trigger", type=_text, metavar="TRIGGER", help="those of this kind, such as approved")
    sub.add_argument("--submission", type=_text, metavar="ID", help="those about this submission")
    sub.add_argument(
        "--limit", type=_whole(_MOST_EVENTS), default=20, metavar="N", help="how many at most (20)"
    )


def _add_show(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("number", type=_whole(), metavar="NUMBER", help="from `liveform webhooks list`")
    sub.add_argument(
        "--body", action="store_true", help="print the body too: it is personal, names and addresses"
    )


def _add_replay(sub: argparse.ArgumentParser) -> None:
    sub.add_argument(
        "numbers", type=_whole(), nargs="*", metavar="NUMBER", help="from `liveform webhooks list`"
    )
    sub.add_argument("--failed", action="store_true", help="all that failed; in place of numbers")
    sub.add_argument("--since", metavar="TIME", help=f"with --failed: that came since {_SINCE}")


def _add_reconcile(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--since", required=True, metavar="TIME", help=f"visits since {_SINCE}")
    sub.add_argument("--project", metavar="NAME", help="visits of this project")
    sub.add_argument(
        "--limit", type=_whole(_MOST_VISITS), metavar="N", help="how many visits to ask about at most"
    )
    sub.add_argument(
        "--per-second",
        type=_whole(_MOST_PER_SECOND),
        default=2,
        metavar="N",
        help="how many calls in any second (2)",
    )
    sub.add_argument(
        "--after", type=_text, metavar="VISIT", help="go on after this visit, where --limit ended a run"
    )
    sub.add_argument(
        "--dry-run", action="store_true", help="say what would be asked; call and record nothing"
    )


def _whole(most: int = 10**12) -> Callable[[str], int]:
    """Return a reader of whole numbers from 1 to ``most``."""

    def read(text: str) -> int:
        number = int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(most)) else 0
        if not 1 <= number <= most:
            raise argparse.ArgumentTypeError(f"must be a whole number from 1 to {most}")
        return number

    return read


def _text(text: str) -> str:
    """Return a text that a store can be asked for; bytes of another encoding are none."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise argparse.ArgumentTypeError("must be text in UTF-8") from None
    return text
