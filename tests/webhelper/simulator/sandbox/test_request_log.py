"""These tests check what the log keeps of API requests."""

from dataclasses import replace

import pytest
from sandboxes import NOON, PID

from webhelper.simulator.sandbox import request_log
from webhelper.simulator.sandbox.request_log import Request
from webhelper.simulator.sandbox.sandbox import Sandbox

REQUEST = Request(
    at=NOON,
    pid=PID,
    method="POST",
    path="/submission/tokens",
    query="",
    headers={"content-type": "text/plain"},
    body=b"{}",
    opened=None,
    status=200,
    answer=b"{}",
    fault=None,
    ignored=("extra",),
    doubts=("token_failures",),
)


def test_request_is_kept_as_it_came(sandbox: Sandbox) -> None:
    """The log answers what was put in, the newest first."""
    sandbox.requests.add(REQUEST)
    other = replace(REQUEST, pid=None, status=None, fault="reset", opened="{}")
    sandbox.requests.add(other)
    assert sandbox.requests.newest() == [other, REQUEST]
    assert sandbox.requests.newest(PID) == [REQUEST]
    assert sandbox.requests.newest(limit=1) == [other]


def test_log_keeps_the_latest_thousand(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Older requests than the last ones are forgotten."""
    monkeypatch.setattr(request_log, "KEPT", 3)
    for number in range(5):
        sandbox.requests.add(replace(REQUEST, query=str(number)))
    assert [one.query for one in sandbox.requests.newest(limit=10)] == ["4", "3", "2"]


def test_long_bodies_are_cut(sandbox: Sandbox) -> None:
    """The log keeps the first 65,536 bytes of a body and of an answer."""
    sandbox.requests.add(replace(REQUEST, body=bytes(70_000), answer=bytes(65_536)))
    (kept,) = sandbox.requests.newest()
    assert (len(kept.body), len(kept.answer)) == (65_536, 65_536)
