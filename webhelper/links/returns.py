"""Read a Return URL, find the visit that it belongs to, and record the outcome."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from liveform import Project
from liveform.returns import is_error_code
from liveform.vendor_codes import VENDOR_CODES
from webhelper.links.outcomes import Outcome, Result
from webhelper.links.vendor_ids import id_or_none

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from liveform import ReturnClaims
    from webhelper.links.models import Link
    from webhelper.links.signing.visit_state import VisitStates
    from webhelper.links.stores.base import Store, VisitedLink

_CODES: Final = frozenset(row.code for row in VENDOR_CODES)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedReturn:
    """What came back: claims, not proof. Only the vendor's API or webhook can confirm the outcome.

    Attributes:
        outcome: what is claimed.
        state_ok: whether the state was ours, of this browser, and the user id (if one came) the one that was
            sent.
        other_browser: whether only the browser is another than the one that has the visit.
        handed_over: whether it had the visit before, and another browser went on with it.
        own_link: the link of that visit, if the browser that brings the return is the one that has it now.
        claims: everything that is claimed, which only holders of an API token may see.
        visited_link: the visit and its link, if the state was ours and the store keeps them.
    """

    outcome: Outcome
    state_ok: bool
    claims: ReturnClaims = field(repr=False)
    other_browser: bool = False
    handed_over: bool = False
    own_link: Link | None = field(default=None, repr=False)
    visited_link: VisitedLink | None = field(default=None, repr=False)

    @property
    def shown_outcome(self) -> Outcome:
        """What the visit claims after all its returns; without a visit, what this return claims."""
        kept = None if self.visited_link is None else self.visited_link.visit.outcome
        return self.outcome if kept is None else kept

    @property
    def public_code(self) -> str | None:
        """The error code, if anybody may see it: one of our table, or one that came in plain."""
        code = self.outcome.error_code
        is_public = code in _CODES or (not self.claims.encrypted and is_error_code(code))
        return code if is_public else None


class Returns:
    """Reads returns and records what they claim.

    Args:
        projects: by name.
        states: verifies the signed state.
        state_field: the custom field that carries it.
        store: keeps the outcomes.
        clock: Unix time.
    """

    def __init__(
        self,
        projects: Mapping[str, Project],
        states: VisitStates,
        state_field: str,
        store: Store,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._projects = projects
        self._unknown = Project("unknown", key=secrets.token_urlsafe(32), cipher="ecb", return_encrypted=True)
        self._visit_states = states
        self._state_field = state_field
        self._store = store
        self._clock = clock

    def receive(
        self, project_name: str, source: str | Mapping[str, str], *, browser: bytes | None
    ) -> ReceivedReturn:
        """Return what a URL, a query string or a mapping claims, and record it if the state is ours.

        Args:
            project_name: whose Return URL it came to.
            source: what came.
            browser: the digest of the browser that brings it; None records nothing.

        Raises:
            UntrustedInputError: it cannot be read. What comes for a project that there is not is read like
                what another key has encrypted, so that no answer shows which names there are.
        """
        project = self._projects.get(project_name, self._unknown)
        claims = project.read_return(source, require_encrypted=_requires_encrypted(project), strict=False)
        outcome = _outcome(claims, self._clock())
        if project is self._unknown:
            return ReceivedReturn(outcome=outcome, claims=claims, state_ok=False)
        state = self._visit_states.verify(
            getattr(claims, self._state_field), project=project_name, userid=claims.userid, browser=browser
        )
        if state is None or not state.userid_matches or "userid" in claims.unexpected:
            return ReceivedReturn(outcome=outcome, claims=claims, state_ok=False)
        if not state.browser_matches:
            own_link = self._link_of(state.visit_id, browser)
            return ReceivedReturn(
                outcome=outcome, claims=claims, state_ok=False, other_browser=True, own_link=own_link
            )
        visited_link = self._store.record(state.visit_id, outcome, browser=browser)
        if visited_link is not None and visited_link.visit.browser not in (None, browser):
            # It has handed the visit over since. Its claim is kept as such, and counts for nothing.
            return ReceivedReturn(
                outcome=outcome, claims=claims, state_ok=False, other_browser=True, handed_over=True
            )
        return ReceivedReturn(outcome=outcome, claims=claims, state_ok=True, visited_link=visited_link)

    def _link_of(self, visit_id: str, browser: bytes | None) -> Link | None:
        """Return the link of a visit if this browser has the visit now, by a hand-over."""
        visited_link = None if browser is None else self._store.visited_link(visit_id)
        has_it = visited_link is not None and visited_link.visit.browser == browser
        return visited_link.link if visited_link is not None and has_it else None


def _requires_encrypted(project: Project) -> bool:
    """Whether plain claims are refused: always with a key, unless the project's option says otherwise."""
    return project.has_return_key if project.return_encrypted is None else project.return_encrypted


def _outcome(claims: ReturnClaims, now: float) -> Outcome:
    """Return the outcome; what is no id or code is left out, for its content must decide nothing."""
    result = None if claims.error_code is None else Result.ERROR
    if "kyc_status" in claims.unexpected:
        result = Result.UNKNOWN
    elif claims.kyc_status is not None:
        result = Result(claims.kyc_status.value)
    submission_id, error_code = id_or_none(claims.submission_id), id_or_none(claims.error_code)
    return Outcome(result=result, submission_id=submission_id, error_code=error_code, at=now)
