"""The contract of a store: what it keeps of links and visits, and what it promises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from webhelper.links.short_repr import short_repr
from webhelper.links.stores.parts import Parts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from webhelper.links.models import Link, LinkSpec, Visit
    from webhelper.links.outcomes import Outcome
    from webhelper.links.signing.sealing import Sealer
    from webhelper.links.stores.lists import Filter, OpenVisits, Page

MOST_RETURNS: Final = 50  # of one visit, and of its earlier browsers; whoever sends more writes them himself
MOST_OUTCOMES: Final = 200  # of one visit, from whatever source
IDEMPOTENCY_S: Final = 86_400  # how long an Idempotency-Key is remembered


class IdempotencyKey(NamedTuple):
    """An ``Idempotency-Key`` of one API token, with a digest of the request that it came with."""

    scope: str
    key: str
    digest: bytes

    def __repr__(self) -> str:
        """Return the name of the class alone: callers choose the key."""
        return short_repr(self)

    def keyed(self, sealer: Sealer) -> list[bytes]:
        """Return the digest under each key, the newest first: what a store keeps, and nobody can guess."""
        return sealer.digests(b"request" + self.digest)


class VisitedLink(NamedTuple):
    """A visit and the link that it opened."""

    link: Link
    visit: Visit

    @property
    def userid(self) -> str | None:
        """The user id that the visit carried: its own, or the one in the link's fields."""
        sent = self.visit.userid or self.link.spec.userid
        return None if sent is None else str(sent)


class Store(Parts, Protocol):
    """A store keeps links and their visits. Many threads and processes may call every method.

    Every method may raise ``StoreError``: the store cannot be read or written just now.

    Attributes:
        keeps_links: whether links can be listed, looked up and revoked.
    """

    keeps_links: bool

    @property
    def clock(self) -> Callable[[], float]:
        """Unix time, the same for everyone who shares the store."""

    def create(
        self,
        spec: LinkSpec,
        *,
        now: float,
        idempotency_key: IdempotencyKey | None = None,
        draws_token_id: bool = False,
        gets_number: bool = False,
    ) -> tuple[Link, bool]:
        """Return the new link and True; or, for a repeated request, the link of the first one and False.

        Args:
            spec: what the link does.
            now: Unix time.
            idempotency_key: of the request.
            draws_token_id: whether the link gets a token id of the project's pool, in the same commit, as
                ``spec.token_id``. No other link gets it, whatever happens.
            gets_number: whether the link is a kiosk's code and gets the kiosk's next number, as
                ``spec.kiosk_number``. If nobody opens it, it is not listed, and it is deleted soon.

        Raises:
            NotKeptError: the spec asks for what this store does not keep.
            KeyReusedError: the Idempotency-Key came with another request.
            EmptyPoolError: the project's pool has no token id left.
        """

    def find(self, payload: bytes) -> Link:
        """Return the link of a token's payload.

        Raises:
            UnknownLinkError: it is not here.
        """

    def get(self, link_id: str) -> Link:
        """Return the link of an id; errors as in ``find``."""

    def page(self, wanted: Filter, *, now: float, limit: int, cursor: int | None = None) -> Page:
        """Return links, the newest first; ``cursor`` is the ``next_cursor`` of the page before."""

    def visit(self, link: Link, visit: Visit, *, browser: bytes | None) -> Visit:
        """Count one use of a link for a new visit, and return the visit that the browser has now.

        That is ``visit`` if it was counted; one of another id is the browser's earlier one, and nothing was
        counted.

        Of a limited link: one atomic conditional write, on the disk when this returns. Of two browsers racing
        for the last use, exactly one gets it. Of a reusable link: noted within a moment.

        Args:
            link: what ``find`` gave. A limited link's count may be older than the store's; a reusable link
                is taken as it is.
            visit: made by ``LinkService``.
            browser: what tells browsers apart (a digest); it may come back within the grace time, and
                then gets the visit it had.

        Raises:
            ExpiredError, UsedUpError, RevokedError, TokenIdExpiredError: it cannot be opened, now.
            UnknownLinkError: it has been deleted.
        """

    def visit_of(self, link: Link, browser: bytes, *, now: float) -> Visit | None:
        """Return the visit that this browser had within the grace time, if it may come back to it."""

    def hand_over(self, link: Link, visit_id: str, *, holder: bytes, browser: bytes, now: float) -> bool:
        """Let another browser come back to a visit, instead of the one that has it; return whether it may.

        It may for as long as ``visit_of`` gives the visit to its browser, unless a submission has led to what
        is shown (``Outcome.is_done``). The same commit makes all claims so far those of an earlier browser,
        and lets the visit have a result code again.

        Args:
            link: that was opened.
            visit_id: of it.
            holder: the first bytes of the digest of the browser that has the visit.
            browser: the digest of the other one.
            now: Unix time.
        """

    def visits(self, link_id: str, *, limit: int) -> Sequence[Visit]:
        """Return the latest visits of a link, the newest first."""

    def record(self, visit_id: str, outcome: Outcome, *, browser: bytes | None = None) -> VisitedLink | None:
        """Keep what a return claimed or the API said, and return what ``visited_link`` does from now on.

        All outcomes of a visit that differ are kept: the first 50 of returns, the first 50 of earlier
        browsers, and 200 of all. What is shown of them is ``shown_of``. If what is confirmed became another
        one, the same commit puts ``outcome_confirmed`` into the outbox, and if it contradicts a decision that
        was claimed until then, ``claim_refuted``. A submission id that the API gave is remembered as
        ``InboxStore.finish`` does.

        Args:
            visit_id: of the visit.
            outcome: what was said.
            browser: the digest of the browser that claims it. If it has handed the visit over, the source
                becomes ``EARLIER_BROWSER``.
        """

    def exchange(self, visit_id: str, *, now: float, browser: bytes | None = None) -> bool:
        """Return True the first time that the result code of this visit is used, and False from then on.

        With ``browser``, only while this one has the visit.
        """

    def visited_link(self, visit_id: str) -> VisitedLink | None:
        """Return a visit and its link, or None if the store does not hold them."""

    def open_visits(self, wanted: OpenVisits) -> Sequence[VisitedLink]:
        """Return visits whose outcome is not settled (``is_settled``), those of the oldest link first.

        Nothing comes after a visit that has been deleted.
        """

    def revoke(self, link_id: str, *, now: float) -> None:
        """Revoke a link; a second time changes nothing.

        Raises:
            UnknownLinkError: it is not here.
        """

    def is_ready(self) -> bool:
        """Whether links can be read and written now."""

    def close(self) -> None:
        """Write what is buffered, and close what is open."""
