"""These tests make the entries of the inbox from requests and events."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sandboxes import StillClock

from webhelper.simulator.inbox.entries import (
    MAX_SHOWN_CHARS,
    EventEntry,
    RequestEntry,
    newest_entries,
    pretty,
)
from webhelper.simulator.sandbox.clock import iso
from webhelper.simulator.sandbox.request_log import Request
from webhelper.simulator.sandbox.sandbox import Sandbox


def keep(sandbox: Sandbox, body: bytes, opened: str | None = None) -> None:
    """Keep a request in the log."""
    sandbox.requests.add(
        Request(
            at=iso(sandbox.clock.now()),
            pid="plain00001",
            method="POST",
            path="/submission",
            query="",
            headers={},
            body=body,
            opened=opened,
            status=200,
            answer=b'{"message":"ok"}',
            fault=None,
            ignored=(),
            doubts=(),
        )
    )


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b'{"a":1}', '{\n  "a": 1\n}'),
        ('{"name":"한국"}'.encode(), '{\n  "name": "한국"\n}'),
        (b"not JSON", "not JSON"),
        (b"", ""),
        (b"\x89PNG\r\n\xff", "(7 bytes)"),
        (b"[" * 100_000, "[" * MAX_SHOWN_CHARS + "\n(...)"),
    ],
)
def test_pretty_shows_a_body_to_people(body: bytes, shown: str) -> None:
    """A body is shown with indents if it is JSON, as it is if it is text, else by its size; cut if long."""
    assert pretty(body) == shown


@given(st.binary(max_size=200))
def test_pretty_shows_any_bytes(body: bytes) -> None:
    """Any bytes can be shown."""
    assert isinstance(pretty(body), str)


def test_entries_are_mixed_by_time(sandbox: Sandbox, still: StillClock) -> None:
    """Requests and events are in one list, the newest first, and each kind can be shown alone."""
    for turn in range(3):
        sandbox.events.emit("plain00001", {"webhook_trigger": f"t{turn}"}, url=None, at=sandbox.clock.now())
        still.turn(seconds=1)
        keep(sandbox, b"{}")
        still.turn(seconds=1)
    entries = newest_entries(sandbox, show="all", limit=5)
    assert [type(one) for one in entries] == [
        RequestEntry,
        EventEntry,
        RequestEntry,
        EventEntry,
        RequestEntry,
    ]
    assert [one.at for one in entries] == sorted((one.at for one in entries), reverse=True)
    assert {type(one) for one in newest_entries(sandbox, show="events", limit=9)} == {EventEntry}
    assert {type(one) for one in newest_entries(sandbox, show="requests", limit=9)} == {RequestEntry}


def test_repr_of_an_entry_shows_no_body(sandbox: Sandbox) -> None:
    """The repr of an entry has nothing of a body, which holds personal data."""
    event = {"webhook_trigger": "approved", "email": "jane@example.com"}
    sandbox.events.emit("plain00001", event, url=None, at=sandbox.clock.now())
    keep(sandbox, b"{}", opened='{"email":"jane@example.com"}')
    entries = newest_entries(sandbox, show="all", limit=2)
    assert all("jane" in one.body for one in entries)
    assert "jane" not in repr(entries)


def test_entry_shows_the_decrypted_body(sandbox: Sandbox) -> None:
    """The entry of an encrypted request shows what was in it."""
    keep(sandbox, b"c2VjcmV0", opened='{"submissionId":"s1"}')
    (entry,) = newest_entries(sandbox, show="requests", limit=1)
    assert isinstance(entry, RequestEntry)
    assert json.loads(entry.body) == {"submissionId": "s1"}
    assert json.loads(entry.answer) == {"message": "ok"}
