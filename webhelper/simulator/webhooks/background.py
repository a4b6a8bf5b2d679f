"""Sends events in a thread while a server runs."""

from __future__ import annotations

import logging
import os
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Final

from flask import request

if TYPE_CHECKING:
    from flask import Response

    from webhelper.simulator.webhooks.sender import Sender

_EVERY_S: Final = 1.0
log = logging.getLogger("webhelper")


class BackgroundSender:
    """A thread that sends what is due: every second, and at once after a request that may have made events.

    The thread starts with the first request, in the process that answers it: a server may make the app and
    fork after that.

    Args:
        sender: what sends.
        every_s: seconds between two looks at the outbox.
    """

    def __init__(self, sender: Sender, *, every_s: float = _EVERY_S) -> None:
        self._sender = sender
        self._every_s = every_s
        self._process = 0
        self._lock = Lock()
        self._wake = Event()
        self._stopped = False
        self._thread: Thread | None = None

    def after_request(self, response: Response) -> Response:
        """Start the thread unless it runs, wake it unless nothing can have changed, and return the answer."""
        if self._process != os.getpid():
            self._start()
        if request.method != "GET":
            self._wake.set()
        return response

    def stop(self) -> None:
        """End the thread, and return once it has ended."""
        self._stopped = True
        self._wake.set()
        if self._thread is not None and self._process == os.getpid():
            self._thread.join()

    def _start(self) -> None:
        with self._lock:
            if self._process != os.getpid() and not self._stopped:
                self._process, self._wake = os.getpid(), Event()
                self._thread = Thread(target=self._run, name="liveform-webhooks", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while not self._stopped:
            try:
                self._sender.deliver_due()
            except Exception as error:  # noqa: BLE001 - a thread that ends would send nothing any more
                log.error("webhooks: %s", type(error).__name__)  # noqa: TRY400 - a traceback shows values
            self._wake.wait(self._every_s)
            self._wake.clear()
