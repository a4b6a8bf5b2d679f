"""Our log lines on stderr, as text or JSON, for a server that leaves logging alone."""

from __future__ import annotations

import logging
import os
import threading
import time
from contextlib import nullcontext, suppress
from typing import Final, TextIO

from webhelper.config.operating_rules import JSON, TEXT
from webhelper.web.json_lines import JsonLines

_LATER_S: Final = 0.1
_MOST_LINES: Final = 10_000  # kept; more are written at once


class TextLines(logging.Formatter):
    """``%(asctime)s %(levelname)s %(name)s %(message)s``, with each second written once."""

    _written = (-1, "")

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record; tracebacks are not logged here, for they hold values."""
        second, text = self._written
        if second != int(record.created):
            second = int(record.created)
            text = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(second))
            self._written = (second, text)
        return f"{text},{int(record.msecs):03} {record.levelname} {record.name} {record.getMessage()}"


class BufferedHandler(logging.StreamHandler[TextIO]):
    """Writes lines together, up to a tenth of a second later; errors at once.

    A write for each line would make the threads of a server wait for each other. A process that is killed
    loses the lines of its last moment; one that ends writes them first.
    """

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[str] = []
        self._timer_of: int | None = None  # the process whose timer is running: a fork has none

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the line of a record, under the handler's lock."""
        self._lines.append(self.format(record))
        if record.levelno >= logging.ERROR or len(self._lines) >= _MOST_LINES:
            self.flush()
        elif self._timer_of != os.getpid():
            self._timer_of = os.getpid()
            try:
                threading.Timer(_LATER_S, self.flush).start()
            except RuntimeError:  # from Python 3.12 on, a process that ends starts no thread any more
                self.flush()

    def flush(self) -> None:
        """Write what is kept."""
        with self.lock or nullcontext():
            lines, self._lines, self._timer_of = self._lines, [], None
            with suppress(OSError, ValueError):  # stderr is full or closed, which is no reason to stop
                self.stream.write("\n".join((*lines, "")) if lines else "")
                self.stream.flush()


def log_to_stderr(log_format: str = TEXT) -> None:
    """Write our own loggers' lines to stderr, for a server that leaves logging alone.

    A second call changes the format of the lines.
    """
    logger = logging.getLogger("webhelper")
    if not logger.handlers:
        logger.addHandler(BufferedHandler())
        logger.setLevel(logging.INFO)
        logger.propagate = False
    for handler in logger.handlers:
        if isinstance(handler, BufferedHandler):
            handler.setFormatter(JsonLines() if log_format == JSON else TextLines())
