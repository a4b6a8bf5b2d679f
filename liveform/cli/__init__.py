"""The ``liveform`` command.

Arguments -> a project and its input (``inputs``) -> one call of the library (``commands``) -> text or
JSON. One line on stderr says what went wrong: exit 2 for usage and settings, 1 for data.
"""

from __future__ import annotations

import sys

EXIT_OK = 0
EXIT_DATA = 1
EXIT_INTERRUPTED = 130  # 128 + SIGINT, as shells count

try:
    import os
    from typing import TYPE_CHECKING

    from liveform.cli.api.advice import advised
    from liveform.cli.options import build_parser, option_of
    from liveform.cli.parser import EXIT_USAGE, complaint, print_line
    from liveform.cli.serve import hand_over_if_asked
    from liveform.errors import FieldError, LiveformError, SetupError, VendorError
    from liveform.parameters.table import PARAMETERS
except KeyboardInterrupt:  # Ctrl-C while all this is imported, before ``run`` could see to it
    sys.exit(EXIT_INTERRUPTED)

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


def run() -> None:
    """Run the command with the process's own arguments, and leave the process."""
    if sys.stderr is None:  # closed (``2>&-``): ``print`` would write errors to stdout, among the data
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - until the end
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a terminal without UTF-8 is no reason to fail
    try:
        sys.exit(
            _run_and_flush([os.fsencode(word).decode(errors="surrogateescape") for word in sys.argv[1:]])
        )
    except KeyboardInterrupt:
        sys.exit(EXIT_INTERRUPTED)
    except BrokenPipeError:  # the reader (head, less) has gone; what is left may go nowhere
        _go_nowhere()
        sys.exit(EXIT_OK)
    except OSError as error:  # a full disk, a closed descriptor
        _go_nowhere()
        message = f"cannot write: {error.strerror}"
        print(complaint(message, code="cannot_write", as_json=False), file=sys.stderr)
        sys.exit(EXIT_DATA)


def _go_nowhere() -> None:
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run_and_flush(argv: Sequence[str]) -> int:
    try:
        return main(argv)
    finally:
        if sys.stdout is not None:
            sys.stdout.flush()


def main(argv: Sequence[str]) -> int:
    """Run the command with ``argv`` and return its exit code; a wrong option leaves by ``SystemExit(2)``."""
    as_json = "--json" in argv
    given: Collection[str] = ()
    try:
        hand_over_if_asked(argv)
        arguments = build_parser(as_json=as_json).parse_args(argv)
        given = vars(arguments)
        result = arguments.command(arguments)
        for line in result.lines(as_json=as_json):  # a list asks for its next page here
            print_line(line, result.stream)
    except LiveformError as error:
        more = {"status": error.status, "reason": error.reason} if isinstance(error, VendorError) else None
        line = complaint(_in_options(error, given), code=error.code, as_json=as_json, more=more)
        print(line, file=sys.stderr)
        return EXIT_USAGE if isinstance(error, SetupError) else EXIT_DATA
    return int(result.exit_code)


def _in_options(error: LiveformError, given: Collection[str]) -> str:
    """The error's text, in which a parameter is called by its option, if the command has one."""
    options = {row.name: option_of(row) for row in PARAMETERS if f"parameter_{row.name}" in given}
    if isinstance(error, FieldError) and error.field in options:
        return f"{options[error.field]}: {error.problem}"
    return advised(error) if isinstance(error, VendorError) else str(error)
