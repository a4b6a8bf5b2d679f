"""Why a database cannot be used just now; a log line has the name of the class alone."""

import psycopg


class TimeIsUpError(psycopg.OperationalError):
    """A request has waited for the database for as long as it may."""


class DownError(psycopg.OperationalError):
    """The database could not be reached a moment ago."""


class BusyError(psycopg.OperationalError):
    """Every connection of the process is in use."""


class NoAnswerError(psycopg.OperationalError):
    """The server has not answered in time.

    Attributes:
        hangs: whether it has overrun its own limits: it hangs, or the network between has gone.
    """

    hangs = True
