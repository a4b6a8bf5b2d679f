"""What a reviewer does in the vendor's dashboard, which a tester plays: decide, and change a decision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from webhelper.simulator.sandbox.changes import edit
from webhelper.simulator.sandbox.errors import SandboxError
from webhelper.simulator.sandbox.form import announce_decision, decide

if TYPE_CHECKING:
    from webhelper.simulator.sandbox.sandbox import Sandbox

_DECISIONS: Final = ("approved", "rejected")


def review_pending(sandbox: Sandbox, submission_id: str, status: str, *, code: str) -> None:
    """Approve or reject a pending submission, with its event.

    Args:
        sandbox: what the simulator remembers.
        submission_id: of the submission.
        status: ``approved`` or ``rejected``.
        code: the reject code; without a meaning for ``approved``.

    Raises:
        SandboxError: there is no such submission, it is not pending, or it is another status.
    """
    if status not in _DECISIONS:
        raise SandboxError("a review ends with approved or rejected")
    with sandbox.database.writing():
        submission = sandbox.submissions.get(submission_id)
        if submission.status != "pending" or submission.deleted:
            raise SandboxError("only a pending submission can be reviewed")
        reviewer = sandbox.dashboard(submission.pid).admins[0]
        chosen = (code,) if status == "rejected" else ()
        announce_decision(sandbox, decide(sandbox, submission, status, reviewer=reviewer, codes=chosen))


def change_decision(sandbox: Sandbox, submission_id: str, status: str) -> None:
    """Turn an approved submission into a rejected one or the other way round, with the event ``updated``.

    Args:
        sandbox: what the simulator remembers.
        submission_id: of the submission.
        status: ``approved`` or ``rejected``.

    Raises:
        SandboxError: there is no such submission, it has this status already, or it is not decided.
    """
    with sandbox.database.writing():
        submission = sandbox.submissions.get(submission_id)
        if {submission.status, status} != set(_DECISIONS) or submission.deleted:
            raise SandboxError("only an approved or rejected submission can be changed to the other one")
        admin = sandbox.dashboard(submission.pid).admins[0]
        edit(sandbox, submission, {"kycStatus": status}, admin=admin)
