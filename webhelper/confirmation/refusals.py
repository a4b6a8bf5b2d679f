"""Counts of refused webhooks, kept in memory and written at most once a minute."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from typing import TYPE_CHECKING, Final

from liveform import DecryptError, MalformedError, UnexpectedValueError
from webhelper.errors import NotKeptError, SenderError, StoreError, UnknownProjectError

if TYPE_CHECKING:
    from webhelper.links.stores.inbox import InboxStore

log = logging.getLogger("webhelper")

WRITTEN_EVERY_S: Final = 60
MOST_KEYS: Final = 1000  # projects times reasons; what comes beyond is counted as one
TOO_LARGE: Final = "too_large"
_OTHER: Final = "other"
_OTHERS: Final = ("", _OTHER)
# Every reason of a count: each has its text in templates/console/event_words.html, and a row in operating.md.
REASONS: Final = (
    SenderError.code,
    UnknownProjectError.code,
    TOO_LARGE,
    MalformedError.code,
    DecryptError.code,
    UnexpectedValueError.code,
    _OTHER,
)


class Refusals:
    """Counts refused webhooks by project and reason.

    Whoever is refused decides how often that happens, so it must not cost a write each time. A process that
    is killed loses the counts of its last minute.

    Args:
        store: adds the counts up.
    """

    def __init__(self, store: InboxStore) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._counts: Counter[tuple[str, str]] = Counter()
        self._written_at: float | None = None

    def count(self, project: str, reason: str, *, now: float) -> None:
        """Count one refusal, and write all counts if the last time was more than a minute ago.

        Args:
            project: a name of the settings, or an empty text for all others.
            reason: a code.
            now: Unix time.
        """
        key = (project, reason)
        with self._lock:
            has_room = key in self._counts or len(self._counts) < MOST_KEYS
            self._counts[key if has_room else _OTHERS] += 1
            is_due = self._written_at is None or abs(now - self._written_at) >= WRITTEN_EVERY_S
            if is_due:
                self._written_at = now
        if is_due:
            self._try_to_flush(now)

    def flush(self, *, now: float) -> None:
        """Write all counts; from then on they can be read in every process.

        Raises:
            StoreError: they cannot be written now; they are kept.
        """
        with self._lock:
            counts, self._counts = self._counts, Counter()
        try:
            if counts:
                self._store.count_refused(counts, now=now)
        except StoreError:
            with self._lock:
                self._counts.update(counts)
            raise
        except NotKeptError:
            return  # a site without a store counts nothing

    def _try_to_flush(self, now: float) -> None:
        try:
            self.flush(now=now)
        except StoreError as error:
            log.error("refused webhooks cannot be counted yet: %s", type(error.__cause__).__name__)  # noqa: TRY400 - no data
