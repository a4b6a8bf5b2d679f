"""The WSGI app, with settings from the environment: ``gunicorn webhelper.wsgi:app``.

What a site does in the background starts with the first request of each process. A server may import this
module before it forks (``--preload``), and a thread would not survive that.
"""

import os

from webhelper.app import create_app
from webhelper.config.environment import read_environment
from webhelper.services import EXTENSION
from webhelper.web.access_log import log_to_stderr
from webhelper.web.first_request import at_first_request

log_to_stderr()
app = create_app(read_environment(os.environ))
at_first_request(app, app.extensions[EXTENSION].background.start)
