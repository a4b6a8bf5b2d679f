"""The requests and events of the sandbox as entries of the inbox, ready to be shown."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

    from webhelper.simulator.sandbox.events import Attempt, Event
    from webhelper.simulator.sandbox.request_log import Request
    from webhelper.simulator.sandbox.sandbox import Sandbox

Show: TypeAlias = Literal["all", "requests", "events"]
MAX_SHOWN_CHARS: Final = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestEntry:
    """One API request.

    Attributes:
        request: the request, as the log has it.
        body, answer: their texts, pretty-printed if they are JSON.
    """

    request: Request
    body: str = field(repr=False)
    answer: str = field(repr=False)

    @property
    def at(self) -> str:
        """ISO time of the sandbox's clock."""
        return self.request.at


@dataclass(frozen=True, slots=True, kw_only=True)
class EventEntry:
    """One event.

    Attributes:
        event: the event, as the outbox has it.
        body: its members, pretty-printed.
        attempts: what became of it, the first attempt first.
    """

    event: Event
    body: str = field(repr=False)
    attempts: list[Attempt]

    @property
    def at(self) -> str:
        """ISO time of the sandbox's clock."""
        return self.event.created_at


Entry: TypeAlias = RequestEntry | EventEntry


def newest_entries(sandbox: Sandbox, *, show: Show, limit: int) -> list[Entry]:
    """Return the newest entries, the newest first; of the same time, events before their request."""
    entries: list[Entry] = []
    if show != "requests":
        entries += _events(sandbox, sandbox.events.newest(limit=limit))
    if show != "events":
        entries += map(_request, sandbox.requests.newest(limit=limit))
    return sorted(entries, key=lambda entry: entry.at, reverse=True)[:limit]


def _events(sandbox: Sandbox, events: Iterable[Event]) -> list[EventEntry]:
    return [
        EventEntry(event=event, body=_indented(event.members), attempts=sandbox.events.attempts(event.id))
        for event in events
    ]


def _request(request: Request) -> RequestEntry:
    body = pretty(request.body) if request.opened is None else pretty(request.opened.encode())
    return RequestEntry(request=request, body=body, answer=pretty(request.answer))


def pretty(body: bytes) -> str:
    """Return a body for people: JSON with indents, other text as it is, and the size of what is no text."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return f"({len(body):,} bytes)"
    try:
        return _indented(json.loads(text))
    except (ValueError, RecursionError):
        return _cut(text)


def _indented(value: object) -> str:
    return _cut(json.dumps(value, ensure_ascii=False, indent=2))


def _cut(text: str) -> str:
    return text if len(text) <= MAX_SHOWN_CHARS else f"{text[:MAX_SHOWN_CHARS]}\n(...)"
