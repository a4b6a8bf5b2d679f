"""The result code of a visit, which the browser brings to ``next`` and the server behind it exchanges."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final

from webhelper.errors import UnknownLinkError, UsedUpError
from webhelper.links.signing.purposes import Purpose

if TYPE_CHECKING:
    from collections.abc import Callable

    from webhelper.links.models import Visit
    from webhelper.links.outcomes import Outcome
    from webhelper.links.signing.signed_values import SignedValues
    from webhelper.links.stores.base import Store, VisitedLink

_HOLDER: Final = "holder"
_HOLDER_BYTES: Final = 8  # of a digest; the code is signed


class ResultCodes:
    """Makes and exchanges result codes: one for each visit, from its first return on, for ten minutes.

    The code of a limited link's visit is for the browser that has it. After a hand-over the code of the
    browser before gives nothing: somebody else finishes the check. The browser that has the visit then gets a
    code from its own first return on, also if the one before was used.

    Args:
        values: signs the codes.
        store: remembers which were used.
        clock: Unix time.
    """

    def __init__(self, values: SignedValues, store: Store, clock: Callable[[], float]) -> None:
        self._values = values
        self._store = store
        self._clock = clock

    def code(self, visit: Visit) -> str | None:
        """Return the code of a visit: always the same, and None once it was used or has expired."""
        if visit.exchanged or not visit.returns:
            return None
        since = int(visit.returns[0].at)
        if int(self._clock()) - since > Purpose.RESULT.lifetime_s:
            return None
        return self._values.sign(Purpose.RESULT, {"visit": visit.id} | _holder_of(visit), at=since)

    def exchange(
        self, code: str, *, allows: Callable[[str], bool] = lambda _: True
    ) -> tuple[VisitedLink, Outcome]:
        """Return the visit of a code, which works once, and what is shown of its returns.

        Args:
            code: what the browser brought.
            allows: whether whoever asks may see visits of a project.

        Raises:
            BadSignatureError, ExpiredError: it is not ours, or its time is over.
            UnknownLinkError: the store does not hold the visit, nothing came back from it, or it is of
                another project; then the code is not used up.
            UsedUpError: it was used, or its browser has handed the visit over since.
        """
        members = self._values.verify(Purpose.RESULT, code)
        visit_id = members["visit"]
        visited_link = self._store.visited_link(visit_id)
        outcome = None if visited_link is None else visited_link.visit.outcome
        if visited_link is None or outcome is None or not allows(visited_link.link.spec.project):
            raise UnknownLinkError
        if _HOLDER in members and {_HOLDER: members[_HOLDER]} != _holder_of(visited_link.visit):
            raise UsedUpError
        if not self._store.exchange(visit_id, now=self._clock(), browser=visited_link.visit.browser):
            raise UsedUpError
        return visited_link, outcome


def _holder_of(visit: Visit) -> dict[str, str]:
    """Return the member of a code that names the browser: a digest that is another one for each visit."""
    if visit.browser is None:
        return {}
    return {_HOLDER: sha256(visit.id.encode() + visit.browser).hexdigest()[: 2 * _HOLDER_BYTES]}
