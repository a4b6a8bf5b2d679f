"""The command ``liveform serve`` (``python -m webhelper``): the app under gunicorn, for small sites."""

from __future__ import annotations

import argparse
import os
import socket
import sys
from typing import TYPE_CHECKING, Final

from gunicorn.app.base import BaseApplication

from liveform import ConfigError, LiveformError
from webhelper.app import create_app
from webhelper.config import demo
from webhelper.config.environment import read_environment
from webhelper.web.access_log import log_to_stderr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask import Flask

THREADS: Final = 8
MAX_REQUEST_LINE: Final = 8_190  # gunicorn's maximum; form URLs and Return URLs have up to 8,000 characters
EXIT_SETTINGS: Final = 2


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """A gunicorn server with one process and several threads."""

    def __init__(self, app: Flask, **options: object) -> None:
        self._app, self._options = app, options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._app


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="liveform serve",
        description="Serve links, QR codes, returns, console and kiosk.",
        epilog="Settings: LIVEFORM_<NAME> variables, and the settings file. docs/webhelper.md lists them.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (default: 8000)")
    parser.add_argument(
        "--settings",
        metavar="FILE",
        help="settings file (default: liveform.toml in the current directory)",
    )
    parser.add_argument(
        "--demo", action="store_true", help="run a demo site with the simulator; its files are kept in .demo"
    )
    return parser


def main(argv: Sequence[str]) -> int:
    """Serve until interrupted; return the exit code."""
    arguments = _parser().parse_args(argv)
    environ = dict(os.environ)
    if arguments.settings:
        environ["LIVEFORM_SETTINGS"] = arguments.settings
    try:
        _check_address(arguments.host, arguments.port)
        if arguments.demo:
            environ = _demo(f"http://127.0.0.1:{arguments.port}")
        app = create_app(read_environment(environ))
    except LiveformError as error:
        print(f"liveform: {error}", file=sys.stderr)
        return EXIT_SETTINGS
    log_to_stderr()
    _Server(
        app,
        bind=f"{arguments.host}:{arguments.port}",
        threads=THREADS,
        loglevel="error",  # gunicorn's warnings quote request lines, which contain tokens and personal data
        limit_request_line=MAX_REQUEST_LINE,
    ).run()
    return 0


def _check_address(host: str, port: int) -> None:
    """Raise ConfigError if the address cannot be listened on; gunicorn would retry for five seconds."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except (OSError, OverflowError) as error:
        reason = error.strerror if isinstance(error, OSError) else "the port must be 0 to 65535"
        raise ConfigError(("--host and --port", f"cannot listen on this address: {reason}")) from None


def _demo(base_url: str) -> dict[str, str]:
    settings, token = demo.prepare(base_url)
    lines = (
        "liveform demo: the form is a simulator, and no data leaves this machine",
        f"  open       {base_url}/",
        f"  API token  {token}",
        f"  API        {base_url}/api/openapi.json",
        "  stop       Ctrl-C",
    )
    print("\n".join(lines), flush=True)
    return {"LIVEFORM_SETTINGS": str(settings)}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
