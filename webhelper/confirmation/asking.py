"""Ask the vendor's API about a submission: what it says of it, and whose visit it is."""

from __future__ import annotations

import os
import re
import threading
from typing import TYPE_CHECKING, Final, NamedTuple

from liveform import VendorError
from webhelper.links.outcomes import Outcome, Result, Source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from liveform import Project
    from liveform.rest import Client, Submission
    from webhelper.confirmation.matching import Matcher
    from webhelper.links.stores.upkeep import KnownSubmission

TIMEOUT_S: Final = 8.0  # somebody may wait for the answer
_ID: Final = re.compile(r"[!-~]{1,128}")
_NOT_FOUND: Final = "not_found"
_RESULTS: Final = {
    "approved": Result.APPROVED,
    "pending": Result.PENDING,
    "rejected": Result.REJECTED,
    "incomplete": None,
    None: None,
}


class Answer(NamedTuple):
    """What the vendor's API says of a submission.

    Attributes:
        visit_id: the visit that it belongs to; None if it is none of ours, or not known to the vendor.
        outcome: its status; None while the person fills the form in.
    """

    visit_id: str | None
    outcome: Outcome | None


_NOBODY: Final = Answer(None, None)


class VendorApi:
    """Asks the APIs of all projects that have an API key. It only reads, which costs nothing.

    Args:
        projects: by name.
        matcher: finds the visits of submissions.
    """

    def __init__(self, projects: Mapping[str, Project], matcher: Matcher) -> None:
        self._projects = projects
        self._matcher = matcher
        self._lock = threading.Lock()
        self._process = os.getpid()
        self._clients: dict[str, Client] = {}

    def can_ask(self, project_name: str) -> bool:
        """Return whether the settings have an API key for a project."""
        project = self._projects.get(project_name)
        return project is not None and bool(project.api_keys())

    def ask(self, project_name: str, submission_id: str, *, now: float) -> Answer:
        """Return what the API says of a submission, within ten seconds.

        Args:
            project_name: one that can be asked.
            submission_id: anybody's text; what cannot be an id is not asked for.
            now: Unix time, which the outcome gets.

        Raises:
            VendorError: the API cannot be asked now.
        """
        if _ID.fullmatch(submission_id) is None:
            return _NOBODY
        try:
            submission = self.client(project_name).submissions.get(submission_id)
        except VendorError as error:
            if error.code == _NOT_FOUND:
                return _NOBODY
            raise
        visit_id = self._matcher.visit_of_submission(project_name, submission_id, submission)
        return Answer(visit_id, outcome_of(submission, submission_id, now=now))

    def is_of_user(self, known: KnownSubmission, submission: Submission, *, userid: str) -> bool:
        """Return whether a submission, as the API gave it, is of the user whose it is known to be."""
        return self._matcher.is_of_user(known.project, submission, userid=userid, visit_id=known.visit_id)

    def client(self, project_name: str) -> Client:
        """Return the client of a project: one for this process, because a fork must not share connections.

        It repeats no call by itself, because the vendor may ask it to wait for a minute.
        """
        with self._lock:
            if self._process != os.getpid():
                self._process, self._clients = os.getpid(), {}
            if project_name not in self._clients:
                project = self._projects[project_name]
                self._clients[project_name] = project.client(timeout=TIMEOUT_S, max_retries=0)
            return self._clients[project_name]

    def close(self) -> None:
        """Close the connections of this process."""
        with self._lock:
            clients, self._clients = self._clients, {}
        for client in clients.values():
            client.close()


def outcome_of(submission: Submission, submission_id: str, *, now: float) -> Outcome | None:
    """Return the outcome of a submission; None while it is incomplete, or has no status."""
    result = _RESULTS.get(submission.status, Result.UNKNOWN)
    if result is None:
        return None
    return Outcome(result=result, submission_id=submission_id, error_code=None, at=now, source=Source.API)
