"""The gunicorn server of ``liveform serve`` and ``liveform simulate``, for small sites and for tests."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Final

from gunicorn.app.base import BaseApplication

from liveform import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from flask import Flask

THREADS: Final = 8
MAX_REQUEST_LINE: Final = 8_190  # gunicorn's maximum; form URLs and Return URLs have up to 8,000 characters
EXIT_SETTINGS: Final = 2
_CONTROL_SOCKET: Final = "control_socket_disable"  # since gunicorn 25


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """A gunicorn server with one process and several threads.

    Args:
        app: the app to serve.
        host, port: the address to listen on; an IPv6 address may have brackets.
        also: more hosts to listen on.
        on_start: called in the process that serves, once it is ready.
    """

    def __init__(
        self,
        app: Flask,
        host: str,
        port: int,
        *,
        also: Iterable[str] = (),
        on_start: Callable[[], None] = lambda: None,
    ) -> None:
        self._app = app
        self._options: dict[str, object] = {
            "bind": [_address(one, port) for one in (host, *also)],
            "threads": THREADS,
            "loglevel": "error",  # gunicorn's warnings quote request lines, with tokens and personal data
            "limit_request_line": MAX_REQUEST_LINE,
            "post_worker_init": lambda worker: on_start(),  # noqa: ARG005 - gunicorn looks at the number
        }
        super().__init__()

    def load_config(self) -> None:
        """Give gunicorn the options."""
        for name, value in self._options.items():
            self.cfg.set(name, value)
        if _CONTROL_SOCKET in self.cfg.settings:  # it would be in HOME, where a container may not write
            self.cfg.set(_CONTROL_SOCKET, True)

    def load(self) -> Flask:
        """Return the app."""
        return self._app


def _address(host: str, port: int) -> str:
    bare = host.strip("[]")
    return f"[{bare}]:{port}" if ":" in bare else f"{bare}:{port}"


def check_address(host: str, port: int) -> None:
    """Raise ConfigError if the address cannot be listened on; gunicorn would retry for five seconds."""
    host = host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except (OSError, OverflowError) as error:
        reason = error.strerror if isinstance(error, OSError) else "the port must be 0 to 65535"
        raise ConfigError(("--host and --port", f"cannot listen on this address: {reason}")) from None
