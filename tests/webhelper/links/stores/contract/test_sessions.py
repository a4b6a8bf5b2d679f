"""These tests hold every store of sessions to its contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from racing import in_threads
from sites import NOW, open_store
from store_values import use_code

from webhelper.errors import NotKeptError, StoreError
from webhelper.links.stores.sessions import Session, SessionKind, SessionStore

if TYPE_CHECKING:
    from pathlib import Path

    from webhelper.links.stores.base import Store

KEY, OTHER_KEY, THIRD_KEY = (bytes([number]) * 16 for number in range(3))


@pytest.fixture
def sessions(store: Store) -> SessionStore:
    """Return the sessions of each kind of store in turn."""
    return store.sessions


def session(
    key: bytes = KEY,
    *,
    kind: SessionKind = SessionKind.CONSOLE,
    holder: str = "a",
    since: float = NOW,
    lasts_s: float = 60,
) -> Session:
    """Return a session of a minute."""
    about = "store_17" if kind is SessionKind.KIOSK else None
    return Session(key, kind, holder, about, since, since, since + lasts_s)


@pytest.mark.parametrize("kind", SessionKind)
def test_session_is_kept_as_it_began(sessions: SessionStore, kind: SessionKind) -> None:
    """A session is there with everything that it began with."""
    sessions.begin(session(kind=kind))
    assert sessions.get(KEY, now=NOW) == session(kind=kind)
    assert sessions.get(OTHER_KEY, now=NOW) is None


def test_code_begins_one_session(store: Store, sessions: SessionStore) -> None:
    """Of two sessions with one code the first begins, and uses up the code."""
    first, second = session(kind=SessionKind.KIOSK), session(OTHER_KEY, kind=SessionKind.KIOSK)
    sessions.begin(session(THIRD_KEY, since=NOW - 60))
    assert sessions.begin_once(first, "code")
    assert not sessions.begin_once(second, "code")
    assert not sessions.begin_once(first, "code")
    assert sessions.of_holder("a", now=NOW - 1) == [first]
    assert not use_code(store, "code", now=NOW)
    assert sessions.begin_once(second, "other code")


def test_code_is_not_used_up_when_its_session_cannot_begin(sessions: SessionStore) -> None:
    """A failure between code and session leaves the code unused."""
    broken = session()._replace(holder=None)  # type: ignore[arg-type]
    with pytest.raises(StoreError):
        sessions.begin_once(broken, "code")
    assert sessions.begin_once(session(), "code")


def test_code_begins_one_session_in_a_race(sessions: SessionStore) -> None:
    """Eight browsers with one code: one of them begins a session, and there is no other."""
    begun = in_threads(8, lambda number: sessions.begin_once(session(bytes([number]) * 16), "code"))
    assert begun.count(True) == 1
    assert [one.key[0] for one in sessions.of_holder("a", now=NOW)] == [begun.index(True)]


@pytest.mark.parametrize(("after_s", "there"), [(0, True), (59.999, True), (60, False), (10**8, False)])
def test_session_ends_at_its_end(sessions: SessionStore, after_s: float, there: bool) -> None:  # A8
    """A session is there before its end, and not from that moment on."""
    sessions.begin(session())
    assert (sessions.get(KEY, now=NOW + after_s) is not None) is there
    assert (len(sessions.of_holder("a", now=NOW + after_s)) == 1) is there


def test_session_that_is_used_ends_later(sessions: SessionStore) -> None:
    """A use moves the end, and is remembered."""
    sessions.begin(session())
    sessions.use(KEY, now=NOW + 59, ends_at=NOW + 119)
    assert sessions.get(KEY, now=NOW + 118) == session()._replace(seen_at=NOW + 59, ends_at=NOW + 119)


def test_session_that_has_ended_does_not_begin_again(sessions: SessionStore) -> None:  # A8
    """To use a session that has ended, or that there is not, brings none back."""
    sessions.begin(session())
    sessions.use(KEY, now=NOW + 60, ends_at=NOW + 120)
    sessions.use(OTHER_KEY, now=NOW, ends_at=NOW + 120)
    assert sessions.get(KEY, now=NOW + 60) is None
    assert sessions.get(OTHER_KEY, now=NOW) is None


def test_session_is_ended_at_once_by_its_holder_alone(sessions: SessionStore) -> None:  # A8
    """A session that its holder ends is gone, a second time too; nobody else can end it."""
    sessions.begin(session())
    sessions.begin(session(OTHER_KEY))
    assert not sessions.end(KEY, holder="b")
    assert sessions.get(KEY, now=NOW) is not None
    assert sessions.end(KEY, holder="a")
    assert not sessions.end(KEY, holder="a")
    assert sessions.get(KEY, now=NOW) is None
    assert sessions.get(OTHER_KEY, now=NOW) is not None


def test_all_sessions_of_a_kind_are_ended_together(sessions: SessionStore) -> None:  # A8
    """All sessions of a holder and kind end; those of other holders and of the other kind go on."""
    others = [session(THIRD_KEY, holder="b"), session(b"k" * 16, kind=SessionKind.KIOSK)]
    for one in (session(), session(OTHER_KEY), *others):
        sessions.begin(one)
    assert sessions.end_all("a", SessionKind.CONSOLE) == 2
    assert sessions.end_all("a", SessionKind.CONSOLE) == 0
    left = [sessions.get(key, now=NOW) for key in (KEY, OTHER_KEY, THIRD_KEY, b"k" * 16)]
    assert left == [None, None, *others]


def test_sessions_of_a_holder_are_listed_by_their_latest_use(sessions: SessionStore) -> None:
    """The list has every session of the holder, the one used latest first."""
    for key, since in ((KEY, NOW), (OTHER_KEY, NOW + 2), (THIRD_KEY, NOW + 1)):
        sessions.begin(session(key, since=since))
    sessions.begin(session(b"x" * 16, holder="b"))
    assert [one.key for one in sessions.of_holder("a", now=NOW + 3)] == [OTHER_KEY, THIRD_KEY, KEY]
    sessions.use(KEY, now=NOW + 4, ends_at=NOW + 90)
    assert [one.key for one in sessions.of_holder("a", now=NOW + 5)] == [KEY, OTHER_KEY, THIRD_KEY]


def test_sessions_that_have_ended_are_forgotten(sessions: SessionStore) -> None:
    """The beginning of a session deletes those that have ended; a clock set back does not show them again."""
    sessions.begin(session())
    sessions.begin(session(OTHER_KEY, since=NOW + 60))
    assert [one.key for one in sessions.of_holder("a", now=NOW)] == [OTHER_KEY]


def test_site_without_a_store_keeps_no_sessions(tmp_path: Path) -> None:
    """A site without a store refuses to keep a session, and says that it keeps nothing."""
    with pytest.raises(NotKeptError, match="no sessions"):
        open_store(tmp_path, "sealed").sessions.begin(session())
