"""The WSGI app, with settings from the environment: ``gunicorn webhelper.wsgi:app``.

What a site does in the background starts with the first request of each process. A server may import this
module before it forks (``--preload``), and a thread would not survive that.
"""

import os

from webhelper.app import create_app
from webhelper.config.at_start import ends_with_list_of_faults
from webhelper.config.environment import read_environment
from webhelper.config.settings import read_settings
from webhelper.config.settings_file import with_option
from webhelper.services import EXTENSION
from webhelper.web.first_request import at_first_request
from webhelper.web.log_output import log_to_stderr

environ = with_option(os.environ)
with ends_with_list_of_faults(environ):
    environment = read_environment(environ)
    log_to_stderr(read_settings(environment).log_format)  # first: opening the store logs already
    app = create_app(environment)
at_first_request(app, app.extensions[EXTENSION].background.start)
