"""The token ids of a project as the vendor knows them, one request at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from liveform import VendorError
from webhelper.links.short_repr import short_repr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from liveform import Project
    from liveform.rest import Client, TokenDeletion, TokenRegistration

PER_REQUEST: Final = 500  # vendor page TOKP
MOST: Final = 100_000  # of one project (vendor page TOKP)
FULL: Final = "token_limit_exceeded"
TIMEOUT_S: Final = 10.0


class Answered(NamedTuple):
    """What came of one request.

    Attributes:
        done: the token ids that are registered, or deleted.
        problem: the code of what went wrong; None if nothing did.
        retry_after_s: the seconds to wait that the vendor asked for.
    """

    done: list[str]
    problem: str | None
    retry_after_s: float

    def __repr__(self) -> str:
        """Return the name of the class alone: a token id opens the form."""
        return short_repr(self)


class VendorTokenIds:
    """Registers and deletes token ids of a project. Each may be done again, if an answer got lost.

    Args:
        project: has an ``api_key``.
    """

    def __init__(self, project: Project) -> None:
        self._project = project

    def register(self, token_ids: Sequence[str]) -> Answered:
        """Register at most 500 token ids."""
        with self._client() as client:
            return _answered(token_ids, client.tokens.register(token_ids, stop_on_error=True))

    def delete(self, token_ids: Sequence[str]) -> Answered:
        """Delete at most 500 token ids; those that are not registered count as done."""
        with self._client() as client:
            return _answered(token_ids, client.tokens.delete(token_ids, stop_on_error=True))

    def room(self) -> int:
        """Return how many more the vendor takes; 0 if it does not say."""
        with self._client() as client:
            try:
                return max(0, MOST - client.tokens.count())
            except VendorError:
                return 0

    def _client(self) -> Client:
        """Return a client that tries once: who fills a pool tries again later."""
        return self._project.client(timeout=TIMEOUT_S, max_retries=0)


def _answered(token_ids: Sequence[str], report: TokenRegistration | TokenDeletion) -> Answered:
    failed = {one.token_id: one.code for one in report.failed}
    done = [one for one in token_ids[: report.resume_from] if one not in failed]
    if report.error is not None:
        return Answered(done, report.error.code, report.error.retry_after_s or 0.0)
    return Answered(done, next(iter(failed.values()), None), 0.0)
