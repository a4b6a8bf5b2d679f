"""The clock of the host is set back, by which a store in a file goes."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from racing import outcome_of
from sites import NOW, new_visit, open_store
from store_values import link_spec, new_event
from stores import put_message

from liveform import LiveformError
from webhelper.links.stores.outbox import MessageKind, Sink

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from webhelper.links.stores.base import Store

_BACK_S = {"an hour": 3_600, "a day": 86_400, "a year": 365 * 86_400}
_LOOK_S = 60
_HOURLY_LEASE_S = 7_200.0  # of a job that is done every hour


def set_back() -> Iterator[str]:
    """Set the clock back, and say after how many minutes of the new time the work goes on."""
    for name, back_s in _BACK_S.items():
        with (
            TemporaryDirectory() as directory,
            closing(open_store(Path(directory), sinks=tuple(Sink))) as store,
        ):
            yield f"set back by {name}: {', '.join(_said(store, NOW - back_s, back_s))}"


def _said(store: Store, now: float, back_s: float) -> Iterator[str]:
    used, _ = store.create(link_spec(expires_at=int(NOW) + 900), now=NOW)
    visit = store.visit(used, new_visit(used), browser=None)
    left, _ = store.create(link_spec(expires_at=int(NOW) + 900), now=NOW)
    store.leases.acquire("retention", "another", now=NOW, lease_s=_HOURLY_LEASE_S)
    store.inbox.receive(new_event(), now=NOW)
    put_message(store, MessageKind.EVENT_RECEIVED, {}, now=NOW)
    again = new_visit(used, at=now)
    yield f"a used link: {outcome_of(lambda: store.visit(used, again, browser=None))}"
    yield f"visits of it: {len(store.visits(visit.link_id, limit=9))}"
    waits = {
        "a link of 15 min expires": lambda at: not _is_open(store, left.payload, at),
        "a job of a process that died is done": lambda at: store.leases.acquire(
            "retention", "we", now=at, lease_s=_HOURLY_LEASE_S
        ),
        "a webhook is worked": lambda at: store.inbox.lease(now=at, lease_s=60) is not None,
        "a message is sent": lambda at: store.outbox.lease([Sink.URL], now=at, lease_s=60) is not None,
    }
    for what, is_done in waits.items():
        yield f"{what} after {_minutes(is_done, now, back_s):,} min"


def _is_open(store: Store, payload: bytes, at: float) -> bool:
    try:
        store.find(payload).check_open(at)
    except LiveformError:
        return False
    return True


def _minutes(is_done: Callable[[float], bool], now: float, back_s: float) -> int:
    """Return after how many minutes something is done, with a look each minute."""
    steps = range(0, int(back_s) + 3 * 86_400, _LOOK_S)
    return next(step for step in steps if is_done(now + step)) // 60
