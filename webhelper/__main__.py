"""The command ``liveform serve`` (``python -m webhelper``): the app under gunicorn, for small sites."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

try:
    from liveform import LiveformError
    from liveform.cli.parser import Parser
    from liveform.qr import make_qr
    from webhelper.app import create_app
    from webhelper.check.site import check_site
    from webhelper.config import demo
    from webhelper.config.environment import read_environment
    from webhelper.config.lan import place_of
    from webhelper.config.rules import SIMULATOR_PATH
    from webhelper.config.setting_names import named_as_typed
    from webhelper.config.settings import read_settings
    from webhelper.config.settings_file import with_option
    from webhelper.serving import EXIT_INTERRUPTED, EXIT_SETTINGS, Server, check_address, port_number
    from webhelper.web.log_output import log_to_stderr
except KeyboardInterrupt:  # Ctrl-C while all this is imported, before ``main`` could see to it
    sys.exit(130)

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="liveform serve",
        description="Serve links, QR codes, returns, console and kiosk.",
        epilog="Settings: LIVEFORM_<NAME> variables, and the settings file. docs/webhelper.md lists them.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    parser.add_argument("--port", type=port_number, default=8000, help="port to listen on (default: 8000)")
    parser.add_argument(
        "--settings",
        metavar="FILE",
        help="settings file (default: liveform.toml in the current directory)",
    )
    parser.add_argument(
        "--demo",
        action="store_true",
        help="run a demo site with the simulator; its files are kept in .demo. With --host 0.0.0.0, phones "
        "in the same network can open it",
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="serve nothing: say whether the site could start here, and everything that is wrong with it",
    )
    return parser


def main(argv: Sequence[str]) -> int:
    """Serve until interrupted; return the exit code."""
    parser = _parser()
    arguments = parser.parse_args(argv)
    if arguments.demo and arguments.check:
        parser.error("--check looks at your settings, and --demo makes its own")
    environ: dict[str, str] = with_option(os.environ, arguments.settings)
    try:
        if arguments.check:
            return _check(environ, arguments.host, arguments.port)
        place = place_of(arguments.host) if arguments.demo else None
        host, *also = (arguments.host,) if place is None else place.hosts
        for one in (host, *also):
            check_address(one, arguments.port)
        if place is not None:
            environ = _demo(f"http://{place.host}:{arguments.port}", is_in_lan=place.is_in_lan)
        with named_as_typed(environ):
            environment = read_environment(environ)
            log_to_stderr(read_settings(environment).log_format)  # first: opening the store logs already
            app = create_app(environment)
        Server(app, host, arguments.port, also=also).run()
    except LiveformError as error:
        print(f"liveform: {error}", file=sys.stderr)
        return EXIT_SETTINGS
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    return 0


def _check(environ: dict[str, str], host: str, port: int) -> int:
    findings = check_site(environ, host, port)
    for one in findings:
        print(f"{'fault' if one.is_fault else 'note '}  {one.subject}: {one.text}")
    is_faulty = any(one.is_fault for one in findings)
    print("this site would not start, or not work" if is_faulty else "this site can start")
    return EXIT_SETTINGS if is_faulty else 0


def _demo(base_url: str, *, is_in_lan: bool) -> dict[str, str]:
    settings, token = demo.prepare(base_url, is_in_lan=is_in_lan)
    where = "network: everybody in it can open it" if is_in_lan else "machine"
    lines = [
        f"liveform demo: the vendor is a simulator, and no data leaves this {where}",
        f"  console    {base_url}/",
        f"  API token  {token}",
        f"  sandbox    {base_url}{SIMULATOR_PATH}/inbox",
        f"  API        {base_url}/api/openapi.json",
        "  try        create a link, open it and end its form: the console says claimed, soon confirmed",
        "             end one as pending, and decide it in the sandbox; set up a tablet, and open its code",
        "  stop       Ctrl-C",
    ]
    if is_in_lan:
        code = make_qr(f"{base_url}/sign-in", level="L").to_terminal(color=sys.stdout.isatty())
        lines += ["", "Scan this with a phone in the same network, and sign in with the API token:", code]
    print("\n".join(lines), flush=True)
    return {"LIVEFORM_SETTINGS": str(settings)}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
