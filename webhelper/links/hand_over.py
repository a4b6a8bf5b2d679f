"""A visit that goes on in another browser, to which the browser that began it hands it over.

Chat apps open links in a browser of their own, where cameras may not work, and the phone's browser is then
another one. The code of a hand-over is made for the browser that has the visit, and names it; so whoever has
no more than the link gets no second use. A visit has one browser at a time: the code works once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from webhelper.errors import UnknownLinkError, UsedUpError
from webhelper.links.signing.purposes import Purpose

if TYPE_CHECKING:
    from webhelper.links.models import Link, Visit
    from webhelper.links.outcomes import Outcome
    from webhelper.links.service import LinkService
    from webhelper.links.signing.signed_values import SignedValues

_TAG_BYTES: Final = 8  # of the digest of a browser; the code is signed


class HandOver(NamedTuple):
    """A visit that a browser hands over.

    Attributes:
        link: that was opened.
        visit: with its outcomes.
        holder: the first bytes of the digest of the browser that has it.
    """

    link: Link
    visit: Visit
    holder: bytes

    def is_from(self, browser: bytes | None) -> bool:
        """Return whether this browser hands it over."""
        return browser is not None and browser[:_TAG_BYTES] == self.holder

    @property
    def ends_at(self) -> float:
        """Unix time until which it can go on in another browser: as long as in the first one."""
        return min(self.visit.at + self.link.spec.grace_s, self.link.spec.expires_at)


class HandOvers:
    """Makes the codes of hand-overs, and lets another browser go on with one.

    Args:
        links: finds and opens links.
        values: signs the codes.
    """

    def __init__(self, links: LinkService, values: SignedValues) -> None:
        self._links = links
        self._values = values

    def is_possible(self, link: Link) -> bool:
        """Return whether the browser that opened the link last may hand its visit over, for all we know."""
        is_recent = (
            link.last_used_at is not None and self._links.clock() < link.last_used_at + link.spec.grace_s
        )
        return is_recent and not _is_done(link.outcome)

    def code(self, link: Link, browser: bytes | None) -> str | None:
        """Return the code for the visit that this browser may come back to; None if it has none."""
        visit = None if browser is None else self._links.earlier_visit(link, browser)
        if visit is None or browser is None or _is_done(visit.outcome):
            return None
        members = {"visit": visit.id, "browser": browser[:_TAG_BYTES].hex()}
        return self._values.sign(Purpose.HAND_OVER, members)

    def find(self, code: str) -> HandOver:
        """Return the hand-over of a code; nothing is changed.

        Raises:
            BadSignatureError, ExpiredError: it is not ours, or its time is over.
            UnknownLinkError: the store does not hold the visit.
        """
        members = self._values.verify(Purpose.HAND_OVER, code)
        visited_link = self._links.store.visited_link(members["visit"])
        if visited_link is None:
            raise UnknownLinkError
        return HandOver(visited_link.link, visited_link.visit, bytes.fromhex(members["browser"]))

    def is_had_by(self, hand_over: HandOver, browser: bytes | None) -> bool:
        """Return whether this browser has the visit now."""
        visit = None if browser is None else self._links.earlier_visit(hand_over.link, browser)
        return visit is not None and visit.id == hand_over.visit.id

    def take(self, hand_over: HandOver, browser: bytes, *, language: str | None = None) -> str:
        """Let this browser have the visit instead, and return the URL of its Liveform.

        Raises:
            UsedUpError: the visit is another browser's by now, or its time is over, or the form has led back
                from it with a submission, even a moment ago.
            ExpiredError, RevokedError, TokenIdExpiredError: the link cannot be opened now.
        """
        link, visit, holder = hand_over
        now = self._links.clock()
        if not self._links.store.hand_over(link, visit.id, holder=holder, browser=browser, now=now):
            link.check_open(now)
            raise UsedUpError
        return self._links.go_on(link, visit, browser, language=language)


def _is_done(outcome: Outcome | None) -> bool:
    return outcome is not None and outcome.is_done
