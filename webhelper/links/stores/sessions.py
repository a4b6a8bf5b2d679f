"""The contract of sessions: who is signed in to the console, and which tablets are kiosks."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence


class SessionKind(StrEnum):
    """What is signed in."""

    CONSOLE = "console"
    KIOSK = "kiosk"


class Session(NamedTuple):
    """A browser that is signed in, or a tablet that is a kiosk.

    Attributes:
        key: digest of what its cookie has, 16 bytes; it does not lead back to the cookie.
        kind: which of the two.
        holder: the name of the API token.
        about: the store of a kiosk; None for the console.
        since: Unix time of its beginning.
        seen_at: Unix time of its latest use, give or take what is too short to be written.
        ends_at: Unix time of its end, unless it is used before.
    """

    key: bytes
    kind: SessionKind
    holder: str
    about: str | None
    since: float
    seen_at: float
    ends_at: float


class SessionStore(Protocol):
    """Keeps sessions until they end. Every method may raise ``StoreError``."""

    def begin(self, session: Session) -> None:
        """Keep a new session, and forget those that had ended at its beginning."""

    def begin_once(self, session: Session, code_id: str) -> bool:
        """Do the same the first time that ``code_id`` comes, in one commit; else return False."""

    def get(self, key: bytes, *, now: float) -> Session | None:
        """Return a session that has not ended; None if there is none."""

    def use(self, key: bytes, *, now: float, ends_at: float) -> None:
        """Note that a session is used, and when it ends from now on; nothing happens if it has ended."""

    def end(self, key: bytes, *, holder: str) -> bool:
        """End a session at once, for every process; return False if this holder has none of this key."""

    def end_all(self, holder: str, kind: SessionKind) -> int:
        """End every session of a kind that the holder has, at once; return how many there were."""

    def of_holder(self, holder: str, *, now: float) -> Sequence[Session]:
        """Return the holder's sessions that have not ended, those used latest first."""
