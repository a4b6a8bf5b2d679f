"""Links, visits and outcomes, as frozen values."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final, overload

from liveform import PARAMETERS, ExpiredError, Pipeline
from webhelper.errors import RevokedError, UsedUpError

if TYPE_CHECKING:
    from collections.abc import Mapping

_USERID: Final = next(row.vendor_name for row in PARAMETERS if row.name == "userid")
ID_BYTES: Final = 10  # 80 random bits: 16 characters of base32
_ID_CHARS: Final = 16
_VISIT_BYTES: Final = 5  # random, beside the link and the millisecond
SEALED: Final = {"sealed": True}  # the field is encrypted at rest


class LinkState(StrEnum):
    """Whether a link can be opened, and if not, why."""

    ACTIVE = "active"
    EXPIRED = "expired"
    USED_UP = "used_up"
    REVOKED = "revoked"


class Result(StrEnum):
    """What a return claimed; ``ERROR`` after an error page of the vendor."""

    APPROVED = "approved"
    PENDING = "pending"
    REJECTED = "rejected"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSpec:
    """What a link does, checked against its project and the settings.

    Attributes:
        project: the name of a project in the settings.
        pipeline: which form opens.
        fields: parameters by the vendor's names; not in the repr, because they are personal.
        expires_at: Unix time in whole seconds.
        max_uses: how often it can be redeemed; None for a reusable link.
        label: what staff call it; kept in plain, to be searched.
        unique_userid: the prefix of the user ids that each visit gets; None leaves the user id alone.
        next: where the browser goes after the return; an allow-listed host.
        note: free text for staff, 0 to 500 characters.
        created_by: the name of the API token, or of the kiosk.
    """

    project: str
    pipeline: Pipeline
    fields: Mapping[str, object] = field(repr=False, metadata=SEALED)
    expires_at: int
    max_uses: int | None
    label: str | None = None
    unique_userid: str | None = field(default=None, metadata=SEALED)
    next: str | None = field(default=None, repr=False, metadata=SEALED)
    note: str | None = field(default=None, repr=False, metadata=SEALED)
    created_by: str = ""

    @property
    def userid(self) -> object:
        """The user id in the fields; None without one."""
        return self.fields.get(_USERID)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One opening of a link, and what came back from it.

    Attributes:
        id: from ``new_visit_id``.
        link_id: the link that was opened.
        at: Unix time.
        userid: made for this visit alone; None where the link's own user id counts.
        outcome: what its return claimed; None before a return.
    """

    id: str
    link_id: str
    at: float
    userid: str | None = None
    outcome: Outcome | None = None


def new_visit_id(link_id: str, at: float) -> str:
    """Return an id of 37 characters: the link's id, the time in milliseconds, and 40 random bits."""
    return earliest_visit_id(link_id, at) + os.urandom(_VISIT_BYTES).hex()


def earliest_visit_id(link_id: str, at: float) -> str:
    """Return the text that sorts before every visit id of this link from this millisecond on."""
    return f"{link_id}{int(at * 1000):011x}"


def link_id_of(visit_id: str) -> str:
    """Return the id of the link that was opened."""
    return visit_id[:_ID_CHARS]


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link as a store keeps it.

    Attributes:
        id: 16 characters of base32.
        payload: what its token carries, signed: the bytes of the id, or the sealed spec.
        spec: what it does.
        uses: how often it was redeemed or, if reusable, opened.
        outcome: what its latest return claimed.
    """

    id: str
    payload: bytes = field(repr=False)
    spec: LinkSpec
    created_at: float
    uses: int = 0
    last_used_at: float | None = None
    revoked_at: float | None = None
    outcome: Outcome | None = None

    def state(self, now: float) -> LinkState:
        """Return the state at ``now``; of several reasons, the one that nothing can change."""
        if self.revoked_at is not None:
            return LinkState.REVOKED
        if now >= self.spec.expires_at:
            return LinkState.EXPIRED
        if self.spec.max_uses is not None and self.uses >= self.spec.max_uses:
            return LinkState.USED_UP
        return LinkState.ACTIVE

    def check_open(self, now: float) -> None:
        """Return if it can be opened at ``now``.

        Raises:
            ExpiredError, UsedUpError, RevokedError: it cannot.
        """
        refusal = _REFUSALS.get(self.state(now))
        if refusal is not None:
            raise refusal

    @property
    def is_limited(self) -> bool:
        """Whether its uses are counted down."""
        return self.spec.max_uses is not None


_REFUSALS: Final = {
    LinkState.REVOKED: RevokedError,
    LinkState.EXPIRED: ExpiredError,
    LinkState.USED_UP: UsedUpError,
}


@overload
def as_datetime(moment: float) -> datetime: ...
@overload
def as_datetime(moment: float | None) -> datetime | None: ...
def as_datetime(moment: float | None) -> datetime | None:
    """Return a Unix time as a datetime in UTC, to the millisecond."""
    return None if moment is None else datetime.fromtimestamp(round(moment, 3), UTC)
