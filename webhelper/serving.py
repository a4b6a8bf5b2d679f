"""The gunicorn server of ``liveform serve`` and ``liveform simulate``, for small sites and for tests."""

from __future__ import annotations

import socket
from argparse import ArgumentTypeError
from typing import TYPE_CHECKING, Final

from gunicorn.app.base import BaseApplication

from liveform import ConfigError
from webhelper import gunicorn_conf

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask import Flask

EXIT_SETTINGS: Final = 2
EXIT_INTERRUPTED: Final = 130  # 128 + SIGINT, as shells count; from gunicorn's start on, Ctrl-C ends with 0
_PORT_DIGITS: Final = 5
_NO_HOST: Final = ("--host", "must be a name, or an address such as 127.0.0.1, 0.0.0.0 or [::1]")


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """A gunicorn server with one process, and the settings of ``webhelper.gunicorn_conf``.

    Args:
        app: the app to serve.
        host, port: the address to listen on; an IPv6 address may have brackets.
        also: more hosts to listen on.
    """

    def __init__(self, app: Flask, host: str, port: int, *, also: Iterable[str] = ()) -> None:
        self._app = app
        self._bind = [_address(one, port) for one in (host, *also)]
        super().__init__()

    def load_config(self) -> None:
        """Give gunicorn its settings, as far as this version has them."""
        for name, value in vars(gunicorn_conf).items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)
        self.cfg.set("bind", self._bind)

    def load(self) -> Flask:
        """Return the app."""
        return self._app


def _address(host: str, port: int) -> str:
    bare = host.strip("[]")
    return f"[{bare}]:{port}" if ":" in bare else f"{bare}:{port}"


def port_number(text: str) -> int:
    """Return the port that an option names."""
    if not (text.isascii() and text.isdecimal() and len(text) <= _PORT_DIGITS):
        raise ArgumentTypeError("must be a number from 0 to 65535")
    return int(text)


def check_address(host: str, port: int) -> None:
    """Raise ConfigError if the address cannot be listened on; gunicorn would retry for five seconds.

    To the system, an empty host and a bare number such as ``0`` are every address of the machine.
    """
    is_bracketed = host.startswith("[") == host.endswith("]")
    host = host.strip("[]")
    if not host or host.isdecimal() or not is_bracketed:
        raise ConfigError(_NO_HOST)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except (OSError, OverflowError) as error:
        reason = error.strerror if isinstance(error, OSError) else "the port must be 0 to 65535"
        raise ConfigError(("--host and --port", f"cannot listen on this address: {reason}")) from None
    except (TypeError, ValueError):  # it is not a text that a name can be, such as one that is not UTF-8
        raise ConfigError(_NO_HOST) from None
