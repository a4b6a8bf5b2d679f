"""These tests begin, use and end sessions, on sites with and without a store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sites import NOW, Clock, open_store, settings

from webhelper.config.settings import read_settings
from webhelper.errors import StoreError
from webhelper.links.stores.sessions import SessionKind
from webhelper.sessions import Sessions, key_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from webhelper.links.stores.base import Store

CONSOLE, KIOSK = SessionKind.CONSOLE, SessionKind.KIOSK
HOUR_S, DAY_S = 3600, 86_400


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An SQLite store."""
    one = open_store(tmp_path)
    yield one
    one.close()


@pytest.fixture
def sessions(tmp_path: Path, store: Store, clock: Clock) -> Sessions:
    """Sessions of twelve hours, two of them idle."""
    return Sessions(read_settings(settings(tmp_path)), store, clock)


@pytest.fixture
def stateless(tmp_path: Path, clock: Clock) -> Sessions:
    """Sessions of a site without a store."""
    return Sessions(read_settings(settings(tmp_path)), open_store(tmp_path, "sealed"), clock)


def is_open(sessions: Sessions, code: str, *, since: float = NOW, is_use: bool = True) -> bool:
    """Return whether a session of the console goes on."""
    return sessions.is_open(CONSOLE, code, "a", since=since, is_use=is_use)


@pytest.mark.parametrize(("after_s", "goes_on"), [(0, True), (7199.9, True), (7200, False), (10**8, False)])
def test_session_ends_without_use(
    sessions: Sessions, clock: Clock, after_s: float, goes_on: bool
) -> None:  # A8
    """A session that nobody uses ends after two hours."""
    code = sessions.begin(CONSOLE, "a")
    clock.advance(after_s)
    assert is_open(sessions, code) is goes_on


def test_session_ends_however_much_it_is_used(sessions: Sessions, clock: Clock) -> None:  # A8
    """A session that is used all the time ends twelve hours after its beginning."""
    code = sessions.begin(CONSOLE, "a")
    for _ in range(12):
        assert is_open(sessions, code)
        clock.advance(HOUR_S - 0.01)
    assert is_open(sessions, code)
    clock.advance(0.13)
    assert not is_open(sessions, code)


def test_page_that_asks_by_itself_keeps_no_session_from_its_end(
    sessions: Sessions, clock: Clock
) -> None:  # A8
    """A tab that is left open, and asks every few seconds, is signed out after two hours."""
    code = sessions.begin(CONSOLE, "a")
    for _ in range(119):
        clock.advance(60)
        assert is_open(sessions, code, is_use=False)
    clock.advance(60)
    assert not is_open(sessions, code, is_use=False)


