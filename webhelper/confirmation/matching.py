"""Find the visit of an event or a submission by the state that we signed, which nobody else can make."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from liveform.rest import Submission
    from liveform.webhooks import Event
    from webhelper.links.signing.visit_state import VisitStates
    from webhelper.links.stores.inbox import InboxStore


class Matcher:
    """Finds visits.

    Args:
        states: verifies the signed state.
        state_field: the custom field that carries it.
        store: remembers whose visit a submission was found to be.
    """

    def __init__(self, states: VisitStates, state_field: str, store: InboxStore) -> None:
        self._states = states
        self._state_field = state_field
        self._store = store

    def visit_of_event(self, project: str, event: Event) -> str | None:
        """Return the visit that an event is about; None if it is of none of ours."""
        state = getattr(event, self._state_field)
        return self._visit(project, state, userid=event.userid, submission_id=event.submission_id)

    def visit_of_submission(self, project: str, submission_id: str, submission: Submission) -> str | None:
        """Return the visit that a submission of the vendor's API belongs to; None if it is none of ours."""
        state = self._state_of(submission)
        return self._visit(project, state, userid=submission.userid, submission_id=submission_id)

    def is_of_user(self, project: str, submission: Submission, *, userid: str, visit_id: str) -> bool:
        """Return whether the vendor says that a submission is of this user, and of none but this visit.

        Args:
            project: whose API gave the submission.
            submission: as the API gave it.
            userid: of the user. Where the submission names no user, its state must be that of the visit.
            visit_id: of the user, which the submission is known to belong to. Where the submission carries no
                state of ours, its user id must be the user's.
        """
        sent = submission.userid or None
        found = self._states.verify_submitted(self._state_of(submission), project=project, userid=sent)
        if sent not in (None, userid):
            return False
        if found is None:
            return sent is not None
        return found.userid_matches and found.visit_id == visit_id

    def _state_of(self, submission: Submission) -> str | None:
        return None if submission.data is None else getattr(submission.data, self._state_field)

    def _visit(
        self, project: str, state: str | None, *, userid: str | None, submission_id: str | None
    ) -> str | None:
        """Return the visit of a state; beside another user's id, it was taken from its owner.

        Without a state of ours, the submission may be known from before: the person's data was erased since,
        or the key that signed the state was removed.
        """
        sent = None if userid == "" else userid
        found = self._states.verify_submitted(state, project=project, userid=sent)
        if found is not None:
            return found.visit_id if found.userid_matches else None
        return None if submission_id is None else self._store.visit_of_submission(project, submission_id)
