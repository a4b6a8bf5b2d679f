"""The settings of gunicorn for a web helper, one place for ``liveform serve``, for our tests and for yours.

``gunicorn --config python:webhelper.gunicorn_conf --workers 2 webhelper.wsgi:app``; what the command line
says besides comes first. Each name here is a setting or a hook of gunicorn (23 or newer), which documents it;
a version ignores those that it does not have.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from webhelper.config.at_start import ends_with_list_of_faults
from webhelper.config.environment import read_environment
from webhelper.config.settings import read_settings
from webhelper.config.settings_file import with_option
from webhelper.gunicorn_worker import Reloads, start_background

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gunicorn.arbiter import Arbiter

    from webhelper.gunicorn_worker import Worker

worker_class: Final = "webhelper.gunicorn_worker.Worker"
threads: Final = 8
keepalive: Final = 5  # seconds; a kiosk and a page that waits ask every 2
timeout: Final = 30
graceful_timeout: Final = 30  # DRAIN_SECONDS takes up to 20 of them
limit_request_line: Final = 8_190  # gunicorn's maximum; Return URLs have up to 8,000 characters

# By default, gunicorn takes SCRIPT_NAME and the scheme from headers of whoever connects from loopback. That
# is every client whose headers a proxy there hands on. BASE_URL says both.
forwarded_allow_ips: Final = ""
forwarder_headers: Final = ""
secure_scheme_headers: Final[Mapping[str, str]] = {}

accesslog: Final = None
loglevel: Final = "error"  # gunicorn's warnings quote request lines, with tokens and personal data
control_socket_disable: Final = True  # it would be in HOME, where a container may not write

_APP: Final = "webhelper.wsgi"
_METRICS: Final = "PROMETHEUS_MULTIPROC_DIR"
_PREFIX: Final = "liveform-metrics-"


def on_starting(server: Arbiter) -> None:
    """Check the settings, once for all processes, and give these what they share."""
    if getattr(server.app, "app_uri", "").startswith(_APP):
        environ = with_option(os.environ, is_shared=True)
        with ends_with_list_of_faults(environ):
            read_settings(read_environment(environ))
    server.reloads = Reloads()
    if find_spec("prometheus_client") is not None and not os.environ.get(_METRICS):
        os.environ[_METRICS] = tempfile.mkdtemp(prefix=_PREFIX)


def on_reload(server: Arbiter) -> None:
    """Count the reload, so that the old processes know that they are replaced."""
    server.reloads.add()


def post_fork(server: Arbiter, worker: Worker) -> None:
    """Give a new process the count of reloads."""
    worker.belong_to(server.reloads)


def post_worker_init(worker: Worker) -> None:
    """Start what the site does in the background: a process need not wait for its first request."""
    start_background(worker.wsgi)


def on_exit(server: Arbiter) -> None:  # noqa: ARG001 - gunicorn gives it
    """Remove the directory for metrics, unless the operator named it."""
    directory = os.environ.get(_METRICS, "")
    if os.path.basename(directory).startswith(_PREFIX):  # noqa: PTH119 - a Path of "" is another one
        shutil.rmtree(directory, ignore_errors=True)
        os.environ[_METRICS] = ""
