"""Read a Return URL, find the visit that it belongs to, and record the outcome."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from liveform import UnexpectedValueError
from webhelper.errors import UnknownLinkError
from webhelper.links.models import Outcome, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from liveform import Project, ReturnClaims
    from webhelper.links.signing.visit_state import VisitStates
    from webhelper.links.stores.base import Store, VisitedLink

MAX_ID_CHARS: Final = 128  # the vendor's samples have 13 (PATCH)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedReturn:
    """What came back: claims, not proof. Only the vendor's API or webhook can confirm the outcome.

    Attributes:
        outcome: what is claimed.
        state_ok: whether the state was ours, and the user id (if one came) the one that was sent.
        visited_link: the visit and its link, if the state was ours and the store keeps them.
    """

    outcome: Outcome
    state_ok: bool
    visited_link: VisitedLink | None = field(default=None, repr=False)


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
        self._visit_states = states
        self._state_field = state_field
        self._store = store
        self._clock = clock

    def receive(self, project_name: str, source: str | Mapping[str, str]) -> ReceivedReturn:
        """Return what a URL, a query string or a mapping claims, and record it if the state is ours.

        Raises:
            UnknownLinkError: there is no such project.
            UntrustedInputError: it cannot be read.
        """
        project = self._projects.get(project_name)
        if project is None:
            raise UnknownLinkError
        claims = project.read_return(source)
        outcome = _outcome(claims, self._clock())
        state = self._visit_states.verify(
            getattr(claims, self._state_field), project=project_name, userid=claims.userid
        )
        if state is None or not state.userid_matches:
            return ReceivedReturn(outcome=outcome, state_ok=False)
        return ReceivedReturn(
            outcome=outcome, state_ok=True, visited_link=self._store.record(state.visit_id, outcome)
        )


def _outcome(claims: ReturnClaims, now: float) -> Outcome:
    for name in ("submission_id", "error_code"):
        if len(getattr(claims, name) or "") > MAX_ID_CHARS:
            raise UnexpectedValueError(name, f"has more than {MAX_ID_CHARS} characters")
    result = Result.ERROR if claims.error_code is not None else None
    if claims.kyc_status is not None:
        result = Result(claims.kyc_status.value)
    return Outcome(result=result, submission_id=claims.submission_id, error_code=claims.error_code, at=now)