def test_uses_within_a_minute_are_not_written(
    sessions: Sessions, store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A use is written once a minute, so that pages do not wait for the disk."""
    code = sessions.begin(CONSOLE, "a")
    noted: list[float] = []
    monkeypatch.setattr(store.sessions, "use", lambda *_, now, ends_at: noted.append(now))
    for after_s in (0, 59.9, 0.1, 30):
        clock.advance(after_s)
        assert is_open(sessions, code)
    assert noted == [NOW + 60, NOW + 90]


def test_full_disk_ends_no_session(  # F2
    sessions: Sessions, store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A use that cannot be written is a use all the same; the session goes on while it has not idled."""
    code = sessions.begin(CONSOLE, "a")
    clock.advance(60)

    def fail(*_: object, **__: object) -> None:
        raise StoreError

    monkeypatch.setattr(store.sessions, "use", fail)
    assert is_open(sessions, code)


@pytest.mark.parametrize("wrong", ["holder", "kind", "code", "surrogate", "empty"])
def test_session_is_of_its_holder_and_kind(sessions: Sessions, wrong: str) -> None:
    """A code opens the session of its holder and kind, and nothing else."""
    code = sessions.begin(CONSOLE, "a")
    codes = {"code": code[:-1], "surrogate": "\ud800", "empty": ""}
    kind, holder = KIOSK if wrong == "kind" else CONSOLE, "b" if wrong == "holder" else "a"
    assert sessions.is_open(CONSOLE, code, "a", since=NOW)
    assert not sessions.is_open(kind, codes.get(wrong, code), holder, since=NOW)


def test_settings_that_became_shorter_hold_for_sessions_that_go_on(
    tmp_path: Path, store: Store, sessions: Sessions, clock: Clock
) -> None:
    """After a shorter SESSION_IDLE_MINUTES or SESSION_HOURS, sessions that began before end by them too."""
    code = sessions.begin(CONSOLE, "a")
    clock.advance(600)
    idle = Sessions(read_settings(settings(tmp_path, SESSION_IDLE_MINUTES=10)), store, clock)
    assert is_open(sessions, code, is_use=False)
    assert not is_open(idle, code)
    clock.advance(3000)
    hour = Sessions(read_settings(settings(tmp_path, SESSION_HOURS=1)), store, clock)
    assert is_open(sessions, code, is_use=False)
    assert not is_open(hour, code)


def test_session_that_is_ended_is_over_at_once(sessions: Sessions) -> None:  # A8
    """A session that was ended by its code or its key does not go on, however good its cookie is."""
    one, two, three = (sessions.begin(CONSOLE, "a") for _ in range(3))
    sessions.end(one, "a")
    sessions.end_of_key(key_of(two), "a")
    sessions.end_of_key(key_of(three), "b")
    assert [is_open(sessions, code) for code in (one, two, three)] == [False, False, True]


def test_all_browsers_are_signed_out_and_no_tablet(sessions: Sessions) -> None:  # A8
    """To sign out everywhere ends every session of the console, and leaves the tablets."""
    codes = [sessions.begin(CONSOLE, "a") for _ in range(3)]
    tablet, other = sessions.begin(KIOSK, "a", about="store_17"), sessions.begin(CONSOLE, "b")
    sessions.end_all("a")
    assert not any(is_open(sessions, code) for code in codes)
    assert sessions.is_open(KIOSK, tablet, "a", since=0)
    assert sessions.is_open(CONSOLE, other, "b", since=NOW)


def test_list_has_browsers_and_tablets_without_their_codes(sessions: Sessions, clock: Clock) -> None:
    """The list has what a holder began, and nothing that would open it."""
    console = sessions.begin(CONSOLE, "a")
    clock.advance(1)
    tablet = sessions.begin(KIOSK, "a", about="store_17")
    listed = sessions.of_holder("a")
    assert [(one.kind, one.about, one.since) for one in listed] == [
        (KIOSK, "store_17", NOW + 1),
        (CONSOLE, None, NOW),
    ]
    assert not {console.encode(), tablet.encode()} & {one.key for one in listed}
    assert sessions.of_holder("b") == []


def test_kiosk_lasts_as_long_as_it_is_used(sessions: Sessions, clock: Clock) -> None:
    """A tablet goes on for as long as it is used once in 30 days, and an hour longer than its cookie."""
    code = sessions.begin(KIOSK, "a", about="store_17")
    for _ in range(13):
        clock.advance(30 * DAY_S - 1)
        assert sessions.is_open(KIOSK, code, "a", since=0)
    clock.advance(30 * DAY_S + HOUR_S)
    assert not sessions.is_open(KIOSK, code, "a", since=0)


def test_site_without_a_store_goes_by_the_cookie_alone(stateless: Sessions, clock: Clock) -> None:  # A8
    """Without a store a session ends after twelve hours, and ending it has no effect elsewhere."""
    code = stateless.begin(CONSOLE, "a")
    stateless.end(code, "a")
    stateless.end_all("a")
    assert not stateless.are_kept
    assert stateless.of_holder("a") == []
    clock.advance(12 * HOUR_S - 1)
    assert is_open(stateless, code)
    clock.advance(1)
    assert not is_open(stateless, code)
