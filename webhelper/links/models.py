"""Links and visits, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final, overload

from liveform import PARAMETERS, ExpiredError, Pipeline
from webhelper.errors import RevokedError, TokenIdExpiredError, UsedUpError
from webhelper.links.outcomes import Source
from webhelper.links.signing.base32 import from_base32, random_id
from webhelper.links.signing.purposes import Purpose
from webhelper.links.visit_counts import VisitCounts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from webhelper.links.outcomes import Outcome

_USERID: Final = next(row.vendor_name for row in PARAMETERS if row.name == "userid")
ID_BYTES: Final = 10  # 80 random bits: 16 characters of base32
SEALED: Final = {"sealed": True}  # the field is encrypted at rest
# How long a browser may come back (back button) without a second use.
GRACE_S: Final = Purpose.HAND_OVER.lifetime_s
TOKEN_ID_GRACE_S: Final = 180  # in private mode: a token id ends 3 minutes after its first use (QS)


class LinkState(StrEnum):
    """Whether a link can be opened, and if not, why."""

    ACTIVE = "active"
    EXPIRED = "expired"
    USED_UP = "used_up"
    REVOKED = "revoked"
    TOKEN_ID_EXPIRED = "token_id_expired"  # noqa: S105 - a word, no password


def userid_in(fields: Mapping[str, object]) -> object:
    """Return the user id in the fields of a link; None without one."""
    return fields.get(_USERID)


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
        token_id: the vendor's token id that the link drew, in private mode.
        kiosk_number: of a kiosk's code, what its customer reads on the phone and on the kiosk; 1 to 999.
    """

    project: str
    pipeline: Pipeline
    fields: Mapping[str, object] = field(repr=False, metadata=SEALED)
    expires_at: int
    max_uses: int | None
    label: str | None = None
    unique_userid: str | None = field(default=None, repr=False, metadata=SEALED)
    next: str | None = field(default=None, repr=False, metadata=SEALED)
    note: str | None = field(default=None, repr=False, metadata=SEALED)
    created_by: str = ""
    token_id: str | None = field(default=None, repr=False, metadata=SEALED)
    kiosk_number: int | None = None

    @property
    def grace_s(self) -> int:
        """How long a browser may come back to a use that it had, in seconds."""
        return GRACE_S if self.token_id is None else TOKEN_ID_GRACE_S

    @property
    def userid(self) -> object:
        """The user id in the fields; None without one."""
        return userid_in(self.fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One opening of a link, and what came back from it.

    Attributes:
        id: from ``visit_ids.new_visit_id``.
        link_id: the link that was opened.
        at: Unix time.
        userid: made for this visit alone; None where the link's own user id counts.
        outcome: what is shown of its outcomes (``shown_of``); None as long as there is none.
        outcomes: all that was said of it, in the order of arrival; a return that is opened again is kept
            once. A visit that was just made has none.
        exchanged: whether its result code was used; of a limited link, by the browser that has the visit.
        browser: of a limited link, the digest of the browser that has the visit; None elsewhere.
    """

    id: str
    link_id: str
    at: float
    userid: str | None = field(default=None, repr=False)
    outcome: Outcome | None = None
    outcomes: tuple[Outcome, ...] = ()
    exchanged: bool = False
    browser: bytes | None = field(default=None, repr=False, compare=False)  # it may be handed over

    @property
    def returns(self) -> tuple[Outcome, ...]:
        """What each return of the browser that has the visit claimed, in the order of arrival."""
        return tuple(one for one in self.outcomes if one.source is Source.RETURN)

    @property
    def earlier_returns(self) -> tuple[Outcome, ...]:
        """What each return of browsers claimed that handed the visit over, in the order of arrival."""
        return tuple(one for one in self.outcomes if one.source is Source.EARLIER_BROWSER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link as a store keeps it.

    Attributes:
        id: 16 characters of base32.
        payload: what its token carries, signed: the bytes of the id, or the sealed spec.
        spec: what it does.
        uses: how often it was redeemed or, if reusable, opened.
        token_id_expired_at: Unix time when the vendor said that its token id has expired.
        outcome: of a link of one use, what is shown of its visit.
        counts: of a link of more uses that the store keeps, how many visits came back, and what they show.
    """

    id: str
    payload: bytes = field(repr=False)
    spec: LinkSpec
    created_at: float
    uses: int = 0
    last_used_at: float | None = None
    revoked_at: float | None = None
    token_id_expired_at: float | None = None
    outcome: Outcome | None = None
    counts: VisitCounts | None = None

    def state(self, now: float) -> LinkState:
        """Return the state at ``now``; of several reasons, the one that nothing can change."""
        if self.revoked_at is not None:
            return LinkState.REVOKED
        if now >= self.spec.expires_at:
            return LinkState.EXPIRED
        if self.spec.max_uses is not None and self.uses >= self.spec.max_uses:
            return LinkState.USED_UP
        return LinkState.ACTIVE if self.token_id_expired_at is None else LinkState.TOKEN_ID_EXPIRED

    def check_open(self, now: float) -> None:
        """Return if it can be opened at ``now``.

        Raises:
            ExpiredError, UsedUpError, RevokedError, TokenIdExpiredError: it cannot.
        """
        refusal = _REFUSALS.get(self.state(now))
        if refusal is not None:
            raise refusal

    @property
    def is_limited(self) -> bool:
        """Whether its uses are counted down."""
        return self.spec.max_uses is not None


def new_link(spec: LinkSpec, *, now: float) -> Link:
    """Return a link with a random id, which no store keeps yet."""
    link_id = random_id(ID_BYTES)
    counts = None if spec.max_uses == 1 else VisitCounts()
    return Link(id=link_id, payload=from_base32(link_id), spec=spec, created_at=now, counts=counts)


_REFUSALS: Final = {
    LinkState.REVOKED: RevokedError,
    LinkState.EXPIRED: ExpiredError,
    LinkState.USED_UP: UsedUpError,
    LinkState.TOKEN_ID_EXPIRED: TokenIdExpiredError,
}


@overload
def as_datetime(moment: float) -> datetime: ...
@overload
def as_datetime(moment: float | None) -> datetime | None: ...
def as_datetime(moment: float | None) -> datetime | None:
    """Return a Unix time as a datetime in UTC, to the millisecond."""
    return None if moment is None else datetime.fromtimestamp(round(moment, 3), UTC)
