"""These tests run the thread that sends events, and wait for what it does by events, not by time."""

import logging
import os
from threading import Event, Semaphore
from typing import Any, cast

import pytest
from flask import Flask

from webhelper.simulator.webhooks.background import BackgroundSender

WAIT_S = 30


class Counting:
    """A sender that says when it looked at the outbox."""

    def __init__(self, *errors: Exception) -> None:
        self.looked = Semaphore(0)
        self.errors = list(errors)

    def deliver_due(self) -> int:
        """Count, and fail if there is an error left."""
        self.looked.release()
        if self.errors:
            raise self.errors.pop(0)
        return 0


def background(sender: Counting, every_s: float = 1_000) -> tuple[BackgroundSender, Any]:
    """Return a background sender, and a browser of an app that it is part of."""
    one = BackgroundSender(cast("Any", sender), every_s=every_s)
    app = Flask("bare")
    app.after_request(one.after_request)
    app.add_url_rule("/", "page", lambda: "", methods=["GET", "POST"])
    return one, app.test_client()


def test_first_request_starts_the_thread_and_a_change_wakes_it() -> None:
    """The thread looks at the outbox when it starts, and after each request that is no GET."""
    sender = Counting()
    one, client = background(sender)
    client.get("/")
    assert sender.looked.acquire(timeout=WAIT_S)
    client.post("/")
    assert sender.looked.acquire(timeout=WAIT_S)
    one.stop()


def test_thread_looks_again_after_a_while() -> None:
    """The thread looks at the outbox without requests too, so that retries are sent."""
    sender = Counting()
    one, client = background(sender, every_s=0.001)
    client.get("/")
    for _ in range(3):
        assert sender.looked.acquire(timeout=WAIT_S)
    one.stop()


def test_error_is_logged_by_its_class_and_the_thread_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    """An error in the thread is logged without its text, and the thread goes on."""
    sender = Counting(ValueError("jane@example.com"))
    one, client = background(sender)
    with caplog.at_level(logging.ERROR, logger="webhelper"):
        client.get("/")
        assert sender.looked.acquire(timeout=WAIT_S)
        client.post("/")
        assert sender.looked.acquire(timeout=WAIT_S)
        one.stop()
    assert "ValueError" in caplog.text
    assert "jane" not in caplog.text


def test_stopped_sender_starts_no_thread() -> None:
    """A sender that was stopped starts no thread any more, and stopping needs none."""
    sender = Counting()
    one, client = background(sender)
    one.stop()
    client.get("/")
    assert not sender.looked.acquire(blocking=False)


def test_process_that_was_forked_starts_its_own_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that was forked after the app was made starts a thread of its own, and leaves the other."""
    sender = Counting()
    one, client = background(sender)
    client.get("/")
    assert sender.looked.acquire(timeout=WAIT_S)
    parent, wake = one._thread, one._wake
    monkeypatch.setattr(os, "getpid", lambda: 4_711)
    client.get("/")
    assert sender.looked.acquire(timeout=WAIT_S)
    assert one._thread is not parent
    assert isinstance(wake, Event)
    one.stop()
    wake.set()
    assert parent is not None
    parent.join(WAIT_S)
