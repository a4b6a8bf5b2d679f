"""The ``liveform`` command.

Arguments -> a project and its input (``sources``) -> one call of the library (``commands``) -> text or
JSON. One line on stderr says what went wrong: exit 2 for usage and settings, 1 for data.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from liveform.cli.options import build_parser
from liveform.errors import LiveformError, SetupError

if TYPE_CHECKING:
    from collections.abc import Sequence

EXIT_OK = 0
EXIT_DATA = 1
EXIT_USAGE = 2
EXIT_INTERRUPTED = 130  # 128 + SIGINT, as shells count


def run() -> None:
    """Run the command with the process's own arguments, and leave the process."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a terminal without UTF-8 is no reason to fail
    try:
        code = main(sys.argv[1:])
        sys.stdout.flush()
    except KeyboardInterrupt:
        code = EXIT_INTERRUPTED
    except BrokenPipeError:  # the reader (head, less) has gone; nothing may be written any more
        sys.stderr.close()
        code = EXIT_OK
    sys.exit(code)


def main(argv: Sequence[str]) -> int:
    """Run the command with ``argv`` and return its exit code; a wrong option leaves by ``SystemExit(2)``."""
    arguments = build_parser().parse_args(argv)
    try:
        result = arguments.command(arguments)
    except LiveformError as error:
        _complain(error, as_json=arguments.json)
        return EXIT_USAGE if isinstance(error, SetupError) else EXIT_DATA
    print(json.dumps(result.data) if arguments.json else result.text)
    return EXIT_OK


def _complain(error: LiveformError, *, as_json: bool) -> None:
    message = "".join(sign if sign.isprintable() else "?" for sign in str(error))
    if as_json:
        message = json.dumps({"error": {"code": error.code, "message": message}})
    else:
        message = f"liveform: {message}"
    print(message, file=sys.stderr)
