"""The command ``liveform simulate`` (``python -m webhelper.simulate``): the simulator under gunicorn."""

from __future__ import annotations

import os
import shlex
import sys
from typing import TYPE_CHECKING

from liveform import ConfigError, LiveformError
from webhelper.serving import EXIT_INTERRUPTED, EXIT_SETTINGS, Server, check_address
from webhelper.simulate.app import create_simulator_app
from webhelper.simulate.options import parser
from webhelper.simulate.setup import base_url_of, set_up
from webhelper.simulator import Poster, Sandbox, SandboxError, create_simulator
from webhelper.web.log_output import log_to_stderr

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

    from flask import Flask

    from webhelper.simulate.setup import Setup


def main(argv: Sequence[str]) -> int:
    """Serve until interrupted; return the exit code."""
    arguments = parser().parse_args(argv)
    try:
        base_url = base_url_of(arguments.host, arguments.port)
        check_address(arguments.host, arguments.port)
        setup = set_up(arguments, base_url, os.environ)
        app = _app(arguments, setup, base_url)
        sys.stdout.write(_greeting(base_url, setup) + "\n")
        sys.stdout.flush()
        log_to_stderr()
        Server(app, arguments.host, arguments.port).run()
    except LiveformError as error:
        sys.stderr.write(f"liveform: {error}\n")
        return EXIT_SETTINGS
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    return 0


def _app(arguments: Namespace, setup: Setup, base_url: str) -> Flask:
    try:
        arguments.state.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        sandbox = Sandbox(arguments.state, setup.dashboards)
    except (OSError, SandboxError):
        problem = "cannot be opened: no access, not a file of the simulator, or of another version"
        raise ConfigError(("--state", problem)) from None
    poster = Poster(allowed_hosts=[host.lower() for host in arguments.allow_host])
    simulator = create_simulator(sandbox, poster=poster, in_background=True)
    return create_simulator_app(simulator, form_addresses=[base_url, *arguments.return_url])


def _greeting(base_url: str, setup: Setup) -> str:
    webhooks = {one.webhook_url for one in setup.dashboards.values()} - {None}
    lines = [
        "liveform simulate: an imitation of the vendor; no data leaves this machine",
        f"  inbox     {base_url}/inbox",
        f"  projects  {', '.join(one.pid for one in setup.dashboards.values())}",
        f"  webhooks  {', '.join(sorted(map(str, webhooks))) or 'nowhere; name a program by --webhook-url'}",
        "  stop      Ctrl-C",
        "",
        "Paste into the shell from which you start the programs that use it:",
        *(f"  export {name}={shlex.quote(value)}" for name, value in setup.variables.items()),
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
