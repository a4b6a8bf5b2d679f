"""The options of ``liveform webhooks``, ``liveform reconcile`` and ``liveform store``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from liveform.cli.parser import JsonParser, Parser
from webhelper.commands import reconcile, store_options, webhooks
from webhelper.commands.arguments import EPILOG, command, utf8_text, whole
from webhelper.links.stores.inbox import EventState

if TYPE_CHECKING:
    import argparse

_SINCE: Final = "90s, 15m, 2h or 2d ago, or a date such as 2026-06-24 (UTC)"
_MOST_EVENTS: Final = 1_000
_MOST_VISITS: Final = 1_000_000
_MOST_PER_SECOND: Final = 100


def build_parser(*, as_json: bool) -> argparse.ArgumentParser:
    """Return the parser of the commands, which complains in JSON if ``as_json``."""
    make = JsonParser if as_json else Parser
    parser = make(prog="liveform", epilog=EPILOG)
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND", parser_class=make)
    noun = commands.add_parser(
        "webhooks", description="List, show and replay the webhooks that were received.", epilog=EPILOG
    )
    below = noun.add_subparsers(title="commands", required=True, metavar="COMMAND", parser_class=make)
    _add_list(command(below, "webhooks list", webhooks.list_events, "list webhooks, the newest first"))
    _add_show(command(below, "webhooks show", webhooks.show_event, "show one webhook", "NUMBER"))
    _add_replay(
        command(below, "webhooks replay", webhooks.replay_events, "have webhooks worked again", "NUMBER...")
    )
    _add_reconcile(
        command(
            commands,
            "reconcile",
            reconcile.reconcile,
            "compare open visits with the vendor's API, for webhooks that never came",
        )
    )
    store_options.add(commands, make)
    return parser


def _add_list(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--project", metavar="NAME", help="those of this project")
    sub.add_argument("--state", choices=[state.value for state in EventState], help="those in this state")
    sub.add_argument(
        "--trigger", type=utf8_text, metavar="TRIGGER", help="those of this kind, such as approved"
    )
    sub.add_argument("--submission", type=utf8_text, metavar="ID", help="those about this submission")
    sub.add_argument(
        "--limit", type=whole(_MOST_EVENTS), default=20, metavar="N", help="how many at most (20)"
    )


def _add_show(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("number", type=whole(), metavar="NUMBER", help="from `liveform webhooks list`")
    sub.add_argument(
        "--body", action="store_true", help="print the body too: it is personal, names and addresses"
    )


def _add_replay(sub: argparse.ArgumentParser) -> None:
    sub.add_argument(
        "numbers", type=whole(), nargs="*", metavar="NUMBER", help="from `liveform webhooks list`"
    )
    sub.add_argument("--failed", action="store_true", help="all that failed; in place of numbers")
    sub.add_argument("--since", metavar="TIME", help=f"with --failed: that came since {_SINCE}")


def _add_reconcile(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--since", required=True, metavar="TIME", help=f"visits since {_SINCE}")
    sub.add_argument("--project", metavar="NAME", help="visits of this project")
    sub.add_argument(
        "--limit", type=whole(_MOST_VISITS), metavar="N", help="how many visits to ask about at most"
    )
    sub.add_argument(
        "--per-second",
        type=whole(_MOST_PER_SECOND),
        default=2,
        metavar="N",
        help="how many calls in any second (2)",
    )
    sub.add_argument(
        "--after", type=utf8_text, metavar="VISIT", help="go on after this visit, where --limit ended a run"
    )
    sub.add_argument(
        "--rejected",
        action="store_true",
        help="ask about rejected visits too: nothing may have arrived of a later try",
    )
    sub.add_argument(
        "--dry-run", action="store_true", help="say what would be asked; call and record nothing"
    )
