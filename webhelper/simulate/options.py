"""The options of ``liveform simulate``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from liveform.cli.parser import Parser
from webhelper.serving import port_number

if TYPE_CHECKING:
    import argparse

DEFAULT_PORT: Final = 8001
DEFAULT_STATE: Final = Path(".simulator") / "simulator.db"


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command."""
    made = Parser(
        prog="liveform simulate",
        description="Imitate the vendor for tests: form, API and webhooks, with an inbox that shows them.",
        epilog="docs/sandbox.md shows what can be done with it.",
    )
    made.add_argument("--host", default="127.0.0.1", help="loopback address (default: 127.0.0.1)")
    made.add_argument("--port", type=port_number, default=DEFAULT_PORT, help=f"(default: {DEFAULT_PORT})")
    which = made.add_mutually_exclusive_group()
    which.add_argument(
        "--settings", metavar="FILE", help="settings file with projects (default: a new one with new keys)"
    )
    which.add_argument("--pid", help="project id of the new project (default: a random one)")
    made.add_argument("--project", metavar="NAME", help="with --settings: this project alone")
    made.add_argument("--webhook-url", metavar="URL", help="where events go (default: nowhere)")
    made.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="HOST",
        help="host beside the loopback ones that events may go to; may be repeated",
    )
    made.add_argument(
        "--return-url",
        action="append",
        default=[],
        metavar="URL",
        help="where the form leads back to; may be repeated",
    )
    made.add_argument(
        "--state",
        type=Path,
        default=DEFAULT_STATE,
        metavar="FILE",
        help=f"default: {DEFAULT_STATE}",
    )
    made.add_argument("--secure-data-transfer", action="store_true", help="encrypt the API and the webhooks")
    made.add_argument("--private-mode", action="store_true", help="only registered token ids open the form")
    return made
