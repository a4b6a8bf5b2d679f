"""What the options of all commands share: their form, and readers of their values."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from liveform.cli.parser import Parser

EXIT_CODES: Final = "Exit codes: 0 done, 1 something failed, 2 wrong usage or settings."
EPILOG: Final = f"""\
Settings: LIVEFORM_<NAME> variables, and the settings file, as for `liveform
serve`. docs/operating.md and docs/stores.md tell when to use this.
{EXIT_CODES}"""


def command(
    commands: argparse._SubParsersAction[Parser],
    words: str,
    run: Callable[[Any], int],
    help_text: str,
    takes: str = "",
    *,
    needs_settings: bool = True,
) -> argparse.ArgumentParser:
    """Return the parser of a command that is added to others.

    Args:
        commands: the others.
        words: such as ``"webhooks list"``.
        run: takes the ``Call``, and returns the exit code.
        help_text: what it does, in words.
        takes: its positional arguments, for the usage line.
        needs_settings: whether it works for a site; else it takes a ``BareCall``.
    """
    sub = commands.add_parser(
        words.rpartition(" ")[2],
        help=help_text,
        usage=f"liveform {words} [options]{f' {takes}' if takes else ''}",
        description=help_text[0].upper() + help_text[1:] + ".",
        epilog=EPILOG if needs_settings else EXIT_CODES,
    )
    sub.set_defaults(run=run, opens_store=True, needs_settings=needs_settings, settings=None)
    sub.add_argument("--json", action="store_true", help="print JSON")
    if needs_settings:
        sub.add_argument(
            "--settings", metavar="FILE", help="settings file (liveform.toml here, if there is one)"
        )
    return sub


def whole(most: int = 10**12, *, least: int = 1) -> Callable[[str], int]:
    """Return a reader of whole numbers from ``least`` to ``most``."""

    def read(text: str) -> int:
        number = int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(most)) else -1
        if not least <= number <= most:
            raise argparse.ArgumentTypeError(f"must be a whole number from {least} to {most}")
        return number

    return read


def utf8_text(value: str) -> str:
    """Return a text that a store can be asked for; bytes of another encoding are none."""
    try:
        value.encode()
    except UnicodeEncodeError:
        raise argparse.ArgumentTypeError("must be text in UTF-8") from None
    return value


def file_path(text: str) -> Path:
    """Return the path of a file; what no system takes for one is none."""
    if not text or "\0" in text:
        raise argparse.ArgumentTypeError("must be the path of a file")
    return Path(text)
