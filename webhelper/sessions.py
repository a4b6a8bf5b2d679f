"""Sessions of the console and of kiosks: how they begin, go on and end.

A site without a store keeps none. There, the cookie alone says since when somebody is signed in: it ends when
it is too old, and nobody can end it from elsewhere.
"""

from __future__ import annotations

from contextlib import suppress
from hashlib import sha256
from typing import TYPE_CHECKING, Final, NamedTuple

from webhelper.errors import StoreError
from webhelper.links.signing.base32 import random_id, to_base32
from webhelper.links.signing.purposes import Purpose
from webhelper.links.stores.sessions import Session, SessionKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from webhelper.config.settings import Settings
    from webhelper.links.stores.base import Store

KEY_BYTES: Final = 16
PAGE_BYTES: Final = 15  # random, on a page with a button that begins a session once
_PAGE_CHARS: Final = 24  # of that many bytes in Base32
_CODE_BYTES: Final = 15  # random, of what is in the cookie: 24 characters
_HOUR_S: Final = 3600
_NEVER: Final = float("inf")


class Life(NamedTuple):
    """How long sessions of one kind last, in seconds.

    Attributes:
        most_s: from their beginning.
        idle_s: without use.
        noted_s: between two uses that are written; what comes meanwhile is not.
    """

    most_s: float
    idle_s: float
    noted_s: float

    def end(self, since: float, seen_at: float) -> float:
        """Return when a session ends that began and was used at these Unix times."""
        return min(since + self.most_s, seen_at + self.idle_s)


class Sessions:
    """Begins, finds and ends sessions.

    Args:
        settings: how long they last.
        store: keeps them, if it keeps anything.
        clock: Unix time.
    """

    def __init__(self, settings: Settings, store: Store, clock: Callable[[], float]) -> None:
        self.are_kept = store.keeps_links
        self._store = store.sessions
        self._clock = clock
        self._lives = {
            SessionKind.CONSOLE: Life(
                _HOUR_S * settings.session_hours, 60 * settings.session_idle_minutes, 60
            ),
            SessionKind.KIOSK: Life(
                _NEVER, Purpose.KIOSK.lifetime_s + _HOUR_S, _HOUR_S
            ),  # outlives its cookie
        }

    def begin(self, kind: SessionKind, holder: str, *, about: str | None = None) -> str:
        """Begin a session, and return the code for its cookie.

        Args:
            kind: of what.
            holder: the name of the API token.
            about: the store of a kiosk.
        """
        code = random_id(_CODE_BYTES)
        if self.are_kept:
            self._store.begin(self._new(code, kind, holder, about))
        return code

    def begin_by_ticket(self, ticket_id: str, holder: str, *, about: str, page: str) -> str | None:
        """Begin the session of a kiosk, and use up the ticket for it; both or neither.

        The page that began it gets the same code again, since its browser may have dropped the first answer:
        a second press of the button does not wait for it.

        Args:
            ticket_id: sets up one tablet.
            holder: the name of the API token.
            about: the store of the kiosk.
            page: the random text of the page with the button; one of another length gets a code once.

        Returns:
            The code for its cookie; None if another page has used the ticket.

        Raises:
            NotKeptError: the site keeps nothing.
        """
        code = _code_of(ticket_id, page) if len(page) == _PAGE_CHARS else random_id(_CODE_BYTES)
        session = self._new(code, SessionKind.KIOSK, holder, about)
        if self._store.begin_once(session, ticket_id):
            return code
        return code if self.is_open(SessionKind.KIOSK, code, holder, since=0.0) else None

    def _new(self, code: str, kind: SessionKind, holder: str, about: str | None) -> Session:
        now = self._clock()
        return Session(key_of(code), kind, holder, about, now, now, self._lives[kind].end(now, now))

    def is_open(
        self, kind: SessionKind, code: str, holder: str, *, since: float, is_use: bool = True
    ) -> bool:
        """Return whether a session goes on.

        Args:
            kind: of what.
            code: from its cookie.
            holder: the name of the API token.
            since: from its cookie, Unix time.
            is_use: whether this moves its end; what a page asks by itself does not.
        """
        life, now = self._lives[kind], self._clock()
        if now >= since + life.most_s:
            return False
        if not self.are_kept:
            return True
        session = self._store.get(key_of(code), now=now)
        if session is None or session[1:3] != (kind, holder) or now >= life.end(since, session.seen_at):
            return False
        if is_use and now - session.seen_at >= life.noted_s:
            with suppress(StoreError):  # a full disk ends no session
                self._store.use(session.key, now=now, ends_at=life.end(since, now))
        return True

    def of_holder(self, holder: str) -> Sequence[Session]:
        """Return the holder's sessions, those used latest first; none on a site that keeps none."""
        return self._store.of_holder(holder, now=self._clock()) if self.are_kept else []

    def end(self, code: str, holder: str) -> None:
        """End the session of a cookie at once."""
        self.end_of_key(key_of(code), holder)

    def end_of_key(self, key: bytes, holder: str) -> None:
        """End a session of the list at once; nothing happens if the holder has none of this key."""
        if self.are_kept:
            self._store.end(key, holder=holder)

    def end_all(self, holder: str) -> None:
        """End every session of the console that the holder has, at once."""
        if self.are_kept:
            self._store.end_all(holder, SessionKind.CONSOLE)


def key_of(code: str) -> bytes:
    """Return the key of a session in the store: a digest of the code in its cookie."""
    return sha256(b"session " + code.encode(errors="surrogatepass")).digest()[:KEY_BYTES]


def _code_of(ticket_id: str, page: str) -> str:
    """Return the code that a page gets for a ticket, which nobody knows who has not seen the page."""
    text = f"kiosk {ticket_id} {page}".encode(errors="surrogatepass")
    return to_base32(sha256(text).digest()[:_CODE_BYTES])
