"""The commands of operators (``python -m webhelper.commands``): settings -> a store -> one command."""

from __future__ import annotations

import os
import sqlite3
import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING, Final

try:
    from liveform import LiveformError, SetupError
    from liveform.cli.parser import complaint
    from webhelper.commands.call import BareCall, Call, SettingsCall
    from webhelper.commands.options import build_parser
    from webhelper.commands.output import Output
    from webhelper.config.environment import read_environment
    from webhelper.config.rules import SQLITE
    from webhelper.config.setting_names import TypedNames, named_as_typed
    from webhelper.config.settings import read_settings
    from webhelper.config.settings_file import with_option
    from webhelper.errors import NotKeptError, StoreError
    from webhelper.links.stores.sqlite.reasons import reason
    from webhelper.store_urls import existing_file
    from webhelper.wiring import make_services
except KeyboardInterrupt:  # Ctrl-C while all this is imported, before ``main`` could see to it
    sys.exit(130)

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Mapping, Sequence

_EXIT_DATA: Final = 1
_EXIT_SETTINGS: Final = 2
_EXIT_INTERRUPTED: Final = 130  # 128 + SIGINT, as shells count


def main(argv: Sequence[str]) -> int:
    """Run one command and return its exit code; a wrong option leaves by ``SystemExit(2)``."""
    arguments = build_parser(as_json="--json" in argv).parse_args(argv)
    environ = with_option(os.environ, arguments.settings)
    try:
        return _run(arguments, environ)
    except LiveformError as error:
        line = complaint(_text_of(error, environ), code=str(error.code), as_json=arguments.json)
        sys.stderr.write(f"{line}\n")
        return _EXIT_SETTINGS if isinstance(error, SetupError) else _EXIT_DATA
    except KeyboardInterrupt:
        return _EXIT_INTERRUPTED
    except BrokenPipeError:  # the reader (head, less) has gone; what is left may go nowhere
        _go_nowhere()
        return 0
    except OSError as error:  # a full disk, a closed descriptor
        _go_nowhere()
        message = f"cannot write: {error.strerror}"
        sys.stderr.write(complaint(message, code="cannot_write", as_json=False) + "\n")
        return _EXIT_DATA


def _run(arguments: Namespace, environ: dict[str, str]) -> int:
    output = Output(as_json=arguments.json)
    if not arguments.needs_settings:
        return int(arguments.run(BareCall(arguments, output, time.time())))
    with named_as_typed(environ):
        settings = read_settings(read_environment(environ))
        if not arguments.opens_store:
            return int(arguments.run(SettingsCall(settings, arguments, output, time.time())))
        if settings.store.startswith(SQLITE):
            existing_file(settings.store)
        services = make_services(settings)
        with closing(services.links.store), closing(services.vendor_api):
            return int(arguments.run(Call(services, arguments, output, services.links.clock())))


def _text_of(error: LiveformError, environ: Mapping[str, str]) -> str:
    """Return what is wrong: of a store in a file, why the system or SQLite refused it."""
    if isinstance(error, NotKeptError):
        return TypedNames(environ).within(str(error))
    if type(error) is StoreError and isinstance(error.__cause__, OSError | sqlite3.Error):
        return f"the store cannot be read or written: {reason(error.__cause__)}"
    return str(error)


def _go_nowhere() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # a terminal without UTF-8
    sys.exit(main(sys.argv[1:]))
