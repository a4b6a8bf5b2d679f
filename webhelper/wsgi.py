"""The WSGI app, with settings from the environment: ``gunicorn webhelper.wsgi:app``.

What a site does in the background starts with the first request of each process. A server may import this
module before it forks (``--preload``), and a thread would not survive that.
"""

import os
import sys

from liveform import ConfigError
from webhelper.app import create_app
from webhelper.config.environment import read_environment
from webhelper.config.setting_names import named_as_typed
from webhelper.services import EXTENSION
from webhelper.web.first_request import at_first_request
from webhelper.web.log_output import log_to_stderr

_EXIT_APP = 4  # gunicorn's code for an app that cannot be loaded, after which it starts no other worker

log_to_stderr()
try:
    with named_as_typed(os.environ):
        app = create_app(read_environment(os.environ))
except ConfigError as error:
    lines = [f"  {setting}: {problem}\n" for setting, problem in error.faults]
    sys.stderr.write(f"liveform cannot start. Of its settings:\n{''.join(lines)}")
    raise SystemExit(_EXIT_APP) from None
log_to_stderr(app.extensions[EXTENSION].settings.log_format)
at_first_request(app, app.extensions[EXTENSION].background.start)
