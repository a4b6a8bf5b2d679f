"""What a return claimed, and which of several returns is shown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final


class Result(StrEnum):
    """What a return claimed.

    ``ERROR`` is an error page of the vendor. ``UNKNOWN`` is a status that the vendor does not document.
    """

    APPROVED = "approved"
    PENDING = "pending"
    REJECTED = "rejected"
    ERROR = "error"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one return claimed, which is not proof.

    Attributes:
        result: None if the return said neither status nor error.
        submission_id: the vendor's id of the submission.
        error_code: such as ``TK-10001``.
        at: Unix time of the return.
    """

    result: Result | None
    submission_id: str | None
    error_code: str | None
    at: float

    def is_the_same(self, other: Outcome) -> bool:
        """Return whether the other return claimed the same: a return that is opened again."""
        return replace(other, at=self.at) == self

    def replaces(self, shown: Outcome | None) -> bool:
        """Return whether this outcome is shown from now on: it is not older than the other, nor weaker.

        A decision is the strongest, then a status that is open, then an error page, then nothing.
        """
        if shown is None:
            return True
        return self.at >= shown.at and _STRENGTHS[self.result] >= _STRENGTHS[shown.result]


_STRENGTHS: Final = {
    None: 0,
    Result.ERROR: 1,
    Result.UNKNOWN: 2,
    Result.PENDING: 2,
    Result.APPROVED: 3,
    Result.REJECTED: 3,
}
