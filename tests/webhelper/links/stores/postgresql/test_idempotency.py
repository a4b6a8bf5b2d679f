"""These tests remember a request whose key is deleted in the middle of it."""

from __future__ import annotations

from typing import Any

from sites import HOLDER, KEY, NOW

from webhelper.links.signing.sealing import Sealer
from webhelper.links.stores.base import IdempotencyKey
from webhelper.links.stores.postgresql import idempotency


class Answers:
    """A connection whose answers a test has written."""

    def __init__(self, *answers: Any) -> None:
        self._answers = list(answers)

    def execute(self, *_: object) -> Any:
        """Return the next answer."""
        return self._answers.pop(0)


class Answer:
    """What became of a statement."""

    def __init__(self, rowcount: int, row: tuple[object, ...] | None = None) -> None:
        self.rowcount = rowcount
        self._row = row

    def fetchone(self) -> tuple[object, ...] | None:
        """Return the row."""
        return self._row


def test_key_that_was_deleted_meanwhile_is_free() -> None:
    """A key that was there a moment ago and is gone when it is looked at is taken at the second try."""
    connection: Any = Answers(Answer(0), Answer(0), Answer(1))
    key = IdempotencyKey(HOLDER, "key", b"body")
    assert idempotency.link_id_of(connection, key, Sealer([KEY]), "new", now=NOW) == "new"
