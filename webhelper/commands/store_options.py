"""The options of ``liveform store``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from webhelper.commands import store, store_erase, store_files, store_move, store_race
from webhelper.commands.arguments import EPILOG, command, file_path, utf8_text, whole

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from liveform.cli.parser import Parser

_MOST_LINKS: Final = 100_000
_MOST_RACERS: Final = 1_000
_MOST_KILLS: Final = 1_000


def add(commands: argparse._SubParsersAction[Parser], make: type[Parser]) -> None:
    """Add ``store`` and the commands below it."""
    noun = commands.add_parser("store", description="Look after the store of links.", epilog=EPILOG)
    below = noun.add_subparsers(title="commands", required=True, metavar="COMMAND", parser_class=make)

    def one(word: str, run: Callable[[Any], int], help_text: str, takes: str = "") -> argparse.ArgumentParser:
        return command(below, f"store {word}", run, help_text, takes)

    one("purge", store.purge, "delete what has been kept for long enough, and give its space back")
    one("keys", store.keys, "say which keys of SECRET_KEYS are still needed")
    one("reseal", store.reseal, "encrypt everything anew with the newest key of SECRET_KEYS")
    _add_erase(one("erase", store_erase.erase, "erase what is kept of one user, and print a receipt"))
    _on_files(
        one("upgrade", store_files.upgrade, "bring the tables of an earlier version to this one")
    ).add_argument(
        "--backup", type=file_path, metavar="FILE", help="where the store is copied first (beside it)"
    )
    _on_files(one("backup", store_files.back_up, "copy the store while it is used", "FILE")).add_argument(
        "file", type=file_path, metavar="FILE", help="a new file"
    )
    _on_files(
        one("restore", store_files.restore, "put a copy in the place of the store", "FILE")
    ).add_argument("file", type=file_path, metavar="FILE", help="from `liveform store backup`")
    _add_move(_on_files(one("move", store_move.move, "move a file to PostgreSQL", "FROM [TO]")))
    use_up = "let racers use links up at once, and count"
    _add_race(command(below, "store race", store_race.race, use_up, "[URL]", needs_settings=False))


def _on_files(sub: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """Have a command called with the settings alone: it opens the store in its own way, or none."""
    sub.set_defaults(opens_store=False)
    return sub


def _add_erase(sub: argparse.ArgumentParser) -> None:
    sub.add_argument(
        "--userid",
        type=utf8_text,
        required=True,
        metavar="ID",
        help="the user id; - reads it from standard input",
    )
    sub.add_argument("--yes", action="store_true", help="needed: this cannot be undone")
    sub.add_argument(
        "--at-vendor",
        action="store_true",
        help="first erase the personal parts of the user's submissions at the vendor too",
    )
    sub.add_argument(
        "--admin-name",
        type=utf8_text,
        metavar="EMAIL",
        help="with --at-vendor: who erases; without it, the vendor sends no webhook of it",
    )


def _add_move(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("source", type=utf8_text, metavar="FROM", help="sqlite:///FILE")
    sub.add_argument(
        "target",
        type=utf8_text,
        nargs="?",
        metavar="TO",
        help="postgresql://... (STORE, which hides a password)",
    )


def _add_race(sub: argparse.ArgumentParser) -> None:
    sub.add_argument(
        "url",
        type=utf8_text,
        nargs="?",
        metavar="URL",
        help="of a store beside which racers race, whatever it holds (a file)",
    )
    sub.add_argument(
        "--links",
        type=whole(_MOST_LINKS),
        default=500,
        metavar="N",
        help="links of one use (500); two fifths of it of three",
    )
    sub.add_argument(
        "--racers", type=whole(_MOST_RACERS), default=64, metavar="N", help="racers for each link (64)"
    )
    sub.add_argument("--processes", type=whole(64), default=4, metavar="N", help="that share the racers (4)")
    sub.add_argument(
        "--kills",
        type=whole(_MOST_KILLS, least=0),
        default=0,
        metavar="N",
        help="processes that are killed in each round (0)",
    )
