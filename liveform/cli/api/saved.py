"""Files that a command writes whole, or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from liveform.cli.commands import CommandOutput
from liveform.wire.json_object import printable

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def add_output(sub: ArgumentParser) -> None:
    """Add ``-o FILE``, which is required."""
    sub.add_argument(
        "-o", "--output", metavar="FILE", required=True, help="where it goes; an older file is replaced"
    )


def saved(arguments: Namespace) -> CommandOutput:
    """Return the output of a command that wrote ``-o FILE``."""
    size = Path(arguments.output).stat().st_size
    text = f"{printable(arguments.output)}: {size:,} bytes"
    return CommandOutput(text, {"output": arguments.output, "bytes": size})
