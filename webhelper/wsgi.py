"""The WSGI app, with settings from the environment: ``gunicorn webhelper.wsgi:app``."""

import os

from webhelper.app import create_app
from webhelper.config.environment import read_environment
from webhelper.web.access_log import log_to_stderr

log_to_stderr()
app = create_app(read_environment(os.environ))
